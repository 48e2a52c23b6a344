"""Measures time, memory and disk space of a training plan: the trainer runs a few steps in a process."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from engine.errors import OutOfMemory
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun
from trainer.protocol.events import Estimated, Event, ProbeFinished, TrainingFailed

log = logging.getLogger(__name__)

SKIPPED_CHECKS = ("data.check=False", "data.split.by=order")
"""Settings that skip the check of all images, which would take longer than the steps."""


class TrainingProbe(QObject):
    """Measures one plan at a time; sets `estimate`, `is_short_of_memory`, or `has_failed`. Observable."""

    changed = Signal()

    def __init__(self, program: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = list(program)
        self._measured_plan: tuple[Path, Path, tuple[str, ...]] | None = None
        self._process: TrainerProcess | None = None
        self._probed: ProbeFinished | None = None
        self._too_many: list[int] = []
        self.estimate: TrainingEstimate | None = None
        self.is_short_of_memory = self.has_failed = False

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
        self.is_short_of_memory = self.has_failed = False
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
        self.has_failed = self._probed is None and not self.is_short_of_memory
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
