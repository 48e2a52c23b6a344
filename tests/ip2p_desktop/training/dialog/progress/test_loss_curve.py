"""The diagram of the loss."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.preferences import ThemeChoice
from ip2p_desktop.training.dialog.progress import loss_curve
from ip2p_desktop.training.dialog.progress.loss_curve import LossCurve
from ip2p_desktop.training.runs.run_progress import LossPoint
from ip2p_desktop.widgets.theme import Theme

ROOT = Path(__file__).resolve().parents[5]
LOSSES = [LossPoint(step, 0.2 - step / 2000) for step in range(1, 101)]
VALIDATIONS = [LossPoint(0, 0.25), LossPoint(50, 0.21), LossPoint(100, 0.18)]


@pytest.fixture
def curve(qtbot: QtBot) -> Iterator[LossCurve]:
    curve = LossCurve()
    qtbot.addWidget(curve)
    curve.resize(660, 220)
    curve.show()
    yield curve
    curve.shut_down()


def ready(qtbot: QtBot, curve: LossCurve) -> None:
    qtbot.waitUntil(lambda: curve.plot is not None)
    QApplication.processEvents()


def ranges(curve: LossCurve) -> tuple[list[float], list[float]]:
    assert curve.plot is not None
    horizontal, vertical = curve.plot.plot.getPlotItem().getViewBox().viewRange()
    return horizontal, vertical


def test_neither_the_diagram_nor_numpy_is_loaded_with_the_dialog() -> None:
    code = (
        "import sys, ip2p_desktop.training.dialog.training_dialog; "
        "print({'pyqtgraph', 'numpy'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    printed = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert printed.stdout.strip() == "set()"


def test_loading_it_leaves_the_handlers_of_exceptions_alone() -> None:
    code = (
        "import sys, threading; hooks = sys.excepthook, threading.excepthook; "
        "from ip2p_desktop.training.dialog.progress.loss_curve import load_plot; load_plot(); "
        "print((sys.excepthook, threading.excepthook) == hooks)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert printed.stdout.strip() == "True"


def test_losses_that_came_before_the_diagram_are_shown(qtbot: QtBot, curve: LossCurve) -> None:
    curve.show_losses(LOSSES, VALIDATIONS, 500)
    ready(qtbot, curve)
    (left, right), (lowest, highest) = ranges(curve)
    assert (left, right) == (0, 500)
    assert lowest < min(point.loss for point in LOSSES)
    assert highest > 0.25
    assert curve.legend.held_back.isVisible()
    assert curve.accessibleDescription().startswith("Average now 0.15")


def test_the_axis_reaches_the_last_step_of_a_longer_run(qtbot: QtBot, curve: LossCurve) -> None:
    ready(qtbot, curve)
    curve.show_losses([*LOSSES, LossPoint(800, 0.1)], (), 500)
    assert ranges(curve)[0] == [0, 800]
    assert not curve.legend.held_back.isVisible()


@pytest.mark.parametrize("losses", [[], [LossPoint(1, 0.3)], [LossPoint(1, 0.0)]])
def test_few_losses_are_no_problem(qtbot: QtBot, curve: LossCurve, losses: list[LossPoint]) -> None:
    ready(qtbot, curve)
    curve.show_losses(losses, losses, 10)
    lowest, highest = ranges(curve)[1]
    assert highest > lowest
    curve.grab()


def test_a_single_outlier_does_not_flatten_the_rest(qtbot: QtBot, curve: LossCurve) -> None:
    ready(qtbot, curve)
    losses = [LossPoint(step, 50.0 if step == 70 else 0.1 + step % 7 / 100) for step in range(1, 1001)]
    curve.show_losses(losses, (), 1000)
    assert ranges(curve)[1][1] < 5


def test_the_pointer_reads_a_step(qtbot: QtBot, curve: LossCurve) -> None:
    curve.show_losses(LOSSES, VALIDATIONS, 100)
    ready(qtbot, curve)
    plot = curve.plot
    assert plot is not None
    place = plot.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(60, 0.2))
    qtbot.mouseMove(plot.plot.viewport(), plot.plot.mapFromScene(place))
    qtbot.waitUntil(plot.reading.isVisible)
    step, average, held_back = plot.reading.text().splitlines()
    assert step in ("Step 59", "Step 60", "Step 61")
    assert average.startswith("Average: 0.1")
    assert held_back == "Held-back pairs: 0.2100"
    assert plot.rect().contains(plot.reading.geometry())
    right = plot.plot.mapFromScene(plot.plot.getPlotItem().getViewBox().mapViewToScene(QPointF(100, 0.2)))
    qtbot.mouseMove(plot.plot.viewport(), right)
    qtbot.waitUntil(lambda: plot.reading.text().startswith("Step 100"))
    assert plot.rect().contains(plot.reading.geometry())


def test_it_has_no_menu_and_leaves_the_wheel_to_the_page(qtbot: QtBot, curve: LossCurve) -> None:
    curve.show_losses(LOSSES, (), 100)
    ready(qtbot, curve)
    assert curve.plot is not None
    viewport, before = curve.plot.plot.viewport(), ranges(curve)
    qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=viewport.rect().center())
    assert QApplication.activePopupWidget() is None
    place = QPointF(viewport.rect().center())
    event = QWheelEvent(
        place,
        place,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)
    assert not event.isAccepted()
    assert ranges(curve) == before


def test_it_follows_the_theme(qtbot: QtBot, curve: LossCurve, qapp: QApplication) -> None:
    theme = Theme(qapp, ThemeChoice.LIGHT)
    curve.show_losses(LOSSES, VALIDATIONS, 100)
    ready(qtbot, curve)
    assert curve.plot is not None
    corner = QPoint(curve.plot.width() - 3, 3)
    assert curve.plot.grab().toImage().pixelColor(corner).lightness() > 240
    theme.choose(ThemeChoice.DARK)
    QApplication.processEvents()
    assert curve.plot.grab().toImage().pixelColor(corner).lightness() < 60
    theme.choose(ThemeChoice.LIGHT)


def test_it_is_folded_away(qtbot: QtBot, curve: LossCurve) -> None:
    ready(qtbot, curve)
    assert curve.plot is not None
    assert curve.plot.isVisible()
    qtbot.mouseClick(curve.fold_button, Qt.MouseButton.LeftButton)
    assert not curve.plot.isVisible()
    qtbot.mouseClick(curve.fold_button, Qt.MouseButton.LeftButton)
    assert curve.plot.isVisible()


def test_a_diagram_that_cannot_be_loaded_is_said(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ImportError("No module named 'pyqtgraph'")

    monkeypatch.setattr(loss_curve, "load_plot", fail)
    curve = LossCurve()
    qtbot.addWidget(curve)
    curve.show()
    qtbot.waitUntil(curve.failure.isVisible)
    assert curve.failure.text() == "The diagram cannot be shown; see the log file."
    curve.show_losses(LOSSES, VALIDATIONS, 100)
    curve.shut_down()


def test_a_hundred_thousand_losses_are_shown(qtbot: QtBot, curve: LossCurve) -> None:
    losses = [LossPoint(step, 0.1 + step % 11 / 100) for step in range(1, 100_001)]
    curve.show_losses(losses, VALIDATIONS, 100_000)
    ready(qtbot, curve)
    assert ranges(curve)[0] == [0, 100_000]
    assert not curve.grab().isNull()
