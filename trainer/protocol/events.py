"""The lines a training run prints: one JSON object each, whose `type` names the event.

    preparing, caching   before the first step, and while the UNet is compiled: the stage and its progress
    started              once; `version` is the version of this protocol
    step                 after each step: loss, learning rate, samples a second, seconds left, memory
    preview, validation  at the steps where the model is validated; previews also after some minutes
    checkpoint           the run can be resumed from here
    snapshot             averaged weights of this step were kept for comparing
    paused, continued    the run waits, on request or for disk space or its dataset, and goes on
    warning              a setting could not be followed; the run continues
    probe, estimate      instead of steps, if the run only measures
    finished or failed   the last line

The English sentences of warnings and failures come with a code and the values they name, so that a reader
can word them in another language (`engine.errors`).
Readers ignore types and fields they do not know. Within a version, types and fields are only added.
The same lines with the time of each are in the run's folder (`trainer.protocol.run_files`).
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, TextIO

from engine.console import discard_output
from engine.errors import ErrorReport, Value, plain_values
from trainer.protocol.event_values import is_event_value

log = logging.getLogger(__name__)

VERSION = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Base of all events of a run."""

    type: ClassVar[str] = ""

    def to_line(self) -> str:
        """Returns the event as JSON in ASCII, which every encoding of a pipe keeps intact."""
        return json.dumps({"type": self.type, **asdict(self)}, allow_nan=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationProgressed(Event):
    """A stage before the first step, or the stage "compiling" of a step, made progress.

    A total of 0 means that it is unknown.
    """

    type: ClassVar[str] = "preparing"
    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CachingProgressed(PreparationProgressed):
    """Missing latents and embeddings were computed and written to the cache."""

    type: ClassVar[str] = "caching"
    stage: str = "caching"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingStarted(Event):
    """The run is ready for its first step."""

    type: ClassVar[str] = "started"
    start_step: int
    """0, or the step of the checkpoint that the run resumes from."""
    total_steps: int
    examples: int
    """Pairs in the dataset; 0 if they are generated endlessly."""
    device: str
    dtype: str
    run: str
    """Folder of checkpoints and the exported model."""
    processes: int = 1
    batch: int = 0
    """Examples in one step of all processes together; 0 if unknown."""
    left_out: dict[str, Value] = field(default_factory=dict, hash=False)
    """How many entries of the dataset are not trained on, by reason: "missing", "corrupt" …"""
    version: int = VERSION


@dataclass(frozen=True, kw_only=True, slots=True)
class StepFinished(Event):
    """An optimiser step was taken."""

    type: ClassVar[str] = "step"
    step: int
    total_steps: int
    loss: float
    learning_rate: float
    seconds_left: float
    samples_per_second: float = 0.0
    memory: int = 0
    """Peak memory so far in bytes, of the GPU if the run trains on one; 0 if unknown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointSaved(Event):
    """A checkpoint was written, from which the run can be resumed."""

    type: ClassVar[str] = "checkpoint"
    step: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotSaved(Event):
    """The averaged weights of this step were written; earlier ones may have been removed for it."""

    type: ClassVar[str] = "snapshot"
    step: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewMade(Event):
    """A fixed edit was made with the averaged weights, always from the same noise."""

    type: ClassVar[str] = "preview"
    step: int
    number: int
    """Number of the fixed edit, from 0."""
    instruction: str
    source: str
    """File of the photo."""
    edited: str
    """File of the edited image."""
    kind: str = "pair"
    """"pair", whose edited image is known, or "photo", one of `validation.photos`."""
    wanted: str = ""
    """File of the pair's edited image, in the size of `source`; empty for a photo."""
    held_back: bool = False
    """Whether it is a pair that is never trained on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ValidationFinished(Event):
    """The loss of the val pairs was measured at fixed noise, with the averaged weights."""

    type: ClassVar[str] = "validation"
    step: int
    loss: float
    best: bool
    """Whether it is the lowest so far."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WarningRaised(Event):
    """A setting could not be followed; the run continues."""

    type: ClassVar[str] = "warning"
    kind: str
    """"settings", "device", "precision", "attention", "compiler", "optimizer", "memory", "diverged",
    "numerics", "history", "dataset" …"""
    message: str
    advice: str = ""
    code: str = ""
    """As that of an error; empty in lines of earlier versions."""
    values: dict[str, Value] = field(default_factory=dict, hash=False)

    @staticmethod
    def of(kind: str, report: ErrorReport) -> WarningRaised:
        """An error that the run continues after."""
        return WarningRaised(
            kind=kind,
            message=report.message,
            advice=report.advice,
            code=report.code,
            values=dict(report.values),
        )

    def report(self) -> ErrorReport:
        return ErrorReport(self.kind, self.message, self.advice, self.code, self.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingPaused(Event):
    """The run waits, and keeps what it has learned in memory.

    After "request" it waits for a command. After "disk" and "dataset" it tries again every few seconds.
    """

    type: ClassVar[str] = "paused"
    step: int
    reason: str
    """"request", "disk" (full), "dataset" (not readable)."""
    message: str
    advice: str = ""
    code: str = ""
    values: dict[str, Value] = field(default_factory=dict, hash=False)

    @staticmethod
    def of(step: int, reason: str, report: ErrorReport) -> TrainingPaused:
        """A pause because of an error."""
        return TrainingPaused(
            step=step,
            reason=reason,
            message=report.message,
            advice=report.advice,
            code=report.code,
            values=dict(report.values),
        )

    def report(self) -> ErrorReport:
        return ErrorReport(self.reason, self.message, self.advice, self.code, self.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingContinued(Event):
    """The run goes on after a pause."""

    type: ClassVar[str] = "continued"
    step: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeFinished(Event):
    """A few real steps were measured."""

    type: ClassVar[str] = "probe"
    seconds_per_step: float
    samples_per_second: float
    memory: int
    """Peak memory in bytes, of the GPU if the run trains on one; 0 if unknown."""
    threads: int
    """Number of CPU threads."""
    disk: int
    """Bytes that checkpoints, caches and the exported model take at most."""
    preparation: float = 0.0
    """Seconds before the first step for caching pairs and instructions."""
    replay_seconds_per_step: float = 0.0
    """Seconds before the first step for making the edits that one step replays."""
    replay_steps: int = 0
    """Number of steps after which all replayed edits are made; later steps replay the same edits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimated(Event):
    """The duration of a run of so many steps was estimated."""

    type: ClassVar[str] = "estimate"
    steps: int
    seconds: float
    fits: bool
    """Whether the disk and the limit of the cache have room for the run, and the run ends within
    trainer.max_time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingFinished(Event):
    """The run ended without an error: all steps were taken, or it was stopped on request."""

    type: ClassVar[str] = "finished"
    step: int
    stopped: bool
    """True if it ended on request before the last step; it can be resumed."""
    model: str
    """Folder of the exported model."""
    reason: str = "steps"
    """Why it ended: "steps" (all done), "stop" (on request), "time" (trainer.max_time), "discard" (on
    request, without a last checkpoint and a model)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingFailed(Event):
    """The run ended with an error; `advice` says what to do."""

    type: ClassVar[str] = "failed"
    kind: str
    message: str
    advice: str = ""
    code: str = ""
    """Empty in lines of earlier versions."""
    values: dict[str, Value] = field(default_factory=dict, hash=False)

    @staticmethod
    def of(report: ErrorReport) -> TrainingFailed:
        return TrainingFailed(
            kind=report.kind,
            message=report.message,
            advice=report.advice,
            code=report.code,
            values=dict(report.values),
        )

    def report(self) -> ErrorReport:
        return ErrorReport(self.kind, self.message, self.advice, self.code, self.values)


def make_warning(code: str, message: str, advice: str = "", /, **values: object) -> WarningRaised:
    """A warning whose sentences have a `{name}` for each of the values; its kind is the code's first part."""
    return WarningRaised(
        kind=code.partition(".")[0],
        message=message.format(**values),
        advice=advice.format(**values),
        code=code,
        values=plain_values(values),
    )


EVENTS: dict[str, type[Event]] = {
    event.type: event
    for event in (
        PreparationProgressed,
        CachingProgressed,
        TrainingStarted,
        StepFinished,
        CheckpointSaved,
        SnapshotSaved,
        PreviewMade,
        ValidationFinished,
        WarningRaised,
        TrainingPaused,
        TrainingContinued,
        ProbeFinished,
        Estimated,
        TrainingFinished,
        TrainingFailed,
    )
}


def parse_event(line: str, types: Mapping[str, type[Event]] = EVENTS) -> Event | None:
    """The event of a line, or None for a stray or damaged line or a type that is not among `types`."""
    try:
        return event_of(json.loads(line), types)
    except (ValueError, RecursionError):
        return None


def event_of(values: Mapping[str, Any], types: Mapping[str, type[Event]] = EVENTS) -> Event | None:
    """The event of the JSON value of a line, as `parse_event`."""
    try:
        event = types[values["type"]]
        known = {key: values[key] for key in values.keys() & event.__dataclass_fields__.keys() - {"type"}}
        fields = event.__dataclass_fields__
        is_whole = all(is_event_value(key, fields[key].type, value) for key, value in known.items())
        return event(**known) if is_whole else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


class EventStream:
    """Writes events as lines and flushes each; threads may share it.

    Once the reader of the stream is gone, it writes no more there, but still to the file of the run.
    """

    def __init__(self, stream: TextIO | None = None, *, is_silent: bool = False) -> None:
        self._stream = stream or sys.stdout
        self._has_reader = True
        self._lock = threading.Lock()
        self.is_silent = is_silent
        """Whether nothing is written, as in worker processes."""
        self.record: Callable[[Event], None] | None = None
        """Also gets every event: `EventsFile.add` while the run's folder is in use."""

    def send(self, event: Event) -> None:
        """Writes an event, unless the stream is silent."""
        line = event.to_line()
        if self.is_silent:
            return
        with self._lock:
            if self.record is not None:
                self.record(event)
            if self._has_reader:
                self._print(line)

    def _print(self, line: str) -> None:
        try:
            print(line, file=self._stream, flush=True)
        except OSError as error:  # a broken pipe, or a full disk behind it
            log.warning("Nobody reads the events any more: %s", error)
            self._has_reader = False
            if self._stream is sys.stdout:
                discard_output(self._stream)
