"""The state of training: the dataset, the run and its outcome. Uses no widgets."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLockFile, QObject, Signal, Slot

from engine.errors import EngineError, ErrorReport
from engine.library import ModelCard
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import runs_folder, trainer_program
from ip2p_desktop.models.model_list import library
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.runs.run_progress import RunProgress
from ip2p_desktop.training.runs.trainer_process import STOP_TIMEOUT_MS, TrainerProcess
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome, TrainingResult
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import (
    TrainingPlan,
    TrainingRun,
    forget_run,
    keep_model,
    new_run,
    read_run,
    resumable_runs,
    write_description,
)
from trainer.protocol.events import (
    CheckpointSaved,
    Event,
    TrainingContinued,
    TrainingPaused,
    TrainingStarted,
    WarningRaised,
)

log = logging.getLogger(__name__)


class TrainingPhase(StrEnum):
    """The phase of a training session."""

    CHOOSE = "choose"
    CHECKED = "checked"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"


RUNNING_PHASES = (
    TrainingPhase.PREPARING,
    TrainingPhase.TRAINING,
    TrainingPhase.PAUSED,
    TrainingPhase.STOPPING,
)


class TrainingSession(QObject):
    """Runs one training run at a time; observable. A run continues while the dialog is hidden."""

    phase_changed = Signal(object)
    progressed = Signal()
    runs_changed = Signal()
    model_installed = Signal(Path)

    def __init__(self, parent: QObject | None = None, *, program: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self._program = list(program or trainer_program())
        self.probe = TrainingProbe(self._program, self)
        self._background = Background(self)
        self._process: TrainerProcess | None = None
        self._lock: QLockFile | None = None
        self._phase = TrainingPhase.CHOOSE
        self._is_shut_down = False
        self._quit_token = CancelToken()
        self.dataset = DatasetChoice(self._background, self)
        self.run: TrainingRun | None = None
        self.progress = RunProgress(total_steps=0)
        self.outcome: TrainingOutcome | None = None
        self.failure: ErrorReport | None = None
        self.result: TrainingResult | None = None
        """The exported model of a run that has ended; None if there is none."""
        self.model: ModelCard | None = None
        """The new model, after it has been installed."""
        self.dataset.changed.connect(self._on_dataset_changed)
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.shut_down)

    @property
    def phase(self) -> TrainingPhase:
        """The current phase."""
        return self._phase

    def _set_phase(self, phase: TrainingPhase) -> None:
        if phase != self._phase:
            self._phase = phase
            self.phase_changed.emit(phase)

    def is_running(self) -> bool:
        """Whether a run is preparing, training or stopping."""
        return self._phase in RUNNING_PHASES

    def is_resumable(self) -> bool:
        """Whether the run that has just ended can be resumed."""
        if self.run is None or self.is_running():
            return False
        return self.run.step > 0 and read_run(self.run.folder) is not None

    def resumable_runs(self) -> list[TrainingRun]:
        """Stopped runs that can be resumed, the latest first."""
        return resumable_runs(runs_folder())

    def choose(self, dataset: Path, instruction: str = "") -> None:
        """Search a folder or a zip for pairs, unless a run is in progress.

        `instruction` is that of pairs without a text.
        """
        if not self.is_running():
            self.dataset.choose(dataset, instruction)

    def clear_run(self) -> None:
        """Clear a run that has ended; the dataset stays."""
        if not self.is_running():
            self.run = self.outcome = self.failure = self.result = self.model = None
            self._set_phase(TrainingPhase.CHECKED if self.dataset.findings else TrainingPhase.CHOOSE)

    def start_over(self) -> None:
        """Clear a run that has ended and the dataset."""
        if not self.is_running():
            self.dataset.clear()
            self.clear_run()

    def start_probe(self, plan: TrainingPlan, lengths: Iterable[int]) -> None:
        """Measure a plan, unless a run is in progress. The start of a run stops the measurement."""
        if not self.is_running() and not self._is_shut_down:
            self.probe.begin(plan, lengths)

    def start(self, plan: TrainingPlan) -> None:
        """Start a run, unless one is in progress."""
        if self.is_running():
            return
        try:
            run = new_run(plan, runs_folder(), datetime.now())
        except EngineError as error:
            self._fail(error.report())
            return
        self._launch(run)

    def resume(self, run: TrainingRun, models: Sequence[ModelCard] = ()) -> None:
        """Resume a run from its last checkpoint; a base model that has moved is found by name in `models`."""
        plan = run.plan
        if not plan.base_model.exists():
            moved = [card.path for card in models if card.name == plan.base_model_name]
            run = replace(run, plan=replace(plan, base_model=(moved or [plan.base_model])[0]))
        self._launch(run)

    def forget(self, run: TrainingRun) -> None:
        """Delete the checkpoints of a stopped run; its model stays."""
        self._background.submit(lambda: forget_run(run), self._on_forgotten, self._fail)

    def stop(self) -> None:
        """Stop the run after its current step, with a checkpoint and a model."""
        if self._process is not None and self._phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING):
            self._set_phase(TrainingPhase.STOPPING)
            self._process.stop()

    def pause(self) -> None:
        """Pause the run after its current step; it keeps its state in memory."""
        if self._process is not None and self._phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING):
            self._process.send("pause")

    def continue_training(self) -> None:
        """Go on with a run that is paused, for whatever reason."""
        if self._process is not None and self._phase == TrainingPhase.PAUSED:
            self._process.send("continue")

    def discard(self) -> None:
        """End the run without a model, and delete what it has written."""

    def train_further(self, steps: int) -> None:
        """Train a run that has ended for so many more steps."""
        if self.run is not None and not self.is_running():
            plan = replace(self.run.plan, steps=self.progress.step + steps)
            self.resume(replace(self.run, plan=plan))

    def attach(self, folder: Path) -> None:
        """Show the run in a folder, and follow it if a trainer works on it."""

    def detach(self) -> None:
        """Follow the run no longer; training goes on."""

    @Slot()
    def shut_down(self, timeout_ms: int = STOP_TIMEOUT_MS) -> None:
        """Stop everything, for quitting the app. Waits at most slightly longer than `timeout_ms`."""
        if self._is_shut_down:
            return
        self._is_shut_down = True
        self.probe.shut_down()
        if self._process is not None:
            self._set_phase(TrainingPhase.STOPPING)
            self._process.stop_and_wait(timeout_ms)
        self.dataset.clear()
        # an installation that waits for the library is cancelled; the model stays with its run
        self._quit_token.cancel()
        self._background.close()
        self._unlock()

    def _launch(self, run: TrainingRun) -> None:
        if self.is_running():
            return
        self.probe.stop()
        is_same = self.run is not None and self.run.folder == run.folder
        losses = [point for point in self.progress.losses if point.step <= run.step] if is_same else []
        self._lock = run.lock()
        self._lock.tryLock(0)
        self.run, self.outcome, self.failure, self.result, self.model = run, None, None, None, None
        self.progress = RunProgress(total_steps=run.plan.steps, step=run.step, losses=losses)
        process = self._process = TrainerProcess([*self._program, *run.settings()], self)
        process.event_received.connect(self._on_event)
        process.finished.connect(self._on_finished)
        self._set_phase(TrainingPhase.PREPARING)
        self.progressed.emit()
        process.start()

    @Slot()
    def _on_dataset_changed(self) -> None:
        if self.dataset.findings is None:
            self.probe.stop()
        if not self.is_running():
            self._set_phase(TrainingPhase.CHECKED if self.dataset.findings else TrainingPhase.CHOOSE)

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        self.progress.take(event)
        if isinstance(event, TrainingStarted) and self._phase == TrainingPhase.PREPARING:
            self._set_phase(TrainingPhase.TRAINING)
        elif isinstance(event, TrainingPaused) and self._phase == TrainingPhase.TRAINING:
            self._set_phase(TrainingPhase.PAUSED)
        elif isinstance(event, TrainingContinued) and self._phase == TrainingPhase.PAUSED:
            self._set_phase(TrainingPhase.TRAINING)
        assert self.run is not None
        if isinstance(event, CheckpointSaved):
            self._store_run(replace(self.run, step=event.step))
        elif isinstance(event, WarningRaised):
            self._store_run(self.run.with_warning(event))
        self.progressed.emit()

    def _store_run(self, run: TrainingRun) -> None:
        """Store a change of the run on disk."""
        if run == self.run:
            return
        self.run = run
        try:
            write_description(run)
        except OSError as error:
            log.warning("The state at step %d was not stored: %s", run.step, error)

    @Slot(object)
    def _on_finished(self, outcome: TrainingOutcome) -> None:
        """Install the model of the run that has ended, or delete the run if it has no checkpoint."""
        assert self.run is not None
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        self.outcome = outcome
        run, model, step = self.run, outcome.model, outcome.step
        if model is not None and outcome.was_successful() and step > 0:
            self.result = TrainingResult(folder=model, step=step, total_steps=outcome.total_steps)
            keep = partial(keep_model, run, model, library(), step=step, cancel=self._quit_token)
            self._background.submit(keep, self._on_installed, self._fail)
        elif run.step == 0:
            self._background.submit(lambda: forget_run(run), self._ended_without_model, self._fail)
        else:
            self._ended_without_model()

    def _on_installed(self, model: ModelCard) -> None:
        self._unlock()
        self.model = model
        self._set_phase(TrainingPhase.DONE)
        self.model_installed.emit(model.path)
        self.runs_changed.emit()

    def _ended_without_model(self, _: None = None) -> None:
        assert self.outcome is not None
        if self.outcome.failure is not None:
            self._fail(self.outcome.failure)
            return
        self._unlock()
        self._set_phase(TrainingPhase.DONE)
        self.runs_changed.emit()

    def _fail(self, report: ErrorReport) -> None:
        self._unlock()
        self.failure = report
        self._set_phase(TrainingPhase.FAILED)
        self.runs_changed.emit()

    def _on_forgotten(self, _: None) -> None:
        self.runs_changed.emit()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
