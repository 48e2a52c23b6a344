"""The lines a training run prints: one JSON object each, told apart by `type`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, TextIO


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Base of everything a run tells."""

    type: ClassVar[str] = ""

    def to_line(self) -> str:
        """Plain ASCII, so that it arrives whole whatever encoding the pipe has."""
        return json.dumps({"type": self.type, **asdict(self)}, allow_nan=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Preparing(Event):
    """Work before the first step; a total of 0 means that it is not known."""

    type: ClassVar[str] = "preparing"
    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Started(Event):
    """The first step is about to run."""

    type: ClassVar[str] = "started"
    start_step: int
    """0, or the step of the checkpoint that is resumed."""
    total_steps: int
    examples: int
    """Pairs in the dataset; 0 if it is endless."""
    device: str
    dtype: str
    run: str
    """Folder of checkpoints and the exported model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StepDone(Event):
    """One optimiser step."""

    type: ClassVar[str] = "step"
    step: int
    total_steps: int
    loss: float
    learning_rate: float
    seconds_left: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckpointSaved(Event):
    """The run can be resumed from here."""

    type: ClassVar[str] = "checkpoint"
    step: int
    path: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished(Event):
    """The run ended well: all steps done, or stopped on request."""

    type: ClassVar[str] = "finished"
    step: int
    stopped: bool
    """True if it ended on request before the last step; it can be resumed."""
    model: str
    """Folder of the exported model, ready to edit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed(Event):
    """The run ended badly: what happened, and what to try."""

    type: ClassVar[str] = "failed"
    kind: str
    message: str
    advice: str = ""


EVENTS: dict[str, type[Event]] = {
    event.type: event for event in (Preparing, Started, StepDone, CheckpointSaved, Finished, Failed)
}


VALUE_TYPES: dict[Any, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "str": (str,),
    "bool": (bool,),
}


def parse_event(line: str) -> Event | None:
    """The event of a line, or None for a stray line or a type this version does not know."""
    try:
        values: dict[str, Any] = json.loads(line)
        event = EVENTS[values.pop("type")]
        known = {key: value for key, value in values.items() if key in event.__dataclass_fields__}
        return event(**known) if all(_fits(event, key, value) for key, value in known.items()) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _fits(event: type[Event], key: str, value: object) -> bool:
    expected = VALUE_TYPES[event.__dataclass_fields__[key].type]
    return isinstance(value, expected) and (bool in expected or not isinstance(value, bool))


class EventStream:
    """Writes events as lines, each at once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout

    def send(self, event: Event) -> None:
        print(event.to_line(), file=self._stream, flush=True)
