"""The brush: its settings, and what it marks where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRadialGradient

LARGEST_SIZE = 5000
"""Diameter in photo pixels."""
SHARPEST_EDGE = 0.98
"""From this hardness on, the edge is only as soft as the pixels require."""
FINE_BELOW = 32.0
"""A smaller brush is placed between pixels, so that thin lines are smooth."""
FINE_STEPS = 4
PRESSURE_STEPS = 32
LEAST_PRESSURE = 0.1
"""Share of the size at no pressure of the pen."""
FALLOFF = ((0.0, 1.0), (0.25, 0.844), (0.5, 0.5), (0.75, 0.156), (1.0, 0.0))
"""Opacity from the hard part to the edge: a smooth step."""
KEPT_DABS = 24


@dataclass(frozen=True, slots=True)
class Brush:
    """A round brush."""

    size: float
    """Diameter in photo pixels."""
    hardness: float
    """Share of the radius that is fully opaque, 0 to 1."""

    def pressed(self, pressure: float) -> Brush:
        """The brush with the pressure of a pen, 0 to 1: less pressure makes it smaller."""
        level = round(min(max(pressure, 0.0), 1.0) * PRESSURE_STEPS) / PRESSURE_STEPS
        share = LEAST_PRESSURE + (1 - LEAST_PRESSURE) * level
        return Brush(max(self.size * share, 1.0), self.hardness)


def dab(brush: Brush, x: float, y: float) -> tuple[Image.Image, tuple[int, int]]:
    """What a brush marks at a place: an image, mode "L", and the place of its upper left pixel."""
    steps = FINE_STEPS if brush.size < FINE_BELOW else 1
    left, top = x - brush.size / 2, y - brush.size / 2
    column, row = round(left * steps), round(top * steps)
    image = _drawn(brush, column % steps / steps, row % steps / steps)
    return image, (column // steps, row // steps)


@lru_cache(KEPT_DABS)
def _drawn(brush: Brush, x: float, y: float) -> Image.Image:
    """The image of a brush whose circle begins at a fraction of a pixel."""
    side, radius = int(brush.size + 1.999), brush.size / 2
    image = QImage(side, side, QImage.Format.Format_Grayscale8)
    image.fill(0)
    middle = QPointF(x + radius, y + radius)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    if brush.hardness >= SHARPEST_EDGE:
        painter.setBrush(QColor("white"))
    else:
        gradient = QRadialGradient(middle, radius)
        for place, value in FALLOFF:
            shade = round(255 * value)
            gradient.setColorAt(brush.hardness + (1 - brush.hardness) * place, QColor(shade, shade, shade))
        painter.setBrush(gradient)
    painter.drawEllipse(middle, radius, radius)
    painter.end()
    return Image.frombytes("L", (side, side), image.constBits(), "raw", "L", image.bytesPerLine())
