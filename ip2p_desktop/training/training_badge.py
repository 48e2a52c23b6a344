"""What the badge of training in the main window says."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from ip2p_desktop.base.durations import Durations
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.training.training_texts import TrainingTexts


@dataclass(frozen=True, slots=True)
class TrainingBadge:
    """The text of the badge; empty texts hide it."""

    text: str = ""
    short_text: str = ""
    """For a narrow window."""
    details: str = ""
    """A sentence for the tooltip and for screen readers."""
    is_failure: bool = False


class TrainingBadgeTexts(QObject):
    """A class of Qt, for the translation."""

    def badge(self, session: TrainingSession) -> TrainingBadge:
        """The badge for the present state of a session."""
        name = session.run.plan.name if session.run is not None else ""
        match session.phase:
            case TrainingPhase.PREPARING:
                details = TrainingTexts().preparing(session.progress.preparing)
                return self._badge(name, self.tr("Preparing…"), "…", details)
            case TrainingPhase.TRAINING:
                return self._training(name, session)
            case TrainingPhase.PAUSED:
                text = self.tr("Paused at {percent} %").format(percent=self._percent(session))
                return self._badge(name, text, self.tr("Paused"), text)
            case TrainingPhase.STOPPING:
                text = self.tr("Stopping…")
                return self._badge(name, text, "…", text)
            case TrainingPhase.DONE if session.result is not None:
                text = self.tr("Model ready")
                return self._badge(name, text, self.tr("Ready"), self.tr("The model is ready."))
            case TrainingPhase.FAILED if not session.is_end_seen:
                text = self.tr("Training failed")
                details = str(session.failure) if session.failure else text
                return TrainingBadge(text, self.tr("Failed"), self._details(name, details), is_failure=True)
            case _:
                return TrainingBadge()

    def _training(self, name: str, session: TrainingSession) -> TrainingBadge:
        percent = self.tr("{percent} %").format(percent=self._percent(session))
        seconds = session.progress.seconds_left
        text = percent if seconds is None else f"{percent} · {Durations().about(seconds)}"
        steps = TrainingTexts().steps_done(session.progress.step, session.progress.total_steps)
        details = " · ".join(filter(None, [steps, Durations().time_left(seconds)]))
        return self._badge(name, text, percent, details)

    def _percent(self, session: TrainingSession) -> int:
        progress = session.progress
        return int(100 * progress.step / progress.total_steps) if progress.total_steps else 0

    def _badge(self, name: str, text: str, short_text: str, details: str) -> TrainingBadge:
        return TrainingBadge(text, short_text, self._details(name, details))

    def _details(self, name: str, details: str) -> str:
        title = self.tr("Training “{name}”").format(name=name)
        return f"{title} · {details}"
