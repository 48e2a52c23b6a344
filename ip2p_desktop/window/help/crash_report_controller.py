"""Shows the reports of crashes: from the notice of an error, and at the start after a crash."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from ip2p_desktop.base import paths
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.help.text_file_dialog import TextFileDialog
from ip2p_desktop.window.main_window import MainWindow


class CrashReportController(QObject):
    """Opens a report inside the program; the user may read, copy and attach it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: TextFileDialog | None = None
        self._offered: Path | None = None
        window.notice_bar.crash_report_requested.connect(self.open)
        window.notice_bar.shown_changed.connect(self._offer_if_free)

    def offer(self, file: Path | None) -> None:
        """Offer the report about the last run in a notice, as soon as no other one is shown."""
        self._offered = file
        self._offer_if_free(self._window.notice_bar.isVisible())

    def open(self, file: Path) -> None:
        """Show a report."""
        if self._dialog is None:
            explanation = self.tr(
                "This report is on your computer only. Read it, and attach it if you ask for help."
            )
            self._dialog = TextFileDialog("crash_report", self.tr("Crash report"), explanation, self._window)
            self._dialog.folder_requested.connect(self._show_folder)
        self._dialog.read(lambda: file.read_text(encoding="utf-8", errors="replace"))
        self._dialog.show()
        self._dialog.raise_()

    def shut_down(self) -> None:
        """Wait until the threads have ended."""
        if self._dialog is not None:
            self._dialog.shut_down()

    def _offer_if_free(self, is_shown: bool) -> None:
        if self._offered is None or is_shown:
            return
        file, self._offered = self._offered, None
        self._window.notice_bar.show_offer(
            self.tr("{program} ended unexpectedly the last time.").format(program=paths.APP_NAME),
            self.tr("Show the report"),
            partial(self.open, file),
            advice=self.tr("What was opened and made is kept. Nothing was sent."),
        )

    def _show_folder(self) -> None:
        if self._dialog is not None:
            show_in_system(paths.crash_reports_folder(), self._dialog)
