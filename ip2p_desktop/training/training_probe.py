"""What teaching would take on this computer: the trainer takes a few real steps, in a process of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import OutOfMemory
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.trainer_process import TrainerProcess
from ip2p_desktop.training.training_outcome import TrainingOutcome
from ip2p_desktop.training.training_runs import TrainingPlan, TrainingRun
from trainer.protocol.events import Estimated, Event, ProbeFinished, TrainingFailed

log = logging.getLogger(__name__)

SKIPPED_CHECKS = ("data.check=False", "data.split.by=order")
"""Looking into every picture beforehand would take longer than the steps."""


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """What a few steps foretell of all of them."""

    seconds_per_step: float
    memory: int
    """Bytes in use at most; 0 if not known."""
    disk: int
    """Bytes that checkpoints and model take at most."""
    too_many: int | None = None
    """The smallest number of steps that is known not to fit on the disk; None if all tried do."""
    preparation: float = 0.0
    """Seconds before the first step, for the caches."""
    replay_seconds_per_step: float = 0.0
    replay_steps: int = 0
    """As the trainer sends them: old edits are made for so many steps at most."""

    def seconds(self, steps: int) -> float:
        replay = min(steps, self.replay_steps) * self.replay_seconds_per_step
        return self.preparation + replay + steps * self.seconds_per_step

    def fits(self, steps: int) -> bool:
        return self.too_many is None or steps < self.too_many


class TrainingProbe(QObject):
    """Observable: first nothing, then a forecast or that memory is too short, or still nothing."""

    changed = Signal()

    def __init__(self, program: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = list(program)
        self._measured_plan: tuple[Path, Path, tuple[str, ...]] | None = None
        self._process: TrainerProcess | None = None
        self._probed: ProbeFinished | None = None
        self._too_many: list[int] = []
        self.estimate: TrainingEstimate | None = None
        self.is_short_of_memory = False

    def is_running(self) -> bool:
        return self._process is not None

    def begin(self, plan: TrainingPlan, lengths: Iterable[int]) -> None:
        """Tries the plan out, unless its pairs, base model and settings are being tried or were.

        `lengths` are numbers of steps of which to ask whether they fit.
        """
        question = (plan.dataset, plan.base_model, plan.settings)
        if question == self._measured_plan:
            return
        self.stop()
        self._measured_plan = question
        run = TrainingRun(folder=runs_folder() / "probe", plan=plan)  # which is never made
        words = [f"--probe={','.join(map(str, lengths))}", *run.settings(), *SKIPPED_CHECKS]
        process = self._process = TrainerProcess([*self._program, *words], self)
        process.event_received.connect(self._on_event)
        process.finished.connect(self._end)
        process.start()
        self.changed.emit()

    def stop(self) -> None:
        """Ends the process without waiting for that, and forgets what it said."""
        if self._process is not None:
            self._process.abandon()
            self._process = None
        self._measured_plan = self._probed = self.estimate = None
        self._too_many.clear()
        self.is_short_of_memory = False
        self.changed.emit()

    def shutdown(self) -> None:
        """As `stop`, and waits until no process is left; for quitting the app."""
        self.stop()
        for process in self.findChildren(TrainerProcess):
            process.kill()

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        if isinstance(event, ProbeFinished):
            self._probed = event
        elif isinstance(event, Estimated) and not event.fits:
            self._too_many.append(event.steps)
        elif isinstance(event, TrainingFailed):
            log.info("Trying out the plan failed: %s", event.message)
            self.is_short_of_memory = event.kind == OutOfMemory.kind

    @Slot(object)
    def _end(self, outcome: TrainingOutcome) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        if self._probed is not None:
            self.estimate = TrainingEstimate(
                self._probed.seconds_per_step,
                self._probed.memory,
                self._probed.disk,
                min(self._too_many, default=None),
                self._probed.preparation,
                self._probed.replay_seconds_per_step,
                self._probed.replay_steps,
            )
        self.changed.emit()
