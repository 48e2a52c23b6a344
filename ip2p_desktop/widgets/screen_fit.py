"""First sizes of windows, never larger than the screen."""

from __future__ import annotations

from PySide6.QtCore import QMargins, QRect, QSize
from PySide6.QtWidgets import QWidget

FRAME = QMargins(8, 40, 8, 8)
"""Room in points for the title bar and borders; what the system really adds is known only after showing."""


def fit_to_screen(window: QWidget, size: QSize, smallest: QSize) -> None:
    """Give a window its first and its smallest size, both limited to the free part of its screen."""
    space = usable_area(window).size()
    window.setMinimumSize(smallest.boundedTo(space))
    window.resize(size.boundedTo(space))


def centre_on_screen(window: QWidget) -> None:
    """Place a window in the middle of the free part of its screen."""
    place = QRect(window.rect())
    place.moveCenter(usable_area(window).center())
    window.setGeometry(place)


def keep_on_screen(window: QWidget) -> None:
    """Shrink and move a window that is partly outside the free part of its screen."""
    area = usable_area(window)
    place = QRect(window.geometry())
    place.setSize(place.size().boundedTo(area.size()))
    place.moveLeft(max(area.left(), min(place.left(), area.right() - place.width() + 1)))
    place.moveTop(max(area.top(), min(place.top(), area.bottom() - place.height() + 1)))
    window.setGeometry(place)


def usable_area(window: QWidget) -> QRect:
    """Where the contents of a window may lie: its screen without the system's bars and the window's frame."""
    return window.screen().availableGeometry().marginsRemoved(FRAME)
