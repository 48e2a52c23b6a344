"""The training loop, for users' edits and for the starter model alike.

Every step is taken completely or not at all, and every checkpoint holds all state that the next step depends
on. So on the same device a run that was killed and resumed ends with the weights of an uninterrupted one.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from engine.devices.device import dtype_name
from engine.devices.memory import peak_memory
from engine.errors import EngineError
from engine.models.loading import Model
from trainer.batches.batch import Batch, Examples
from trainer.config import TrainingConfig
from trainer.datasets.checking.report import NAMES_SHOWN
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
    PreparationProgressed,
    StepFinished,
    TrainingFinished,
    TrainingStarted,
    WarningRaised,
    make_warning,
)
from trainer.runs.metrics import Metrics
from trainer.runs.resumption import Resumption

log = logging.getLogger(__name__)

COMPILING = PreparationProgressed(stage="compiling")
COMPILING_INTERVAL = 10.0
"""Seconds from one event to the next while the UNet is compiled."""

Exporter = Callable[[Path], Path]
"""Writes the current model to a folder, and returns the path that the last event names."""


class ValidationHook(Protocol):
    """Validates the model; created in every process, run in the first only."""

    best: float
    """The lowest loss so far; infinity before the first."""

    def run(self, step: int) -> float | None:
        """Reports loss and previews of the averaged weights after this step; returns the loss, if any."""


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
        """`instructions` are stored with the exported model as the edits it learned; `encoders` are the
        networks that steps do not use.
        """
        self.config, self.model, self.examples = config, model, examples
        self.instructions, self.events, self.commands = instructions, events, commands
        self.processes = processes or Processes()
        self.validation, self.exporter = validation, exporter or self._export_folder
        self.learner = Learner(model, config, self.processes)
        self.learner.compiler_check.compiling = self._report_compiling
        self.resumption = Resumption(self.learner, examples, config, self.processes)
        self.encoders = encoders or NetworkOffload((), config.run_folder)
        self.metrics = Metrics(config, events)
        self._validated_step = -1
        self.left_out: dict[str, str | int | float] = {}
        """How many entries of the dataset are not trained on, by reason."""

    def run(self) -> TrainingFinished:
        """Trains to the last step or until stopped; then saves a checkpoint, exports and reports the end."""
        self.commands.stop_after(self.config.trainer.max_seconds)
        try:
            self.begin()
            self._report_start()
            if self.processes.is_first:
                self.metrics.begin(self.learner.step)
            self._train_or_save()
            return self._end()
        finally:
            self.close()

    def close(self) -> None:
        """Ends the processes that make batches, and removes temporary files."""
        self.resumption.close()
        self.metrics.close()
        self.encoders.remove_file()

    def begin(self) -> None:
        """Resumes or begins the run, and offloads the networks that steps do not use."""
        self.resumption.resume_or_begin()
        if self.encoders.networks:
            self.learner.loss.encode_null()
            self.encoders.offload()

    def _train_or_save(self) -> None:
        try:
            self._train()
        except Exception as error:
            self._save_last_step(error)
            raise self._as_worker_lost(error) from error

    def _train(self) -> None:
        if self.learner.step == 0:
            self._validate()
        timer, checkpoints = StepClock(self.learner), self.config.exp_manager.checkpoint_callback_params
        while self.learner.step < self.config.trainer.max_steps and not self._is_stopped():
            try:
                started = time.perf_counter()
                fallbacks = self.learner.fallbacks
                batches = self.resumption.next_batches()
                self._report_unusable(batches)
                taken = self.learner.take_step(batches)
            except TrainingDiverged as error:
                self._go_back(error)
                timer = StepClock(self.learner)
                continue
            self.resumption.history.add(taken.loss, time.perf_counter() - started)
            self._report_step(taken, timer)
            if self._is_due(self.config.trainer.val_check_interval):
                self._validate()
            has_changed = self.processes.count == 1 and self.learner.fallbacks != fallbacks
            if has_changed or self._is_due(checkpoints.every_n_train_steps):
                self._save()

    def _end(self) -> TrainingFinished:
        """Saves the last checkpoint, exports the model and reports the end."""
        stopped = self.learner.step < self.config.trainer.max_steps
        if not stopped:
            self._validate()
        unusable = self.resumption.history.unusable
        unusable[:] = dict.fromkeys(name for own in self.processes.gather(unusable) for name in own)
        self._save()
        model = ""
        if self.processes.is_first:
            with self.encoders.loaded(), self.learner.ema.applied():
                model = str(self.exporter(self.config.run_folder / "model"))
        reason = self.commands.reason if stopped else "steps"
        finished = TrainingFinished(step=self.learner.step, stopped=stopped, model=model, reason=reason)
        self.events.send(finished)
        return finished

    def _is_stopped(self) -> bool:
        return self.processes.any(self.commands.is_stop_requested)

    def _is_due(self, interval: int) -> bool:
        return interval > 0 and self.learner.step % interval == 0

    def _save(self, loss: float | None = None) -> None:
        path = self.resumption.save(loss)
        if path:
            self.events.send(CheckpointSaved(step=self.learner.step, path=path))

    def _validate(self) -> None:
        """Validates the averaged weights; saves a checkpoint if their loss is the lowest so far."""
        step, known = self.learner.step, self.resumption.history.validations
        if not self.config.trainer.val_check_interval:
            return
        if self.validation is None or self._validated_step == step or (known and known[-1][0] == step):
            return
        self._validated_step = step
        best = self._lowest_loss(self.validation) if self.processes.is_first else None
        best = self.processes.gather(best)[0]
        if best is not None:
            self._save(best)

    def _lowest_loss(self, validation: ValidationHook) -> float | None:
        """Returns the loss of the averaged weights, if it is the lowest so far."""
        history = self.resumption.history
        validation.best = lowest = math.inf if history.best is None else history.best
        try:
            with self.encoders.loaded(), self.learner.ema.applied():
                loss = validation.run(self.learner.step)
        except EngineError as error:
            self.events.send(WarningRaised.of("validation", error.report()))
            return None
        if loss is None:
            return None
        history.validations.append((self.learner.step, loss))
        self.metrics.add(self.learner.step, val_loss=loss)
        return loss if loss < lowest else None

    def _go_back(self, error: TrainingDiverged) -> None:
        """Returns to the last checkpoint with half the learning rate. Raises `error` if that did not help."""
        if not self.resumption.go_back():
            raise error
        step, share = self.learner.step, self.learner.rate_share
        if self.processes.is_first:
            self.metrics.begin(step)
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

    def _save_last_step(self, error: Exception) -> None:
        """Saves a checkpoint of the last step, unless its state is damaged."""
        is_damaged = isinstance(error, CheckpointNotUsable | TrainingDiverged) or not self.learner.is_intact
        if not is_damaged and self.processes.count == 1:
            with suppress(EngineError):
                self._save()

    def _as_worker_lost(self, error: Exception) -> Exception:
        """Returns `WorkerLost` for an error of communication between the processes, else the error itself."""
        if self.processes.count == 1 or isinstance(error, EngineError) or not isinstance(error, RuntimeError):
            return error
        log.error("Communication with the other processes failed", exc_info=error)
        return WorkerLost()

    def _report_start(self) -> None:
        self._report_warnings()
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
                left_out=self.left_out,
            )
        )

    @contextmanager
    def _report_compiling(self) -> Iterator[None]:
        """Sends a progress event now, and others while the context lasts, since compiling takes minutes."""
        has_ended = threading.Event()

        def send() -> None:
            self.events.send(COMPILING)
            while not has_ended.wait(COMPILING_INTERVAL):
                self.events.send(COMPILING)

        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        try:
            yield
        finally:
            has_ended.set()
            sender.join()

    def _report_unusable(self, batches: Sequence[Batch]) -> None:
        """Sends a warning about pairs that can no longer be used, each once in a run."""
        known = self.resumption.history.unusable
        names = dict.fromkeys(name for batch in batches for name in batch.unusable)
        if new := [name for name in names if name not in known]:
            known += new
            self.events.send(
                make_warning(
                    "dataset.unusable-later",
                    "Pairs that could no longer be read were replaced by others: {count} ({pairs}).",
                    "Check whether their files have changed.",
                    count=len(new),
                    pairs=", ".join(new[:NAMES_SHOWN]) + (" …" if len(new) > NAMES_SHOWN else ""),
                )
            )

    def _report_warnings(self) -> None:
        for warning in self.learner.warnings:
            self.events.send(warning)
        self.learner.warnings.clear()

    def _report_step(self, taken: StepTaken, timer: StepClock) -> None:
        self._report_warnings()
        step, total = self.learner.step, self.config.trainer.max_steps
        if step % self.config.trainer.log_every_n_steps and step < total:
            return
        seconds = timer.seconds_per_step()
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
        self.metrics.add(
            step,
            loss=taken.loss,
            learning_rate=taken.learning_rate,
            samples_per_second=round(self.learner.batch_size / seconds, 3),
        )

    def _export_folder(self, target: Path) -> Path:
        return export_model(self.model, target, name=self.config.model_name, instructions=self.instructions)


class StepClock:
    """Measures how long steps take, from its creation on, without the time of compiling."""

    def __init__(self, learner: Learner) -> None:
        self._learner, self._first, self._started = learner, learner.step, self._now(learner)

    @staticmethod
    def _now(learner: Learner) -> float:
        return time.perf_counter() - learner.compiler_check.seconds

    def seconds_per_step(self) -> float:
        """Returns the mean seconds of the steps since; at least one must have been taken."""
        return (self._now(self._learner) - self._started) / (self._learner.step - self._first)
