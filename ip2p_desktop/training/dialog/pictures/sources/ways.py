"""The tiles of the ways of giving pictures, in one or two columns."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from ip2p_desktop.training.dialog.pictures.sources.way_tile import WayTile

TWO_COLUMNS = 560
"""Least width for two columns."""


class Way(StrEnum):
    """A way of giving pictures, beside a folder or a zip."""

    FOLDERS = "folders"
    HAND = "hand"
    EDITS = "edits"
    PRACTICE = "practice"


class WayTiles(QWidget):
    """Emits the way that is chosen."""

    chosen = Signal(object)
    """A `Way`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ways")
        self.tiles = {
            Way.HAND: WayTile(
                *("way_hand", "plus", self.tr("Collect pairs by hand")),
                self.tr("Drop a photo before and one after, or many at once"),
            ),
            Way.FOLDERS: WayTile(
                *("way_folders", "compare-sides", self.tr("Two folders")),
                self.tr("One with the photos before, one with those after"),
            ),
            Way.EDITS: WayTile(
                *("way_edits", "star", self.tr("From my edits")),
                self.tr("Results of this session that turned out right"),
            ),
            Way.PRACTICE: WayTile(
                *("way_practice", "dice", self.tr("Make a practice set")),
                self.tr("No pairs yet? Try it with some photos and a recipe"),
            ),
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(10)
        self._columns = 0
        for way, tile in self.tiles.items():
            tile.clicked.connect(lambda _=False, way=way: self.chosen.emit(way))
        self._arrange(2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if event.size().width() >= TWO_COLUMNS else 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, tile in enumerate(self.tiles.values()):
            self._grid.addWidget(tile, place // columns, place % columns)
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
