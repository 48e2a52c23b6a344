"""The list of stopped training runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.training.runs.training_runs import TrainingRun
from ip2p_desktop.training.training_texts import with_groups
from ip2p_desktop.widgets.surfaces import Surface, body_label


class UnfinishedRuns(QWidget):
    """A row for each stopped run; hidden if there are none."""

    resume_requested = Signal(object)
    """A `TrainingRun`."""
    removal_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unfinished_runs")
        self.rows: list[RunRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(body_label(self.tr("Stopped earlier"), role="section"))

    def show_runs(self, runs: Sequence[TrainingRun]) -> None:
        """Replace the rows by those of these runs."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [RunRow(run) for run in runs]
        for row in self.rows:
            row.resume.clicked.connect(self._resume)
            row.confirm.clicked.connect(self._remove)
            self._column.addWidget(row)
        self.setVisible(bool(self.rows))

    def _row_of(self, button: object) -> RunRow:
        return next(row for row in self.rows if button in (row.resume, row.confirm))

    def _resume(self) -> None:
        self.resume_requested.emit(self._row_of(self.sender()).run)

    def _remove(self) -> None:
        self.removal_requested.emit(self._row_of(self.sender()).run)


class RunRow(Surface):
    """A stopped run, which can be resumed or removed. Removing asks for confirmation in the row."""

    def __init__(self, run: TrainingRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.run = run
        name = run.plan.name
        self.state = body_label(self._state_text(), role="hint")
        self.resume = self._button("resume_run", self.tr("Resume"), self.tr("Resume the training of {name}"))
        self.remove = self._button("remove_run", self.tr("Remove"), self.tr("Remove the training of {name}"))
        self.confirm = self._button(
            "confirm_removal", self.tr("Remove for good"), self.tr("Remove {name} for good")
        )
        self.keep = self._button("keep_run", self.tr("Keep"), self.tr("Keep the training of {name}"))
        self.remove.clicked.connect(lambda: self._show_question(True))
        self.keep.clicked.connect(lambda: self._show_question(False))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(body_label(name, role="section"))
        texts.addWidget(self.state)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(texts, 1)
        for button in (self.remove, self.resume, self.keep, self.confirm):
            row.addWidget(button)
        self.column.addLayout(row)
        self._show_question(False)

    def _button(self, name: str, text: str, spoken: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(spoken.format(name=self.run.plan.name))
        return button

    def _state_text(self) -> str:
        plan = self.run.plan
        return self.tr("Step {step} of {total}, from {folder}").format(
            step=with_groups(self.run.step), total=with_groups(plan.steps), folder=plan.dataset.name
        )

    def _show_question(self, is_shown: bool) -> None:
        for button in (self.remove, self.resume):
            button.setVisible(not is_shown)
        for button in (self.keep, self.confirm):
            button.setVisible(is_shown)
        question = self.tr("It cannot be resumed afterwards. The model it has made so far stays.")
        self.state.setText(question if is_shown else self._state_text())
        if is_shown:
            self.keep.setFocus()
