"""The files of a run: its events with their times, and the commands of its readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer.protocol import run_files
from trainer.protocol.events import (
    CheckpointSaved,
    Event,
    EventStream,
    StepFinished,
    TrainingFinished,
    TrainingStarted,
)
from trainer.protocol.run_files import (
    EVENTS_FILE,
    STEP_SECONDS,
    Command,
    EventsFile,
    TimedEvent,
    append_command,
    read_commands,
    read_events,
    recorded_events,
)

STARTED = TrainingStarted(start_step=0, total_steps=9, examples=8, device="cpu", dtype="fp32", run="läufe")
FINISHED = TrainingFinished(step=9, stopped=False, model="m")


def step(number: int) -> StepFinished:
    return StepFinished(step=number, total_steps=9, loss=0.5, learning_rate=1e-4, seconds_left=1)


def events_of(path: Path) -> list[Event]:
    return [timed.event for timed in read_events(path)[0]]


class SetTime:
    """Replaces the module `time` by clocks that are set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.5

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetTime:
    clock = SetTime()
    monkeypatch.setattr(run_files, "time", clock)
    return clock


def test_events_come_back_with_their_times_and_only_once(tmp_path: Path, clock: SetTime) -> None:
    file, path = EventsFile(tmp_path), tmp_path / EVENTS_FILE
    assert read_events(path) == ([], 0)
    file.add(STARTED)
    found, offset = read_events(path)
    assert found == [TimedEvent(1_000.5, STARTED)]
    assert read_events(path, offset) == ([], offset)
    file.add(CheckpointSaved(step=1, path="x"))
    found, end = read_events(path, offset)
    assert [timed.event for timed in found] == [CheckpointSaved(step=1, path="x")]
    assert end == path.stat().st_size


def test_steps_are_rare_and_the_last_one_is_there_before_what_follows_it(
    tmp_path: Path, clock: SetTime
) -> None:
    file = EventsFile(tmp_path)
    for number in range(1, 6):
        file.add(step(number))
    file.add(CheckpointSaved(step=5, path="x"))
    for number in range(6, 9):
        file.add(step(number))
    clock.now += STEP_SECONDS
    for number in range(9, 12):
        file.add(step(number))
    file.close()
    found = [getattr(event, "step", 0) for event in events_of(file.path)]
    assert found == [1, 5, 5, 9, 11]


def test_a_torn_line_is_left_out_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / EVENTS_FILE
    EventsFile(tmp_path).add(STARTED)
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(b'{"type": "checkpo')
    assert read_events(path) == read_events(path)
    assert read_events(path)[1] == whole
    EventsFile(tmp_path).add(FINISHED)
    assert [timed.event for timed in read_events(path, whole)[0]] == [FINISHED]
    assert events_of(path) == [STARTED, FINISHED]


def test_lines_of_other_versions_are_passed_over_and_a_line_without_time_is_read(tmp_path: Path) -> None:
    path = tmp_path / EVENTS_FILE
    lines = ['{"type": "weather", "time": 3}', "nonsense", FINISHED.to_line(), "[1]", "\udcff"]
    path.write_bytes("\n".join([*lines, ""]).encode("utf-8", "surrogateescape"))
    found, offset = read_events(path)
    assert [(timed.time, timed.event) for timed in found] == [(0.0, FINISHED)]
    assert offset == path.stat().st_size


def test_a_long_file_is_read_in_parts_that_end_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / EVENTS_FILE
    lines = [step(number).to_line() for number in range(1, 11)]
    path.write_text("\n".join(lines) + "\n")
    first, offset = read_events(path, 0, len(lines[0]) * 3 + 5)
    assert [timed.event for timed in first] == [step(number) for number in range(1, 5)]
    rest, end = read_events(path, offset, 10_000)
    assert [timed.event for timed in rest] == [step(number) for number in range(5, 11)]
    assert read_events(path, end, 10_000) == ([], path.stat().st_size)


def test_a_file_that_began_again_is_read_from_its_start(tmp_path: Path) -> None:
    file = EventsFile(tmp_path)
    for _ in range(5):
        file.add(STARTED)
    _, offset = read_events(file.path)
    file.path.unlink()
    file.add(FINISHED)
    found, again = read_events(file.path, offset)
    assert [timed.event for timed in found] == [FINISHED]
    assert again < offset


def test_what_a_full_disk_keeps_back_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = EventsFile(tmp_path)
    file.add(STARTED)

    def refuse(path: Path, line: str) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(run_files, "append_line", refuse)
        file.add(CheckpointSaved(step=1, path="x"))
    assert events_of(file.path) == [STARTED]
    file.add(FINISHED)
    assert events_of(file.path) == [STARTED, CheckpointSaved(step=1, path="x"), FINISHED]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_raises_nothing(tmp_path: Path) -> None:
    file = EventsFile(tmp_path)
    file.path.symlink_to("/dev/full")
    file.add(STARTED)
    file.path.unlink()
    file.add(FINISHED)
    assert events_of(file.path) == [STARTED, FINISHED]


class Closed:
    """A stream whose reader is gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError

    def flush(self) -> None: ...


def test_the_file_has_events_that_nobody_reads_on_the_stream(tmp_path: Path) -> None:
    closed: Any = Closed()
    events = EventStream(closed)
    (tmp_path / "teaching.json").touch()
    with recorded_events(events, tmp_path):
        events.send(STARTED)
        events.send(FINISHED)
    assert events_of(tmp_path / EVENTS_FILE) == [STARTED, FINISHED]
    events.send(STARTED)
    assert len(events_of(tmp_path / EVENTS_FILE)) == 2


@pytest.mark.parametrize("made", [(), ("run.json",)])
def test_a_folder_that_stays_empty_has_no_file(tmp_path: Path, made: tuple[str, ...]) -> None:
    events = EventStream(is_silent=False)
    with recorded_events(events, tmp_path):
        events.send(FINISHED)
        for name in made:
            (tmp_path / name).touch()
    assert (tmp_path / EVENTS_FILE).exists() is bool(made)


def test_commands_come_back_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / run_files.COMMANDS_FILE
    append_command(tmp_path, Command.PAUSE)
    _, offset = read_commands(path)
    append_command(tmp_path, Command.STOP)
    with path.open("a") as file:
        file.write('{"command": "dance"}\n{"command": []}\n[]\n{"command": "discard"}\n{"command": "con')
    found, _ = read_commands(path, offset)
    assert [command for _, command in found] == [Command.STOP, Command.DISCARD]
    assert json.loads(path.read_text().splitlines()[0])["time"] <= found[0][0]
    assert found[1][0] == 0.0
