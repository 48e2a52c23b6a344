"""The diagram of a run's loss. Importing this module imports pyqtgraph and NumPy, which takes a while."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

import pyqtgraph
from PySide6.QtCore import QEvent, QLocale, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.progress.loss_legend import (
    average_colour,
    held_back_colour,
    single_steps_colour,
)
from ip2p_desktop.training.runs.run_progress import MOST_POINTS, LossPoint, smoothed
from ip2p_desktop.training.training_texts import with_groups
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import tone

TYPICAL = (0.02, 0.98)
"""Shares of the losses of single steps below and above which they may be outside the diagram."""
MARGIN_SHARE = 0.08
LINE_WIDTH, DOT_SIZE = 2, 7
ROOM_AT_RIGHT = 24
"""Points for the half of the last number that is outside the diagram."""
GRID_OPACITY = 255
READING_GAP = 12
"""Points between the pointer and what is read there."""


class LossPlot(QWidget):
    """The losses of single steps, their average, and the loss of the held-back pairs.

    The pointer reads the values of the nearest step.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "loss_plot")
        self.line: list[LossPoint] = []
        self.validations: Sequence[LossPoint] = ()
        self._colours: tuple[QColor, QColor] | None = None
        axes = {"left": LossAxis("left"), "bottom": StepAxis("bottom")}
        self.plot = pyqtgraph.PlotWidget(axisItems=axes, enableMenu=False)
        item = self.plot.getPlotItem()
        item.layout.setContentsMargins(0, 4, ROOM_AT_RIGHT, 0)
        item.hideButtons()
        item.setMouseEnabled(x=False, y=False)
        item.getViewBox().setDefaultPadding(0)
        self._single = item.plot(antialias=True)
        self._average = item.plot(antialias=True)
        self._held_back = item.plot(antialias=True)
        self._marker = pyqtgraph.InfiniteLine(angle=90, movable=False)
        self._marker.hide()
        item.addItem(self._marker, ignoreBounds=True)
        self.reading = named(QLabel(self), "loss_reading")
        self.reading.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.reading.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.reading.raise_()
        self.plot.viewport().installEventFilter(self)
        self.plot.viewport().setMouseTracking(True)
        self._use_theme()

    def show_losses(
        self, points: Sequence[LossPoint], validations: Sequence[LossPoint], total_steps: int
    ) -> None:
        """Show the losses, ascending by step; the axis ends at `total_steps` or at the last loss."""
        points, validations = thinned(points), thinned(validations)
        self.line, self.validations = smoothed(points), validations
        for curve, shown in (
            (self._single, points),
            (self._average, self.line),
            (self._held_back, validations),
        ):
            curve.setData([point.step for point in shown], [point.loss for point in shown])
        steps = [points_[-1].step for points_ in (points, validations) if points_]
        lowest, highest = self._range(points)
        item = self.plot.getPlotItem()
        item.setXRange(0, max(1, total_steps, *steps))
        item.setYRange(lowest, highest)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._use_theme()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._read(event.position())
        elif event.type() == QEvent.Type.Leave:
            self._marker.hide()
            self.reading.hide()
        elif event.type() == QEvent.Type.Wheel:
            event.ignore()  # it scrolls the page
            return True
        return False

    def _range(self, points: Sequence[LossPoint]) -> tuple[float, float]:
        """The lowest and the highest loss of the diagram: all of the lines, and most of the single steps."""
        single = sorted(point.loss for point in points)
        typical = [single[round(share * (len(single) - 1))] for share in TYPICAL] if single else []
        shown = [*typical, *(point.loss for point in (*self.line, *self.validations))] or [0.0, 1.0]
        lowest, highest = min(shown), max(shown)
        margin = MARGIN_SHARE * (highest - lowest) or 0.1 * abs(highest) or 0.1
        return lowest - margin, highest + margin

    def _read(self, place: QPointF) -> None:
        """Show the step nearest to a place in the viewport, and its losses."""
        step = self.plot.getPlotItem().getViewBox().mapSceneToView(self.plot.mapToScene(place.toPoint())).x()
        average = _nearest(self.line, step)
        if average is None:
            return
        shown = average.step
        lines = [self.tr("Step {step}").format(step=with_groups(shown))]
        lines.append(self.tr("Average: {loss}").format(loss=_loss_text(average.loss)))
        held_back = _nearest([point for point in self.validations if point.step <= shown], shown)
        if held_back is not None:
            lines.append(self.tr("Held-back pairs: {loss}").format(loss=_loss_text(held_back.loss)))
        self._marker.setValue(shown)
        self._marker.show()
        self.reading.setText("\n".join(lines))
        self.reading.adjustSize()
        left = round(place.x()) + READING_GAP
        if left + self.reading.width() > self.width():
            left = round(place.x()) - READING_GAP - self.reading.width()
        self.reading.move(max(0, left), 4)
        self.reading.show()

    def _use_theme(self) -> None:
        """Take the colours of the theme and the font of the window, if they are others than before."""
        if self._colours == (colours := (tone(QPalette.ColorRole.Window), average_colour())):
            return
        self._colours = colours
        role = QPalette.ColorRole
        muted, other = tone(role.PlaceholderText), held_back_colour()
        self.plot.setBackground(tone(role.AlternateBase))
        self._single.setPen(_pen(single_steps_colour(), 1))
        self._average.setPen(_pen(average_colour(), LINE_WIDTH))
        self._held_back.setPen(_pen(other, 1.5))
        self._held_back.setSymbol("o")
        self._held_back.setSymbolSize(DOT_SIZE)
        self._held_back.setSymbolPen(None)
        self._held_back.setSymbolBrush(other)
        self._marker.setPen(_pen(muted, 1))
        font = QFont(self.font())
        font.setPointSizeF(max(8.0, font.pointSizeF() - 1))
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(_pen(tone(role.Mid), 1))
            axis.setTextPen(_pen(muted, 1))
            axis.setTickFont(font)
            axis.setStyle(tickLength=0, maxTickLevel=0, hideOverlappingLabels=False)
        self.plot.getPlotItem().getAxis("left").setGrid(GRID_OPACITY)


class StepAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """An axis of whole steps, with the separators of the locale."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [with_groups(round(value)) if value == round(value) else "" for value in values]


class LossAxis(pyqtgraph.AxisItem):  # type: ignore[misc]
    """An axis of losses, with the decimal point of the locale."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        digits = max(0, math.ceil(-math.log10(spacing))) if spacing > 0 else 2
        return [QLocale().toString(float(value), "f", digits) for value in values]


def thinned(points: Sequence[LossPoint]) -> Sequence[LossPoint]:
    """The points, or as many means of neighbours as a diagram has room for."""
    stride = math.ceil(len(points) / MOST_POINTS)
    if stride <= 1:
        return points
    groups = (points[start : start + stride] for start in range(0, len(points), stride))
    return [LossPoint(group[-1].step, sum(point.loss for point in group) / len(group)) for group in groups]


def _loss_text(loss: float) -> str:
    return QLocale().toString(loss, "f", 4)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _nearest(points: Sequence[LossPoint], step: float) -> LossPoint | None:
    """The point whose step is nearest; None if there are none. The points ascend by step."""
    if not points:
        return None
    place = bisect_left(points, step, key=lambda point: point.step)
    around = points[max(0, place - 1) : place + 1]
    return min(around, key=lambda point: abs(point.step - step))
