"""What the events of a run say: its progress, its warnings, its last checkpoint and its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ip2p_desktop.training.runs.run_progress import RunProgress
from trainer.protocol.events import (
    CheckpointSaved,
    PreparationProgressed,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
    WarningRaised,
)
from trainer.protocol.run_files import TimedEvent


@dataclass(slots=True)
class RunHistory:
    """Grows with each event. A run that was resumed has the events of several processes in turn."""

    progress: RunProgress
    warnings: dict[WarningRaised, None] = field(default_factory=dict)
    """Each once, in their order."""
    checkpoint: CheckpointSaved | None = None
    """The last one."""
    has_events: bool = False
    """Whether a trainer was at work; versions of the trainer before events were stored leave none."""
    has_started: bool = False
    """Whether the last process has begun with its steps."""
    end: TrainingFinished | TrainingFailed | None = None
    """How the last process ended; None if it works or was killed."""

    def begin_process(self) -> None:
        """Expect the events of a new process."""
        self.has_events = True
        self.has_started, self.end = False, None
        self.progress.preparing = self.progress.pause = self.progress.seconds_left = None

    def take(self, events: Iterable[TimedEvent]) -> None:
        """Add events, the oldest first."""
        for timed in events:
            event = timed.event
            self.has_events = True
            if self.end is not None:
                self.begin_process()
            self.progress.take(event, timed.time or None)
            if isinstance(event, TrainingStarted):
                self.has_started = True
            elif isinstance(event, WarningRaised):
                self.warnings.setdefault(event)
            elif isinstance(event, CheckpointSaved):
                self.checkpoint = event
            elif isinstance(event, TrainingFinished | TrainingFailed):
                self.end = event
            elif isinstance(event, PreparationProgressed) and event.stage != COMPILING_STAGE:
                self.has_started = False  # the process before was killed


COMPILING_STAGE = "compiling"
"""A stage that may also come between two steps."""
