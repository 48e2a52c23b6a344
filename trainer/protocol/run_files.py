"""The two files through which a run and its readers talk, whoever started it and whoever still lives.

`events.jsonl` in the folder of a run has all its events, each a line as on standard output with its `time`,
the Unix time in seconds. A resumed run appends; its `started` event names the step it goes on from, and a
step with a number that was there before takes that step again. Steps are written at most once a second.

`commands.jsonl` has lines such as `{"command": "pause", "time": 1700000000.0}`, which readers append. A run
obeys those that were written after its process began.

Needs neither torch nor a window.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from trainer.protocol.events import Event, EventStream, StepFinished, event_of

log = logging.getLogger(__name__)

EVENTS_FILE, COMMANDS_FILE = "events.jsonl", "commands.jsonl"
LOCK = "run.lock"
"""The file that a trainer holds a lock on while it uses the folder."""
TIME = "time"
STEP_SECONDS = 1.0
"""Time between two steps in the file, at least."""
LATEST = 253_402_300_799
"""The last second of the year 9999, after which calendars of the standard library end."""
MOST_WAITING = 1000
"""Most events that wait for a full disk; the oldest are then left out."""


class Command(StrEnum):
    """What a run can be asked for."""

    PAUSE = "pause"
    """Wait after the current step, without using the processor."""
    CONTINUE = "continue"
    """Go on after a pause of any reason."""
    STOP = "stop"
    """End after the current step, with a checkpoint and a model."""
    DISCARD = "discard"
    """End after the current step, without both."""


@dataclass(frozen=True, slots=True)
class TimedEvent:
    """An event of a run, and when it was sent."""

    time: float
    """Unix time in seconds; 0 if it is not known."""
    event: Event


def read_events(
    path: Path, from_offset: int = 0, most_bytes: int | None = None
) -> tuple[list[TimedEvent], int]:
    """Returns the events of a file from an offset on, and the offset to read from next.

    With `most_bytes`, it reads no further than to the end of the line in which so many bytes end.
    An incomplete last line is left for the next call; lines that this version does not know are passed over.
    A file that is shorter than the offset has begun again, and is read from its start: the new offset is the
    smaller one then. Without a file there are no events, and the offset is 0. Raises `OSError` for one that
    cannot be read.
    """
    lines, offset = _read_lines(path, from_offset, most_bytes)
    found = []
    for values in map(_values_of, lines):
        event = event_of(values)
        if event is not None:
            found.append(TimedEvent(_time_in(values), event))
    return found, offset


def append_command(run: Path, command: Command) -> None:
    """Asks the run in a folder for something. Raises `OSError`."""
    append_line(run / COMMANDS_FILE, json.dumps({"command": str(command), TIME: time.time()}) + "\n")


def read_commands(path: Path, from_offset: int = 0) -> tuple[list[tuple[float, Command]], int]:
    """Returns the commands of a file with their times, and the offset, as `read_events` does."""
    lines, offset = _read_lines(path, from_offset)
    found = []
    for values in map(_values_of, lines):
        with suppress(ValueError, KeyError, TypeError):
            found.append((_time_in(values), Command(values["command"])))
    return found, offset


class EventsFile:
    """Appends events to the file of a run. What a full disk keeps from being written is tried again later."""

    def __init__(self, run: Path) -> None:
        self.path = run / EVENTS_FILE
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._skipped: str | None = None
        self._last_step = float("-inf")
        self._is_failing = False

    def add(self, event: Event) -> None:
        """Writes an event; raises nothing. The last of the steps left out is written before other events."""
        line = _line(event)
        if isinstance(event, StepFinished):
            now = time.monotonic()
            if now - self._last_step < STEP_SECONDS:
                self._skipped = line
                return
            self._last_step = now
        elif self._skipped is not None:
            self._waiting.append(self._skipped)
        self._skipped = None
        self._waiting.append(line)
        self._write()

    def close(self) -> None:
        """Writes what is still left out."""
        if self._skipped is not None:
            self._waiting.append(self._skipped)
            self._skipped = None
        self._write()

    def _write(self) -> None:
        try:
            while self._waiting:
                append_line(self.path, self._waiting[0])
                self._waiting.popleft()
        except OSError as error:
            if not self._is_failing:
                log.warning("%s cannot be written at present: %s", self.path, error)
            self._is_failing = True
        else:
            self._is_failing = False


@contextmanager
def recorded_events(events: EventStream, run: Path) -> Iterator[None]:
    """Writes the events of the block to the file of the run too.

    A folder that was empty, and in which the block has made no other file, stays empty.
    """
    was_empty = not _names(run) - {LOCK}
    file = EventsFile(run)
    events.record = file.add
    try:
        yield
    finally:
        events.record = None
        file.close()
        if was_empty and _names(run) <= {LOCK, EVENTS_FILE}:
            with suppress(OSError):
                file.path.unlink(missing_ok=True)


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except OSError:
        return set()


def _line(event: Event) -> str:
    values: dict[str, Any] = json.loads(event.to_line())
    return json.dumps({**values, TIME: round(time.time(), 3)}) + "\n"


def append_line(path: Path, line: str) -> None:
    """Appends a whole line or nothing; first ends an incomplete line of a killed writer. Raises `OSError`.

    Writers of other processes may append at the same time.
    """
    data = line.encode("ascii")
    with path.open("ab+", buffering=0) as file:
        length = file.seek(0, os.SEEK_END)
        if length:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                data = b"\n" + data
        written = file.write(data)
        if written != len(data):
            with suppress(OSError):
                file.truncate(length)
            raise OSError(28, "No space left on device", str(path))


def _read_lines(path: Path, offset: int, most_bytes: int | None = None) -> tuple[list[str], int]:
    """Returns the complete lines from an offset on, and the offset after them."""
    try:
        with open(path, "rb", opener=_open_file) as file:
            if file.seek(0, os.SEEK_END) < offset:
                offset = 0
            file.seek(offset)
            data = file.read(most_bytes)
            if len(data) == most_bytes:
                data += file.readline()
    except FileNotFoundError:
        return [], 0
    whole = data[: data.rfind(b"\n") + 1]
    return whole.decode("utf-8", "replace").split("\n")[:-1], offset + len(whole)


def _open_file(path: str, flags: int) -> int:
    """Opens a file, but no pipe or device, which might never end. Raises `OSError`."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise OSError(errno.EINVAL, "it is a pipe, a device or a folder, not a file", path)


def _values_of(line: str) -> dict[str, Any]:
    """Returns the JSON object in a line; an empty one if there is none."""
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _time_in(values: dict[str, Any]) -> float:
    """Returns the time in the values of a line; 0 if they have none, or one that no clock shows."""
    found: Any = values.get(TIME)
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return float(found) if is_number and 0 <= found <= LATEST else 0.0
