"""Sentences with numbers in them: counts, steps and stages of training."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QObject

from ip2p_desktop.base.error_texts import error_text
from trainer.protocol.events import PreparationProgressed, WarningRaised


class TrainingTexts(QObject):
    """A class of Qt, for its plurals."""

    def pairs_found(self, count: int) -> str:
        return self.tr("%Ln pair(s) found", "", count)

    def entries_left_out(self, count: int) -> str:
        return self.tr("%Ln entry(s) left out", "", count)

    def remarks_made(self, count: int) -> str:
        return self.tr("%Ln thing(s) to look at", "", count)

    def earlier_warnings(self, count: int) -> str:
        return self.tr("%Ln earlier note(s)", "", count)

    def more_entries(self, count: int) -> str:
        return self.tr("and %Ln more", "", count)

    def steps(self, count: int) -> str:
        return self.tr("%Ln step(s)", "", count)

    def steps_done(self, step: int, total: int) -> str:
        return self.tr("Step {step} of {total}").format(step=with_groups(step), total=with_groups(total))

    def instructions_found(self, instructions: tuple[str, ...], shown: int) -> str:
        """The first instructions in quotation marks, and how many more there are."""
        quoted = [self.tr("“{instruction}”").format(instruction=text) for text in instructions[:shown]]
        hidden = len(instructions) - len(quoted)
        return "\n".join([*quoted, *([self.more_entries(hidden)] if hidden else [])])

    def preparing(self, event: PreparationProgressed | None) -> str:
        """What happens before the first step; the words of the trainer, where they are not known here."""
        if event is None:
            return self.tr("Getting ready…")
        known = {
            "reading dataset": self.tr("Reading the pairs…"),
            "checking pairs": self.tr("Checking the photos…"),
            "comparing pictures": self.tr("Checking the photos…"),
            "caching": self.tr("Preparing the photos…"),
            "rehearsing": self.tr("Preparing edits that the model knows…"),
            "loading libraries": self.tr("Getting ready…"),
            "loading model": self.tr("Loading the model to start from…"),
        }
        return known.get(event.stage, self.tr("Getting ready: {stage}…").format(stage=event.stage))


def with_groups(number: int) -> str:
    """A whole number with its thousands apart, as the system writes it."""
    return QLocale().toString(number)


def warning(event: WarningRaised) -> str:
    """The trainer's sentences."""
    return str(error_text(event.report()))
