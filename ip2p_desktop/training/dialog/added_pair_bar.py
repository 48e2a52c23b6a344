"""A line that says what became of a pair that was added while the dialog shows a run."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.training.pictures.collections.collection_editor import CollectionEditor
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Surface, body_label

MARGINS = (24, 10, 24, 0)


class AddedPairBar(QWidget):
    """Leads from a run to the pairs, and back; hidden until a pair is added."""

    pairs_requested = Signal()
    run_requested = Signal()

    def __init__(self, editor: CollectionEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "added_pair_bar")
        self._editor = editor
        self._is_adding = False
        self.sentence = named(body_label(""), "added_pair")
        self.pairs_button = self._link("show_added_pair", self.tr("Show the &pairs"))
        self.run_button = self._link("back_to_run", self.tr("&Back to the training"))
        self.dismiss_button = self._link("dismiss_added_pair", self.tr("&Dismiss"))
        surface = Surface()
        surface.column.setContentsMargins(14, 8, 8, 8)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.sentence, 1)
        for button in (self.pairs_button, self.run_button, self.dismiss_button):
            row.addWidget(button)
        surface.column.addLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS)
        column.addWidget(surface)
        self.pairs_button.clicked.connect(self.pairs_requested)
        self.run_button.clicked.connect(self.run_requested)
        self.dismiss_button.clicked.connect(self.hide)
        editor.changed.connect(self._on_added)
        editor.failed.connect(self._on_failed)
        self.hide()

    def _link(self, name: str, text: str) -> QPushButton:
        button = plain_button(name, text, text.replace("&", ""))
        button.setProperty("role", "link")
        return button

    def begin(self) -> None:
        """Say that a pair is being added, and soon that it was."""
        self._is_adding = True
        self.sentence.setText(self.tr("Adding the pair…"))
        self.show()

    def say_later(self) -> None:
        """Say that other pairs cannot be used while a run is in progress."""
        self._is_adding = False
        self.sentence.setText(
            self.tr("Other pairs can be used when this training has ended. Your pairs stay in “My pairs”.")
        )
        self.show()

    def show_page(self, *, has_pairs: bool) -> None:
        """Offer the way to the other page: the page on screen has the pairs, or the run."""
        self.pairs_button.setVisible(not has_pairs)
        self.run_button.setVisible(has_pairs)
        self.dismiss_button.setVisible(not has_pairs)

    def _on_added(self) -> None:
        collection = self._editor.collection
        if not self._is_adding or self._editor.is_busy or collection is None or not collection.pairs:
            return
        self._is_adding = False
        text = self.tr("The pair was added to “{name}”: %n pair(s) now.", "", len(collection.pairs))
        self.sentence.setText(text.format(name=collection.name))

    def _on_failed(self, report: ErrorReport) -> None:
        if self._is_adding:
            self._is_adding = False
            text = self.tr("The pair was not added: {reason}")
            self.sentence.setText(text.format(reason=error_text(report)))
