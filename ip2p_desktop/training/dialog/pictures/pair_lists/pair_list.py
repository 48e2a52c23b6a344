"""A list of pairs: pictures side by side, with their words; pictures can be dropped on either side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionViewItem,
    QWidget,
)

from ip2p_desktop.training.dialog.pictures.pair_lists.pair_rows import ROW, Index, PairRow, PairRows
from ip2p_desktop.training.dialog.pictures.pair_painting import draw_covering
from ip2p_desktop.widgets.drop import offered_files
from ip2p_desktop.widgets.surfaces import blended, tone
from ip2p_desktop.widgets.wrapped_text import wrapped_lines
from trainer.datasets.pair_writing import AFTER, BEFORE

ROW_HEIGHT = 72
PICTURE = QSize(84, 60)
GAP, INSET = 4, 6
CHECK = 26
"""Width of the check mark with its space."""
CORNER = 6.0
ROWS_SHOWN = 4


class PairList(QListView):
    """As high as its rows, up to four; further ones scroll."""

    removal_requested = Signal()
    """Delete was pressed."""
    picture_dropped = Signal(int, str, Path)
    """The row, the side and the file that was dropped there."""
    files_dropped = Signal(object)
    """A list of `Path`s, dropped beside the pictures."""
    selection_changed = Signal()
    checks_changed = Signal()

    def __init__(
        self,
        name: str,
        spoken: str,
        rows: PairRows,
        *,
        takes_drops: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.pair_rows = rows
        self.hovered: tuple[int, str] | None = None
        """The row and side under a drag."""
        self.setModel(rows)
        self.setItemDelegate(_PairDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(takes_drops)
        self.viewport().setAcceptDrops(takes_drops)
        rows.modelReset.connect(self._fit_height)
        rows.dataChanged.connect(self._on_data_changed)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self._fit_height()

    @property
    def chosen(self) -> list[int]:
        """The selected rows, in order."""
        return sorted(index.row() for index in self.selectionModel().selectedIndexes())

    def _on_data_changed(self, first: Index, last: Index, roles: list[int]) -> None:
        if Qt.ItemDataRole.CheckStateRole in roles:
            self.checks_changed.emit()

    def _fit_height(self) -> None:
        count = len(self.pair_rows.rows)
        self.setFixedHeight(
            ROW_HEIGHT * min(max(count, 1), ROWS_SHOWN) + (ROW_HEIGHT // 3) * (count > ROWS_SHOWN)
        )
        self.selection_changed.emit()
        self.checks_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.chosen:
            self.removal_requested.emit()
        elif event.key() == Qt.Key.Key_Space and self.pair_rows.is_checkable:
            self._toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if (
            event.button() == Qt.MouseButton.LeftButton
            and self.pair_rows.is_checkable
            and not event.modifiers()
        ):
            self._toggle(index)

    def _toggle(self, index: Index) -> None:
        if index.isValid():
            role = Qt.ItemDataRole.CheckStateRole
            is_checked = index.data(role) == Qt.CheckState.Checked
            state = Qt.CheckState.Unchecked if is_checked else Qt.CheckState.Checked
            self.pair_rows.setData(index, state, role)

    def picture_rect(self, row: int, side: str) -> QRectF:
        """Where the picture of a side is painted, in the viewport."""
        return picture_area(
            QRectF(self.visualRect(self.pair_rows.index(row))), side, self.pair_rows.is_checkable
        )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if offered_files(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()
        self._show_hovered(self._side_at(event.position()))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_hovered(None)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_hovered(None)
        paths, place = offered_files(event.mimeData()), self._side_at(event.position())
        if not paths:
            return
        event.acceptProposedAction()
        if place is not None and len(paths) == 1 and not paths[0].is_dir():
            self.picture_dropped.emit(place[0], place[1], paths[0])
        else:
            self.files_dropped.emit(paths)

    def _side_at(self, position: QPointF) -> tuple[int, str] | None:
        index = self.indexAt(position.toPoint())
        if not index.isValid():
            return None
        sides = [side for side in (BEFORE, AFTER) if self.picture_rect(index.row(), side).contains(position)]
        return (index.row(), sides[0]) if sides else None

    def _show_hovered(self, place: tuple[int, str] | None) -> None:
        self.hovered = place
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and len(self.pair_rows.rows) <= ROWS_SHOWN:
            event.ignore()  # the page scrolls
            return False
        return super().viewportEvent(event)


def picture_area(cell: QRectF, side: str, is_checkable: bool) -> QRectF:
    """The area of a picture in the cell of its row."""
    left = cell.left() + INSET + (CHECK if is_checkable else 0)
    left += (PICTURE.width() + GAP) * (side == AFTER)
    return QRectF(left, cell.center().y() - PICTURE.height() / 2, PICTURE.width(), PICTURE.height())


class _PairDelegate(QStyledItemDelegate):
    """Paints a row."""

    def __init__(self, view: PairList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The size of a row."""
        return QSize(2 * PICTURE.width() + 120, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PairRow = index.data(ROW)
        cell = QRectF(option.rect)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_ground(painter, option, cell)
        if self._view.pair_rows.is_checkable:
            self._draw_check(painter, index, cell)
        for side in (BEFORE, AFTER):
            self._draw_picture(painter, row, side, index.row(), cell)
        right = picture_area(cell, AFTER, self._view.pair_rows.is_checkable).right()
        self._draw_texts(
            painter, row, QRectF(right + 12, cell.top() + 8, cell.right() - right - 20, ROW_HEIGHT - 16)
        )
        painter.restore()

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRectF) -> None:
        state = option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected) and not self._view.pair_rows.is_checkable
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        accent = tone(QPalette.ColorRole.Highlight)
        if is_selected:
            painter.setBrush(blended(tone(QPalette.ColorRole.AlternateBase), accent, 0.22))
        else:
            painter.setBrush(tone(QPalette.ColorRole.AlternateBase))
        painter.setPen(QPen(tone(QPalette.ColorRole.Light), 2) if has_focus else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(cell.adjusted(1, 2, -1, -2), CORNER + 2, CORNER + 2)

    def _draw_check(self, painter: QPainter, index: Index, cell: QRectF) -> None:
        box = QStyleOptionButton()
        box.rect = QRectF(cell.left() + INSET + 2, cell.center().y() - 8, 16, 16).toRect()
        is_checked = index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked
        accent = tone(QPalette.ColorRole.Highlight)
        painter.setPen(QPen(accent if is_checked else tone(QPalette.ColorRole.Dark), 1.2))
        painter.setBrush(accent if is_checked else tone(QPalette.ColorRole.Base))
        painter.drawRoundedRect(QRectF(box.rect), 5, 5)
        if is_checked:
            pen = QPen(tone(QPalette.ColorRole.HighlightedText), 2)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            corner = QPointF(box.rect.topLeft())
            painter.drawPolyline(
                [corner + QPointF(4, 8.5), corner + QPointF(7, 11.5), corner + QPointF(12, 5)]
            )

    def _draw_picture(self, painter: QPainter, row: PairRow, side: str, place: int, cell: QRectF) -> None:
        area = picture_area(cell, side, self._view.pair_rows.is_checkable)
        outline = QPainterPath()
        outline.addRoundedRect(area, CORNER, CORNER)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(area, tone(QPalette.ColorRole.Shadow))
        image = self._view.pair_rows.thumbnail(row, side)
        if image is not None and not image.isNull():
            draw_covering(painter, area, image)
        elif image is not None:
            painter.setPen(tone(QPalette.ColorRole.BrightText))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self.tr("unreadable"))
        painter.restore()
        if self._view.hovered == (place, side):
            painter.setPen(QPen(tone(QPalette.ColorRole.Highlight), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, CORNER, CORNER)

    def _draw_texts(self, painter: QPainter, row: PairRow, area: QRectF) -> None:
        metrics = QFontMetrics(painter.font())
        star = "★ " if row.is_starred else ""
        lines = wrapped_lines(star + row.text, painter.font(), area.width(), 2)
        height = metrics.lineSpacing() * len(lines)
        hint = metrics.lineSpacing() if row.detail else 0
        top = area.center().y() - (height + hint) / 2
        painter.setPen(tone(QPalette.ColorRole.WindowText))
        for number, line in enumerate(lines):
            painter.drawText(
                QPointF(area.left(), top + metrics.lineSpacing() * number + metrics.ascent()), line
            )
        if row.detail:
            painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
            detail = metrics.elidedText(row.detail, Qt.TextElideMode.ElideMiddle, int(area.width()))
            painter.drawText(QPointF(area.left(), top + height + metrics.ascent()), detail)
