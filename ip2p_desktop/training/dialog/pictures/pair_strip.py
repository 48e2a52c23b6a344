"""A row of example pairs, each with the images side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ip2p_desktop.training.pictures.dataset_choice import EXAMPLES_SHOWN, Thumbnails
from ip2p_desktop.widgets.surfaces import tone

GAP = 12.0
LARGEST_SIDE = 88.0
CORNER = 8.0
BADGE = 11.0
"""Radius of the disc with the arrow."""


class PairStrip(QWidget):
    """Up to four pairs; grey areas until their images are loaded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pair_strip")
        self.setAccessibleName(self.tr("Examples from the folder, before and after"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._thumbnails: Sequence[Thumbnails] = ()
        self._places = 0

    @property
    def thumbnails(self) -> Sequence[Thumbnails]:
        """The pairs shown."""
        return self._thumbnails

    def reserve(self, count: int) -> None:
        """Show `count` grey areas."""
        self._places, self._thumbnails = count, ()
        self.setVisible(count > 0)
        self.update()

    def show_pairs(self, thumbnails: Sequence[Thumbnails]) -> None:
        """Show the images of the pairs."""
        self._places, self._thumbnails = len(thumbnails), thumbnails
        self.setAccessibleDescription("; ".join(pair.instruction for pair in thumbnails))
        self.setVisible(bool(thumbnails))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(int(EXAMPLES_SHOWN * (2 * LARGEST_SIDE + GAP)), int(LARGEST_SIDE) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, self.heightForWidth(260))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(_side(width)) + 2

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        side = _side(self.width())
        for place in range(self._places):
            frame = QRectF(place * (2 * side + GAP), 1, 2 * side, side)
            self._draw_pair(
                painter, frame, self._thumbnails[place] if place < len(self._thumbnails) else None
            )

    def _draw_pair(self, painter: QPainter, frame: QRectF, pair: Thumbnails | None) -> None:
        outline = QPainterPath()
        outline.addRoundedRect(frame, CORNER, CORNER)
        painter.save()
        painter.setClipPath(outline)
        painter.fillRect(frame, tone(QPalette.ColorRole.Shadow))
        half = QRectF(frame.x(), frame.y(), frame.width() / 2, frame.height())
        if pair is not None:
            draw_covering(painter, half, pair.original)
            draw_covering(painter, half.translated(half.width(), 0), pair.edited)
        painter.restore()
        if pair is not None:
            self._draw_arrow(painter, frame.center())

    def _draw_arrow(self, painter: QPainter, centre: QPointF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone(QPalette.ColorRole.AlternateBase))
        painter.drawEllipse(centre, BADGE, BADGE)
        pen = QPen(tone(QPalette.ColorRole.WindowText), 1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        tip = centre + QPointF(4.5, 0)
        painter.drawLine(centre - QPointF(4.5, 0), tip)
        painter.drawPolyline(QPolygonF([tip + QPointF(-3.5, -3.5), tip, tip + QPointF(-3.5, 3.5)]))


def _side(width: int) -> float:
    return min(LARGEST_SIDE, (width - (EXAMPLES_SHOWN - 1) * GAP) / EXAMPLES_SHOWN / 2)


def draw_covering(painter: QPainter, area: QRectF, image: QImage) -> None:
    """Draw the middle of the image, scaled to fill the area."""
    scale = max(area.width() / image.width(), area.height() / image.height())
    shown = QRectF(0, 0, area.width() / scale, area.height() / scale)
    shown.moveCenter(QRectF(image.rect()).center())
    painter.drawImage(area, image, shown)
