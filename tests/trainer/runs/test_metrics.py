"""The losses of a run while it trains, each step once, whatever happened to the run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.recorded_run import STEPS, FixedValidation, RecordedRun

from trainer.protocol.events import WarningRaised
from trainer.runs.metrics import MetricsFile


@pytest.fixture
def run(tiny_editor: Path, tmp_path: Path) -> Callable[..., RecordedRun]:
    return lambda *words, folder="run", **options: RecordedRun(
        tiny_editor, tmp_path / folder, *words, **options
    )


def test_losses_after_the_last_checkpoint_are_written_once(run: Callable[..., RecordedRun]) -> None:
    """A killed run has written lines of steps that it takes again, and perhaps half a line."""
    whole = run(folder="whole")
    whole()
    run("trainer.max_steps=4")()
    with (run().folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 5, "loss": 7.0}\n{"step": 6, "val_loss": 7.0}\n{"step": 7, "lo')
    again = run()
    again.training.between_steps.validation = FixedValidation([0.5], again.training.events)
    again()
    ended, expected = again.metrics(), whole.metrics()
    assert ended[-1] == {"step": STEPS, "val_loss": 0.5}
    for line in (*ended, *expected):
        line.pop("samples_per_second", None)
    assert ended[:-1] == expected


def test_losses_that_cannot_be_written_do_not_end_the_run(run: Callable[..., RecordedRun]) -> None:
    blocked = run()
    (blocked.folder / "metrics.jsonl").mkdir(parents=True)
    assert blocked().step == STEPS
    (warning,) = (event for event in blocked.events_of(WarningRaised) if event.kind == "metrics")
    assert warning.code == "metrics.not-written"


def test_losses_are_written_after_the_disk_has_come_back(tmp_path: Path) -> None:
    folder, away = tmp_path / "run", tmp_path / "away"
    folder.mkdir()
    file = MetricsFile(folder / "metrics.jsonl")
    file.begin(0)
    file.add(1, {"loss": 0.5})
    folder.rename(away)  # as a drive that was pulled
    file.add(2, {"loss": 0.25})
    away.rename(folder)
    file.add(3, {"loss": 0.125})
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [1, 2, 3]


def test_tensorboard_shows_each_step_once(run: Callable[..., RecordedRun]) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    asked = "exp_manager.create_tensorboard_logger=True"
    run(asked, "trainer.max_steps=4")()
    again = run(asked)
    again()
    shown = EventAccumulator(str(again.folder / "tensorboard")).Reload().Scalars("loss")
    assert [scalar.step for scalar in shown] == list(range(1, STEPS + 1))
    assert [scalar.value for scalar in shown] == pytest.approx([line["loss"] for line in again.metrics()])


@pytest.mark.parametrize(
    ("setting", "module", "code"),
    [
        ("create_tensorboard_logger", "torch.utils.tensorboard", "metrics.no-tensorboard"),
        ("create_wandb_logger", "wandb", "metrics.no-wandb"),
    ],
)
def test_a_logger_that_is_not_installed_is_reported(
    run: Callable[..., RecordedRun], monkeypatch: pytest.MonkeyPatch, setting: str, module: str, code: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    without = run(f"exp_manager.{setting}=True", "trainer.max_steps=1")
    assert without().step == 1
    (warning,) = (event for event in without.events_of(WarningRaised) if event.kind == "metrics")
    assert warning.code == code
    assert "pip install" in warning.advice
    assert [line["step"] for line in without.metrics()] == [1]
