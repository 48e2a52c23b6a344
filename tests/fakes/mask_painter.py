"""A person who paints a mask with the mouse, for tests."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.masks.dabs import Brush
from ip2p_desktop.window.canvas.photo_view import PhotoView

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass
class Painter:
    """Presses the mouse and keys on the canvas; positions in photo pixels."""

    qtbot: QtBot
    program: Program

    @property
    def view(self) -> PhotoView:
        return self.program.window.canvas.view

    @property
    def mask(self) -> Image.Image:
        """The mask in use, as `EditJob` reads it; black if there is none."""
        source, state = self.program.document.source, self.program.document.state
        assert source is not None
        if not state.mask_in_use:
            return Image.new("L", (source.image.width, source.image.height))
        return source.masks[state.mask_in_use].read().to_image()

    def place(self, x: float, y: float) -> QPoint:
        return self.view.photo_transform.map(QPointF(x, y)).toPoint()

    def drag(
        self, *points: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEYS, releases: bool = True
    ) -> None:
        self.qtbot.mousePress(self.view, LEFT, keys, self.place(*points[0]))
        for point in points[1:]:
            self.qtbot.mouseMove(self.view, self.place(*point))
        if releases:
            self.qtbot.mouseRelease(self.view, LEFT, keys, self.place(*points[-1]))
        QApplication.processEvents()

    def brush(self, size: float, hardness: float = 1.0) -> None:
        self.program.window.actions_.brush.trigger()
        self.program.masks.draft.brush = Brush(size, hardness)

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.qtbot.keyClick(self.view, key, keys)

    def wait(self) -> None:
        """Until the mask is computed or read."""
        self.qtbot.waitUntil(lambda: not self.program.masks.draft.is_busy)


def bounds(mask: Image.Image) -> tuple[int, int, int, int] | None:
    """The box around all that is marked at least half."""
    return mask.point([0] * 128 + [255] * 128).getbbox()
