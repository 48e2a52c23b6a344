"""The page of a run in each of its states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.shown_run import TOTAL, ShownSession, brightness, make_previews, started, step_taken
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.runs.training_crash import KILLED, crashed
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome, TrainingResult
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingRun
from trainer.protocol.events import (
    PreparationProgressed,
    TrainingContinued,
    TrainingPaused,
    ValidationFinished,
    WarningRaised,
)

MakePage = Callable[..., ProgressPage]
STEPS = (0, 50, 100)
DISK_FULL = TrainingPaused(
    step=120, reason="disk", message="The disk is full.", advice="Free some disk space."
)


def visible_buttons(page: ProgressPage) -> list[str]:
    """The names of the buttons in the row below the page, from the left."""
    buttons = [button for button in page.row.findChildren(QAbstractButton) if button.isVisible()]
    place = lambda button: button.mapTo(page, button.rect().topLeft())  # noqa: E731
    return [button.objectName() for button in sorted(buttons, key=lambda each: place(each).x())]


def press(qtbot: QtBot, page: ProgressPage, name: str) -> None:
    button = page.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def train(session: ShownSession, run: TrainingRun) -> None:
    """A run at step 120 with pictures."""
    session.run = replace(run, step=100)
    session.progress.disk = 213_000_000
    previews = make_previews(run.folder, STEPS)
    losses = [step_taken(step, 0.2 - step / 1000) for step in range(1, 121)]
    session.enter(
        TrainingPhase.TRAINING,
        started(),
        *losses,
        *previews,
        ValidationFinished(step=100, loss=0.15, best=True),
    )


def end(session: ShownSession, run: TrainingRun, step: int) -> None:
    """The end of a run after a step, with a model."""
    session.result = TrainingResult(folder=run.folder / "model", step=step, total_steps=TOTAL)
    session.outcome = TrainingOutcome(result=session.result, saved_step=step, is_complete=step == TOTAL)
    session.run = replace(run, step=step)
    session.enter(TrainingPhase.DONE, step_taken(step))


def crash(session: ShownSession, exit_code: int) -> None:
    """The trainer's process ends without a word."""
    assert session.run is not None
    session.failure = crashed(exit_code).report()
    session.outcome = TrainingOutcome(saved_step=session.run.step, failure=session.failure)
    session.enter(TrainingPhase.FAILED)


def test_while_a_run_is_prepared_its_stage_is_shown(make_page: MakePage, session: ShownSession) -> None:
    session.enter(TrainingPhase.PREPARING, PreparationProgressed(stage="replaying", done=120, total=1350))
    page = make_page()
    assert page.sentence.text() == "Preparing edits that the model knows…"
    assert (page.bar.value(), page.bar.maximum()) == (120, 1350)
    assert "8 % done".replace(" ", "\N{NO-BREAK SPACE}") in page.facts.text()
    assert page.previews.empty.text() == "The first pictures appear when training begins."
    assert page.previews.empty.isVisible()
    assert not page.curve.isVisible()
    assert visible_buttons(page) == ["close_progress", "stop", "pause"]
    assert page.stop_button.text() == "&Stop"


