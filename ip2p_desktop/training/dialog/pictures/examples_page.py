"""First page: the dataset."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QWidget

from ip2p_desktop.training.dialog.pictures.findings_view import FindingsView
from ip2p_desktop.training.dialog.pictures.folder_drop import FolderDrop
from ip2p_desktop.training.dialog.pictures.instruction_question import InstructionQuestion
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.surfaces import Notice, Surface, body_label

EXAMPLE_FILES = """\
snow-pairs/
    street.jpg
    street-snow.jpg
    metadata.jsonl"""
EXAMPLE_LINE = (
    '{"original_image": "street.jpg", "edited_image": "street-snow.jpg", "edit_instruction": "make it snow"}'
)


class ExamplesPage(DialogPage):
    """Explains datasets, takes a folder or a zip, and shows what was found in it."""

    dataset_chosen = Signal(Path)
    """A folder of pairs, or a zip of one."""
    instruction_given = Signal(str)
    """What was changed in pairs without a text."""

    def __init__(self, dataset: DatasetChoice, parent: QWidget | None = None) -> None:
        super().__init__("examples_page", "", parent)
        self._dataset = dataset
        self.title.setText(self.tr("Teach a new edit"))
        self.drop = FolderDrop()
        self.drop.dataset_chosen.connect(self.dataset_chosen)
        self.notice = Notice()
        self.notice.setObjectName("dataset_notice")
        self.question = InstructionQuestion()
        self.question.answered.connect(self.instruction_given)
        self.findings = FindingsView()
        self.example = FolderExample()
        explanation = self.tr(
            "Choose photos from before and after a change, and the change in words. "
            "A model is trained to make the same change to your other photos."
        )
        self.column.addWidget(body_label(explanation))
        for part in (self.drop, self.notice, self.question, self.findings, self.example):
            self.column.addWidget(part)
        self.column.addStretch(1)
        self.runs_button = self.add_button("show_runs", "")
        self.runs_button.hide()
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_examples", self.tr("Close"))
        self.next_button = self.add_button("next", self.tr("&Next"), role="primary")
        dataset.changed.connect(self.refresh)
        dataset.thumbnails_changed.connect(self._show_thumbnails)
        dataset.report_changed.connect(self._show_report)
        self.refresh()

    def refresh(self) -> None:
        """Show the state of the dataset choice."""
        dataset = self._dataset
        self.drop.show_dataset(dataset.path)
        is_asking = dataset.needs_instruction()
        self.question.setVisible(is_asking)
        self.question.show_instruction(dataset.instruction)
        self.notice.show_report(None if is_asking else dataset.failure)
        self.findings.setVisible(dataset.is_searching() or dataset.findings is not None)
        if dataset.findings is not None:
            self.findings.show_findings(dataset.findings)
        else:
            self.findings.show_search()
        self.example.setVisible(dataset.path is None or (dataset.failure is not None and not is_asking))
        self.next_button.setEnabled(dataset.findings is not None)

    def _show_thumbnails(self) -> None:
        if self._dataset.findings is not None:
            self.findings.show_thumbnails(self._dataset.thumbnails)

    def _show_report(self) -> None:
        self.findings.show_report(self._dataset.report)


class FolderExample(Surface):
    """An example of a folder of pairs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folder_example")
        self.column.addWidget(body_label(self.tr("What such a folder looks like"), role="section"))
        self.column.addWidget(_monospaced_label(EXAMPLE_FILES))
        explanation = self.tr(
            "For each pair, metadata.jsonl has one line that names both photos and the change:"
        )
        self.column.addWidget(body_label(explanation, role="hint"))
        self.column.addWidget(_monospaced_label(EXAMPLE_LINE))
        advice = self.tr("Twenty pairs are a good beginning. A few hundred make an edit reliable.")
        self.column.addWidget(body_label(advice, role="hint"))


def _monospaced_label(text: str) -> QWidget:
    label = body_label(text)
    label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    return label
