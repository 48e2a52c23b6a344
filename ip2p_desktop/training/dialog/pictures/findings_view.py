"""The findings in a dataset: number of pairs, instructions, examples and problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QWidget

from ip2p_desktop.training.dialog.folded_sentences import FoldedSentences
from ip2p_desktop.training.dialog.pictures.pair_strip import PairStrip
from ip2p_desktop.training.pictures.dataset_choice import Findings, Thumbnails
from ip2p_desktop.training.training_texts import TrainingTexts
from ip2p_desktop.widgets.surfaces import Surface, body_label

if TYPE_CHECKING:
    from trainer.datasets.checking.report import DatasetReport

INSTRUCTIONS_SHOWN = 5


class FindingsView(Surface):
    """Shows a busy bar during the search, then the findings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self._texts = TrainingTexts()
        self.heading = body_label("", role="section")
        self.heading.setObjectName("pairs_found")
        self.busy = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.busy.setAccessibleName(self.tr("Looking for pairs"))
        self.strip = PairStrip()
        self.instructions = body_label("")
        self.instructions.setObjectName("instructions_found")
        self.problems = FoldedSentences("problems", self._texts.entries_left_out)
        self.remarks = FoldedSentences("remarks", self._texts.remarks_made)
        for widget in (
            *(self.heading, self.busy, self.strip, self.instructions),
            *(self.problems, self.remarks),
        ):
            self.column.addWidget(widget)

    def show_search(self) -> None:
        """Show that the search is running."""
        self.heading.setText(self.tr("Looking for pairs…"))
        self.busy.show()
        self.strip.reserve(0)
        self.instructions.hide()
        self.problems.show_sentences(())
        self.remarks.show_sentences(())

    def show_findings(self, findings: Findings) -> None:
        """Show the pairs, instructions and problems that were found."""
        self.heading.setText(self._texts.pairs_found(len(findings.listing.pairs)))
        self.busy.hide()
        self.strip.reserve(len(findings.examples))
        instructions = self._texts.instructions_found(findings.instructions, INSTRUCTIONS_SHOWN)
        self.instructions.setText(instructions)
        self.instructions.show()
        self.problems.show_sentences(findings.listing.problems)

    def show_thumbnails(self, thumbnails: Sequence[Thumbnails]) -> None:
        """Show the examples."""
        self.strip.show_pairs(thumbnails)

    def show_report(self, report: DatasetReport | None) -> None:
        """Show the remarks of the check of all images; none if the report is None."""
        self.remarks.show_sentences(report.remarks if report is not None else ())
