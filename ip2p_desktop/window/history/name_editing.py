"""A field for the name of a photo or result, in its place in a view."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.window.history.results_model import Index

FIELD_NAME = "name_field"
WIDTH = 240
LONGEST_NAME = 215
OWN_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class NameField(TextField):
    """Keeps undo and redo: those of the window would take it away."""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and any(event.matches(key) for key in OWN_KEYS):
            return QLineEdit.event(self, event)
        return super().event(event)


def edit_name(view: QAbstractItemView, index: QModelIndex) -> None:
    """Edit the name of an index of a view whose delegate is a `NameEditing`; its ending is not selected."""
    view.scrollTo(index)
    view.edit(index)
    field = view.findChild(QLineEdit, FIELD_NAME)
    if field is not None:  # after the view has selected all of it
        name = field.text()
        field.setSelection(0, len(name) - len(PurePath(name).suffix))


class NameEditing(QStyledItemDelegate):
    """Edits names in a field that is wider than a thumbnail."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """The field."""
        field = NameField(parent)
        field.setObjectName(FIELD_NAME)
        field.setAccessibleName(self.tr("Name"))
        field.setMaxLength(LONGEST_NAME)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Fill the field, once: what is typed stays."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Pass the name on as typed."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Centre the field on the thumbnail, inside the view."""
        view = self.parent()
        assert isinstance(view, QAbstractItemView)
        space = view.viewport().rect()
        height = editor.sizeHint().height()
        area = option.rect
        left = min(max(area.center().x() - WIDTH // 2, 0), max(space.width() - WIDTH, 0))
        top = min(max(area.center().y() - height // 2, 0), max(space.height() - height, 0))
        editor.setGeometry(left, top, min(WIDTH, space.width()), height)
