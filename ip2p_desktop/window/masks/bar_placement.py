"""Places the bars of the masks on the canvas, beside each other and below a notice."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ip2p_desktop.window.canvas.canvas import Canvas
from ip2p_desktop.window.masks.mask_options_bar import MaskOptionsBar
from ip2p_desktop.window.masks.mask_tool_bar import MaskToolBar

LEFT = 16
INSET = 16
GAP = 8
LOWER_BARS = 64
"""Height of the lower part of the canvas, which has bars of its own."""

LEAST_PHOTO = 100
"""Height in points below which a fitted photo lies below the bars rather than beside them."""


class BarPlacement(QObject):
    """Keeps the tools at the left edge and the options at the upper edge of the canvas."""

    def __init__(self, tools: MaskToolBar, options: MaskOptionsBar, notice: QWidget, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._tools, self._options = tools, options
        self._notice, self._canvas = notice, canvas
        self._has_tools = self._has_options = False
        for widget in (notice, canvas):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move):
            self.place()
        return False

    def show(self, *, tools: bool, options: bool) -> None:
        """Show these bars, as far as there is room for them."""
        self._has_tools, self._has_options = tools, options
        self.place()

    def place(self) -> None:
        """Place the bars again, after one of them has changed."""
        width, height = self._canvas.width(), self._canvas.height()
        top = INSET
        if not self._notice.isHidden():
            top = self._notice.geometry().bottom() + 1 + GAP
        room = height - LOWER_BARS - top
        self._tools.fit_height(room)
        self._tools.move(LEFT, top + max((room - self._tools.height()) // 2, 0))
        left = LEFT + self._tools.width() + GAP
        space = width - left - INSET
        self._options.fit(space, room)
        self._options.move(left + max((space - self._options.width()) // 2, 0), top)
        self._tools.setVisible(self._has_tools and self._tools.height() <= room)
        has_options = self._has_options and self._options.width() <= space and self._options.height() <= room
        self._options.setVisible(has_options)
        if self._notice.isHidden():
            self._reserve(has_options)

    def _reserve(self, has_options: bool) -> None:
        """Keep the fitted photo clear of the bars; what is below them could not be painted on.

        A notice does not move the photo.
        """
        height = self._canvas.height() - LOWER_BARS
        left = LEFT + self._tools.width() + GAP
        below = INSET + self._options.height() + GAP
        clears_tools = self._has_tools and height >= LEAST_PHOTO
        clears_options = has_options and height - below >= LEAST_PHOTO
        self._canvas.view.reserve(left=left if clears_tools else 0, top=below if clears_options else 0)
