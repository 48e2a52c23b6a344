"""What a run makes between its steps: validations, previews, checkpoints and snapshots."""

from __future__ import annotations

import math
from typing import Protocol

from engine.errors import EngineError
from trainer.learning.learner import Learner
from trainer.learning.offloading import NetworkOffload
from trainer.learning.snapshots import Snapshots, snapshots_due
from trainer.protocol.events import CheckpointSaved, EventStream, SnapshotSaved, WarningRaised
from trainer.runs.metrics import Metrics
from trainer.runs.pauses import Pauses
from trainer.runs.resumption import Resumption
from trainer.runs.time_left import TimeLeft, Work, times_due
from trainer.validation.preview_times import PreviewTimes


class ValidationHook(Protocol):
    """Validates the model; created in every process, run in the first only."""

    best: float
    """The lowest loss so far; infinity before the first."""

    def preview(self, step: int) -> None:
        """Makes and reports previews with the averaged weights after this step."""

    def measure(self, step: int) -> float | None:
        """Measures and reports the loss of the averaged weights after this step; returns it, if any."""


class WorkBetweenSteps:
    """Does what is due between the steps of a run. Every process has one; most work is the first one's."""

    def __init__(
        self,
        learner: Learner,
        resumption: Resumption,
        pauses: Pauses,
        *,
        events: EventStream,
        metrics: Metrics,
        encoders: NetworkOffload,
        validation: ValidationHook | None,
    ) -> None:
        """`encoders` are the networks that steps do not use."""
        self._learner, self._resumption, self._pauses = learner, resumption, pauses
        self._config, self._processes = learner.config, learner.processes
        self._events, self._metrics, self._encoders = events, metrics, encoders
        self.validation = validation
        self.time_left = TimeLeft(lambda: pauses.seconds + learner.compiler_check.seconds)
        self._preview_times = PreviewTimes(learner.config.validation.every_minutes, self.time_left.now)
        self._snapshots = Snapshots(learner)
        self._validated_step = -1
        self._unsaved: EngineError | None = None
        """Why the last checkpoint was not written, if the run is to stop nevertheless."""

    def begin(self) -> None:
        """Begins the run, or goes on with it, at the step of the learner."""
        self._preview_times.begin(self._learner.step)
        if self._processes.is_first:
            self._snapshots.begin()
        if self._learner.step == 0:
            self._validate()
            self._preview()
            self._keep_snapshot()
        self.time_left.begin()

    def after_step(self, fallbacks: tuple[int, bool]) -> None:
        """Does what is due after a step, before which the learner had these fallbacks."""
        if self._is_due(self._config.trainer.val_check_interval):
            self._validate()
        if self._preview_times.is_due(self._learner.step):
            self._preview()
        has_changed = self._processes.count == 1 and self._learner.fallbacks != fallbacks
        checkpoints = self._config.exp_manager.checkpoint_callback_params
        if has_changed or self._is_due(checkpoints.every_n_train_steps):
            self.save()
        self._keep_snapshot()

    def end(self, *, stopped: bool) -> None:
        """Does what is due at the end of a run, except for its export."""
        if not stopped:
            self._validate()
            self._preview()
        self.save()
        if self._unsaved is not None:
            self._events.send(WarningRaised.of("checkpoint", self._unsaved.report()))
        self._keep_snapshot(is_last=True)

    def seconds_left(self) -> float:
        """Returns how long the rest of the run takes, with what is still due at this step."""
        step, total = self._learner.step, self._config.trainer.max_steps
        experiment, seconds_of = self._config.exp_manager, self.time_left.seconds_of
        checkpoints = times_due(step, total, experiment.checkpoint_callback_params.every_n_train_steps)
        left = self.time_left.seconds_per_step * (total - step)
        left += checkpoints * seconds_of(Work.CHECKPOINT)
        left += snapshots_due(step, total, experiment.snapshots) * seconds_of(Work.SNAPSHOT)
        if self.validation is None:
            return left
        validations = times_due(step, total, self._config.trainer.val_check_interval)
        left += validations * seconds_of(Work.VALIDATION)
        return left + (validations + self._preview_times.count_in(left)) * seconds_of(Work.PREVIEWS)

    def save(self, loss: float | None = None) -> None:
        """Saves a checkpoint. If the run is to stop while the disk is full, it goes on without."""
        try:
            with self.time_left.measured(Work.CHECKPOINT):
                path = self._resumption.save(loss)
        except EngineError as error:
            if not self._pauses.is_stop_agreed():
                raise
            self._unsaved = error
            return
        self._unsaved = None
        if path:
            self._events.send(CheckpointSaved(step=self._learner.step, path=path))

    def _keep_snapshot(self, *, is_last: bool = False) -> None:
        """Keeps a snapshot if one is due; without room for it, and no time to wait, the run goes on."""
        if not self._processes.is_first or not self._snapshots.is_due(is_last=is_last):
            return
        try:
            with self.time_left.measured(Work.SNAPSHOT):
                path = self._pauses.retried_if_single(self._snapshots.save)
        except EngineError as error:
            self._events.send(WarningRaised.of("snapshot", error.report()))
            return
        self._events.send(SnapshotSaved(step=self._learner.step, path=str(path)))

    def _is_due(self, interval: int) -> bool:
        return interval > 0 and self._learner.step % interval == 0

    def _validate(self) -> None:
        """Validates the averaged weights; saves a checkpoint if their loss is the lowest so far."""
        step, known = self._learner.step, self._resumption.history.validations
        if not self._config.trainer.val_check_interval:
            return
        if self.validation is None or self._validated_step == step or (known and known[-1][0] == step):
            return
        self._validated_step = step
        with self.time_left.measured(Work.VALIDATION):
            best = self._lowest_loss(self.validation) if self._processes.is_first else None
            self._preview_times.made(step, self.time_left.seconds_of(Work.PREVIEWS))
            best = self._processes.gather(best)[0]
            if best is not None:
                self.save(best)

    def _preview(self) -> None:
        """Makes the previews that are due by time, unless this step has some."""
        is_missing = self._preview_times.is_missing(self._learner.step)
        if self.validation is None or not self._processes.is_first or not is_missing:
            return
        try:
            with self.time_left.measured(Work.PREVIEWS), self._encoders.loaded(), self._learner.ema.applied():
                self.validation.preview(self._learner.step)
        except EngineError as error:
            self._events.send(WarningRaised.of("validation", error.report()))
        self._preview_times.made(self._learner.step, self.time_left.seconds_of(Work.PREVIEWS))

    def _lowest_loss(self, validation: ValidationHook) -> float | None:
        """Returns the loss of the averaged weights, if it is the lowest so far."""
        history = self._resumption.history
        validation.best = lowest = math.inf if history.best is None else history.best
        try:
            with self._encoders.loaded(), self._learner.ema.applied():
                with self.time_left.measured(Work.PREVIEWS):
                    validation.preview(self._learner.step)
                loss = validation.measure(self._learner.step)
        except EngineError as error:
            self._events.send(WarningRaised.of("validation", error.report()))
            return None
        if loss is None:
            return None
        history.validations.append((self._learner.step, loss))
        self._metrics.add(self._learner.step, val_loss=loss)
        return loss if loss < lowest else None
