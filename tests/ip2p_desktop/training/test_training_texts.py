"""Numbers in sentences, and the curve's smoothing."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from ip2p_desktop.training.runs.run_progress import MOST_POINTS, LossPoint, RunProgress, smoothed
from ip2p_desktop.training.training_texts import TrainingTexts
from trainer.protocol.events import PreparationProgressed, StepFinished


@pytest.fixture
def texts(qapp: QApplication) -> TrainingTexts:
    return TrainingTexts()


def step_done(step: int, loss: float) -> StepFinished:
    return StepFinished(step=step, total_steps=10_000, loss=loss, learning_rate=0.0, seconds_left=0.0)


def test_counts(texts: TrainingTexts) -> None:
    assert texts.pairs_found(1) == "1 pair found"
    assert texts.pairs_found(12_345) == "12,345 pairs found"
    assert texts.steps_done(3, 1500) == "Step 3 of 1,500"


def test_what_happens_before_the_first_step(texts: TrainingTexts) -> None:
    assert texts.preparing(None) == "Getting ready…"
    assert texts.preparing(PreparationProgressed(stage="loading model")) == "Loading the model to start from…"
    assert texts.preparing(PreparationProgressed(stage="counting sheep")) == "Getting ready: counting sheep…"


def test_compiling_is_shown_until_the_step_is_done(texts: TrainingTexts) -> None:
    progress = RunProgress(total_steps=10)
    progress.take(PreparationProgressed(stage="compiling"))
    assert texts.preparing(progress.preparing) == "Compiling the model…"
    progress.take(step_done(1, 0.5))
    assert progress.preparing is None


def test_a_steady_loss_stays_steady_when_smoothed() -> None:
    line = smoothed([LossPoint(step, 0.5) for step in range(100)])
    assert [point.loss for point in line] == pytest.approx([0.5] * 100)
    assert smoothed([]) == []


def test_a_long_run_keeps_few_points_and_its_mean() -> None:
    progress = RunProgress(total_steps=10_000)
    for step in range(1, 10_001):
        progress.take(step_done(step, float(step % 2)))
    assert MOST_POINTS / 2 <= len(progress.losses) < MOST_POINTS
    assert {point.loss for point in progress.losses} == {0.5}
    assert progress.losses[-1].step > 9_900
    assert progress.seconds_left is None
