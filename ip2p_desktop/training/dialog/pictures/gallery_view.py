"""The list of all pairs: rows are painted, and thumbnails are asked for only where they are on screen."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QSize, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.gallery_delegate import FRAME, GalleryDelegate
from ip2p_desktop.training.dialog.pictures.gallery_list import ENTRY, GalleryList
from ip2p_desktop.training.pictures.gallery import Gallery, GalleryEntry
from ip2p_desktop.training.pictures.pair_thumbnails import PairThumbnail, PairThumbnails

ROWS_AHEAD = 3
"""Rows below and above those on screen whose thumbnails are made too, after these."""
SETTLE_MS = 60
"""Time without scrolling after which thumbnails are asked for."""
LEAST_ROWS = 2


class GalleryView(QListView):
    """Several rows can be selected; Return or a double click opens one."""

    opened = Signal(object)
    """A `GalleryEntry`."""
    selection_changed = Signal()

    def __init__(self, gallery: Gallery, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery_view")
        self.setAccessibleName(self.tr("Pairs"))
        self._gallery = gallery
        density = self.devicePixelRatioF()
        side = round(FRAME.width() / 2 * max(1.0, density))
        self.thumbnails = PairThumbnails(side, background, self)
        self.list = GalleryList(gallery, self._thumbnail_of, self)
        self.setModel(self.list)
        self.setItemDelegate(GalleryDelegate(gallery, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._want_thumbnails)
        self.thumbnails.made.connect(self.list.show_thumbnail)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._settle.start())
        self.list.modelReset.connect(self._settle.start)
        self.list.modelReset.connect(self.selection_changed)
        self.list.dataChanged.connect(self._on_data_changed)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(ENTRY)))

    def selected(self) -> list[GalleryEntry]:
        """The selected entries, in the order of the list."""
        selection = self.selectionModel().selection()
        ranges = [selection.at(number) for number in range(selection.size())]
        parts = sorted((part.top(), part.bottom()) for part in ranges)
        return [entry for top, bottom in parts for entry in self.list.shown[top : bottom + 1]]

    def select(self, names: list[str]) -> None:
        """Select the rows of these entries."""
        chosen = QItemSelection()
        for row in self.list.rows_of(names):
            chosen.append(QItemSelectionRange(self.list.index(row)))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.Select)

    def read_again(self) -> None:
        """Try to read images again that could not be read."""
        self.thumbnails.forget_unreadable()
        self._settle.start()

    def visible_rows(self) -> range:
        """The rows on screen."""
        count, height = self.list.rowCount(), self.sizeHintForRow(0)
        if not count or height <= 0:
            return range(0)
        top = self.verticalScrollBar().value()
        return range(max(0, top // height), min(count, (top + self.viewport().height()) // height + 1))

    def _thumbnail_of(self, entry: GalleryEntry) -> PairThumbnail | None:
        pair = self._gallery.repaired(entry)
        return self.thumbnails.of(pair) if pair is not None else None

    def _want_thumbnails(self) -> None:
        rows, count = self.visible_rows(), self.list.rowCount()
        if not self.isVisible() or not rows:
            return
        after = range(rows.stop, min(count, rows.stop + ROWS_AHEAD))
        before = range(max(0, rows.start - ROWS_AHEAD), rows.start)
        shown = [self.list.shown[row] for row in (*rows, *after, *before)]
        self.thumbnails.want([pair for entry in shown if (pair := self._gallery.repaired(entry))])

    def _on_data_changed(self, *_: object) -> None:
        if not self._settle.isActive():
            self._settle.start()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        rows = min(LEAST_ROWS, max(1, self.list.rowCount()))
        return QSize(260, rows * max(84, self.sizeHintForRow(0)) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._settle.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._settle.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (16777220, 16777221)  # Return and Enter
        if event.key() in keys and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().data(ENTRY))
            return
        super().keyPressEvent(event)
