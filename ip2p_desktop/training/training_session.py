"""The state of teaching a model: what was chosen, what runs, what came of it. Knows no widgets."""

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
from ip2p_desktop.training.dataset_choice import DatasetChoice
from ip2p_desktop.training.run_progress import RunProgress
from ip2p_desktop.training.trainer_process import STOP_TIMEOUT_MS, TrainerProcess
from ip2p_desktop.training.training_outcome import TrainingOutcome
from ip2p_desktop.training.training_probe import TrainingProbe
from ip2p_desktop.training.training_runs import (
    TrainingPlan,
    TrainingRun,
    forget_run,
    keep_model,
    new_run,
    read_run,
    resumable_runs,
    write_description,
)
from trainer.protocol.events import CheckpointSaved, Event, TrainingStarted, WarningRaised

log = logging.getLogger(__name__)


class TrainingPhase(StrEnum):
    """Where teaching stands."""

    CHOOSE = "choose"
    CHECKED = "checked"
    PREPARING = "preparing"
    TRAINING = "training"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"


RUNNING_PHASES = (TrainingPhase.PREPARING, TrainingPhase.TRAINING, TrainingPhase.STOPPING)


class TrainingSession(QObject):
    """Observable. One run at a time; it goes on whether or not anybody looks."""

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
        self.model: ModelCard | None = None
        """The taught model, once it is installed."""
        self.dataset.changed.connect(self._follow_dataset)
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.shutdown)

    @property
    def phase(self) -> TrainingPhase:
        return self._phase

    def _set_phase(self, phase: TrainingPhase) -> None:
        if phase != self._phase:
            self._phase = phase
            self.phase_changed.emit(phase)

    def is_running(self) -> bool:
        return self._phase in RUNNING_PHASES

    def is_resumable(self) -> bool:
        """Whether the run that has just ended can go on."""
        if self.run is None or self.is_running():
            return False
        return self.run.step > 0 and read_run(self.run.folder) is not None

    def resumable_runs(self) -> list[TrainingRun]:
        return resumable_runs(runs_folder())

    def choose(self, dataset: Path) -> None:
        """Looks for pairs in a folder or a zip, unless a run is going on."""
        if not self.is_running():
            self.dataset.choose(dataset)

    def clear_run(self) -> None:
        """Back to the choice, which stays, from a run that has ended."""
        if not self.is_running():
            self.run = self.outcome = self.failure = self.model = None
            self._set_phase(TrainingPhase.CHECKED if self.dataset.findings else TrainingPhase.CHOOSE)

    def start_over(self) -> None:
        """Like `leave_run`, and forgets the choice, so that another edit can be taught."""
        if not self.is_running():
            self.dataset.clear()
            self.clear_run()

    def start_probe(self, plan: TrainingPlan, lengths: Iterable[int]) -> None:
        """Finds out what the plan would take, unless a run is going on; a run that starts ends it."""
        if not self.is_running() and not self._is_shut_down:
            self.probe.begin(plan, lengths)

    def start(self, plan: TrainingPlan) -> None:
        """Teaches by the plan, unless a run is going on."""
        if self.is_running():
            return
        try:
            run = new_run(plan, runs_folder(), datetime.now())
        except EngineError as error:
            self._fail(error.report())
            return
        self._launch(run)

    def resume(self, run: TrainingRun, models: Sequence[ModelCard] = ()) -> None:
        """Goes on from the last checkpoint; a base model that has moved is found by its name."""
        plan = run.plan
        if not plan.base_model.exists():
            moved = [card.path for card in models if card.name == plan.base_model_name]
            run = replace(run, plan=replace(plan, base_model=(moved or [plan.base_model])[0]))
        self._launch(run)

    def forget(self, run: TrainingRun) -> None:
        """Removes what an unfinished run needs to go on; its model stays."""
        self._background.submit(lambda: forget_run(run), self._forgotten, self._fail)

    def stop(self) -> None:
        """Ends the run after its current step and keeps what was learned."""
        if self._process is not None and self._phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING):
            self._set_phase(TrainingPhase.STOPPING)
            self._process.stop()

    @Slot()
    def shutdown(self, timeout_ms: int = STOP_TIMEOUT_MS) -> None:
        """Ends everything for quitting the app; returns after the patience at the latest, and a little."""
        if self._is_shut_down:
            return
        self._is_shut_down = True
        self.probe.shutdown()
        if self._process is not None:
            self._set_phase(TrainingPhase.STOPPING)
            self._process.stop_and_wait(timeout_ms)
        self.dataset.clear()
        # a model whose library is just being moved stays with its run, which can be resumed
        self._quit_token.cancel()
        self._background.close()
        self._unlock()

    def _launch(self, run: TrainingRun) -> None:
        if self.is_running():
            return
        self.probe.stop()
        is_same = self.run is not None and self.run.folder == run.folder
        learned = [point for point in self.progress.losses if point.step <= run.step] if is_same else []
        self._lock = run.lock()
        self._lock.tryLock(0)
        self.run, self.outcome, self.failure, self.model = run, None, None, None
        self.progress = RunProgress(total_steps=run.plan.steps, step=run.step, losses=learned)
        process = self._process = TrainerProcess([*self._program, *run.settings()], self)
        process.event_received.connect(self._take)
        process.finished.connect(self._end)
        self._set_phase(TrainingPhase.PREPARING)
        self.progressed.emit()
        process.start()

    @Slot()
    def _follow_dataset(self) -> None:
        if self.dataset.findings is None:
            self.probe.stop()
        if not self.is_running():
            self._set_phase(TrainingPhase.CHECKED if self.dataset.findings else TrainingPhase.CHOOSE)

    @Slot(object)
    def _take(self, event: Event) -> None:
        self.progress.take(event)
        if isinstance(event, TrainingStarted) and self._phase == TrainingPhase.PREPARING:
            self._set_phase(TrainingPhase.TRAINING)
        assert self.run is not None
        if isinstance(event, CheckpointSaved):
            self._note(replace(self.run, step=event.step))
        elif isinstance(event, WarningRaised):
            self._note(self.run.with_warning(event))
        self.progressed.emit()

    def _note(self, run: TrainingRun) -> None:
        """Keeps on disk what is new about the run."""
        if run == self.run:
            return
        self.run = run
        try:
            write_description(run)
        except OSError as error:
            log.warning("The state at step %d was not noted: %s", run.step, error)

    @Slot(object)
    def _end(self, outcome: TrainingOutcome) -> None:
        """The process has ended: its model is installed, or what it left is cleared away."""
        assert self.run is not None
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
        self.outcome = outcome
        run, model, step = self.run, outcome.model, outcome.step
        if model is not None and outcome.was_successful() and step > 0:
            keep = partial(keep_model, run, model, library(), step=step, cancel=self._quit_token)
            self._background.submit(keep, self._installed, self._fail)
        elif run.step == 0:
            self._background.submit(lambda: forget_run(run), self._ended_without_model, self._fail)
        else:
            self._ended_without_model()

    def _installed(self, model: ModelCard) -> None:
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

    def _forgotten(self, _: None) -> None:
        self.runs_changed.emit()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None
