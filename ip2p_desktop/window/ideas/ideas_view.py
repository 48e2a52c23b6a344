"""The grid of known edits: painted tiles that are chosen with the mouse or with keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ip2p_desktop.window.ideas.ideas_list import IDEA, IMAGE, IdeasList

LONGER_SIDE = 156
"""Of a thumbnail, in points."""
NARROWEST = 112
"""Of a tile, so that its name can be read."""
MARGIN = 8
CORNER = 8.0
PENDING_OPACITY = 0.25
"""Of the photo itself, where the thumbnail is not made yet."""


class IdeasView(QListView):
    """A grid in which one idea is looked at: the one under the mouse, else the current one."""

    chosen = Signal(str, bool)
    """An instruction, and whether to make the edit at once."""
    looked_at = Signal(object)
    """The `KnownIdea` under the mouse or with the focus; None if there is none."""
    searched = Signal(str)
    """Text that was typed in the grid."""
    view_changed = Signal()
    """Other ideas may be visible."""

    def __init__(self, ideas: IdeasList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ideas_view")
        self.setAccessibleName(self.tr("Known edits"))
        self.setModel(ideas)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # so that columns stay
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self._is_shift_down = False
        self.tile_painter = IdeaTileDelegate(self)
        self.setItemDelegate(self.tile_painter)
        self.entered.connect(self._look_at)
        self.clicked.connect(self._on_clicked)
        self.verticalScrollBar().valueChanged.connect(lambda _: self.view_changed.emit())

    def show_photo(self, photo: QImage) -> None:
        """Show tiles in the shape of a photo; the photo stands for thumbnails that are not made yet."""
        size = photo.size().scaled(LONGER_SIDE, LONGER_SIDE, Qt.AspectRatioMode.KeepAspectRatio)
        self.tile_painter.photo = photo
        self.tile_painter.image_size = size
        self._fit_grid()

    def _fit_grid(self) -> None:
        """Divide the width among as many columns as fit."""
        size, width = self.tile_painter.image_size, self.viewport().width()
        narrowest = max(NARROWEST, size.width()) + 2 * MARGIN
        columns = max(1, width // narrowest)
        height = size.height() + self.fontMetrics().height() + 10 + MARGIN
        self.setGridSize(QSize(max(narrowest, (width - 2) // columns), height))  # an exact fit would wrap
        self.scheduleDelayedItemsLayout()

    def visible_rows(self) -> list[int]:
        """The rows on screen."""
        area = self.viewport().rect()
        rows = range(self.model().rowCount())
        return [row for row in rows if self.visualRect(self.model().index(row, 0)).intersects(area)]

    def look_at_row(self, row: int) -> None:
        """Make a row the current one."""
        self.setCurrentIndex(self.model().index(row, 0))

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # type: ignore[override]
        super().currentChanged(current, previous)
        self._look_at(current)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._look_at(self.currentIndex())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_grid()
        self.view_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose_current(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.text() and event.text().isprintable():
            self.searched.emit(event.text())
        else:
            super().keyPressEvent(event)

    def choose_current(self, edits_now: bool = False) -> None:
        """Choose the current idea."""
        if self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().data(IDEA).instruction, edits_now)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Shift belongs to the click and selects nothing more."""
        self._is_shift_down = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(IDEA).instruction, self._is_shift_down)

    def _look_at(self, index: QModelIndex) -> None:
        self.looked_at.emit(index.data(IDEA) if index.isValid() else None)


class IdeaTileDelegate(QStyledItemDelegate):
    """Paints a thumbnail with the name of its edit below."""

    photo = QImage()
    image_size = QSize(LONGER_SIDE, LONGER_SIDE)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        return view.gridSize()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect, palette = QRectF(option.rect), option.palette
        state = option.state
        width, height = self.image_size.width(), self.image_size.height()
        frame = QRectF(rect.center().x() - width / 2, rect.top() + MARGIN, width, height)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_image(painter, frame, palette.midlight().color(), index.data(IMAGE))
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(palette.highlight().color(), 3 if is_selected else 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(-2, -2, 2, 2), CORNER + 2, CORNER + 2)
        caption = QRectF(
            rect.left() + 4, frame.bottom() + 3, rect.width() - 8, rect.bottom() - frame.bottom() - 3
        )
        name = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideRight, int(caption.width())
        )
        painter.setPen(palette.text().color())
        painter.drawText(caption, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)
        painter.restore()

    def _paint_image(self, painter: QPainter, frame: QRectF, ground: QColor, image: QImage | None) -> None:
        path = QPainterPath()
        path.addRoundedRect(frame, CORNER, CORNER)
        painter.fillPath(path, ground)
        painter.save()
        painter.setClipPath(path)
        if image is not None:
            painter.drawImage(frame, image)
        elif not self.photo.isNull():
            painter.setOpacity(PENDING_OPACITY)
            painter.drawImage(frame, self.photo)
        painter.restore()
