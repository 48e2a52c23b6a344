"""The list of the edits that wait: each with its photo, its instruction and its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ip2p_desktop.editing.jobs import EditJob
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.surfaces import tone

JOB = Qt.ItemDataRole.UserRole
IMAGE, DETAIL = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
THUMBNAIL, PADDING, CORNER = 40, 8, 6.0
LINE_GAP = 2


@dataclass(frozen=True, eq=False, slots=True)
class QueueEntry:
    """What a row shows."""

    job: EditJob
    thumbnail: QImage
    instruction: str
    detail: str
    """The photo, the place in a sequence, and the time, as far as they are known."""


class QueueList(QListWidget):
    """Rows can be dragged, or moved with Alt and the arrow keys; Delete cancels one."""

    reordered = Signal(object)
    """The list of all jobs in the order that the user wants."""
    cancel_requested = Signal(object)
    """An `EditJob`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("queue_list")
        self.setAccessibleName(self.tr("Edits that wait"))
        self.setAccessibleDescription(
            self.tr("Alt with the arrow keys changes the order, Delete cancels an edit.")
        )
        self.setItemDelegate(_EntryDelegate(self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.model().rowsMoved.connect(self._on_rows_moved)

    @property
    def jobs(self) -> list[EditJob]:
        """The jobs in the order of the rows."""
        return [self.item(row).data(JOB) for row in range(self.count())]

    @property
    def current_job(self) -> EditJob | None:
        """The job of the current row; None if there is none."""
        row = self.currentRow()
        return self.jobs[row] if row >= 0 else None

    def show_entries(self, entries: Sequence[QueueEntry]) -> None:
        """Show these rows; the current job stays current."""
        jobs = [entry.job for entry in entries]
        if self.jobs != jobs:
            current, row = self.current_job, self.currentRow()
            is_dragged = self.state() is QAbstractItemView.State.DraggingState
            self._fit_rows(jobs)
            if current in jobs:
                row = jobs.index(current)
            elif is_dragged:
                row = -1  # it runs now, and no other one must be dropped in its place
            else:
                row = min(max(row, 0), self.count() - 1)
            self.setCurrentRow(row)
        for place, entry in enumerate(entries):
            _fill(self.item(place), entry)

    def _fit_rows(self, jobs: Sequence[EditJob]) -> None:
        """Have a row for each job; rows that stay are not made again, which would end a drag."""
        for row in reversed(range(self.count())):
            if self.item(row).data(JOB) not in jobs:
                self.takeItem(row)
        if self.jobs != list(jobs[: self.count()]):
            self.clear()
        for job in jobs[self.count() :]:
            item = QListWidgetItem()
            item.setData(JOB, job)
            self.addItem(item)

    def move_current(self, places: int) -> None:
        """Move the current row down by a number of places, up if it is negative."""
        row = self.currentRow()
        target = row + places
        if row < 0 or not 0 <= target < self.count():
            return
        jobs = self.jobs
        jobs.insert(target, jobs.pop(row))
        self.reordered.emit(jobs)

    def row_height(self) -> int:
        """The height of a row in points."""
        lines = 2 * self.fontMetrics().height() + LINE_GAP
        return max(THUMBNAIL, lines) + 2 * PADDING

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        has_alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if has_alt and places:
            self.move_current(places)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.current_job is not None:
            self.cancel_requested.emit(self.current_job)
        else:
            super().keyPressEvent(event)

    def _on_rows_moved(self) -> None:
        self.reordered.emit(self.jobs)


def _fill(item: QListWidgetItem, entry: QueueEntry) -> None:
    values: dict[int, object] = {
        Qt.ItemDataRole.DisplayRole: entry.instruction,
        Qt.ItemDataRole.ToolTipRole: tooltip_text(entry.instruction),
        Qt.ItemDataRole.AccessibleTextRole: f"{entry.instruction}, {entry.detail}",
        DETAIL: entry.detail,
    }
    for role, value in values.items():
        if item.data(role) != value:
            item.setData(role, value)
    item.setData(IMAGE, entry.thumbnail)


class _EntryDelegate(QStyledItemDelegate):
    """Paints a thumbnail, the instruction and a line of hints below it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QueueList)
        return QSize(120, view.row_height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        area = QRect(option.rect)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_ground(painter, option, QRectF(area).adjusted(2, 1, -2, -1))
        inner = area.adjusted(PADDING + 2, PADDING, -PADDING - 2, -PADDING)
        picture = QRectF(inner.left(), inner.center().y() - THUMBNAIL / 2, THUMBNAIL, THUMBNAIL)
        shape = QPainterPath()
        shape.addRoundedRect(picture, CORNER, CORNER)
        painter.setClipPath(shape)
        image: QImage = index.data(IMAGE)
        painter.drawImage(picture, image)
        painter.setClipping(False)
        texts = inner.adjusted(THUMBNAIL + 10, 0, 0, 0)
        self._draw_texts(painter, option, texts, index)
        painter.restore()

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF) -> None:
        """The selected row has a ground, and a ring while the list has the focus."""
        if not option.state & QStyle.StateFlag.State_Selected:
            return
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(tone(QPalette.ColorRole.Light), 1.5) if has_focus else Qt.PenStyle.NoPen)
        painter.setBrush(tone(QPalette.ColorRole.Midlight))
        painter.drawRoundedRect(area, CORNER, CORNER)

    def _draw_texts(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        metrics = option.fontMetrics
        height = metrics.height()
        top = area.center().y() - height - LINE_GAP // 2
        for text, role in (
            (index.data(Qt.ItemDataRole.DisplayRole), QPalette.ColorRole.Text),
            (index.data(DETAIL), QPalette.ColorRole.PlaceholderText),
        ):
            painter.setPen(tone(role))
            line = QRect(area.left(), top, area.width(), height)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
            top += height + LINE_GAP
