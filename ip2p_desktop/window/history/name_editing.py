"""A field for the name of a photo or result, in its place in a view."""

from __future__ import annotations

from pathlib import PurePath

from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ip2p_desktop.widgets.controls.text_field import TextField
from ip2p_desktop.window.history.results_model import Index

WIDTH = 240
LONGEST_NAME = 215


class NameEditing(QStyledItemDelegate):
    """Edits names in a field that is wider than a thumbnail; the ending stays unselected."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """The field."""
        field = TextField(parent)
        field.setObjectName("name_field")
        field.setAccessibleName(self.tr("Name"))
        field.setMaxLength(LONGEST_NAME)
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Fill the field, once: what is typed stays."""
        if isinstance(editor, QLineEdit) and not editor.isModified():
            name = str(index.data(Qt.ItemDataRole.EditRole))
            editor.setText(name)
            editor.setSelection(0, len(name) - len(PurePath(name).suffix))

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