def test_the_numbers_of_a_run(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    qtbot.waitUntil(lambda: page.sentence.text() == "Step 120 of 500")
    assert page.title.text() == "Training “Copper”"
    assert page.remaining.text() == "about 4 minutes left"
    qtbot.waitUntil(lambda: "free" in page.facts.text())
    facts = page.facts.text().replace("\N{NO-BREAK SPACE}", " ").split(" · ")
    assert facts[:3] == ["5.5 pairs a second", "1.4 GB of memory", "213 MB on disk"]
    assert facts[3].endswith(" free")
    assert facts[4] == "Processor, half precision (bf16)"
    assert visible_buttons(page) == ["close_progress", "discard", "stop", "pause"]
    assert page.hint.text() == "You may close this window; training continues."
    assert page.close_button.toolTip() == page.hint.text()


def test_slow_training_says_the_seconds_of_a_pair(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    session.enter(TrainingPhase.TRAINING, started(), replace(step_taken(3), samples_per_second=0.05))
    qtbot.waitUntil(lambda: "20 s for a pair".replace(" ", "\N{NO-BREAK SPACE}") in page.facts.text())


def test_pictures_and_curve_come_with_the_run(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    session.enter(TrainingPhase.TRAINING, started(), step_taken(1))
    qtbot.waitUntil(lambda: page.previews.empty.text() == "The first pictures appear after the first steps.")
    train(session, run)
    now = page.previews.now
    qtbot.waitUntil(lambda: now.image is not None)
    assert now.image is not None
    assert now.image.pixelColor(3, 3).red() == brightness(100, 0)
    assert not page.previews.empty.isVisible()
    qtbot.waitUntil(lambda: page.curve.plot is not None and len(page.curve.plot.line) == 120)


def test_a_run_without_pictures_promises_none(
    qtbot: QtBot, make_page: MakePage, session: ShownSession
) -> None:
    page = make_page()
    session.enter(TrainingPhase.TRAINING, started(), step_taken(60))
    qtbot.waitUntil(lambda: page.previews.empty.text() == "There are no pictures yet.")
    crash(session, 1)
    assert page.previews.empty.text() == "This training made no pictures."


def test_pausing_and_continuing(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    press(qtbot, page, "pause")
    session.enter(TrainingPhase.PAUSED, TrainingPaused(step=120, reason="request", message="Paused."))
    assert page.title.text() == "Training “Copper” is paused"
    assert page.sentence.text() == "Paused at step 120 of 500. Nothing is lost."
    assert page.hint.text() == "You may close this window; training stays paused."
    assert page.remaining.text() == ""
    assert not page.pause_notice.isVisible()
    assert visible_buttons(page)[-1] == "continue"
    assert page.row.continue_button.text() == "&Continue"
    press(qtbot, page, "continue")
    assert session.asked == ["pause", "continue"]
    session.enter(TrainingPhase.TRAINING, TrainingContinued(step=120))
    assert visible_buttons(page)[-1] == "pause"


def test_pausing_before_the_first_step(make_page: MakePage, session: ShownSession) -> None:
    page = make_page()
    session.enter(TrainingPhase.PREPARING, PreparationProgressed(stage="caching", done=3, total=24))
    pause = TrainingPaused(step=0, reason="request", message="Paused.")
    session.enter(TrainingPhase.PAUSED, pause)
    assert page.sentence.text() == "Paused before the first step. Nothing is lost."
    assert (page.bar.value(), page.bar.maximum()) == (3, 24)


def test_what_was_not_done_is_said(make_page: MakePage, session: ShownSession, run: TrainingRun) -> None:
    page = make_page()
    train(session, run)
    session.refused.emit(crashed(None).report())
    assert page.notice.message.text() == "The training program ended unexpectedly."
    session.enter(TrainingPhase.PAUSED, DISK_FULL)
    assert not page.notice.isVisible()


def test_a_full_disk_is_said_with_a_way_on(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    session.enter(TrainingPhase.PAUSED, DISK_FULL)
    assert page.pause_notice.isVisible()
    assert page.pause_notice.message.text() == "The disk is full."
    assert page.pause_notice.advice.text() == "Free some disk space."
    assert page.row.continue_button.text() == "&Try again"
    press(qtbot, page, "continue")
    assert session.asked == ["continue"]
    session.enter(TrainingPhase.TRAINING, TrainingContinued(step=120))
    assert not page.pause_notice.isVisible()


def test_discarding_asks_first(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    press(qtbot, page, "discard")
    assert visible_buttons(page) == ["confirm_discard", "dismiss_discard"]
    assert page.row.discard_question.dismiss.hasFocus() or not page.isActiveWindow()
    press(qtbot, page, "dismiss_discard")
    QApplication.processEvents()
    assert visible_buttons(page) == ["close_progress", "discard", "stop", "pause"]
    press(qtbot, page, "discard")
    qtbot.keyClick(page.row.discard_question, Qt.Key.Key_Escape)
    assert session.asked == []
    press(qtbot, page, "discard")
    press(qtbot, page, "confirm_discard")
    assert session.asked == ["discard"]


def test_a_question_is_dropped_with_the_end_of_the_run(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    press(qtbot, page, "discard")
    end(session, run, TOTAL)
    assert visible_buttons(page)[0] == "close_progress"


def test_nothing_but_closing_is_offered_while_a_run_stops(
    make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    session.enter(TrainingPhase.STOPPING)
    assert page.sentence.text().startswith("Stopping: finishing the current step, then saving.")
    assert page.hint.text() == ""
    assert page.row.pause_button.isVisible(), "no button moves to its place"
    enabled = [name for name in visible_buttons(page) if page.findChild(QAbstractButton, name).isEnabled()]
    assert enabled == ["close_progress"]


def test_a_crash_is_said_and_the_run_goes_on_from_its_last_checkpoint(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    crash(session, KILLED)
    assert page.title.text() == "Training failed"
    assert page.notice.message.text() == "The system ended the training program."
    assert page.sentence.text() == "Step 100 is saved; training can go on from there."
    assert page.resume_button.text() == "Res&ume from step 100"
    assert visible_buttons(page)[-1] == "resume"
    assert page.previews.now.isVisible()


def test_a_crash_before_the_first_checkpoint_leads_back(make_page: MakePage, session: ShownSession) -> None:
    page = make_page()
    crash(session, 1)
    assert page.sentence.text() == "Nothing was saved."
    assert page.resume_button.text() == "&Start again"
    assert visible_buttons(page) == ["close_progress", "back_to_plan", "resume"]


def test_a_stopped_run_leads_to_its_result_and_can_go_on(
    make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    end(session, run, 120)
    assert page.title.text() == "“Copper” was stopped early"
    assert visible_buttons(page) == ["close_progress", "train_another", "resume", "show_result"]
    assert page.resume_button.text() == "Res&ume from step 120"
    assert page.result_button.property("role") == "primary"
    assert page.resume_button.property("role") != "primary"
    assert page.result_button.isDefault()


def test_a_complete_run_can_be_trained_further(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    end(session, run, TOTAL)
    assert visible_buttons(page) == ["close_progress", "train_another", "train_further", "show_result"]
    press(qtbot, page, "train_further")
    assert page.row.steps_question.steps.value() == 250
    page.row.steps_question.steps.setValue(80)
    press(qtbot, page, "confirm_further")
    assert session.asked == [80]


def test_a_hidden_page_shows_what_happened_meanwhile(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    page.hide()
    train(session, run)
    page.show()
    assert page.sentence.text() == "Step 120 of 500"
    qtbot.waitUntil(lambda: page.previews.now.image is not None)


def test_the_curve_goes_on_after_a_resumption(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    train(session, run)
    session.enter(TrainingPhase.TRAINING, started(100), *(step_taken(step) for step in range(101, 131)))
    qtbot.waitUntil(lambda: page.curve.plot is not None and len(page.curve.plot.line) == 130)
    assert page.curve.plot is not None
    steps = [point.step for point in page.curve.plot.line]
    assert steps == list(range(1, 131))


def test_warnings_are_folded(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    page = make_page()
    warnings = tuple(WarningRaised(kind="memory", message=message) for message in ("First.", "Second."))
    session.run = replace(run, warnings=warnings)
    session.enter(TrainingPhase.TRAINING, started(), step_taken(1))
    qtbot.waitUntil(lambda: page.warnings.latest.text() == "Second.")
    assert page.warnings.earlier.button.text() == "1 earlier note"


@pytest.mark.parametrize("width", [500, 720, 1400])
def test_it_fits_into_every_width(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun, width: int
) -> None:
    session.run = run = replace(
        run, plan=replace(run.plan, name="A name of sixty characters that " + "x" * 28)
    )
    train(session, run)
    page = make_page(width, 380 if width == 500 else 640)
    qtbot.waitUntil(lambda: page.previews.now.image is not None and page.curve.plot is not None)
    assert page.width() == width
    area = page.findChild(QScrollArea)
    assert area is not None
    assert area.widget().width() <= area.viewport().width()
    for part in (page.row.stop_button, page.row.pause_button, page.row.close_button):
        assert page.rect().contains(part.mapTo(page, part.rect().bottomRight())), part.objectName()
    for part in (*page.previews.pictures(), page.previews.slider, page.curve.legend):
        assert area.widget().rect().contains(_place(part, area.widget())), part.objectName()


def test_nothing_scrolls_in_the_usual_size(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    train(session, run)
    page = make_page()
    qtbot.waitUntil(lambda: page.previews.now.image is not None)
    area = page.findChild(QScrollArea)
    assert area is not None
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() == 0)
    assert page.previews.now.frame().width() >= 150


def test_a_larger_window_has_larger_pictures(
    qtbot: QtBot, make_page: MakePage, session: ShownSession, run: TrainingRun
) -> None:
    train(session, run)
    page = make_page()
    qtbot.waitUntil(lambda: page.previews.now.image is not None)
    small = page.previews.now.frame().width()
    page.resize(1400, 900)
    qtbot.waitUntil(lambda: page.previews.now.frame().width() > 1.8 * small)


def _place(part: QWidget, inside: QWidget) -> object:
    place = part.rect()
    place.moveTopLeft(part.mapTo(inside, place.topLeft()))
    return place
