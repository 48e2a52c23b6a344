"""Controls the window itself: enabled actions, geometry and quitting."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject

from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.training.training_action import TrainingAction
from ip2p_desktop.widgets.screen_fit import centre_on_screen, keep_on_screen
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.message_boxes import confirm_cancelling, confirm_quit


class WindowController(QObject):
    """Restores and stores the state of the window, and enables the actions that are possible."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        preferences: Preferences,
        training: TrainingAction,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._document = document
        self._queue = queue
        self._preferences = preferences
        self._training = training
        self._is_quit_confirmed = False
        for signal in (document.source_changed, document.result_changed, queue.is_busy_changed):
            signal.connect(self._enable_actions)
        self._connect()
        self._restore_window()
        self._enable_actions()
        if preferences.is_newer:
            window.notice_bar.show_advice(
                self.tr("The preferences were saved by a newer version of IP2P Desktop."),
                self.tr("Changes hold until you quit."),
            )

    def _connect(self) -> None:
        window = self._window
        window.can_close = self._can_close
        window.closing.connect(self._remember_window)

    def _restore_window(self) -> None:
        geometry = QByteArray.fromBase64(self._preferences.window_geometry.encode())
        if geometry.isEmpty() or not self._window.restoreGeometry(geometry):
            centre_on_screen(self._window)
        elif not self._window.isMaximized() and not self._window.isFullScreen():
            keep_on_screen(self._window)
        self._window.show_settings_panel(self._preferences.shows_settings_panel)

    def _remember_window(self) -> None:
        self._preferences.window_geometry = self._window.saveGeometry().toBase64().toStdString()
        self._preferences.shows_settings_panel = not self._window.settings_panel.isHidden()

    def _can_close(self) -> bool:
        waiting = len(self._queue.waiting)
        if self._is_quit_confirmed or not (waiting or self._training.is_running):
            return True
        if self._training.is_running:
            confirm_quit(self._window, self._quit_anyway, self._stop_and_quit)
        else:
            confirm_cancelling(self._window, waiting, self._quit_anyway)
        return False

    def _stop_and_quit(self) -> None:
        self._training.stop()
        self._quit_anyway()

    def _quit_anyway(self) -> None:
        self._is_quit_confirmed = True
        self._window.close()

    def _enable_actions(self) -> None:
        document = self._document
        self._window.enable_actions(
            has_photo=document.source is not None,
            has_result=document.result is not None,
            is_editing=self._queue.is_busy,
        )
        self._window.history_strip.mark(document.shown)
