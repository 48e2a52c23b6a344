"""Measures time, memory and disk space of a training plan: the trainer runs a few steps in a process."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import OutOfMemory
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun
from trainer.protocol.events import Estimated, Event, ProbeFinished, TrainingFailed

log = logging.getLogger(__name__)

SKIPPED_CHECKS = ("data.check=False", "data.split.by=order")
"""Settings that skip the check of all images, which would take longer than the steps."""


@dataclass(frozen=True, slots=True)
class TrainingEstimate:
    """The estimate for a whole run, from the measurement of a few steps."""

    seconds_per_step: float
    memory: int
    """Peak of memory in bytes; 0 if not known."""
    disk: int
    """Peak of disk space in bytes of checkpoints and model."""
    too_many: int | None = None
    """The smallest tested number of steps that does not fit on the disk; None if all fit."""
    preparation: float = 0.0
    """Seconds for the caches, before the first step."""
    replay_seconds_per_step: float = 0.0
    replay_steps: int = 0
    """Maximal number of steps for which replay pairs are made; the time for each is the field above."""

    def seconds(self, steps: int) -> float:
        """Seconds of a run with this number of steps, including its preparation."""
        replay = min(steps, self.replay_steps) * self.replay_seconds_per_step
        return self.preparation + replay + steps * self.seconds_per_step

    def fits(self, steps: int) -> bool:
        """Whether a run with this number of steps fits on the disk."""
        return self.too_many is None or steps < self.too_many


class TrainingProbe(QObject):
    """Measures one plan at a time; sets `estimate`, or `is_short_of_memory`, or neither. Observable."""

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
        """Whether a plan is being measured."""
        return self._process is not None

    def begin(self, plan: TrainingPlan, lengths: Iterable[int]) -> None:
        """Measure a plan, unless one with the same dataset, base model and settings was measured last.

        `lengths` are the numbers of steps to test for disk space.
        """
        question = (plan.dataset, plan.base_model, plan.settings)
        if question == self._measured_plan:
            return
        self.stop()
        self._measured_plan = question
        run = TrainingRun(folder=runs_folder() / "probe", plan=plan)  # the folder is never created
        arguments = [f"--probe={','.join(map(str, lengths))}", *run.settings(), *SKIPPED_CHECKS]
        process = self._process = TrainerProcess([*self._program, *arguments], self)
        process.event_received.connect(self._on_event)
        process.finished.connect(self._on_finished)
        process.start()
        self.changed.emit()

    def stop(self) -> None:
        """Kill the process without waiting, and clear the estimate."""
        if self._process is not None:
            self._process.abandon()
            self._process = None
        self._measured_plan = self._probed = self.estimate = None
        self._too_many.clear()
        self.is_short_of_memory = False
        self.changed.emit()

    def shut_down(self) -> None:
        """Like `stop`, but wait until all processes have ended."""
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

    @Slot()
    def _on_finished(self) -> None:
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
