"""Sentences with numbers in them: counts, steps and stages of training."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject

from ip2p_desktop.base.error_texts import error_text
from trainer.protocol.events import PreparationProgressed, WarningRaised


class TrainingTexts(QObject):
    """Texts of the training dialog; a class of Qt, for its plurals."""

    def pairs_found(self, count: int) -> str:
        """The number of pairs found."""
        return self.tr("%Ln pair(s) found", "", count)

    def pairs_usable(self, count: int) -> str:
        """The number of pairs that are trained on, after all were checked."""
        return self.tr("%Ln pair(s) can be trained on.", "", count)

    def earlier_warnings(self, count: int) -> str:
        """The number of earlier warnings."""
        return self.tr("%Ln earlier note(s)", "", count)

    def more_entries(self, count: int) -> str:
        """The number of entries that are not listed."""
        return self.tr("and %Ln more", "", count)

    def steps(self, count: int) -> str:
        """A number of steps."""
        return self.tr("%Ln step(s)", "", count)

    def steps_done(self, step: int, total: int) -> str:
        """The current step and the number of steps."""
        return self.tr("Step {step} of {total}").format(step=with_groups(step), total=with_groups(total))

    def preparing(self, event: PreparationProgressed | None) -> str:
        """The stage before the first step; one without a text here is shown by the trainer's name for it."""
        if event is None:
            return self.tr("Getting ready…")
        known = {
            "reading dataset": self.tr("Reading the pairs…"),
            "checking pairs": self.tr("Checking the photos…"),
            "comparing pictures": self.tr("Checking the photos…"),
            "caching": self.tr("Preparing the photos…"),
            "replaying": self.tr("Preparing edits that the model knows…"),
            "loading libraries": self.tr("Getting ready…"),
            "compiling": self.tr("Compiling the model…"),
            "loading model": self.tr("Loading the model to start from…"),
        }
        return known.get(event.stage, self.tr("Getting ready: {stage}…").format(stage=event.stage))


def with_groups(number: int) -> str:
    """A whole number with the group separators of the locale."""
    return QLocale().toString(number)


def warning(event: WarningRaised) -> str:
    """The message and the advice of a warning."""
    return str(error_text(event.report()))
