"""The training loop: the one that teaches users' edits and that made the starter model.

Every step either happens as a whole or not at all, and every checkpoint holds all that the next step
depends on. So a run that was killed ends with the weights of one that was not, on the same device.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from engine.devices.device import dtype_name
from engine.devices.memory import peak_memory
from engine.errors import EngineError
from engine.models.loading import Model
from trainer.batches.batch import Examples
from trainer.config import TrainingConfig
from trainer.distributed.launcher import WorkerLost
from trainer.distributed.parallel import Processes
from trainer.export.export import export_model
from trainer.learning.checkpoint import CheckpointNotUsable
from trainer.learning.learner import Learner, StepTaken, TrainingDiverged
from trainer.learning.offloading import NetworkOffload
from trainer.protocol.commands import Commands
from trainer.protocol.events import (
    CheckpointSaved,
    EventStream,
    StepFinished,
    TrainingFinished,
    TrainingStarted,
    WarningRaised,
    make_warning,
)
from trainer.runs.resumption import Resumption

log = logging.getLogger(__name__)

Exporter = Callable[[Path], Path]
"""Writes what the model is now to a folder, and gives what the last event is to name."""


class ValidationHook(Protocol):
    """Tries the model out; made in every process, run in the first."""

    best: float
    """The lowest loss so far, infinite without one."""

    def run(self, step: int) -> float | None:
        """Tells what the averaged weights can do after this step; gives their loss if there is one."""


class TrainingLoop:
    """One run: model and examples in, checkpoints and an exported model out."""

    def __init__(
        self,
        config: TrainingConfig,
        model: Model,
        examples: Examples,
        *,
        instructions: tuple[str, ...],
        events: EventStream,
        commands: Commands,
        processes: Processes | None = None,
        validation: ValidationHook | None = None,
        exporter: Exporter | None = None,
        encoders: NetworkOffload | None = None,
    ) -> None:
        """`instructions` are stored with the exported model as what it has learned; `encoders` are the
        networks that steps do without.
        """
        self.config, self.model, self.examples = config, model, examples
        self.instructions, self.events, self.commands = instructions, events, commands
        self.processes = processes or Processes()
        self.validation, self.exporter = validation, exporter or self._export_folder
        self.learner = Learner(model, config, self.processes)
        self.resumption = Resumption(self.learner, examples, config, self.processes)
        self.encoders = encoders or NetworkOffload((), config.run_folder)
        self._validated_step = -1

    def run(self) -> TrainingFinished:
        """Train to the last step or until told to stop; checkpoint, export and say so."""
        self.commands.stop_after(self.config.trainer.max_seconds)
        try:
            self.begin()
            self._announce()
            self._train_or_keep()
            return self._end()
        finally:
            self.encoders.end()

    def begin(self) -> None:
        """Come to where the first step is next, with only that in memory which steps need."""
        self.resumption.go_on_or_begin()
        if self.encoders.networks:
            self.learner.loss.encode_null()
            self.encoders.rest()

    def _train_or_keep(self) -> None:
        try:
            self._train()
        except Exception as error:
            self._keep_what_is_whole(error)
            raise self._worded(error) from error

    def _train(self) -> None:
        if self.learner.step == 0:
            self._validate()
        clock, checkpoints = Clock(self.learner), self.config.exp_manager.checkpoint_callback_params
        while self.learner.step < self.config.trainer.max_steps and not self._is_stopped():
            try:
                started = time.perf_counter()
                fallbacks = self.learner.fallbacks
                taken = self.learner.take_step(self.resumption.next_batches())
            except TrainingDiverged as error:
                self._go_back(error)
                clock = Clock(self.learner)
                continue
            self.resumption.history.add(taken.loss, time.perf_counter() - started)
            self._tell(taken, clock)
            if self._is_due(self.config.trainer.val_check_interval):
                self._validate()
            has_changed = self.processes.count == 1 and self.learner.fallbacks != fallbacks
            if has_changed or self._is_due(checkpoints.every_n_train_steps):
                self._save()

    def _end(self) -> TrainingFinished:
        """The last checkpoint and the exported model."""
        stopped = self.learner.step < self.config.trainer.max_steps
        if not stopped:
            self._validate()
        self._save()
        model = ""
        if self.processes.is_first:
            with self.encoders.awake(), self.learner.ema.applied():
                model = str(self.exporter(self.config.run_folder / "model"))
        reason = self.commands.reason if stopped else "steps"
        finished = TrainingFinished(step=self.learner.step, stopped=stopped, model=model, reason=reason)
        self.events.send(finished)
        return finished

    def _is_stopped(self) -> bool:
        return self.processes.any(self.commands.stop_requested)

    def _is_due(self, interval: int) -> bool:
        return interval > 0 and self.learner.step % interval == 0

    def _save(self, loss: float | None = None) -> None:
        path = self.resumption.save(loss)
        if path:
            self.events.send(CheckpointSaved(step=self.learner.step, path=path))

    def _validate(self) -> None:
        """What the averaged weights can do; a checkpoint if they never could more."""
        step, known = self.learner.step, self.resumption.history.validations
        if self.validation is None or self._validated_step == step or (known and known[-1][0] == step):
            return
        self._validated_step = step
        best = self._lowest_loss(self.validation) if self.processes.is_first else None
        best = self.processes.gather(best)[0]
        if best is not None:
            self._save(best)

    def _lowest_loss(self, validation: ValidationHook) -> float | None:
        """The loss of the averaged weights, if it is lower than ever before."""
        history = self.resumption.history
        validation.best = lowest = math.inf if history.best is None else history.best
        try:
            with self.encoders.awake(), self.learner.ema.applied():
                loss = validation.run(self.learner.step)
        except EngineError as error:
            self.events.send(WarningRaised.of("validation", error.report()))
            return None
        if loss is None:
            return None
        history.validations.append((self.learner.step, loss))
        return loss if loss < lowest else None

    def _go_back(self, error: TrainingDiverged) -> None:
        """To the last checkpoint, with half the learning rate. Raises the error if that did not help."""
        if not self.resumption.go_back():
            raise error
        step, share = self.learner.step, self.learner.rate_share
        self.events.send(
            make_warning(
                "diverged.retried",
                "The loss became NaN at step {failed}; training continues from step {step} with {share:g} "
                "times the learning rate.",
                failed=error.values["step"],
                step=step,
                share=share,
            )
        )

    def _keep_what_is_whole(self, error: Exception) -> None:
        """A checkpoint of the last step, where it is not the state itself that ends the run."""
        is_lost = isinstance(error, CheckpointNotUsable | TrainingDiverged) or not self.learner.is_whole
        if not is_lost and self.processes.count == 1:
            with suppress(EngineError):
                self._save()

    def _worded(self, error: Exception) -> Exception:
        """Another process that is gone shows as an error of talking to it."""
        if self.processes.count == 1 or isinstance(error, EngineError) or not isinstance(error, RuntimeError):
            return error
        log.error("The processes could not agree", exc_info=error)
        return WorkerLost()

    def _announce(self) -> None:
        self._tell_warnings()
        self.events.send(
            TrainingStarted(
                start_step=self.learner.step,
                total_steps=self.config.trainer.max_steps,
                examples=self.examples.size,
                device=self.learner.device.type,
                dtype=dtype_name(self.learner.precision.dtype),
                run=str(self.config.run_folder),
                processes=self.processes.count,
                batch=self.learner.batch_size,
            )
        )

    def _tell_warnings(self) -> None:
        for warning in self.learner.warnings:
            self.events.send(warning)
        self.learner.warnings.clear()

    def _tell(self, taken: StepTaken, clock: Clock) -> None:
        self._tell_warnings()
        step, total = self.learner.step, self.config.trainer.max_steps
        if step % self.config.trainer.log_every_n_steps and step < total:
            return
        seconds = clock.seconds_per_step()
        self.events.send(
            StepFinished(
                step=step,
                total_steps=total,
                loss=taken.loss,
                learning_rate=taken.learning_rate,
                seconds_left=round(seconds * (total - step), 1),
                samples_per_second=round(self.learner.batch_size / seconds, 3),
                memory=peak_memory(self.learner.device) or 0,
            )
        )

    def _export_folder(self, target: Path) -> Path:
        return export_model(self.model, target, name=self.config.model_name, instructions=self.instructions)


class Clock:
    """How long steps take, from now on."""

    def __init__(self, learner: Learner) -> None:
        self._learner, self._first, self._started = learner, learner.step, time.perf_counter()

    def seconds_per_step(self) -> float:
        """The mean of the steps since; call after the first."""
        return (time.perf_counter() - self._started) / (self._learner.step - self._first)
