"""Connects batches with the window: the dialog, the button in the header, notices, and resuming."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from engine.batch.journal import BatchJournal
from engine.errors import ErrorReport
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.batch.batch_runner import BatchPhase, BatchRunner
from ip2p_desktop.editing.batch.batch_setup import unfinished_batches
from ip2p_desktop.editing.edit_client import EditClient
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.editor_options import EditorOptions
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.batch.progress_texts import BatchTexts, results_folder
from ip2p_desktop.window.main_window import MainWindow

if TYPE_CHECKING:
    from ip2p_desktop.window.batch.batch_dialog import BatchDialog

CAUSE = "batch"
"""Cause of the notice about an interrupted batch."""


class BatchController(QObject):
    """Creates the dialog at its first use. At the start, offers to resume a batch that was interrupted."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        client: EditClient,
        queue: EditQueue,
        tree: EditTree,
        preferences: Preferences,
        folder: Path,
    ) -> None:
        """`folder` is that of the batches' own files."""
        super().__init__(window)
        self._window, self._document, self._tree = window, document, tree
        self._preferences, self._folder = preferences, folder
        self.runner = BatchRunner(client, queue, lambda: EditorOptions.preferred(preferences), self)
        self._dialog: BatchDialog | None = None
        self._interrupted: list[BatchJournal] = []
        """Batches of earlier runs of the program, the latest first."""
        self._background = Background(self, workers=1)
        window.actions_.batch.triggered.connect(self.open_dialog)
        window.header.batch_requested.connect(self.open_dialog)
        self.runner.changed.connect(self._show_badge)
        self.runner.item_ended.connect(lambda _: self._show_badge())
        self.runner.phase_changed.connect(self._on_phase_changed)
        self.runner.failed.connect(self._on_failed)

    @property
    def dialog(self) -> BatchDialog:
        """The dialog, which is created here."""
        if self._dialog is None:
            # imported here, so that the window starts without the modules of the dialog
            from ip2p_desktop.window.batch.batch_dialog import BatchDialog

            self._dialog = BatchDialog(
                self.runner, self._document, self._tree, self._preferences, self._folder, self._window
            )
        return self._dialog

    def open_dialog(self) -> None:
        """Show the dialog: the setup, or the batch that runs."""
        self._offer_latest()
        dialog = self.dialog
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def find_interrupted(self) -> None:
        """Look for batches that an earlier run of the program left, and offer to resume the latest."""
        self._background.submit(
            partial(unfinished_batches, self._folder), self._on_found, lambda report: None
        )

    def shut_down(self) -> None:
        """Stop the batch, which can be resumed at the next start, and wait for the threads of the dialog."""
        self.runner.shut_down()
        self._background.close()
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.shut_down()

    def release(self) -> None:
        """Let another program resume the batches; call it after the thread of the edits has ended."""
        for journal in (self.runner.journal, *self._interrupted):
            if journal is not None:
                journal.close()

    def _on_found(self, batches: list[BatchJournal]) -> None:
        self._interrupted = batches
        self._offer_latest()

    def _offer_latest(self) -> None:
        if not self._interrupted or self.runner.phase is not BatchPhase.NONE:
            return
        latest = self._interrupted[0]
        self._window.notice_bar.show_offer(
            BatchTexts().interrupted(latest.counts),
            self.tr("Resume"),
            self._resume,
            other=self.tr("Discard"),
            act_otherwise=self._discard,
            advice=self.tr("The results that are done stay where they are."),
            causes=(CAUSE,),
        )

    def _resume(self) -> None:
        self._window.notice_bar.resolve(CAUSE)
        if self._interrupted and self.runner.phase in (BatchPhase.NONE, BatchPhase.ENDED):
            self.runner.start(self._interrupted.pop(0))
            self.open_dialog()

    def _discard(self) -> None:
        self._window.notice_bar.resolve(CAUSE)
        if self._interrupted:
            self._interrupted.pop(0).delete()
        self._offer_latest()

    def _on_phase_changed(self, phase: BatchPhase) -> None:
        self._show_badge()
        is_watched = self._dialog is not None and self._dialog.isVisible()
        if phase is BatchPhase.ENDED and not is_watched:
            folder = results_folder(self.runner)
            show = partial(show_in_system, folder, self._window) if folder is not None else None
            self._window.notice_bar.show_message(
                BatchTexts().result(self.runner), self.tr("Show folder"), show
            )

    def _on_failed(self, report: ErrorReport) -> None:
        if self._dialog is None or not self._dialog.isVisible():
            self._window.notice_bar.show_error(report)

    def _show_badge(self) -> None:
        is_shown = self.runner.phase in (BatchPhase.RUNNING, BatchPhase.PAUSED)
        text = BatchTexts().badge(self.runner) if is_shown else ""
        details = f"{BatchTexts().title(self.runner)} · {BatchTexts().amount(self.runner)}"
        self._window.header.show_batch(text, details)
