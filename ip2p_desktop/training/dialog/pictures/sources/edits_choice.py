"""Pairs of the session's edits: photo and result, with the instruction."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.training.dialog.pictures.controls.text_buttons import set_button_text, text_button
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_list import PairList
from ip2p_desktop.training.dialog.pictures.pair_lists.pair_rows import PairRow, PairRows
from ip2p_desktop.training.pictures.collections.picture_thumbnails import PictureThumbnails
from ip2p_desktop.training.pictures.collections.session_pairs import offered_results, pairs_of_results
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label


class EditsChoice(QWidget):
    """The results of the session, of which some are taken."""

    pairs_given = Signal(str, object)
    """A name for the pairs, and a tuple of `GivenPair`s."""

    def __init__(self, thumbnails: PictureThumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("edits_choice")
        self._tree: EditTree | None = None
        self.only_starred = named(QCheckBox(self.tr("Only &starred")), "only_starred_edits")
        self.only_starred.setAccessibleName(self.tr("Only starred"))
        self.all = text_button("check_all_edits", self.tr("Select &all"))
        self.none = text_button("check_no_edits", self.tr("Select &none"))
        self.rows = PairRows(thumbnails, is_checkable=True, parent=self)
        self.list = PairList("edits_list", self.tr("Edits of this session"), self.rows)
        self.empty = named(body_label("", role="hint"), "no_edits")
        self.use = text_button("use_edits", role="primary")
        explanation = self.tr("Choose the results that look right. Each becomes a pair with its instruction.")
        options = QHBoxLayout()
        options.setSpacing(8)
        options.addWidget(self.only_starred)
        options.addStretch(1)
        options.addWidget(self.all)
        options.addWidget(self.none)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.use)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(body_label(explanation, role="hint"))
        column.addLayout(options)
        column.addWidget(self.empty)
        column.addWidget(self.list)
        column.addLayout(end)
        self.only_starred.toggled.connect(self.refresh)
        self.all.clicked.connect(lambda: self.rows.check_all(True))
        self.none.clicked.connect(lambda: self.rows.check_all(False))
        self.list.checks_changed.connect(self._show_count)
        self.use.clicked.connect(self._use)
        self.refresh()

    def show_tree(self, tree: EditTree | None) -> None:
        """Offer the results of a session."""
        self._tree = tree
        self.refresh()

    def refresh(self) -> None:
        """Show the results that there are now."""
        starred = self.only_starred.isChecked()
        results = offered_results(self._tree, only_starred=starred) if self._tree is not None else ()
        self.rows.show([self._row(result) for result in results])
        self.list.setVisible(bool(results))
        self.empty.setVisible(not results)
        if starred:
            self.empty.setText(self.tr("No result has a star. S in the history stars a result."))
        else:
            self.empty.setText(self.tr("There are no results in this session yet. Make some edits first."))
        for button in (self.all, self.none):
            button.setEnabled(bool(results))
        self._show_count()

    def _row(self, result: EditedPhoto) -> PairRow:
        return PairRow(
            result,
            result.source.pixels.thumbnail,
            result.pixels.thumbnail,
            result.state.instruction,
            result.source.name,
            result.is_starred,
        )

    def _show_count(self) -> None:
        count = len(self.rows.checked)
        self.use.setEnabled(count > 0)
        set_button_text(
            self.use, self.tr("Take %n result(s)", "", count) if count else self.tr("Take results")
        )

    def _use(self) -> None:
        results = [row.key for row in self.rows.checked if isinstance(row.key, EditedPhoto)]
        self.rows.check_all(False)
        if results:
            self.pairs_given.emit(self.tr("From my edits"), pairs_of_results(results))
