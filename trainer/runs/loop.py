"""The training loop, for users' edits and for the starter model alike.

Every step is taken completely or not at all, and every checkpoint holds all state that the next step depends
on. So on the same device a run that was killed and resumed ends with the weights of an uninterrupted one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

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
    make_warning,
)
from trainer.runs.between_steps import ValidationHook, WorkBetweenSteps
from trainer.runs.metrics import Metrics
from trainer.runs.pauses import READ_ERRORS, Pauses
from trainer.runs.resumption import Resumption
from trainer.runs.time_left import Work

log = logging.getLogger(__name__)

COMPILING = PreparationProgressed(stage="compiling")
COMPILING_INTERVAL = 10.0
"""Seconds from one event to the next while the UNet is compiled."""

Exporter = Callable[[Path], Path]
"""Writes the current model to a folder, and returns the path that the last event names."""


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
        pauses: Pauses | None = None,
    ) -> None:
        """`instructions` are stored with the exported model as the edits it learned; `encoders` are the
        networks that steps do not use. `pauses` are those that the run has had so far.
        """
        self.config, self.model, self.examples = config, model, examples
        self.instructions, self.events, self.commands = instructions, events, commands
        self.processes = processes or Processes()
        self.exporter = exporter or self._export_folder
        self.learner = Learner(model, config, self.processes)
        self.learner.compiler_check.compiling = self._report_compiling
        self.resumption = Resumption(self.learner, examples, config, self.processes)
        self.pauses = pauses or Pauses(config, events, commands)
        self.pauses.processes = self.processes
        self.resumption.retried = self.pauses.retried
        self.encoders = encoders or NetworkOffload((), config.run_folder)
        self.metrics = Metrics(config, events)
        self.between_steps = WorkBetweenSteps(
            self.learner,
            self.resumption,
            self.pauses,
            events=events,
            metrics=self.metrics,
            encoders=self.encoders,
            validation=validation,
        )
        self.time_left = self.between_steps.time_left
        self.export_seconds = 0.0
        """How long the export will take, about."""
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
        with self.time_left.measured(Work.FIRST_CHECKPOINT):
            self.resumption.resume_or_begin()
        self.pauses.step = self.learner.step
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
        self.between_steps.begin()
        while (batches := self._next_batches()) is not None:
            fallbacks = self.learner.fallbacks
            try:
                self._report_unusable(batches)
                taken = self.learner.take_step(batches)
            except TrainingDiverged as error:
                self._go_back(error)
                self.time_left.begin()
                continue
            self.pauses.step = self.learner.step
            self.resumption.history.add(taken.loss, self.time_left.add_step())
            self._report_step(taken)
            self.between_steps.after_step(fallbacks)

    def _next_batches(self) -> list[Batch] | None:
        """Returns the batches of the next step; None after the last one, or if the run is to stop.

        Waits while a pause is requested, and while the dataset cannot be read.
        """
        if self.learner.step >= self.config.trainer.max_steps:
            return None
        batches = None if self.pauses.is_needed else self._batches_if_readable()
        if not self.processes.any(batches is None):
            return batches
        if not self.pauses.wait_while_requested():
            return None
        try:
            return self.pauses.retried(lambda: batches or self.resumption.next_batches())
        except EngineError:
            if self.pauses.is_stop_agreed():
                return None
            raise

    def _batches_if_readable(self) -> list[Batch] | None:
        try:
            return self.resumption.next_batches()
        except EngineError as error:
            if error.code in READ_ERRORS:
                return None
            raise

    def _end(self) -> TrainingFinished:
        """Saves the last checkpoint, exports the model and reports the end."""
        stopped = self.learner.step < self.config.trainer.max_steps
        is_discarded = stopped and self.processes.from_first(self.commands.is_discarded)
        model = "" if is_discarded else self._last_files(stopped=stopped)
        finished = TrainingFinished(
            step=self.learner.step,
            stopped=stopped,
            model=model,
            reason=self.commands.reason if stopped else "steps",
        )
        self.events.send(finished)
        return finished

    def _last_files(self, *, stopped: bool) -> str:
        """Makes what a run leaves behind; returns the exported model."""
        unusable = self.resumption.history.unusable
        unusable[:] = dict.fromkeys(name for own in self.processes.gather(unusable) for name in own)
        self.between_steps.end(stopped=stopped)
        if not self.processes.is_first:
            return ""
        with self.encoders.loaded(), self.learner.ema.applied():
            target = self.config.run_folder / "model"
            return str(self.pauses.retried(lambda: self.exporter(target), is_alone=True))

    def _go_back(self, error: TrainingDiverged) -> None:
        """Returns to the last checkpoint with half the learning rate. Raises `error` if that did not help."""
        if not self.resumption.go_back():
            raise error
        self.pauses.step = step = self.learner.step
        share = self.learner.rate_share
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
                path = self.resumption.save(is_retried=False)
                if path:
                    self.events.send(CheckpointSaved(step=self.learner.step, path=path))

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

    def _report_step(self, taken: StepTaken) -> None:
        self._report_warnings()
        step, total = self.learner.step, self.config.trainer.max_steps
        if step % self.config.trainer.log_every_n_steps and step < total:
            return
        seconds = self.time_left.seconds_per_step
        self.events.send(
            StepFinished(
                step=step,
                total_steps=total,
                loss=taken.loss,
                learning_rate=taken.learning_rate,
                seconds_left=round(self._seconds_left(), 1),
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

    def _seconds_left(self) -> float:
        """Returns how long the rest of the run takes, at most until its time is up, and what comes after."""
        left = self.between_steps.seconds_left()
        limit = max(0.0, self.commands.seconds_to_deadline) + self.time_left.seconds_of(Work.CHECKPOINT)
        return min(left, limit) + self.export_seconds

    def _export_folder(self, target: Path) -> Path:
        return export_model(self.model, target, name=self.config.model_name, instructions=self.instructions)
