"""The row of a model on this computer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.models.dialog import model_texts
from ip2p_desktop.models.dialog.library_client import LibraryModel
from ip2p_desktop.models.dialog.model_editor import ModelEditor
from ip2p_desktop.models.dialog.model_preview import ModelPreview
from ip2p_desktop.models.dialog.preview_picker import ResultSource
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.surfaces import Surface, body_label


class ModelRow(Surface):
    """Shows a model with its actions. It is described in the row, and removing it asks there."""

    use_requested = Signal()
    description_requested = Signal(object)
    """`ModelDescription` to be saved."""
    removal_requested = Signal()

    def __init__(
        self, model: LibraryModel, result: ResultSource = lambda: None, parent: QWidget | None = None
    ) -> None:
        """`result` gives the result in the window, which can become the preview."""
        super().__init__(parent)
        self.model = model
        self.editor: ModelEditor | None = None
        """Shown instead of the facts while the model is described."""
        self._result = result
        self._is_change_allowed = True
        self._facts = QWidget()
        self.setObjectName(f"model_{model.card.path.name}")
        self.use = self._button("use_model", self.tr("Use"), self.tr("Use {name}"))
        self.edit = self._button(
            "describe_model", self.tr("Edit…"), self.tr("Change name, note and picture of {name}")
        )
        self.remove = self._button("remove_model", self.tr("Remove"), self.tr("Remove {name}"))
        self.keep = self._button("keep_model", self.tr("Keep"), self.tr("Keep {name}"))
        self.confirm = self._button(
            "confirm_removal", self.tr("Remove for good"), self.tr("Remove {name} for good")
        )
        self.question = body_label(self.tr("Its files are deleted from this computer."), role="hint")
        self._lay_out()
        self._show_question(False)
        self.show_use(False)
        self.use.clicked.connect(self.use_requested)
        self.edit.clicked.connect(self.open_editor)
        self.remove.clicked.connect(lambda: self._show_question(True))
        self.keep.clicked.connect(lambda: self._show_question(False))
        self.confirm.clicked.connect(self.removal_requested)

    def _button(self, name: str, text: str, spoken: str) -> QPushButton:
        return plain_button(name, text, spoken.format(name=self.model.card.name))

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(3)
        for label in (*self._labels(), self.question):
            texts.addWidget(label)
        buttons = QWidget()
        line = WrappingRow(buttons, spacing=8, is_last_at_right=False)
        for button in (self.use, self.edit, self.remove, self.confirm, self.keep):
            line.addWidget(button)
        texts.addSpacing(6)
        texts.addWidget(buttons)
        row = QHBoxLayout(self._facts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(ModelPreview(self.model.thumbnail), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.column.addWidget(self._facts)

    def _labels(self) -> list[QLabel]:
        card, problem = self.model.card, self.model.problem
        name = body_label(model_texts.wrapping(card.name), role="section")
        name.setToolTip(tooltip_text(str(card.path)))
        if problem is not None:
            return [name, body_label(model_texts.breakable(error_text(problem)))]
        facts = body_label(model_texts.card_facts(card, self.model.size, self.model.is_own), role="hint")
        facts.setToolTip(tooltip_text(str(card.path)))
        description = [body_label(model_texts.wrapping(card.description))] if card.description else []
        return [name, facts, *description, body_label(model_texts.recommended(card.recommended), role="hint")]

    def show_use(self, is_used: bool) -> None:
        """Show whether this model edits."""
        self.use.setText(self.tr("In use") if is_used else self.tr("Use"))
        self.use.setEnabled(not is_used)

    def open_editor(self) -> None:
        """Show the fields for name, note and preview."""
        if self.editor is not None:
            return
        self.editor = ModelEditor(self.model, self._result)
        self.editor.save_requested.connect(self.description_requested)
        self.editor.cancelled.connect(self.close_editor)
        self.editor.allow_saving(self._is_change_allowed)
        self._facts.hide()
        self.column.addWidget(self.editor)
        self.editor.name_box.setFocus()
        self.editor.name_box.selectAll()

    def close_editor(self) -> None:
        """Show the facts again."""
        if self.editor is not None:
            self.column.removeWidget(self.editor)
            self.editor.hide()
            self.editor.deleteLater()
            self.editor = None
            self._facts.show()
            self.edit.setFocus()

    def allow_changes(self, allowed: bool) -> None:
        """Enable describing and removing; both are disabled while another task changes the library."""
        self._is_change_allowed = allowed
        if self.editor is not None:
            self.editor.allow_saving(allowed)
        self.remove.setEnabled(allowed)
        self.confirm.setEnabled(allowed)

    def _show_question(self, is_shown: bool) -> None:
        self.remove.setVisible(not is_shown and self.model.is_own)
        self.edit.setVisible(not is_shown and self.model.is_own and self.model.problem is None)
        self.use.setVisible(not is_shown and self.model.problem is None)
        for widget in (self.keep, self.confirm, self.question):
            widget.setVisible(is_shown)
        if is_shown:
            self.keep.setFocus()
