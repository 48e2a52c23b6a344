"""Texts about the runs in the list."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QObject

from engine.files.disk_space import size_text
from ip2p_desktop.training.runs.run_list import RunState, RunSummary
from ip2p_desktop.training.training_texts import with_groups


class RunTexts(QObject):
    """A class of Qt, for its plurals."""

    def state(self, summary: RunSummary) -> str:
        """What became of a run."""
        steps = self.tr("step {step} of {total}").format(
            step=with_groups(summary.step), total=with_groups(summary.run.plan.steps)
        )
        is_complete = summary.step >= summary.run.plan.steps
        match summary.state:
            case RunState.TRAINING if summary.step:
                text = self.tr("Training, {steps}")
            case RunState.TRAINING:
                text = self.tr("Getting ready")
            case RunState.PAUSED:
                text = self.tr("Paused at {steps}")
            case RunState.IN_USE:
                text = self.tr("Open in another window of this program")
            case RunState.STOPPED:
                text = self.tr("Stopped at {steps}")
            case RunState.CRASHED if not summary.step:
                text = self.tr("Ended unexpectedly before the first step")
            case RunState.CRASHED:
                text = self.tr("Ended unexpectedly at {steps}")
            case RunState.FAILED:
                text = self.tr("Failed at {steps}: {reason}")
            case RunState.READY if is_complete:
                text = self.tr("Finished; its model is not kept yet")
            case RunState.READY:
                text = self.tr("Stopped at {steps}; its model is not kept yet")
            case RunState.KEPT:
                text = self.tr("Model kept; it can be trained further")
        return text.format(steps=steps, reason=summary.failure)

    def details(self, summary: RunSummary) -> str:
        """Date, disk use and dataset of a run."""
        moment = QDateTime.fromSecsSinceEpoch(int(summary.changed))
        date = QLocale().toString(moment, QLocale.FormatType.ShortFormat)
        source = self.tr("from {folder}").format(folder=summary.run.plan.dataset.name)
        return " · ".join([date, size_text(summary.disk), source])

    def deletion(self, summary: RunSummary) -> str:
        """What is lost with a run."""
        match summary.state:
            case RunState.READY:
                return self.tr("Its model was not kept, and is deleted too.")
            case RunState.KEPT:
                return self.tr("It cannot be trained further afterwards. The model that you kept stays.")
            case _:
                return self.tr("It cannot be resumed afterwards. Models that you kept stay.")

    def total(self, count: int, disk: int) -> str:
        """How many runs there are, and how much they take."""
        return self.tr("%Ln training(s), {size} on this disk", "", count).format(size=size_text(disk))

    def clean_up(self, count: int) -> str:
        """What is deleted by cleaning up."""
        return self.tr(
            "%Ln training(s) whose model is kept, or that saved nothing, are deleted. Kept models stay.",
            "",
            count,
        )

    def link(self, count: int) -> str:
        """The text of the button that opens the list."""
        return self.tr("Earlier &trainings ({count})…").format(count=with_groups(count))
