"""What a judgement found, in words."""

from __future__ import annotations

from PySide6.QtCore import QObject

from trainer.judging.judging_events import JudgingFinished


class JudgementTexts(QObject):
    """Texts of the page of a result; a class of Qt, for its plurals."""

    def follows(self, found: JudgingFinished) -> str:
        """How many pairs follow the new instruction; empty if none was judged."""
        if not found.pairs:
            return ""
        count = self.of_pictures(found.following, found.pairs)
        if found.held_back:
            return self.tr("Follows the new instruction on {count} that training never saw.").format(
                count=count
            )
        return self.tr("Follows the new instruction on {count} of the training; none was held back.").format(
            count=count
        )

    def of_pictures(self, count: int, total: int) -> str:
        """So many of all pictures."""
        return self.tr("{count} of %Ln picture(s)", "", total).format(count=count)

    def old_edits(self, found: JudgingFinished) -> str:
        """How many of the old edits still work; empty if none was tried."""
        if not found.old:
            return ""
        return self.tr("Of %Ln old edit(s), {count} still work.", "", found.old).format(count=found.working)

    def summary(self, found: JudgingFinished) -> str:
        """All that was found, in two sentences."""
        parts = [self.follows(found), self.old_edits(found)]
        if not found.complete:
            parts.append(self.tr("Not all was tried."))
        return " ".join(part for part in parts if part) or self.tr("There was nothing to judge it by.")

    def judging(self, done: int, total: int) -> str:
        """What is being done."""
        if not total:
            return self.tr("Trying the new model…")
        return self.tr("Trying the new model: {done} of {total} edits").format(done=done, total=total)

    def chosen(self, step: int, last: int) -> str:
        """A step of the run."""
        if step == last:
            return self.tr("All {step} steps").format(step=step)
        return self.tr("After {step} of {last} steps").format(step=step, last=last)

    def strength(self, strength: float) -> str:
        """A strength of the training in percent."""
        return self.tr("{percent} %").format(percent=round(strength * 100))
