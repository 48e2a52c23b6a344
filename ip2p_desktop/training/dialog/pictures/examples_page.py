"""First page: the dataset."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ip2p_desktop.training.dialog.pictures.column_mapping import ColumnMapping
from ip2p_desktop.training.dialog.pictures.findings_view import FindingsView
from ip2p_desktop.training.dialog.pictures.instruction_question import InstructionQuestion
from ip2p_desktop.training.dialog.pictures.sources.picture_sources import PictureSources
from ip2p_desktop.training.pictures.column_search import ColumnSearch
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.surfaces import Notice, body_label
from trainer.datasets import SkipReason


class ExamplesPage(DialogPage):
    """Takes pictures in several ways, and shows what was found in them."""

    dataset_chosen = Signal(Path)
    """A folder of pairs, or a zip of one."""
    instruction_given = Signal(str)
    """What was changed in pairs without a text."""

    def __init__(self, dataset: DatasetChoice, parent: QWidget | None = None) -> None:
        super().__init__("examples_page", "", parent)
        self._dataset = dataset
        self.title.setText(self.tr("Teach a new edit"))
        self.sources = PictureSources()
        self.sources.dataset_chosen.connect(self.dataset_chosen)
        self.sources.cleared.connect(dataset.clear)
        self.drop, self.example = self.sources.drop, self.sources.example
        self.column_search = ColumnSearch(dataset, self)
        self.columns = ColumnMapping()
        self.columns.chosen.connect(self.column_search.use)
        self.column_search.changed.connect(self.refresh)
        self.notice = Notice()
        self.notice.setObjectName("dataset_notice")
        self.question = InstructionQuestion()
        self.question.answered.connect(self._on_answered)
        self.findings = FindingsView(dataset)
        explanation = self.tr(
            "Give photos from before and after a change, and the change in words. "
            "A model is trained to make the same change to your other photos."
        )
        self.explanation = body_label(explanation)
        self.column.addWidget(self.explanation)
        for part in (self.sources, self.notice, self.columns, self.question, self.findings):
            self.column.addWidget(part)
        self.column.setStretchFactor(self.findings, 100)
        self.column.addStretch(1)
        self.runs_button = self.add_button("show_runs", "")
        self.runs_button.hide()
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_examples", self.tr("Close"))
        self.next_button = self.add_button("next", self.tr("&Next"), role="primary")
        dataset.changed.connect(self.refresh)
        dataset.report_changed.connect(self._refresh_next)
        dataset.check_progressed.connect(self._refresh_next)
        dataset.gallery.repairs_changed.connect(self._refresh_next)
        self.refresh()

    def refresh(self) -> None:
        """Show the state of the dataset choice."""
        dataset = self._dataset
        self.sources.show_dataset(dataset.path)
        found = self.column_search.found if dataset.findings is None else None
        self.columns.show_columns(found)
        is_asking = dataset.needs_instruction()
        if is_asking and self.question.isHidden():
            self.question.show()
            self.question.box.setFocus()
        self.question.setVisible(is_asking)
        self.question.show_count(_wordless_pairs(dataset))
        self.question.show_instruction(dataset.instruction)
        self.notice.show_report(None if is_asking or found is not None else dataset.failure)
        self.explanation.setVisible(dataset.findings is None)
        self.findings.refresh()
        if dataset.failure is not None and not is_asking and found is None:
            self.example.show()
        self._refresh_next()

    def _refresh_next(self) -> None:
        dataset = self._dataset
        is_there = dataset.findings is not None and dataset.check_failure is None
        self.next_button.setEnabled(is_there and dataset.usable() > 0)

    def _on_answered(self, instruction: str) -> None:
        if self._dataset.path is not None:
            self.sources.library.give_words(self._dataset.path, instruction.splitlines())
        self.instruction_given.emit(instruction)

    def shut_down(self) -> None:
        """Wait until what is being written is written, and cancel the rest."""
        self.findings.panel.shut_down()
        self.sources.shut_down()
        self.column_search.shut_down()


def _wordless_pairs(dataset: DatasetChoice) -> int:
    """The number of pairs without a text; 0 if it is not known."""
    if dataset.failure is not None:
        return int(dataset.failure.values.get("count", 0))
    if dataset.findings is None:
        return 0
    listing = dataset.findings.listing
    if dataset.instruction:
        words = tuple(dataset.instruction.splitlines())
        return sum(pair.instructions == words for pair in listing.pairs)
    return sum(entry.reason == SkipReason.NO_INSTRUCTION for entry in listing.skipped)
