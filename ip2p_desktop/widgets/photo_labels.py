"""Captions painted on photos."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter

INSET = 12.0
PADDING = 10.0
TIGHT_INSET, TIGHT_PADDING = 4.0, 6.0
"""Where the text would not fit otherwise."""
HEIGHT = 26.0
NARROWEST = 48.0
"""A longer text with less space, in points, is not painted."""
NARROWEST_DETAIL = 60.0
SHADE = QColor(16, 17, 20, 190)
"""The ground of captions."""


def draw_small_label(painter: QPainter, text: str, area: QRectF) -> None:
    """Paint a caption along the lower edge of a thumbnail."""
    font = QFont(painter.font())
    font.setPointSizeF(max(font.pointSizeF() - 2, 7))
    painter.save()
    painter.setFont(font)
    band = QRectF(area)
    band.setTop(band.bottom() - painter.fontMetrics().height() - 4)
    painter.fillRect(band, SHADE)
    painter.setPen(QColor("white"))
    painter.drawText(band, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def draw_label(painter: QPainter, text: str, area: QRectF, side: Qt.AlignmentFlag, detail: str = "") -> None:
    """Paint a caption in an upper corner of `area`, elided to its width; nothing if the area is too narrow.

    If both do not fit, the detail is left out.
    """
    metrics = painter.fontMetrics()
    alone = metrics.horizontalAdvance(text)
    inset, padding = INSET, PADDING
    if area.width() - 2 * (inset + padding) < alone:
        inset, padding = TIGHT_INSET, TIGHT_PADDING
    space = area.width() - 2 * (inset + padding)
    if space < min(NARROWEST, alone):
        return
    text = label_text(metrics, text, detail, space)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(space))
    width = metrics.horizontalAdvance(text) + 2 * padding
    left = area.left() + inset if side == Qt.AlignmentFlag.AlignLeft else area.right() - inset - width
    pill = QRectF(left, area.top() + inset, width, HEIGHT)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(SHADE)
    painter.drawRoundedRect(pill, HEIGHT / 2, HEIGHT / 2)
    painter.setPen(QColor("white"))
    painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def label_text(metrics: QFontMetrics, text: str, detail: str, space: float) -> str:
    """The text with its detail, or without if too little of the detail would fit into `space` points."""
    whole = f"{text} · {' '.join(detail.split())}" if detail else text
    least = metrics.horizontalAdvance(f"{text} · ") + NARROWEST_DETAIL
    return whole if space >= min(least, metrics.horizontalAdvance(whole)) else text
