"""The state of training: the dataset, the run and its outcome. Uses no widgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from engine.errors import ErrorReport
from engine.library import ModelCard
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import runs_folder, trainer_program
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.training.runs.model_keeping import ModelKeeping
from ip2p_desktop.training.runs.open_run import OpenRun, launch_run, open_run, with_base_model
from ip2p_desktop.training.runs.run_attachment import RunAttachment, RunLook
from ip2p_desktop.training.runs.run_history import RunHistory
from ip2p_desktop.training.runs.run_list import RunList
from ip2p_desktop.training.runs.run_progress import RunProgress
from ip2p_desktop.training.runs.run_removal import forget_run
from ip2p_desktop.training.runs.training_outcome import TrainingOutcome, TrainingResult, outcome_of
from ip2p_desktop.training.runs.training_phase import RUNNING_PHASES, TrainingPhase
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, new_run
from trainer.datasets import ColumnNames
from trainer.protocol.run_files import Command

DISCARD_TIMEOUT_MS = 10_000
"""A run that is discarded is killed after this time, as nothing of it is needed."""


class TrainingSession(QObject):
    """Shows one training run at a time; observable.

    The trainer is a process of its own, which goes on while the dialog is hidden, and without the window.
    """

    phase_changed = Signal(object)
    progressed = Signal()
    runs_changed = Signal()
    """The runs on disk, or what can be done with the run that has ended."""
    model_installed = Signal(Path)
    woke = Signal(float)
    """This computer was asleep for so many seconds while a run was shown."""
    refused = Signal(object)
    """An `ErrorReport`: something that was asked for was not done; nothing else has changed."""

    def __init__(self, parent: QObject | None = None, *, program: Sequence[str] | None = None) -> None:
        super().__init__(parent)
        self._program = list(program or trainer_program())
        self.probe = TrainingProbe(self._program, self)
        self._background = Background(self)
        # its one worker does all that concerns the folder of the run, in order
        self._run_background = Background(self, workers=1)
        self._keeping = ModelKeeping(self._run_background, self)
        self._keeping.kept.connect(self._on_kept)
        self._keeping.found.connect(self._on_kept_found)
        self._keeping.failed.connect(self._on_not_kept)
        self.run_list = RunList(self)
        self.run_list.own = lambda: self.run.folder if self.run is not None else None
        self._attachment: RunAttachment | None = None
        self._history = RunHistory(RunProgress(total_steps=0))
        self._phase = TrainingPhase.CHOOSE
        self.phase_since = time.monotonic()
        """When the current phase began, on the monotonic clock in seconds."""
        self._is_opening = self._is_discarding = self._is_shut_down = False
        self._stop_requested = False
        self.is_end_seen = False
        """Whether the user has seen how the run ended."""
        self.dataset = DatasetChoice(self._background, self)
        self.run: TrainingRun | None = None
        self.outcome: TrainingOutcome | None = None
        self.failure: ErrorReport | None = None
        self.result: TrainingResult | None = None
        """The exported model of a run that has ended; None if there is none, or it is installed."""
        self.model: ModelCard | None = None
        """The new model, after it has been installed."""
        self.dataset.changed.connect(self._on_dataset_changed)
        self.run_list.changed.connect(self.runs_changed)
        self.run_list.failed.connect(self.refused)
        if application := QCoreApplication.instance():
            application.aboutToQuit.connect(self.shut_down)

    @property
    def phase(self) -> TrainingPhase:
        """The current phase."""
        return self._phase

    @property
    def progress(self) -> RunProgress:
        """The progress of the run."""
        return self._history.progress

    def _set_phase(self, phase: TrainingPhase) -> None:
        if phase != self._phase:
            self._phase, self.phase_since = phase, time.monotonic()
            self.phase_changed.emit(phase)

    def is_running(self) -> bool:
        """Whether a run is being opened, preparing, training, paused or stopping."""
        return self._is_opening or self._phase in RUNNING_PHASES

    def is_resumable(self) -> bool:
        """Whether the run that has just ended can be resumed."""
        if self.run is None or self.outcome is None or self.is_running() or self.is_keeping:
            return False
        return self.outcome.can_resume and self.model is None

    def can_train_further(self) -> bool:
        """Whether the run that has ended has what is needed for more steps than it was planned for."""
        return self.run is not None and self.run.step > 0 and not (self.is_running() or self.is_keeping)

    @property
    def is_open(self) -> bool:
        """Whether this window shows a run, which no other window can change then."""
        return self._attachment is not None

    @property
    def is_run_deleted(self) -> bool:
        """Whether the files of the run are gone, as its model was kept without it."""
        return self.model is not None and not self.is_open and self.run is not None and self.run.is_own

    @property
    def is_keeping(self) -> bool:
        """Whether the model is being installed."""
        return self._keeping.is_busy

    @property
    def is_discarding(self) -> bool:
        """Whether the run is being ended and deleted."""
        return self._is_discarding

    def choose(self, dataset: Path, instruction: str = "", columns: ColumnNames | None = None) -> None:
        """Search for pairs as `DatasetChoice.choose` does, unless a run is in progress."""
        if not self.is_running():
            self.dataset.choose(dataset, instruction, columns)

    def clear_run(self) -> None:
        """Clear a run that has ended; the dataset stays."""
        if not self.is_running():
            self._close_attachment()
            self.run = self.outcome = self.failure = self.result = self.model = None
            self._set_phase(TrainingPhase.CHECKED if self.dataset.findings else TrainingPhase.CHOOSE)
            self.run_list.reload()

    def start_over(self) -> None:
        """Clear a run that has ended and the dataset."""
        if not self.is_running():
            self.dataset.clear()
            self.clear_run()

    def start(self, plan: TrainingPlan) -> None:
        """Start a run, unless one is in progress."""
        if not self.is_running():
            self.run = None
            self.dataset.end_check()  # the trainer goes on with it
        self._launch(partial(new_run, plan, runs_folder(), datetime.now()))

    def resume(self, run: TrainingRun, models: Sequence[ModelCard] = ()) -> None:
        """Resume a run from its last checkpoint; a base model that has moved is found by name in `models`."""
        self._launch(partial(with_base_model, run, models))

    def train_further(self, steps: int, models: Sequence[ModelCard] = ()) -> None:
        """Train a run that has ended for so many steps more than it has taken."""
        if self.run is not None and self.can_train_further():
            total = max(self.progress.step, self.run.step) + steps
            self.resume(replace(self.run, plan=replace(self.run.plan, steps=total)), models)

    def attach(self, folder: Path) -> None:
        """Show the run in a folder, unless another is in progress; follow it if a trainer works on it."""
        self._open(partial(open_run, folder), self._on_not_opened)

    def pause(self) -> None:
        """Pause the run after its current step; it keeps its state in memory."""
        if self._phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING):
            self._send(Command.PAUSE)

    def continue_training(self) -> None:
        """Go on with a run that is paused, for whatever reason."""
        if self._phase == TrainingPhase.PAUSED:
            self._send(Command.CONTINUE)

    def stop(self) -> None:
        """Stop the run after its current step, with a checkpoint and a model."""
        if self._phase in (TrainingPhase.PREPARING, TrainingPhase.TRAINING, TrainingPhase.PAUSED):
            self._stop_requested = True
            self._send(Command.STOP)
            self._set_phase(TrainingPhase.STOPPING)

    def discard(self) -> None:
        """End the run without a model, and delete what it has written; also a run that has ended.

        Of a run that was made elsewhere nothing is deleted.
        """
        if self.run is None or self._is_opening or self.is_keeping or self._is_discarding:
            return
        self._is_discarding = True
        if self.is_running():
            self._send(Command.DISCARD)
            self._set_phase(TrainingPhase.STOPPING)
            if self._attachment is not None:
                QTimer.singleShot(DISCARD_TIMEOUT_MS, self._attachment, self._attachment.kill)
        else:
            self._forget()

    def keep(self, *, keeps_run: bool = False) -> None:
        """Install the model of the run that has ended, and delete the run unless `keeps_run`.

        Sets `model` and emits `model_installed`, or sets `failure`; the model then stays with its run.
        """
        if self.run is None or self.result is None or self.is_keeping:
            return
        self.failure = None
        self._keeping.keep(self.run, self.result, keeps_run=keeps_run)
        self.runs_changed.emit()

    def mark_seen(self) -> None:
        """The user has seen how the run ended; noted on disk, so that the next start does not tell it."""
        if self.is_end_seen or self._phase not in (TrainingPhase.DONE, TrainingPhase.FAILED):
            return
        self.is_end_seen = True
        self.runs_changed.emit()
        if self.run is not None and self.run.is_own and self._attachment is not None:
            self.run = replace(self.run, is_seen=True)
            self._keeping.note(self.run)

    def detach(self) -> None:
        """Show the run no longer; training goes on."""
        self._close_attachment()
        self._is_opening = False
        self.run = None
        self._set_phase(TrainingPhase.CHOOSE)

    @Slot()
    def shut_down(self) -> None:
        """Stop everything but a run, for quitting the app: training goes on, and the next start finds it."""
        if self._is_shut_down:
            return
        self._is_shut_down = True
        self.probe.shut_down()
        self.dataset.clear()
        self._keeping.cancel()
        self._close_attachment()
        for background in (self._background, self._run_background):
            background.close()
        self.run_list.close()

    def _send(self, command: Command) -> None:
        if self._attachment is not None:
            self._attachment.send(command)

    def _launch(self, make: Callable[[], TrainingRun]) -> None:
        self._open(partial(launch_run, make, self._program), self._fail)

    def _open(self, work: Callable[[], OpenRun], failed: Callable[[ErrorReport], None]) -> None:
        if self.is_running() or self.is_keeping or self._is_shut_down:
            return
        self.probe.stop()
        self._close_attachment()
        self._is_opening = True
        self._run_background.submit(work, self._on_opened, failed)

    def _on_not_opened(self, report: ErrorReport) -> None:
        self._is_opening = False
        self.refused.emit(report)

    def _on_opened(self, opened: OpenRun) -> None:
        if self._is_shut_down:
            opened.close()
            return
        self._is_opening = self._is_discarding = self._stop_requested = False
        self.outcome = self.failure = self.result = self.model = None
        self.run, self._history, self.is_end_seen = opened.run, opened.history, opened.run.is_seen
        self._attachment = RunAttachment(opened, self._run_background, self)
        self._attachment.looked.connect(self._on_looked)
        self._attachment.woke.connect(self.woke)
        self._attachment.refused.connect(self.refused)
        if opened.trainer is not None:
            self._set_phase(TrainingPhase.PREPARING)
        else:
            self._phase = TrainingPhase.CHOOSE  # left at the first look, also if the run before ended alike
        self.progressed.emit()
        self._attachment.start()

    @Slot()
    def _on_dataset_changed(self) -> None:
        if self.dataset.findings is None:
            self.probe.stop()
        if not self.is_running():
            self._set_phase(TrainingPhase.CHECKED if self.dataset.findings else TrainingPhase.CHOOSE)

    @Slot(object)
    def _on_looked(self, look: RunLook) -> None:
        assert self.run is not None
        self._history.take(look.events)
        if look.disk is not None:
            self.progress.disk = look.disk
        step = self._history.checkpoint.step if self._history.checkpoint else self.run.step
        self.run = replace(self.run, warnings=tuple(self._history.warnings), step=step)
        if not look.is_trained:
            self._on_ended(look)
        elif self._phase != TrainingPhase.STOPPING:
            self._set_phase(self._working_phase())
        self.progressed.emit()

    def _working_phase(self) -> TrainingPhase:
        if self.progress.pause is not None:
            return TrainingPhase.PAUSED
        return TrainingPhase.TRAINING if self._history.has_started else TrainingPhase.PREPARING

    def _on_ended(self, look: RunLook) -> None:
        """Show the outcome of the run; delete a run that has failed before it had anything to go on from."""
        assert self.run is not None
        self.outcome = outcome = outcome_of(
            self.run, self._history, look, stop_requested=self._stop_requested or self._is_discarding
        )
        if self._is_discarding:
            self._forget()
            return
        self.result = outcome.result
        if outcome.result is None and outcome.is_complete and self.run.kept is not None:
            self._keeping.find(self.run)
        has_seen_end = look.exit_code is not None or self._stop_requested
        if outcome.leaves_nothing and has_seen_end and self.run.is_own:
            self._close_attachment()
            self._run_background.submit(partial(forget_run, self.run), self._show_end, self._fail)
        else:
            self._show_end()

    def _show_end(self, _: None = None) -> None:
        assert self.outcome is not None
        self.failure = self.outcome.failure
        self._set_phase(TrainingPhase.DONE if self.failure is None else TrainingPhase.FAILED)
        self.run_list.reload()

    def _forget(self) -> None:
        assert self.run is not None
        self._close_attachment()
        forget = partial(forget_run, self.run) if self.run.is_own else lambda: None
        self._run_background.submit(forget, self._on_discarded, self._fail)

    def _on_discarded(self, _: None) -> None:
        self._is_discarding = False
        self._phase = TrainingPhase.DONE  # so that it can be cleared
        self.clear_run()

    @Slot(object, bool)
    def _on_kept(self, model: ModelCard, keeps_run: bool) -> None:
        self.model, self.result = model, None
        if not keeps_run:
            self._close_attachment()
            self.progress.disk = 0
        if self.run is not None:
            kept = replace(self.run, kept=model.path)
            self.run = kept if keeps_run else replace(kept, step=0)
        self.runs_changed.emit()
        self.model_installed.emit(model.path)
        self.run_list.reload()

    @Slot(object)
    def _on_kept_found(self, model: ModelCard) -> None:
        self.model = model
        self.runs_changed.emit()

    @Slot(object)
    def _on_not_kept(self, report: ErrorReport) -> None:
        self.failure = report
        self.runs_changed.emit()

    def _fail(self, report: ErrorReport) -> None:
        self._is_opening = self._is_discarding = self.is_end_seen = False
        self._close_attachment()
        self.failure = report
        self._set_phase(TrainingPhase.FAILED)
        self.run_list.reload()

    def _close_attachment(self) -> None:
        if self._attachment is not None:
            self._attachment.close()
            self._attachment.deleteLater()
            self._attachment = None
