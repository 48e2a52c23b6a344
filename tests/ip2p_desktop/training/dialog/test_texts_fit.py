"""No text of the dialog is cut, on any page, in both themes, with the longest names there can be."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.shown_run import TOTAL, ShownSession, make_previews, started, step_taken
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from engine.library import ModelCard
from ip2p_desktop.base.paths import starter_model
from ip2p_desktop.base.preferences import ThemeChoice
from ip2p_desktop.training.dialog.pictures.sources.ways import Way
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.results import result_judging
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome, TrainingResult
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.theme import Theme
from trainer.protocol.events import PreparationProgressed, TrainingPaused, WarningRaised

NAME = "A name of sixty characters, which is the longest there can b"
SENTENCE = "A sentence that says at length what has happened, and goes on until it needs a second line. " * 2
SIZES = [(720, 640), (1024, 640), (500, 380)]
TIMEOUT = 60_000


def cut_texts(window: QWidget) -> list[str]:
    """Labels and buttons whose text has less room than it needs, or that lie outside their parents."""
    cut = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or isinstance(widget, ElidedLabel):
            continue
        if not isinstance(widget, (QAbstractButton, QLabel)) or not widget.text():
            continue
        needed = widget.minimumSizeHint()
        if isinstance(widget, QLabel) and widget.wordWrap():
            needed.setHeight(widget.heightForWidth(widget.width()))
        parent = widget.parentWidget()
        corner = widget.mapTo(parent, QPoint(widget.width() - 1, widget.height() - 1))
        has_room = widget.width() >= needed.width() and widget.height() >= needed.height() - 1
        if not has_room or not parent.rect().contains(corner):
            cut.append(f"{type(widget).__name__} {widget.objectName()}: {widget.text()}")
    return cut


def columns_too_wide(window: QWidget) -> list[str]:
    """Columns that are wider than what is in sight of them: they scroll down, not aside."""
    areas = [area for area in window.findChildren(QScrollArea) if area.isVisibleTo(window)]
    return [area.widget().objectName() for area in areas if area.widget().width() > area.viewport().width()]


@pytest.fixture(params=[ThemeChoice.LIGHT, ThemeChoice.DARK])
def themed(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    sheet, palette = qapp.styleSheet(), qapp.palette()
    theme = Theme(qapp, request.param)
    yield
    theme.deleteLater()
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)


@pytest.fixture
def run(tmp_path: Path) -> TrainingRun:
    folder = tmp_path / "run"
    folder.mkdir()
    plan = TrainingPlan(
        dataset=tmp_path / "pairs",
        base_model=starter_model(),
        base_model_name="Starter",
        name=NAME,
        steps=TOTAL,
    )
    return TrainingRun(folder=folder, plan=plan)


@pytest.fixture
def dialog(
    qtbot: QtBot, themed: None, run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TrainingDialog]:
    monkeypatch.setattr(result_judging, "judging_program", lambda: ["no-program"])
    session = ShownSession(run)
    session.run = None
    cards = [ModelCard(path=starter_model(), name="Starter", licence="Apache-2.0")]
    dialog = TrainingDialog(cards, session=session)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.shut_down()


@pytest.fixture
def fits(qtbot: QtBot, dialog: TrainingDialog) -> Callable[[str], None]:
    """Checks what is on screen, in every size."""

    def check(state: str) -> None:
        for size in SIZES:
            dialog.resize(*size)
            for _ in range(4):  # heights follow from widths, and scroll bars from heights
                QApplication.processEvents()
            assert not cut_texts(dialog), (state, size)
            assert not columns_too_wide(dialog), (state, size)

    return check


def test_pictures(
    qtbot: QtBot, dialog: TrainingDialog, fits: Callable[[str], None], pairs: Path, tmp_path: Path
) -> None:
    page, dataset = dialog.examples_page, dialog.session.dataset
    fits("start")
    page.example.button.click()
    fits("example")
    page.example.button.click()
    for way in Way:
        page.sources.open_way(way)
        qtbot.waitUntil(lambda: not page.sources.editor.is_busy, timeout=TIMEOUT)
        fits(way)
        page.sources.back.click()
    (pairs / "otter-negative.jpg").write_bytes(b"damaged")
    dialog.choose_folder(pairs)
    fits("searching")
    qtbot.waitUntil(lambda: dataset.report is not None, timeout=TIMEOUT)
    fits("problems")
    page.findings.panel.search.setText("nothing has these words")
    qtbot.waitUntil(page.findings.panel.empty.isVisible)
    fits("nothing found")
    wordless = tmp_path / "a folder without words whose name goes on and on"
    for side, suffix in (("before", ""), ("after", "-negative")):
        (wordless / side).mkdir(parents=True)
        for name in ("dog", "old-truck"):
            shutil.copy(pairs / f"{name}{suffix}.jpg", wordless / side / f"{name}.jpg")
    dialog.choose_folder(wordless)
    qtbot.waitUntil(page.question.isVisible, timeout=TIMEOUT)
    fits("without words")
    page.question.box.setPlainText(SENTENCE)
    page.question.button.click()
    qtbot.waitUntil(lambda: dataset.report is not None, timeout=TIMEOUT)
    fits("with words")
    empty = tmp_path / "empty"
    empty.mkdir()
    dialog.choose_folder(empty)
    qtbot.waitUntil(page.notice.isVisible, timeout=TIMEOUT)
    fits("no pairs")


def test_plan(qtbot: QtBot, dialog: TrainingDialog, fits: Callable[[str], None], pairs: Path) -> None:
    dialog.choose_folder(pairs)
    qtbot.waitUntil(lambda: dialog.session.dataset.report is not None, timeout=TIMEOUT)
    dialog.examples_page.next_button.click()
    plan = dialog.plan_page
    fits("measuring")
    qtbot.waitUntil(lambda: bool(plan.measurements._failed), timeout=TIMEOUT)
    plan.form.name_box.setText("Starter")
    fits("not measured")
    plan.form.name_box.clear()
    fits("no name")
    plan.form.advanced.button.click()
    qtbot.waitUntil(plan.form.advanced.is_complete, timeout=TIMEOUT)
    fits("advanced")
    plan.form.advanced.search.setText("no such setting")
    fits("no such setting")


def test_progress_and_result(
    qtbot: QtBot, dialog: TrainingDialog, fits: Callable[[str], None], run: TrainingRun
) -> None:
    session = dialog.session
    assert isinstance(session, ShownSession)
    session.run = run
    session.enter(TrainingPhase.PREPARING, PreparationProgressed(stage="replaying", done=120, total=1350))
    qtbot.waitUntil(lambda: "free" in dialog.progress_page.facts.text())
    fits("preparing")
    session.progress.disk = 213_000_000
    session.run = replace(run, step=100, warnings=(WarningRaised(kind="memory", message=SENTENCE),))
    session.enter(TrainingPhase.TRAINING, started(), step_taken(120), *make_previews(run.folder, (0, 50)))
    qtbot.waitUntil(lambda: dialog.progress_page.previews.now.image is not None)
    fits("training")
    dialog.progress_page.row.discard_button.click()
    fits("discard?")
    session.enter(
        TrainingPhase.PAUSED, TrainingPaused(step=120, reason="disk", message=SENTENCE, advice=SENTENCE)
    )
    fits("paused")
    session.enter(TrainingPhase.STOPPING)
    fits("stopping")
    session.failure = ErrorReport("crash", SENTENCE, SENTENCE)
    session.outcome = TrainingOutcome(saved_step=100, failure=session.failure)
    session.enter(TrainingPhase.FAILED)
    fits("failed")
    session.failure = None
    session.result = TrainingResult(folder=run.folder / "model", step=TOTAL, total_steps=TOTAL)
    session.outcome = TrainingOutcome(result=session.result, saved_step=TOTAL, is_complete=True)
    session.enter(TrainingPhase.DONE)
    fits("done")
    dialog.progress_page.row.further_button.click()
    fits("how many more steps?")
    dialog.progress_page.row.steps_question.dismiss.click()
    dialog.progress_page.result_button.click()
    qtbot.waitUntil(dialog.result_page.judging_notice.isVisible, timeout=TIMEOUT)
    dialog.result_page._show_exported(run.folder / "some" / "folders" / f"{NAME}.ip2p-edit")
    fits("result")
    session.model = ModelCard(path=run.folder, name=NAME, suggestions=(SENTENCE,))
    session.result = None
    session.enter(TrainingPhase.TRAINING)
    session.enter(TrainingPhase.DONE)
    fits("kept")
    dialog.show_runs()
    dialog.runs_page.show_failure(ErrorReport("run", SENTENCE, SENTENCE))
    fits("runs")
