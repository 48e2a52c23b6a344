"""What was found in a folder: how many pairs, what they teach, what they look like, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.theme import set_icon
from ip2p_desktop.training.dataset_choice import Findings, Thumbnails
from ip2p_desktop.training.pair_strip import PairStrip
from ip2p_desktop.training.surfaces import Surface, body_label
from ip2p_desktop.training.texts import (
    entries_left_out,
    instructions_found,
    more_entries,
    pairs_found,
    remarks_made,
)

if TYPE_CHECKING:
    from trainer.datasets.report import Report

INSTRUCTIONS_SHOWN = 5
PROBLEMS_SHOWN = 20


class FindingsView(Surface):
    """First a busy bar, then the findings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings")
        self.heading = body_label("", role="section")
        self.heading.setObjectName("pairs_found")
        self.busy = QProgressBar(minimum=0, maximum=0, textVisible=False)
        self.busy.setAccessibleName(self.tr("Looking for pairs"))
        self.strip = PairStrip()
        self.instructions = body_label("")
        self.instructions.setObjectName("instructions_found")
        self.problems = Problems("problems", entries_left_out)
        self.remarks = Problems("remarks", remarks_made)
        for widget in (
            *(self.heading, self.busy, self.strip, self.instructions),
            *(self.problems, self.remarks),
        ):
            self.column.addWidget(widget)

    def show_search(self) -> None:
        self.heading.setText(self.tr("Looking for pairs…"))
        self.busy.show()
        self.strip.expect(0)
        self.instructions.hide()
        self.problems.show_problems(())
        self.remarks.show_problems(())

    def show_findings(self, findings: Findings) -> None:
        self.heading.setText(pairs_found(len(findings.listing.pairs)))
        self.busy.hide()
        self.strip.expect(len(findings.examples))
        self.instructions.setText(instructions_found(findings.instructions, INSTRUCTIONS_SHOWN))
        self.instructions.show()
        self.problems.show_problems(findings.listing.problems)

    def show_thumbnails(self, thumbnails: Sequence[Thumbnails]) -> None:
        self.strip.show_pairs(thumbnails)

    def show_report(self, report: Report | None) -> None:
        self.remarks.show_problems(report.remarks if report is not None else ())


class Problems(QWidget):
    """Sentences about the pairs, folded away behind their number."""

    def __init__(self, name: str, heading: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = heading
        self.button = QPushButton()
        self.button.setObjectName(f"{name}_button")
        self.button.setProperty("role", "disclosure")
        self.button.setStyleSheet("QPushButton { padding-left: 0; }")
        self.button.setCheckable(True)
        self.list = body_label("", role="hint")
        self.list.setObjectName(f"{name}_list")
        self.list.setContentsMargins(28, 0, 0, 0)
        self.button.toggled.connect(self._unfold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.button)
        column.addWidget(self.list)
        self.show_problems(())

    def show_problems(self, problems: Sequence[str]) -> None:
        shown = list(problems[:PROBLEMS_SHOWN])
        if len(problems) > len(shown):
            shown.append(more_entries(len(problems) - len(shown)))
        self.button.setText(self._heading(len(problems)))
        self.button.setAccessibleName(self.button.text())
        self.list.setText("\n".join(shown))
        self.button.setChecked(False)
        self._unfold(False)
        self.setVisible(bool(problems))

    def _unfold(self, is_open: bool) -> None:
        self.list.setVisible(is_open)
        set_icon(self.button, "chevron-down" if is_open else "chevron-right")
