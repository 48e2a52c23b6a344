"""Sentences and numbers of the page of a run."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QLocale, QObject

from engine.files.disk_space import size_text
from ip2p_desktop.base.durations import MINUTE
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.base.preferences import DEVICE_LABELS
from ip2p_desktop.training.runs.training_phase import RUNNING_PHASES, TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.training.training_texts import TrainingTexts, with_groups
from trainer.protocol.events import TrainingPaused

SLOW = 0.95
"""Pairs a second below which the seconds of a pair are shown."""
NO_BREAK = "\N{NO-BREAK SPACE}"
LEAST_DISK = 1_000_000
"""Bytes below which the disk space of a run is not worth a word."""
BY_REQUEST = "request"
"""The reason of a pause that the user asked for."""
LATE_STEP = 50
"""From this step on, no first previews are promised any more."""


def fault_of(session: TrainingSession) -> TrainingPaused | None:
    """Why the run waits, if the user did not ask for it; None otherwise."""
    pause = session.progress.pause
    is_fault = session.phase == TrainingPhase.PAUSED and pause is not None and pause.reason != BY_REQUEST
    return pause if is_fault else None


def is_stopped_early(session: TrainingSession) -> bool:
    """Whether the run has a model that is not kept yet, and not of all steps."""
    outcome = session.outcome
    return session.model is None and outcome is not None and outcome.is_stopped_early


class ProgressTexts(QObject):
    """Texts of the page; a class of Qt, for their translation."""

    def title(self, session: TrainingSession) -> str:
        """The name of the run and its state."""
        name = session.run.plan.name if session.run else ""
        match session.phase:
            case TrainingPhase.DONE if is_stopped_early(session):
                return self.tr("“{name}” was stopped early").format(name=name)
            case TrainingPhase.DONE if session.result is not None or session.model is not None:
                return self.tr("“{name}” is ready").format(name=name)
            case TrainingPhase.DONE:
                return self.tr("Training was stopped")
            case TrainingPhase.FAILED:
                return self.tr("Training failed")
            case TrainingPhase.PAUSED:
                return self.tr("Training “{name}” is paused").format(name=name)
            case _:
                return self.tr("Training “{name}”").format(name=name)

    def sentence(self, session: TrainingSession) -> str:
        """What the run does."""
        progress = session.progress
        match session.phase:
            case TrainingPhase.STOPPING if session.is_discarding:
                return self.tr("Discarding: finishing this step and deleting the run…")
            case TrainingPhase.STOPPING if not progress.step:
                return self.tr("Stopping: ending what is being prepared. Nothing was trained yet.")
            case TrainingPhase.STOPPING if session.run and session.run.step >= progress.step:
                return self.tr("Stopping: step {step} is saved, and its model is being written.").format(
                    step=with_groups(progress.step)
                )
            case TrainingPhase.STOPPING:
                return self.tr("Stopping: finishing the current step, then saving. Nothing is lost.")
            case TrainingPhase.PAUSED if not progress.step:
                return self.tr("Paused before the first step. Nothing is lost.")
            case TrainingPhase.PAUSED:
                return self.tr("Paused at step {step} of {total}. Nothing is lost.").format(
                    step=with_groups(progress.step), total=with_groups(progress.total_steps)
                )
            case TrainingPhase.FAILED if session.is_resumable() and session.run and session.run.step:
                return self.tr("Step {step} is saved; training can go on from there.").format(
                    step=with_groups(session.run.step)
                )
            case TrainingPhase.FAILED:
                return self.tr("Nothing was saved.")
            case TrainingPhase.TRAINING if progress.step and progress.preparing is None:
                return TrainingTexts().steps_done(progress.step, progress.total_steps)
            case TrainingPhase.DONE if session.outcome is not None:
                return session.outcome.sentence()
            case _:
                return TrainingTexts().preparing(progress.preparing)

    def closing(self, phase: TrainingPhase) -> str:
        """What happens if the dialog is closed while there is a run; empty if nothing needs to be said."""
        match phase:
            case TrainingPhase.PREPARING | TrainingPhase.TRAINING:
                return self.tr("You may close this window; training continues.")
            case TrainingPhase.PAUSED:
                return self.tr("You may close this window; training stays paused.")
            case _:
                return ""

    def waited(self, seconds: float) -> str:
        """How long something has been waited for, for `seconds`."""
        if seconds < MINUTE:
            return self.tr("waiting for {seconds} s").format(seconds=int(seconds))
        text = self.tr("waiting for {minutes} min; a busy computer takes longer")
        return text.format(minutes=int(seconds / MINUTE))

    def facts(self, session: TrainingSession, free: int | None) -> str:
        """What the run needs, for a label that wraps between the facts; `free` are bytes of its disk."""
        return " · ".join(fact.replace(" ", NO_BREAK) for fact in self._facts(session, free))

    def _facts(self, session: TrainingSession, free: int | None) -> Iterator[str]:
        progress, event = session.progress, session.progress.preparing
        if event is not None and event.total and session.phase in RUNNING_PHASES:
            yield self.tr("{percent} % done").format(percent=100 * event.done // event.total)
        if progress.samples_per_second > 0 and event is None and session.phase == TrainingPhase.TRAINING:
            yield self._speed(progress.samples_per_second)
        if progress.memory:
            yield self.tr("{size} of memory").format(size=size_text(progress.memory))
        if progress.disk >= LEAST_DISK:
            yield self.tr("{size} on disk").format(size=size_text(progress.disk))
        if free is not None and session.phase in RUNNING_PHASES:
            yield self.tr("{size} of disk free").format(size=size_text(free))
        if progress.device:
            yield self._device(progress.device.partition(":")[0], progress.dtype)

    def _device(self, kind: str, dtype: str) -> str:
        """What the run computes on, and in which precision."""
        device = translate_marked("Preferences", DEVICE_LABELS.get(kind, kind))
        precisions = {
            "fp32": self.tr("full precision (fp32)"),
            "bf16": self.tr("half precision (bf16)"),
            "fp16": self.tr("half precision (fp16)"),
        }
        return f"{device}, {precisions.get(dtype, dtype)}" if dtype else device

    def _speed(self, pairs: float) -> str:
        """The pairs of a second, or the seconds of a pair where they are many."""
        if pairs < SLOW:
            seconds = QLocale().toString(1 / pairs, "f", 1 if pairs > 0.1 else 0)
            return self.tr("{seconds} s for a pair").format(seconds=seconds)
        return self.tr("{count} pairs a second").format(
            count=QLocale().toString(pairs, "f", 1 if pairs < 100 else 0)
        )

    def no_previews(self, session: TrainingSession) -> str:
        """When the first pictures will be there."""
        progress = session.progress
        if progress.previews and session.is_run_deleted:
            return self.tr("The model is kept. The pictures were deleted with the files of its training.")
        if session.phase not in RUNNING_PHASES:
            return self.tr("This training made no pictures.")
        if session.phase == TrainingPhase.STOPPING or progress.step >= LATE_STEP:
            return self.tr("There are no pictures yet.")
        if session.phase == TrainingPhase.PREPARING:
            return self.tr("The first pictures appear when training begins.")
        return self.tr("The first pictures appear after the first steps.")

    def go_on(self, step: int) -> str:
        """The button that resumes a run from a step; 0 if it begins again."""
        if not step:
            return self.tr("&Start again")
        return self.tr("Res&ume from step {step}").format(step=with_groups(step))
