"""A row of the list of runs."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.runs.run_texts import RunTexts
from ip2p_desktop.training.runs.run_list import RunSummary
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.surfaces import Surface, body_label


class RunRow(Surface):
    """A run, which can be opened, resumed or deleted. Deleting asks for confirmation in the row."""

    def __init__(self, summary: RunSummary, *, is_busy: bool, parent: QWidget | None = None) -> None:
        """`is_busy`: another run is in progress, so that this one cannot be opened or resumed."""
        super().__init__(parent)
        self.summary, self._is_busy = summary, is_busy
        self.is_asking = False
        self.name = body_label(summary.run.plan.name, role="section")
        self.state = body_label("")
        self.details = body_label("", role="hint")
        self.remove = self._button("remove_run", self.tr("Delete…"), self.tr("Delete the training of {name}"))
        self.open = self._button("open_run", self.tr("Open"), self.tr("Open the training of {name}"))
        self.resume = self._button("resume_run", self.tr("Resume"), self.tr("Resume the training of {name}"))
        self.keep = self._button("keep_run", self.tr("Cancel"), self.tr("Do not delete {name}"))
        self.confirm = self._button(
            "confirm_removal", self.tr("Delete for good"), self.tr("Delete {name} for good")
        )
        self.remove.clicked.connect(lambda: self.ask(True))
        self.keep.clicked.connect(lambda: self.ask(False))
        self._lay_out()
        self.show_summary(summary, is_busy=is_busy)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (self.name, self.state, self.details):
            texts.addWidget(label)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(texts, 1)
        for button in (self.remove, self.open, self.resume, self.keep, self.confirm):
            row.addWidget(button)
        self.column.addLayout(row)

    def _button(self, name: str, text: str, spoken: str) -> QPushButton:
        return plain_button(name, text, spoken.format(name=self.summary.run.plan.name))

    def show_summary(self, summary: RunSummary, *, is_busy: bool) -> None:
        """Show the present state of the run; a question that is asked stays."""
        self.summary, self._is_busy = summary, is_busy
        self._show()

    def ask(self, is_asking: bool) -> None:
        """Ask whether to delete the run, or show its state again."""
        self.is_asking = is_asking
        self._show()
        if is_asking:
            self.keep.setFocus()

    def _show(self) -> None:
        summary, texts = self.summary, RunTexts()
        self.is_asking = is_asking = self.is_asking and summary.can_delete
        self.state.setText(texts.deletion(summary) if is_asking else texts.state(summary))
        self.details.setText(texts.details(summary))
        self.remove.setVisible(summary.can_delete and not is_asking)
        self.open.setVisible(summary.can_open and not is_asking)
        self.resume.setVisible(summary.can_resume and not summary.can_open and not is_asking)
        for button in (self.open, self.resume):
            button.setEnabled(not self._is_busy)
        for button in (self.keep, self.confirm):
            button.setVisible(is_asking)
