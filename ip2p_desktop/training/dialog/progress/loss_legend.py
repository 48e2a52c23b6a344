"""The lines of the diagram of losses: their colours and what they mean."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.surfaces import body_label, tone

SINGLE_STEPS_OPACITY = 0.3
SWATCH = QSize(18, 14)
LINE_WIDTH, DOT_RADIUS = 2.0, 3.5


def average_colour() -> QColor:
    """The colour of the average loss."""
    return tone(QPalette.ColorRole.Link)


def single_steps_colour() -> QColor:
    """The faint colour of the losses of single steps."""
    colour = QColor(tone(QPalette.ColorRole.PlaceholderText))
    colour.setAlphaF(SINGLE_STEPS_OPACITY)
    return colour


def held_back_colour() -> QColor:
    """The colour of the held-back pairs: orange, which differs from the accent for every kind of sight."""
    is_dark = tone(QPalette.ColorRole.Window).lightnessF() < 0.5
    return QColor("#f0a04b" if is_dark else "#b45309")


class LossLegend(QWidget):
    """A swatch and a word for each line, and which way is good."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = WrappingRow(self, spacing=14, is_last_at_right=False)
        self.average = LegendEntry(self.tr("Average"), average_colour)
        self.single_steps = LegendEntry(self.tr("Single steps"), single_steps_colour)
        self.held_back = LegendEntry(self.tr("Held-back pairs"), held_back_colour, has_dot=True)
        direction = body_label(self.tr("Lower is better"), role="hint")
        direction.setWordWrap(False)
        for entry in (self.average, self.single_steps, self.held_back, direction):
            row.addWidget(entry)


class LegendEntry(QWidget):
    """A swatch in the colour of a line, and a word."""

    def __init__(self, text: str, colour: Callable[[], QColor], *, has_dot: bool = False) -> None:
        super().__init__()
        self.swatch = LegendSwatch(colour, has_dot)
        label = body_label(text, role="hint")
        label.setWordWrap(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.swatch)
        row.addWidget(label)


class LegendSwatch(QWidget):
    """A piece of a line, with a dot if its points are marked."""

    def __init__(self, colour: Callable[[], QColor], has_dot: bool) -> None:
        super().__init__()
        self._colour, self._has_dot = colour, has_dot
        self.setFixedSize(SWATCH)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, middle = QRectF(self.rect()), self.height() / 2
        painter.setPen(QPen(self._colour(), LINE_WIDTH))
        painter.drawLine(QPointF(0, middle), QPointF(area.width(), middle))
        if self._has_dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour())
            painter.drawEllipse(area.center(), DOT_RADIUS, DOT_RADIUS)
