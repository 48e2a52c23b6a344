"""The collections of pairs that were made earlier: used, continued, renamed, exported, deleted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from engine.errors import ErrorReport
from engine.files.disk_space import size_text
from ip2p_desktop.training.dialog.pictures.controls.drop_surface import with_breaks
from ip2p_desktop.training.pictures.collections.collection_library import CollectionLibrary
from ip2p_desktop.training.pictures.collections.collection_list import LONGEST_NAME, ListedCollection
from ip2p_desktop.widgets.controls.file_choosing import choose_folder
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label


class MyPairs(QWidget):
    """A row for each collection; hidden if there is none."""

    use_requested = Signal(Path)
    edit_requested = Signal(Path)
    listed = Signal()
    """Other collections are listed, or an error is shown."""

    def __init__(self, library: CollectionLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("my_pairs")
        self.library = library
        self.rows: list[CollectionRow] = []
        self.notice = Notice()
        self.notice.show_report(None)
        self.done = named(body_label("", role="hint"), "pairs_exported")
        self.done.hide()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        for widget in (body_label(self.tr("My pairs"), role="section"), self.notice, self.done):
            self._column.addWidget(widget)
        library.changed.connect(self._show)
        library.exported.connect(self._show_exported)
        library.failed.connect(self._show_failure)
        self._show()

    def _show(self) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [CollectionRow(each) for each in self.library.collections if each.pairs or each.problem]
        for row in self.rows:
            folder = row.listed.folder
            row.use.clicked.connect(lambda _=False, folder=folder: self.use_requested.emit(folder))
            row.edit.clicked.connect(lambda _=False, folder=folder: self.edit_requested.emit(folder))
            row.renamed.connect(lambda name, folder=folder: self.library.rename(folder, name))
            row.export_requested.connect(lambda folder=folder: self._export(folder))
            row.confirm.clicked.connect(lambda _=False, folder=folder: self.library.delete(folder))
            self._column.addWidget(row)
        self.listed.emit()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.rows and self.notice.isHidden()

    def _export(self, folder: Path) -> None:
        title = self.tr("Folder for the copy of the pairs")
        choose_folder(self, "folder_dialog", title, lambda place: self.library.export(folder, place))

    def _show_exported(self, folder: Path) -> None:
        self.notice.show_report(None)
        self.done.setText(self.tr("Copied to {folder}").format(folder=with_breaks(str(folder))))
        self.done.show()

    def _show_failure(self, report: ErrorReport) -> None:
        self.done.hide()
        self.notice.show_report(report)
        self.listed.emit()


class CollectionRow(Surface):
    """A collection. Renaming happens in the row, and deleting asks for confirmation there."""

    renamed = Signal(str)
    export_requested = Signal()

    def __init__(self, listed: ListedCollection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listed = listed
        self.setObjectName("collection_row")
        self.name = body_label(listed.name, role="section")
        self.name_box = named(QLineEdit(listed.name, maxLength=LONGEST_NAME), "rename_box")
        self.name_box.setAccessibleName(self.tr("New name of {name}").format(name=listed.name))
        self.state = named(body_label("", role="hint"), "collection_state")
        self.use = self._button("use_collection", self.tr("Use"), self.tr("Use {name}"))
        self.edit = self._button("edit_collection", self.tr("Continue"), self.tr("Continue {name}"))
        self.more = self._menu_button()
        self.keep = self._button("keep_collection", self.tr("Keep"), self.tr("Keep {name}"))
        self.confirm = self._button(
            "delete_collection", self.tr("Delete for good"), self.tr("Delete {name} for good")
        )
        self._lay_out()
        self.keep.clicked.connect(lambda: self._show_question(False))
        self.name_box.returnPressed.connect(self._rename)
        self.name_box.installEventFilter(self)
        self._show_question(False)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for widget in (self.name, self.name_box, self.state):
            texts.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(texts, 1)
        for button in (self.edit, self.use, self.more, self.keep, self.confirm):
            row.addWidget(button)
        self.column.addLayout(row)

    def _button(self, name: str, text: str, spoken: str) -> QPushButton:
        return plain_button(name, text, spoken.format(name=self.listed.name))

    def _menu_button(self) -> QToolButton:
        button = named(QToolButton(), "more_of_collection")
        set_icon(button, "more")
        button.setAccessibleName(self.tr("More for {name}").format(name=self.listed.name))
        button.setToolTip(self.tr("More"))
        menu = QMenu(button)
        self.rename_action = menu.addAction(self.tr("Rename…"), self._begin_renaming)
        self.export_action = menu.addAction(self.tr("Export as a folder…"), self.export_requested.emit)
        menu.addSeparator()
        self.delete_action = menu.addAction(self.tr("Delete…"), lambda: self._show_question(True))
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _state_text(self) -> str:
        pairs = self.tr("%n pair(s)", "", self.listed.pairs)
        return self.listed.problem or f"{pairs} · {size_text(self.listed.byte_count)}"

    def _show_question(self, is_asked: bool) -> None:
        is_usable = not self.listed.problem
        self.name_box.hide()
        self.name.show()
        self.use.setVisible(not is_asked and is_usable and self.listed.pairs > 0)
        self.edit.setVisible(not is_asked and is_usable)
        self.more.setVisible(not is_asked)
        self.rename_action.setEnabled(is_usable)
        self.export_action.setEnabled(is_usable and self.listed.pairs > 0)
        for button in (self.keep, self.confirm):
            button.setVisible(is_asked)
        question = self.tr(
            "Delete %n pair(s) with their copies? Your own photos stay.", "", self.listed.pairs
        )
        self.state.setText(question if is_asked else self._state_text())
        if is_asked:
            self.keep.setFocus()

    def _begin_renaming(self) -> None:
        self.name.hide()
        self.name_box.show()
        self.name_box.setFocus()
        self.name_box.selectAll()

    def _rename(self) -> None:
        name = self.name_box.text().strip()
        self._show_question(False)
        if name and name != self.listed.name:
            self.renamed.emit(name)

    def eventFilter(self, watched: QWidget, event: QEvent) -> bool:  # type: ignore[override]
        """Escape in the field keeps the name, Return does not press a button of the dialog."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.name_box.setText(self.listed.name)
                self._show_question(False)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._rename()
                return True
        return False
