"""The end of a training run, and the sentence that describes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from engine.errors import EngineError, ErrorReport
from ip2p_desktop.base.error_texts import error_text


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingResult:
    """The exported model of a run, before it is kept."""

    folder: Path
    step: int
    """Number of steps the model was trained for."""
    total_steps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingOutcome:
    """The state of a run after its process has ended."""

    exit_code: int
    stop_requested: bool
    last_checkpoint: Path | None = None
    model: Path | None = None
    """Folder of the exported model; None if there is none."""
    step: int = 0
    """Number of steps the exported model was trained for."""
    total_steps: int = 0
    failure: ErrorReport | None = None

    def was_successful(self) -> bool:
        """Whether there is a model that can be used."""
        return self.model is not None and self.failure is None

    def is_complete(self) -> bool:
        """Whether all steps are done, so that the run cannot be resumed."""
        return self.was_successful() and self.step >= self.total_steps

    def sentence(self) -> str:
        """The outcome as a sentence for the user."""
        if self.failure is not None:
            return str(error_text(self.failure))
        if self.is_complete():
            return QCoreApplication.translate("TrainingOutcome", "All steps are done.")
        if self.was_successful() and self.step:
            sentence = QCoreApplication.translate(
                "TrainingOutcome", "Stopped after step {step}. The model of that step is kept."
            )
            return sentence.format(step=QLocale().toString(self.step))
        if self.last_checkpoint is not None:
            return QCoreApplication.translate(
                "TrainingOutcome", "Stopped. Training can be resumed from the last saved step."
            )
        return QCoreApplication.translate("TrainingOutcome", "Stopped before anything was saved.")


class TrainingCrashed(EngineError):
    """The process of the trainer ended without a word, or did not start."""

    kind = "crash"


def crash_report(exit_code: int, *, was_killed: bool) -> ErrorReport:
    """The error of a process that ended without an error event."""
    if was_killed:
        return TrainingCrashed(
            "crash.killed",
            "The system ended the training program.",
            "Perhaps the memory was full: close other programs and try again.",
        ).report()
    return TrainingCrashed(
        "crash.ended",
        "The training program ended unexpectedly (exit code {code}).",
        "Try again; if it happens again, see the log file.",
        code=exit_code,
    ).report()


def not_started_report(reason: str) -> ErrorReport:
    """The error of a process that could not be started."""
    return TrainingCrashed(
        "crash.not-started",
        "The training program could not be started ({reason}).",
        "Install the program again if this keeps happening.",
        reason=reason,
    ).report()
