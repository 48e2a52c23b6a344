"""Widgets that lie over the upper edge of another one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class TopOverlay(QObject):
    """Keeps a widget along the upper edge of its parent, as high as its contents where there is room.

    It takes no part in the parent's layout, so that long contents cannot enlarge the window.
    """

    def __init__(self, widget: QWidget, parent: QWidget, margin: int) -> None:
        """`parent` is that of the widget; `margin` is the distance to its edges in points."""
        super().__init__(widget)
        self._widget, self._parent = widget, parent
        self._margin = margin
        widget.installEventFilter(self)
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_parent = watched is self._parent
        if event.type() == (QEvent.Type.Resize if is_parent else QEvent.Type.LayoutRequest):
            self._place()
        elif not is_parent and event.type() == QEvent.Type.Show:
            self._place()
            self._widget.raise_()
        return False

    def _place(self) -> None:
        margin = self._margin
        space = self._parent.rect().adjusted(margin, margin, -margin, -margin)
        space.setHeight(min(space.height(), self._widget.heightForWidth(space.width())))
        self._widget.setGeometry(space)
