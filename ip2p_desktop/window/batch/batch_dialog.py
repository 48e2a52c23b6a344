"""The dialog of batches: setup, then progress. A batch goes on while the dialog is closed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from engine.batch.journal import BatchJournal
from engine.errors import EngineError, ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.batch.batch_runner import BatchPhase, BatchRunner
from ip2p_desktop.editing.batch.batch_setup import BatchSetup
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.drop import offered_files
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.window.batch.progress_page import BatchProgressPage
from ip2p_desktop.window.batch.setup_page import SetupPage

SIZE, SMALLEST_SIZE = QSize(720, 680), QSize(500, 380)
PLAN_DELAY_MS = 250
"""Time without changes before the photos are searched, so that typing a rule searches once."""


class BatchDialog(QDialog):
    """Connects the pages with the runner; searches photos and writes plans in the background."""

    def __init__(
        self,
        runner: BatchRunner,
        document: EditDocument,
        tree: EditTree,
        preferences: Preferences,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        """`folder` is that of the batches' own files."""
        super().__init__(parent)
        self.setObjectName("batch_dialog")
        self.setWindowTitle(self.tr("Edit many photos"))
        self.setModal(False)
        self.setAcceptDrops(True)
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._runner, self._folder = runner, folder
        self._planning = Background(self, workers=1, is_latest_only=True)
        self._writing = Background(self, workers=1)
        self._delay = QTimer(self, singleShot=True, interval=PLAN_DELAY_MS)
        self.setup_page = SetupPage(document, tree, preferences)
        self.progress_page = BatchProgressPage(runner)
        self.pages = QStackedWidget()
        for page in (self.setup_page, self.progress_page):
            self.pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        self._connect()
        self._on_phase_changed(runner.phase)
        self._on_changed()

    def _connect(self) -> None:
        setup, progress = self.setup_page, self.progress_page
        setup.changed.connect(self._on_changed)
        setup.start_requested.connect(self._create)
        self._delay.timeout.connect(self._plan)
        progress.new_requested.connect(setup.refresh)
        self._runner.phase_changed.connect(self._on_phase_changed)
        for button in (setup.close_button, progress.close_button):
            button.clicked.connect(self.close)

    def choose(self, paths: Sequence[Path]) -> None:
        """Choose files and folders, as if the user had done so; while a batch runs, nothing changes."""
        if self._runner.phase in (BatchPhase.NONE, BatchPhase.ENDED):
            self._runner.discard()
            self.setup_page.photos.choose(paths)

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        self._delay.stop()
        for background in (self._planning, self._writing):
            background.cancel()
            background.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._runner.phase is BatchPhase.NONE and offered_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := offered_files(event.mimeData()):
            event.acceptProposedAction()
            self.choose(paths)

    def reject(self) -> None:
        """Hide the dialog; a batch continues."""
        self.hide()

    def _on_phase_changed(self, phase: BatchPhase) -> None:
        is_setup = phase is BatchPhase.NONE
        self.pages.setCurrentWidget(self.setup_page if is_setup else self.progress_page)
        self.setup_page.start_button.setDefault(is_setup)

    def _on_changed(self) -> None:
        self._planning.cancel()
        self._delay.start()

    def _plan(self) -> None:
        try:
            setup = self.setup_page.setup()
        except EngineError:  # the page shows what is wrong with the rule
            return
        if setup is not None:
            work = partial(setup.plan, self._folder)
            self._planning.submit(work, self.setup_page.show_plan, self.setup_page.show_problem)

    def _create(self, setup: BatchSetup) -> None:
        self._writing.submit(partial(setup.create, self._folder), self._start, self._on_refused)

    def _start(self, journal: BatchJournal) -> None:
        if self._runner.phase is BatchPhase.NONE:
            self._runner.start(journal)

    def _on_refused(self, report: ErrorReport) -> None:
        self.setup_page.notice.show_report(report)
        self._on_changed()
