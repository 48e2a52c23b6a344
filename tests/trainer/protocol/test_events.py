"""Events and commands of a run, as lines."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from trainer.protocol.commands import Commands
from trainer.protocol.events import (
    EVENTS as TYPES,
)
from trainer.protocol.events import (
    CachingProgressed,
    CheckpointSaved,
    Estimated,
    Event,
    EventStream,
    PreparationProgressed,
    PreviewMade,
    ProbeFinished,
    SnapshotSaved,
    StepFinished,
    TrainingContinued,
    TrainingFailed,
    TrainingFinished,
    TrainingPaused,
    TrainingStarted,
    ValidationFinished,
    WarningRaised,
    make_warning,
    parse_event,
)
from trainer.protocol.run_files import Command, append_command

EVENTS: list[Event] = [
    PreparationProgressed(stage="loading model", done=1, total=3),
    CachingProgressed(done=2, total=5),
    TrainingStarted(start_step=0, total_steps=9, examples=8, device="cpu", dtype="fp32", run="/läufe/🦊"),
    StepFinished(step=1, total_steps=9, loss=0.25, learning_rate=1e-4, seconds_left=12.5),
    PreviewMade(step=1, number=0, instruction="make it ünusual", source="a.png", edited="b.png"),
    PreviewMade(
        step=1, number=0, instruction="x", source="a.png", edited="b.png", wanted="c.png", held_back=True
    ),
    PreviewMade(step=1, number=1, instruction="x", source="a.png", edited="b.png", kind="photo"),
    ValidationFinished(step=1, loss=0.5, best=True),
    SnapshotSaved(step=1, path="/runs/snapshots/1"),
    TrainingPaused(step=3, reason="request", message="Paused."),
    TrainingPaused(
        step=3, reason="disk", message="Full.", advice="Free some.", code="disk.full", values={"free": "2 kB"}
    ),
    TrainingContinued(step=3),
    CheckpointSaved(step=1, path="C:\\runs\\1"),
    make_warning("memory.smaller-passes", "{size} at a time.", "Close {program}.", size=2, program="ü"),
    ProbeFinished(
        seconds_per_step=0.5,
        samples_per_second=8.0,
        memory=10**9,
        threads=2,
        disk=10**10,
        preparation=12.5,
        replay_seconds_per_step=0.25,
        replay_steps=960,
    ),
    Estimated(steps=200, seconds=100.0, fits=True),
    TrainingFinished(step=9, stopped=False, model="/a\udce9b"),
    TrainingFailed(
        kind="memory",
        message="Not enough memory.\nReally.",
        advice="Close other programs.",
        code="memory.micro-batch",
        values={"size": 2, "share": 0.5, "name": "läufe"},
    ),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_an_event_is_one_plain_line_and_comes_back(event: Event) -> None:
    line = event.to_line()
    assert "\n" not in line
    assert line.isascii()
    assert parse_event(line) == event


def test_there_is_an_event_of_every_type_here() -> None:
    assert {event.type for event in EVENTS} == TYPES.keys()


def test_readers_of_an_older_version_are_understood() -> None:
    """Fields that came later may be missing."""
    line = '{"type": "started", "start_step": 0, "total_steps": 9, "examples": 8, "device": "cpu", '
    event = parse_event(line + '"dtype": "fp32", "run": "r"}')
    assert isinstance(event, TrainingStarted)
    assert event.version == 1
    failed = parse_event(
        '{"type": "failed", "kind": "memory", "message": "Not enough memory.", "advice": "Wait."}'
    )
    assert failed == TrainingFailed(kind="memory", message="Not enough memory.", advice="Wait.")
    warned = parse_event('{"type": "warning", "kind": "memory", "message": "Memory was short."}')
    assert warned == WarningRaised(kind="memory", message="Memory was short.", code="", values={})


def test_a_warning_has_its_values_in_its_sentences_and_beside_them() -> None:
    warning = make_warning(
        "memory.smaller-passes", "{size} at a time.", "Close {program}.", size=2, program="it"
    )
    assert (warning.kind, warning.message, warning.advice) == ("memory", "2 at a time.", "Close it.")
    assert (warning.code, warning.values) == ("memory.smaller-passes", {"size": 2, "program": "it"})


def test_making_a_cache_is_preparation_too() -> None:
    event = parse_event('{"type": "caching", "done": 1, "total": 2}')
    assert isinstance(event, PreparationProgressed)
    assert event.stage == "caching"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Loading: 10 %",
        "[1, 2]",
        "3",
        "null",
        "{}",
        '{"type": "weather"}',
        '{"type": ["step"]}',
        '{"type": "step"}',
        '{"type": "checkpoint", "step": "three", "path": "x"}',
        '{"type": "checkpoint", "step": true, "path": "x"}',
        '{"type": "finished", "step": 3, "stopped": 0, "model": "x"}',
        '{"type": "warning", "kind": "memory", "message": "Memory was short.", "values": []}',
        '{"type": "warning", "kind": "memory", "message": "Memory was short.", "values": {"size": []}}',
        '{"type": "warning", "kind": "memory", "message": {"size": 2}}',
        pytest.param("[" * 100_000, id="nested"),
    ],
)
def test_anything_else_is_no_event(line: str) -> None:
    assert parse_event(line) is None


def test_a_newer_field_is_passed_over_and_a_whole_number_is_a_number() -> None:
    line = '{"type": "checkpoint", "step": 1, "path": "x", "mood": "good"}'
    assert parse_event(line) == CheckpointSaved(step=1, path="x")
    line = '{"type": "step", "step": 1, "total_steps": 2, "loss": 1, "learning_rate": 0, "seconds_left": 3}'
    assert parse_event(line) == StepFinished(step=1, total_steps=2, loss=1, learning_rate=0, seconds_left=3)


def test_a_loss_that_is_no_number_is_never_written() -> None:
    event = StepFinished(step=1, total_steps=2, loss=float("nan"), learning_rate=0, seconds_left=0)
    with pytest.raises(ValueError, match="not JSON compliant"):
        event.to_line()


def test_the_stream_writes_a_line_for_each_event() -> None:
    stream = io.StringIO()
    for event in EVENTS:
        EventStream(stream).send(event)
    assert [parse_event(line) for line in stream.getvalue().splitlines()] == EVENTS


def listening(text: str, *, attached: bool = False) -> Commands:
    """Commands that have heard all of a text."""
    before = set(threading.enumerate())
    commands = Commands(io.StringIO(text), attached=attached)
    for thread in set(threading.enumerate()) - before:
        thread.join()
    return commands


def test_a_silent_stream_writes_nothing() -> None:
    stream = io.StringIO()
    EventStream(stream, is_silent=True).send(EVENTS[0])
    assert stream.getvalue() == ""


def test_time_that_is_up_is_a_reason_of_its_own() -> None:
    commands = Commands()
    commands.stop_after(3600)
    assert not commands.is_stop_requested
    commands.stop_after(0)
    assert commands.is_stop_requested
    assert commands.reason == "time"


def test_stop_is_heard() -> None:
    assert listening("what?\n stop \n").is_stop_requested


def test_a_command_of_a_run_before_is_left_aside_after_the_clock_was_set_back(tmp_path: Path) -> None:
    an_hour_later = time.time() + 3600
    (tmp_path / "commands.jsonl").write_text(json.dumps({"command": "pause", "time": an_hour_later}) + "\n")
    commands = Commands()
    with commands.followed(tmp_path, since=time.time()):
        append_command(tmp_path, Command.STOP)
        while not commands.is_stop_requested:
            time.sleep(0.01)
    assert not commands.is_pause_requested


def test_every_command_is_heard() -> None:
    assert listening("pause\n").is_pause_requested
    continued = listening("pause\ncontinue\n")
    assert (continued.is_pause_requested, continued.continued) == (False, 1)
    discarded = listening("discard\nstop\n")
    assert (discarded.is_stop_requested, discarded.is_discarded) == (True, True)
    assert not listening("stop\n").is_discarded


FORKING = """
import multiprocessing, sys
from trainer.protocol.commands import Commands

commands = Commands(sys.stdin)
child = multiprocessing.get_context("fork").Process(target=print, args=("alive",), kwargs={"flush": True})
child.start()
child.join()
print("ended", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
def test_a_process_forked_while_listening_can_close_its_input() -> None:
    command = [sys.executable, "-c", FORKING]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    assert process.stdout is not None
    assert process.stdout.read() == "alive\nended\n"
    watchdog.cancel()
    process.communicate()


def test_the_end_of_the_input_means_nothing() -> None:
    assert not listening("").is_stop_requested


def test_it_means_stop_if_the_run_is_to_end_with_who_started_it() -> None:
    assert listening("", attached=True).is_stop_requested


def test_a_run_without_input_can_be_stopped_too() -> None:
    commands = Commands()
    commands.request_stop()
    assert commands.is_stop_requested
