"""The end of a training run, and the sentence that describes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from engine.errors import ErrorReport
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.training.runs.run_attachment import RunLook
from ip2p_desktop.training.runs.run_history import RunHistory
from ip2p_desktop.training.runs.training_crash import TrainingCrashed, crashed
from ip2p_desktop.training.runs.training_runs import TrainingRun
from trainer.protocol.events import TrainingFailed, TrainingFinished


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingResult:
    """The exported model of a run, before it is kept."""

    folder: Path
    step: int
    """Number of steps the model was trained for."""
    total_steps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingOutcome:
    """The state of a run after its trainer has ended."""

    result: TrainingResult | None = None
    saved_step: int = 0
    """Step of the last checkpoint; 0 if there is none to go on from."""
    is_complete: bool = False
    """Whether all steps are done."""
    failure: ErrorReport | None = None

    @property
    def can_resume(self) -> bool:
        """Whether there are steps left, and something to go on from; a crash may have left its caches."""
        return not self.is_complete and (self.saved_step > 0 or self._is_crash)

    @property
    def leaves_nothing(self) -> bool:
        """Whether the run ended before it had made anything of use."""
        return not (self.is_complete or self.saved_step or self.result or self._is_crash)

    @property
    def _is_crash(self) -> bool:
        return self.failure is not None and self.failure.kind == TrainingCrashed.kind

    @property
    def is_stopped_early(self) -> bool:
        """Whether there is a model, but not of all steps."""
        return self.result is not None and not self.is_complete

    def sentence(self) -> str:
        """The outcome as a sentence for the user."""
        if self.failure is not None:
            return str(error_text(self.failure))
        if self.is_complete:
            return QCoreApplication.translate("TrainingOutcome", "All steps are done.")
        if self.result is not None:
            sentence = QCoreApplication.translate("TrainingOutcome", "Stopped after step {step} of {total}.")
            step, total = map(QLocale().toString, (self.result.step, self.result.total_steps))
            return sentence.format(step=step, total=total)
        if self.saved_step:
            return QCoreApplication.translate(
                "TrainingOutcome", "Stopped. Training can be resumed from the last saved step."
            )
        return QCoreApplication.translate("TrainingOutcome", "Stopped before anything was saved.")


def outcome_of(
    run: TrainingRun, history: RunHistory, look: RunLook, *, stop_requested: bool
) -> TrainingOutcome:
    """The outcome of a run whose trainer has ended, as the last look at it found."""
    end, total = history.end, history.progress.total_steps or run.plan.steps
    if end is None and look.failure is not None:
        end = look.failure
    failure, is_complete, result = None, False, None
    if isinstance(end, TrainingFinished):
        is_complete = not end.stopped
        if look.has_model and end.step > 0:
            result = TrainingResult(
                folder=run.folder / "model", step=end.step, total_steps=end.step if is_complete else total
            )
    elif isinstance(end, TrainingFailed):
        failure = end.report()
    elif history.has_events and not (stop_requested and look.exit_code is not None):
        failure = crashed(look.exit_code).report()
    return TrainingOutcome(result=result, saved_step=run.step, is_complete=is_complete, failure=failure)
