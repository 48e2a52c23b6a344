"""The difference of two images in colours, and the legend that explains them."""

from __future__ import annotations

from itertools import pairwise

from PIL import Image
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter

from engine.images.bands import bands
from engine.images.comparing import difference, scale_of, shared_part
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.widgets.photo_labels import HEIGHT, INSET, PADDING, SHADE
from ip2p_desktop.window.canvas.compare.comparison import DifferenceImage

COLOURS = (
    *((0.0, (14, 14, 18)), (0.25, (72, 22, 116)), (0.5, (190, 52, 84))),
    *((0.75, (246, 142, 40)), (1.0, (255, 250, 205))),
)
"""Colours of differences as shares of the scale: the darkest for no difference."""
BAR = 96.0
"""Length of the legend's bar in points."""


def photo_part(photo: Image.Image, result: tuple[int, int]) -> Image.Image:
    """The part of a photo that it shares with a result of this size, width and height."""
    part = shared_part(photo.size, result)
    return photo if part == (0, 0, *photo.size) else photo.crop(part)


def difference_of(left: Image.Image, right: Image.Image) -> DifferenceImage:
    """The difference of two images at the size of the first. Slow: not for the GUI thread."""
    differences = difference(left, right)
    scale = scale_of(differences)
    return DifferenceImage(image=DisplayImage.of(_coloured(differences, scale or 1)), scale=scale)


def _coloured(differences: Image.Image, scale: int) -> Image.Image:
    """Differences, mode "L", in colours, mode "RGB"."""
    tables = [[_colour(level / scale)[channel] for level in range(256)] for channel in range(3)]
    result = Image.new("RGB", differences.size)
    for box in bands(differences.size):
        band = differences.crop(box)
        result.paste(Image.merge("RGB", [band.point(table) for table in tables]), box)
    return result


def _colour(share: float) -> tuple[int, int, int]:
    """The colour of a share of the scale; that of 1 for larger ones."""
    for (low, dark), (high, bright) in pairwise(COLOURS):
        if share <= high:
            part = (share - low) / (high - low)
            red, green, blue = (round(a + part * (b - a)) for a, b in zip(dark, bright, strict=True))
            return red, green, blue
    return COLOURS[-1][1]


def draw_legend(painter: QPainter, text: str, area: QRectF, *, end: str = "") -> None:
    """Paint a text in the upper left corner of `area`; with `end`, a bar of the colours from 0 to it."""
    metrics = painter.fontMetrics()
    bar = metrics.horizontalAdvance("0") + BAR + metrics.horizontalAdvance(end) + 4 * PADDING if end else 0
    space = area.width() - 2 * INSET - 2 * PADDING - bar
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(max(0, space)))
    text_width = metrics.horizontalAdvance(text)
    pill = QRectF(area.left() + INSET, area.top() + INSET, 2 * PADDING + text_width + bar, HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(SHADE)
    painter.drawRoundedRect(pill, HEIGHT / 2, HEIGHT / 2)
    painter.setPen(QColor("white"))
    place = pill.adjusted(PADDING, 0, -PADDING, 0)
    painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
    if end:
        place.setLeft(place.left() + text_width + 2 * PADDING)
        _draw_bar(painter, place, end)
    painter.restore()


def _draw_bar(painter: QPainter, area: QRectF, end: str) -> None:
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, "0")
    painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, end)
    left = area.left() + painter.fontMetrics().horizontalAdvance("0") + PADDING
    bar = QRectF(left, area.center().y() - 4, BAR, 8)
    gradient = QLinearGradient(bar.topLeft(), QPointF(bar.right(), bar.top()))
    for share, colour in COLOURS:
        gradient.setColorAt(share, QColor(*colour))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, 4, 4)
