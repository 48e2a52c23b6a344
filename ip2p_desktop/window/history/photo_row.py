"""The row of opened photos."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QListView,
    QStyleOptionViewItem,
    QWidget,
)

from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.window.history.name_editing import NameEditing, edit_name
from ip2p_desktop.window.history.node_texts import spoken_photo
from ip2p_desktop.window.history.results_model import NODE, ROOT, Index
from ip2p_desktop.window.history.thumbnail_painting import (
    SMALL,
    ThumbnailSize,
    draw_count,
    draw_name,
    draw_ring,
    draw_thumbnail,
)

Role = Qt.ItemDataRole
COUNT = Role.UserRole + 1


class PhotosModel(QAbstractListModel):
    """The opened photos, and how many results each has."""

    rename_requested = Signal(object, str)
    """A `SourcePhoto` and its new name, as typed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.photos: tuple[SourcePhoto, ...] = ()
        self._counts: tuple[int, ...] = ()

    def rebuild(self, tree: EditTree) -> None:
        """Show the photos as they are now in the tree."""
        photos = tree.photos
        counts = tuple(tree.result_count(photo) for photo in photos)
        if photos != self.photos:
            self.beginResetModel()
            self.photos, self._counts = photos, counts
            self.endResetModel()
        elif counts != self._counts:
            self._counts = counts
            self.dataChanged.emit(self.index(0), self.index(len(photos) - 1))

    def index_of(self, photo: SourcePhoto | None) -> QModelIndex:
        """The index of a photo; an invalid one if it is not shown."""
        return self.index(self.photos.index(photo)) if photo in self.photos else QModelIndex()

    def rowCount(self, parent: Index = ROOT) -> int:
        """The number of photos."""
        return 0 if parent.isValid() else len(self.photos)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """All can be chosen and renamed."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        """Texts of a photo, its number of results, and itself."""
        if not index.isValid():
            return None
        photo, count = self.photos[index.row()], self._counts[index.row()]
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            text = spoken_photo(photo.name, count)
            return text if role == Role.AccessibleTextRole else tooltip_text(text)
        return {NODE: photo, COUNT: count, Role.EditRole: photo.name}.get(role)

    def setData(self, index: Index, value: object, role: int = Role.EditRole) -> bool:
        """Ask for another name."""
        if role != Role.EditRole:
            return False
        self.rename_requested.emit(self.photos[index.row()], str(value))
        return True


class PhotoRow(QListView):
    """Thumbnails of the opened photos; the one on screen has a ring."""

    chosen = Signal(object)
    """A `SourcePhoto` to show."""
    remove_requested = Signal(object)
    menu_requested = Signal(object, object)
    """A `SourcePhoto` and the `QPoint` on the screen where its menu opens."""
    rename_ended = Signal()
    """The field of a name is closed."""

    def __init__(self, model: PhotosModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_photos")
        self.setAccessibleName(self.tr("Photos"))
        self.setAccessibleDescription(
            self.tr("The arrow keys show another photo with its results. Delete closes it.")
        )
        self.photos = model
        self.size_ = SMALL
        self._is_marking = False
        self._renamed: EditNode | None = None
        self.setFlow(QListView.Flow.LeftToRight)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setModel(model)
        self.setItemDelegate(_PhotoDelegate(self))
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_size(self, size: ThumbnailSize) -> None:
        """Use thumbnails of another size."""
        self.size_ = size
        self.scheduleDelayedItemsLayout()

    @property
    def renamed(self) -> EditNode | None:
        """The node whose name is being edited, in a field that a change of the rows would close."""
        return self._renamed if self.state() is QAbstractItemView.State.EditingState else None

    def mark(self, photo: SourcePhoto | None) -> None:
        """Make the photo on screen the current one without emitting `chosen`."""
        index = self.photos.index_of(photo)
        self._is_marking = True
        try:
            self.setCurrentIndex(index)
        finally:
            self._is_marking = False
        if index.isValid():
            self.scrollTo(index)

    def photo_rect(self, photo: SourcePhoto) -> QRectF:
        """The cell of a photo in the viewport."""
        return QRectF(self.visualRect(self.photos.index_of(photo)))

    def rename(self, photo: SourcePhoto) -> None:
        """Edit the name of a photo in its place."""
        self._renamed = photo
        edit_name(self, self.photos.index_of(photo))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        photo = self.currentIndex().data(NODE)
        is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if photo is None or not is_plain:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(photo)
        elif event.key() == Qt.Key.Key_F2:
            self.rename(photo)
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_requested.emit(photo)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, text: str) -> None:
        """Letters are no search, as in the results beside it."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.accept()
            return
        index = self.indexAt(event.position().toPoint())
        is_current = index.isValid() and index == self.currentIndex()
        super().mousePressEvent(event)
        if is_current:
            self.chosen.emit(index.data(NODE))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() == Qt.MouseButton.NoButton:  # dragging does not choose
            super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_keyboard else event.pos()
            self.menu_requested.emit(index.data(NODE), self.viewport().mapToGlobal(place))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.setFocus()
        self.rename_ended.emit()

    def _on_current_changed(self, index: QModelIndex) -> None:
        if index.isValid() and not self._is_marking:
            self.chosen.emit(index.data(NODE))


class _PhotoDelegate(NameEditing):
    """Paints thumbnails with the number of results."""

    def __init__(self, view: PhotoRow) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The size of a cell."""
        return self._view.size_.cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        photo, count = index.data(NODE), index.data(COUNT)
        area = self._view.size_.area(QRectF(option.rect))
        draw_thumbnail(painter, photo.pixels.thumbnail, area)
        draw_ring(painter, option, area)
        if count:
            draw_count(painter, count, area)
        if self._view.size_.has_name:
            draw_name(painter, photo.name, area)
