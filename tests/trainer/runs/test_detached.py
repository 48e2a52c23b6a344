"""A run as a process of its own: it goes on without its window, and is led through its folder."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from fakes.trainer_programs import CAN_FORK, TrainerProgram

from trainer.distributed.priority import AUTOGROUP, NICENESS, PRIORITY_VARIABLE
from trainer.protocol.commands import DETACHED_VARIABLE
from trainer.protocol.events import (
    Event,
    PreparationProgressed,
    StepFinished,
    TrainingContinued,
    TrainingFinished,
    TrainingPaused,
    TrainingStarted,
    parse_event,
)
from trainer.protocol.run_files import Command, append_command, read_events

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="signals are others there")
PATIENCE = 600.0
FOREVER = "trainer.max_steps=100000"


@pytest.fixture
def pairs(pair_folder: Path, tmp_path: Path) -> Path:
    """A copy, which a test may move."""
    return Path(shutil.copytree(pair_folder, tmp_path / "pairs"))


@pytest.fixture
def run(pairs: Path, tiny_editor: Path, tmp_path: Path) -> Callable[..., TrainerProgram]:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "teaching.json").write_text("{}")
    words = [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={tiny_editor}",
        f"exp_manager.explicit_log_dir={folder}",
        "data.replay.pairs=0",
        "data.resolution=32",
        "data.num_workers=1",
        "model.micro_batch_size=2",
        "trainer.precision=32",
        "trainer.threads=1",
        "trainer.val_check_interval=0",
    ]
    return lambda *more, **variables: TrainerProgram(
        [*words, *more],
        tmp_path / "logs",
        before=os.setsid,
        environment={DETACHED_VARIABLE: "1", **variables},
    )


class Reader:
    """Follows a run through its folder, as a window does."""

    def __init__(self, folder: Path, run: TrainerProgram) -> None:
        self.folder, self._run = folder, run
        self.events: list[Event] = []
        self._offset = 0

    def until(self, holds: Callable[[Event], bool]) -> Event:
        """The first event from now on of which this holds."""
        deadline = time.monotonic() + PATIENCE
        while True:
            timed, self._offset = read_events(self.folder / "events.jsonl", self._offset)
            new = [each.event for each in timed]
            self.events += new
            if found := [event for event in new if holds(event)]:
                return found[0]
            assert time.monotonic() < deadline, self._run.errors.read_text()
            assert self._run.process.is_alive(), self._run.errors.read_text()
            time.sleep(0.02)

    def ask(self, command: Command) -> None:
        append_command(self.folder, command)


def is_a(kind: type[Any], **values: object) -> Callable[[Event], bool]:
    return lambda event: (
        isinstance(event, kind) and all(getattr(event, name) == value for name, value in values.items())
    )


def test_it_is_led_through_its_folder_from_its_start_on(
    run: Callable[..., TrainerProgram], pairs: Path, tmp_path: Path
) -> None:
    program = run(FOREVER)
    reader = Reader(tmp_path / "run", program)
    reader.ask(Command.PAUSE)  # before the program looks
    assert reader.until(is_a(TrainingPaused)) == TrainingPaused(
        step=0, reason="request", message="Training is paused.", code="paused.request"
    )
    assert not any(isinstance(event, TrainingStarted) for event in reader.events)
    reader.ask(Command.CONTINUE)
    reader.until(is_a(TrainingStarted))
    pairs.rename(tmp_path / "elsewhere")
    paused = reader.until(is_a(TrainingPaused, reason="dataset"))
    assert isinstance(paused, TrainingPaused)
    assert str(pairs) in paused.message
    (tmp_path / "elsewhere").rename(pairs)
    reader.ask(Command.CONTINUE)
    reader.until(is_a(TrainingContinued))
    reader.until(is_a(StepFinished))
    reader.ask(Command.STOP)
    assert program.wait() == 0, program.errors.read_text()
    *_, last = read_events(reader.folder / "events.jsonl")[0]
    assert isinstance(last.event, TrainingFinished)
    assert last.event.stopped
    assert last.event.step > paused.step
    assert (Path(last.event.model) / "model_index.json").is_file()
    assert not any(event["type"] == "warning" for event in program.events()), "no pair counts as damaged"


def test_it_survives_its_window_and_lets_other_programs_go_first(
    run: Callable[..., TrainerProgram], tmp_path: Path
) -> None:
    program = run("trainer.max_steps=30", **{PRIORITY_VARIABLE: ""})
    reader = Reader(tmp_path / "run", program)
    reader.until(is_a(PreparationProgressed))
    program.send(signal.SIGHUP)
    reader.until(is_a(StepFinished))
    assert program.process.pid is not None
    assert os.getpriority(os.PRIO_PROCESS, program.process.pid) >= NICENESS
    group = Path(f"/proc/{program.process.pid}/autogroup")
    if AUTOGROUP.exists() and group.exists() and group.read_text().strip():
        assert group.read_text().split()[-1] == str(NICENESS)
    program.send(signal.SIGHUP)
    assert program.wait() == 0, program.errors.read_text()
    timed = read_events(tmp_path / "run" / "events.jsonl")[0]
    kinds = [each.event.type for each in timed if each.event.type != "step"]
    assert kinds == [event["type"] for event in program.events() if event["type"] != "step"]
    assert [each.time for each in timed] == sorted(each.time for each in timed)
    finished = timed[-1].event
    assert isinstance(finished, TrainingFinished)
    assert (finished.step, finished.stopped) == (30, False)


def test_a_finished_run_is_trained_further_by_a_larger_number_of_steps(
    run: Callable[..., TrainerProgram], tmp_path: Path
) -> None:
    decay = ("model.optim.lr=1e-3", "model.optim.sched.decay=True")
    first = run("trainer.max_steps=4", *decay)
    assert first.wait() == 0, first.errors.read_text()
    further = run("trainer.max_steps=8", *decay)
    assert further.wait() == 0, further.errors.read_text()
    events = [each.event for each in read_events(tmp_path / "run" / "events.jsonl")[0]]
    starts = [event.start_step for event in events if isinstance(event, TrainingStarted)]
    assert starts == [0, 4], "both are in the file"
    ends = [(event.step, event.stopped) for event in events if isinstance(event, TrainingFinished)]
    assert ends == [(4, False), (8, False)]
    rates = [
        event["learning_rate"]
        for run in (first, further)
        for event in run.events()
        if event["type"] == "step"
    ]
    assert rates[3] == pytest.approx(2e-5)
    assert rates[4] > 10 * rates[3], "the rate is that of a run of eight steps"
    assert rates[4:] == sorted(rates[4:], reverse=True)
    assert rates[-1] == pytest.approx(2e-5)


def test_what_was_refused_is_in_the_file_too(run: Callable[..., TrainerProgram], tmp_path: Path) -> None:
    program = run("data.resolution=33")
    assert program.wait() == 2
    last = read_events(tmp_path / "run" / "events.jsonl")[0][-1].event
    assert last.type == "failed"
    assert last in map(parse_event, program.errors.read_text().splitlines()), "it is in the log too"


def test_a_refusal_before_the_folder_is_known_is_in_the_log(run: Callable[..., TrainerProgram]) -> None:
    program = run("data.no_such_setting=1")
    assert program.wait() == 2
    events = map(parse_event, program.errors.read_text().splitlines())
    assert [event.type for event in events if event is not None] == ["failed"]


@pytest.mark.slow
def test_several_processes_wait_together(run: Callable[..., TrainerProgram], tmp_path: Path) -> None:
    program = run(FOREVER, "trainer.devices=2")
    reader = Reader(tmp_path / "run", program)
    reader.until(is_a(StepFinished))
    reader.ask(Command.PAUSE)
    paused = reader.until(is_a(TrainingPaused))
    assert isinstance(paused, TrainingPaused)
    children = psutil.Process(program.process.pid).children(recursive=True)
    before = sum(each.cpu_times().user for each in children)
    time.sleep(1)
    assert sum(each.cpu_times().user for each in children) - before < 0.25
    reader.ask(Command.CONTINUE)
    assert reader.until(is_a(TrainingContinued)) == TrainingContinued(step=paused.step)
    reader.until(is_a(StepFinished))
    reader.ask(Command.STOP)
    assert program.wait() == 0, program.errors.read_text()
    last = read_events(reader.folder / "events.jsonl")[0][-1].event
    assert isinstance(last, TrainingFinished)
    assert (last.stopped, last.reason) == (True, "stop")
