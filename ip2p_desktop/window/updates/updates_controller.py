"""Checks for updates when the user asks, or at the start if the user has allowed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from PySide6.QtCore import QObject

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop import __version__
from ip2p_desktop.base import paths
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.updates.update_source import UpdateSource, update_source
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.main_window import MainWindow

if TYPE_CHECKING:
    from ip2p_desktop.updates.update_check import FoundVersion
    from ip2p_desktop.window.updates.updates_dialog import UpdatesDialog


class UpdatesController(QObject):
    """Connects the menu entry, the dialog and the preference with the check."""

    def __init__(self, window: MainWindow, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self._dialog: UpdatesDialog | None = None
        self._background = Background(self, workers=1, is_latest_only=True)
        self._cancel = CancelToken()
        window.actions_.check_updates.triggered.connect(self.check)

    @property
    def dialog(self) -> UpdatesDialog:
        """The dialog, created at its first use."""
        if self._dialog is None:
            # imported here, so that the window starts without the modules of the dialog
            from ip2p_desktop.window.updates.updates_dialog import UpdatesDialog

            self._dialog = UpdatesDialog(self._window)
            self._dialog.check_requested.connect(self.check)
            self._dialog.page_requested.connect(self._show_page)
        return self._dialog

    def check(self) -> None:
        """Ask now, and show the answer in the dialog."""
        source, dialog = update_source(), self.dialog
        if source is None:
            dialog.show_no_source()
        else:
            dialog.show_checking(urlsplit(source.address).hostname or source.address)
            self._submit(source, dialog.show_found, dialog.show_problem)
        self._open()

    def check_if_allowed(self) -> None:
        """Ask once a day if the user has allowed it; a notice offers a newer version, all else is silent."""
        today = date.today().isoformat()
        if not self._preferences.checks_updates or self._preferences.updates_checked == today:
            return
        source = update_source()
        if source is not None:
            self._submit(source, partial(self._on_found, today), _ignore)

    def shut_down(self) -> None:
        """End a check that runs, and wait for its thread."""
        self._cancel.cancel()
        self._background.close()

    def _submit(
        self,
        source: UpdateSource,
        finished: Callable[[FoundVersion], None],
        failed: Callable[[ErrorReport], None],
    ) -> None:
        self._cancel.cancel()
        self._cancel = cancel = CancelToken()
        self._background.submit(partial(_check, source, cancel), finished, failed, cancel=cancel)

    def _on_found(self, today: str, found: FoundVersion) -> None:
        bar = self._window.notice_bar
        if not found.is_newer:
            self._preferences.updates_checked = today
        elif bar.isHidden():  # otherwise the next start offers it
            self._preferences.updates_checked = today
            text = self.tr("{program} {version} is available.").format(
                program=paths.APP_NAME, version=str(found.manifest.version)
            )
            bar.show_offer(text, self.tr("Show"), partial(self._show_found, found))

    def _show_found(self, found: FoundVersion) -> None:
        self._window.notice_bar.clear()
        self.dialog.show_found(found)
        self._open()

    def _show_page(self, address: str) -> None:
        show_in_system(address, self.dialog)

    def _open(self) -> None:
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()


def _check(source: UpdateSource, cancel: CancelToken) -> FoundVersion:
    """Runs on the thread, and imports what the window starts without."""
    from packaging.version import Version

    from ip2p_desktop.updates.update_check import check_for_update

    return check_for_update(source, Version(__version__), cancel)


def _ignore(report: ErrorReport) -> None:
    """A check that was not asked for just now fails in silence; the log has the reason."""
