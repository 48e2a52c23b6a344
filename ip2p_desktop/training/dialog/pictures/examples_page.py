"""First page: the dataset."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from ip2p_desktop.training.dialog.pictures.column_mapping import ColumnMapping
from ip2p_desktop.training.dialog.pictures.findings_view import FindingsView
from ip2p_desktop.training.dialog.pictures.instruction_question import InstructionQuestion
from ip2p_desktop.training.dialog.pictures.sources.picture_sources import PictureSources
from ip2p_desktop.training.pictures.column_search import ColumnSearch
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
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
        self.question.box.textChanged.connect(self._refresh_next)
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
        self.next_hint = named(body_label("", role="hint"), "next_hint")
        self.next_hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.buttons.addWidget(self.next_hint, 1)
        self.close_button = self.add_button("close_examples", self.tr("Close"))
        self.next_button = self.add_button("next", self.tr("&Next"), role="primary")
        dataset.changed.connect(self.refresh)
        dataset.report_changed.connect(self._refresh_next)
        dataset.check_progressed.connect(self._refresh_next)
        dataset.gallery.repairs_changed.connect(self._refresh_next)
        self.sources.way_changed.connect(self._show_way)
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
        self.question.show_instruction(dataset.instruction)
        self.question.show_count(_wordless_pairs(dataset))
        self.notice.show_report(None if is_asking or found is not None else dataset.failure)
        self.findings.refresh()
        self._show_way()
        if dataset.failure is not None and not is_asking and found is None:
            self.example.show()
        self._refresh_next()

    def _show_way(self) -> None:
        """A way that is open leads on with a button of its own."""
        self.explanation.setVisible(self._dataset.findings is None and self.sources.way is None)
        self.next_button.setVisible(self._dataset.path is not None)

    def _refresh_next(self) -> None:
        dataset = self._dataset
        is_there = dataset.findings is not None and dataset.check_failure is None
        self.next_button.setEnabled(is_there and dataset.usable() > 0)
        self.next_hint.setText(self._missing())

    def _missing(self) -> str:
        """What is to be done before the next page can be shown; empty if nothing, or if a notice says it."""
        dataset = self._dataset
        if dataset.findings is not None:
            is_told = dataset.usable() > 0 or dataset.check_failure is not None
            return "" if is_told else self.tr("There is no pair to train on. See “Left out”.")
        if self.columns.isVisibleTo(self):
            return self.tr("Choose the columns first.")
        if not dataset.needs_instruction():
            return ""
        if self.question.box.words:
            return self.tr("Press “Use for these pairs” first.")
        return self.tr("Write first what was changed.")

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
