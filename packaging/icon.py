"""Paints the icon of the program in the sizes and formats of each system."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parent.parent / "resources" / "icons" / "app.svg"
SIDES = (16, 20, 22, 24, 32, 40, 48, 64, 96, 128, 256, 512, 1024)
"""Sides in pixels: those that the desktops of Linux, Windows and macOS ask for."""
WINDOWS_SIDES = (16, 20, 24, 32, 40, 48, 64, 128, 256)


def draw_icons(folder: Path, sides: Sequence[int] = SIDES) -> dict[int, Path]:
    """Write the drawing as PNG files `icon-SIDE.png`, each painted in its own size; returns their paths."""
    return {side: draw_icon(DRAWING, side, folder / f"icon-{side}.png") for side in sides}


def system_icon(folder: Path, platform: str) -> Path:
    """The icon file of the program on a system: `.ico` for "win32", `.icns` for "darwin", else a PNG."""
    drawn = draw_icons(folder)
    largest = drawn[max(drawn)]
    if platform not in ("win32", "darwin"):
        return largest
    images = {side: Image.open(file).convert("RGBA") for side, file in drawn.items()}
    if platform == "win32":
        sides = WINDOWS_SIDES
        target = folder / "icon.ico"
        options = {"sizes": [(side, side) for side in sides]}
    else:
        sides = (32, 64, 128, 256, 512, 1024)
        target = folder / "icon.icns"
        options = {}
    first, *others = (images[side] for side in reversed(sides))
    first.save(target, append_images=others, **options)
    return target


def draw_icon(drawing: Path, side: int, target: Path) -> Path:
    """Write a square drawing as a PNG with this side in pixels; returns its path. Raises `OSError`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(os.fspath(drawing)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    if not image.save(os.fspath(target)):
        raise OSError(f"{target} could not be written.")
    return target
