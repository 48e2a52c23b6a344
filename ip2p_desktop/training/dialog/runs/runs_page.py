"""The page of all training runs, with their state and disk use."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.errors import ErrorReport
from ip2p_desktop.training.dialog.runs.clean_up_row import CleanUpRow
from ip2p_desktop.training.dialog.runs.run_row import RunRow
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.widgets.controls.file_choosing import choose_folder
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.surfaces import Notice


class RunsPage(DialogPage):
    """A row for each run of this window; runs made elsewhere are opened from their folder."""

    open_requested = Signal(Path)
    """The folder of a run."""
    resume_requested = Signal(object)
    """A `TrainingRun`."""

    def __init__(self, session: TrainingSession, parent: QWidget | None = None) -> None:
        super().__init__("runs_page", "", parent)
        self._session = session
        self.title.setText(self.tr("Trainings"))
        self.notice = Notice()
        self.notice.setObjectName("runs_notice")
        self.notice.hide()
        self.clean_up = CleanUpRow()
        self.clean_up.confirmed.connect(session.run_list.clean_up)
        self.rows: list[RunRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        for part in (self.notice, self.clean_up):
            self.column.addWidget(part)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self.back_button = self.add_button("runs_back", self.tr("&Back"))
        self.folder_button = self.add_button("open_run_folder", self.tr("&Open a training…"))
        self.folder_button.setToolTip(
            self.tr("Choose the folder of a training run that was made elsewhere, as by python -m trainer")
        )
        self.buttons.addStretch(1)
        self.close_button = self.add_button("close_runs", self.tr("Close"))
        self.folder_button.clicked.connect(self._choose_folder)
        session.runs_changed.connect(self.refresh)
        session.phase_changed.connect(self.refresh)
        session.refused.connect(self.show_failure)
        self.refresh()

    def refresh(self) -> None:
        """Show the runs as they are known; rows of runs that are still there stay."""
        run_list, session = self._session.run_list, self._session
        is_busy, own = session.is_running(), session.run.folder if session.run else None
        summaries = {summary.run.folder: summary for summary in run_list.summaries}
        for row in [row for row in self.rows if row.summary.run.folder not in summaries]:
            self._remove(row)
        known = {row.summary.run.folder: row for row in self.rows}
        for folder, summary in summaries.items():
            is_blocked = is_busy and folder != own
            if folder in known:
                known[folder].show_summary(summary, is_busy=is_blocked)
            else:
                known[folder] = self._new_row(RunRow(summary, is_busy=is_blocked))
        self.rows = [known[folder] for folder in summaries]
        for place, row in enumerate(self.rows):
            self._list.insertWidget(place, row)
        self.clean_up.show_runs(run_list.summaries)
        self.folder_button.setEnabled(not is_busy)

    def show_failure(self, report: ErrorReport | None) -> None:
        """Show why something could not be done; None hides the notice."""
        self.notice.show_report(report)

    def _new_row(self, row: RunRow) -> RunRow:
        row.open.clicked.connect(lambda: self.open_requested.emit(row.summary.run.folder))
        row.resume.clicked.connect(lambda: self.resume_requested.emit(row.summary.run))
        row.confirm.clicked.connect(lambda: self._session.run_list.remove(row.summary.run))
        return row

    def _remove(self, row: RunRow) -> None:
        self.rows.remove(row)
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _choose_folder(self) -> None:
        title = self.tr("Folder of a training run")
        choose_folder(self, "run_folder_dialog", title, self.open_requested.emit)
