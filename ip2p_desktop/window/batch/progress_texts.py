"""How far a batch is, as text for the dialog, the header and notices."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from engine.batch.journal import BatchCounts
from ip2p_desktop.base.durations import Durations
from ip2p_desktop.editing.batch.batch_runner import BatchPhase, BatchRunner


class BatchTexts(QObject):
    """A class of Qt, for its translations."""

    def title(self, runner: BatchRunner) -> str:
        """What the batch does, as a title."""
        counts = self.counts(runner)
        match runner.phase:
            case BatchPhase.PAUSED:
                return self.tr("Paused")
            case BatchPhase.ENDED if counts.failed:
                return self.tr("Done, except %n photo(s)", "", counts.failed)
            case BatchPhase.ENDED:
                return self.tr("All photos are edited")
        return self.tr("Editing %n photo(s)", "", counts.total - counts.skipped)

    def amount(self, runner: BatchRunner) -> str:
        """For example "12 of 30 · 2 failed · about 3 minutes left"."""
        counts = self.counts(runner)
        parts = [self._done(counts)]
        parts += [self.tr("%n failed", "", counts.failed)] if counts.failed else []
        parts += [self.tr("%n skipped", "", counts.skipped)] if counts.skipped else []
        parts.append(Durations().time_left(runner.seconds_left) if counts.waiting else "")
        return " · ".join(filter(None, parts))

    def current(self, runner: BatchRunner) -> str:
        """The photo being edited, or why none is."""
        if runner.is_waiting_for_edits:
            return self.tr("Waiting for the edit in the window, which goes first")
        return runner.current_name

    def badge(self, runner: BatchRunner) -> str:
        """The text of the button in the header."""
        counts = self.counts(runner)
        return f"{counts.done + counts.failed}/{counts.total - counts.skipped}"

    def result(self, runner: BatchRunner) -> str:
        """What a finished batch has made, as a sentence."""
        counts = self.counts(runner)
        if counts.failed:
            text = self.tr("The batch is done: {done} photos edited, {failed} failed.")
            return text.format(done=counts.done, failed=counts.failed)
        return self.tr("The batch is done: %n photo(s) edited.", "", counts.done)

    def interrupted(self, counts: BatchCounts) -> str:
        """The sentence about a batch that an earlier run of the program left."""
        text = self.tr("A batch of {total} photos was interrupted after {done}.")
        return text.format(total=counts.total - counts.skipped, done=counts.done + counts.failed)

    def counts(self, runner: BatchRunner) -> BatchCounts:
        """The numbers of the batch; zeros if there is none."""
        if runner.journal is None:
            return BatchCounts(total=0, done=0, failed=0, skipped=0)
        return runner.journal.counts

    def _done(self, counts: BatchCounts) -> str:
        text = self.tr("{done} of {total}")
        return text.format(done=counts.done + counts.failed, total=counts.total - counts.skipped)


def results_folder(runner: BatchRunner) -> Path | None:
    """The folder of the first result; None if there is no batch."""
    journal = runner.journal
    return journal.items[0].output.parent if journal is not None and journal.items else None
