"""The strip with thumbnails of the photos opened and the results made."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ip2p_desktop.session.edit_tree import EditedPhoto, EditNode
from ip2p_desktop.widgets.literal_text import tooltip_text
from ip2p_desktop.widgets.photo_labels import draw_small_label

THUMBNAIL = 64
CELL = QSize(76, 80)
STRIP_HEIGHT = 88
CORNER = 8.0
ENTRY = Qt.ItemDataRole.UserRole
IMAGE = Qt.ItemDataRole.UserRole + 1


class HistoryStrip(QListWidget):
    """A list of thumbnails. Choosing one emits `chosen`; it does not change settings."""

    chosen = Signal(object)
    """An `EditNode`."""
    use_settings_requested = Signal(object)
    use_as_source_requested = Signal(object)
    save_requested = Signal(object)
    remove_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("history_strip")
        self.setAccessibleName(self.tr("Results"))
        self.setAccessibleDescription(self.tr("The arrow keys show another result and change no setting."))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setFixedHeight(STRIP_HEIGHT)
        self.setViewportMargins(10, 4, 10, 0)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setItemDelegate(_ThumbnailDelegate(self))
        self.currentItemChanged.connect(self._on_current_changed)
        self.itemClicked.connect(self._on_clicked)
        self.customContextMenuRequested.connect(self._open_menu)
        self.hide()

    @property
    def entries(self) -> list[EditNode]:
        """The nodes in the strip, oldest first."""
        return [self.item(row).data(ENTRY) for row in range(self.count())]

    def add(self, entry: EditNode) -> None:
        """Append a node."""
        item = QListWidgetItem()
        item.setData(ENTRY, entry)
        item.setData(IMAGE, entry.pixels.thumbnail)
        item.setToolTip(tooltip_text(self.description(entry)))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, self.description(entry))
        with QSignalBlocker(self):
            self.addItem(item)
        self.scrollToItem(item)
        self.show()

    def remove(self, entry: EditNode) -> None:
        """Remove a node."""
        for row in range(self.count()):
            if self.item(row).data(ENTRY) is entry:
                with QSignalBlocker(self):
                    if self.currentRow() == row:
                        self.setCurrentRow(-1)
                    self.takeItem(row)
                break
        self.setVisible(self.count() > 0)

    def mark(self, entry: EditNode | None) -> None:
        """Select the node that is on screen, without emitting `chosen`; None selects nothing."""
        with QSignalBlocker(self):
            rows = [row for row, known in enumerate(self.entries) if known is entry]
            self.setCurrentRow(rows[0] if rows else -1)
        if rows:
            self.scrollToItem(self.item(rows[0]))
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if item := self.currentItem():
            self.scrollToItem(item)

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(ENTRY))

    def _on_clicked(self, item: QListWidgetItem) -> None:
        """Emits `chosen` for the current item too, as the preview of an edit may hide it."""
        self.chosen.emit(item.data(ENTRY))

    def _open_menu(self, position: QPoint) -> None:
        item = self.itemAt(position) or self.currentItem()
        if item is None:
            return
        entry = item.data(ENTRY)
        menu = QMenu(self)
        if isinstance(entry, EditedPhoto):
            menu.addAction(self.tr("Use these settings"), lambda: self.use_settings_requested.emit(entry))
            menu.addAction(self.tr("Use as source"), lambda: self.use_as_source_requested.emit(entry))
            menu.addAction(self.tr("Save…"), lambda: self.save_requested.emit(entry))
        menu.addAction(self.tr("Remove from results"), lambda: self.remove_requested.emit(entry))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(position))

    def description(self, entry: EditNode) -> str:
        """The name of a photo; the instruction, model and settings of a result."""
        if not isinstance(entry, EditedPhoto):
            return self.tr("Photo: {name}").format(name=entry.name)
        state = entry.state
        settings = state.settings
        text = self.tr(
            "{instruction}\nModel {model}\nText guidance {text} · image guidance {image}\n"
            "Steps {steps} · seed {seed}"
        )
        return text.format(
            instruction=state.instruction,
            model=entry.model.name,
            text=f"{settings.text_guidance_scale:g}",
            image=f"{settings.image_guidance_scale:g}",
            steps=settings.num_inference_steps,
            seed=settings.seed,
        )


class _ThumbnailDelegate(QStyledItemDelegate):
    """Paints thumbnails with round corners; the selected one has a ring, photos have a caption."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return CELL

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        image: QImage = index.data(IMAGE)
        area = QRectF(0, 0, THUMBNAIL, THUMBNAIL)
        area.moveCenter(QRectF(option.rect).center())
        shape = QPainterPath()
        shape.addRoundedRect(area, CORNER, CORNER)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(shape)
        painter.drawImage(area, image)
        if not isinstance(index.data(ENTRY), EditedPhoto):
            draw_small_label(painter, self.tr("Photo"), area)
        painter.setClipping(False)
        self._draw_ring(painter, option, area)
        painter.restore()

    def _draw_ring(self, painter: QPainter, option: QStyleOptionViewItem, area: QRectF) -> None:
        accent = option.palette.highlight().color()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(accent, 2.5))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(option.palette.dark().color(), 1.5))
        else:
            return
        painter.drawRoundedRect(area.adjusted(-3, -3, 3, 3), CORNER + 2, CORNER + 2)
