"""The main window: its layout and the actions that concern only the view."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QVBoxLayout, QWidget

from ip2p_desktop.base import paths
from ip2p_desktop.widgets.literal_text import button_text
from ip2p_desktop.widgets.screen_fit import fit_to_screen
from ip2p_desktop.widgets.top_overlay import TopOverlay
from ip2p_desktop.window.actions import Actions
from ip2p_desktop.window.canvas.canvas import Canvas
from ip2p_desktop.window.controls.composer import Composer
from ip2p_desktop.window.controls.header import Header
from ip2p_desktop.window.controls.notice_bar import NoticeBar
from ip2p_desktop.window.controls.recent_menu import RecentMenu
from ip2p_desktop.window.controls.settings_panel import SettingsPanel
from ip2p_desktop.window.history.history_strip import HistoryStrip

SIZE = QSize(1240, 820)
SMALLEST_SIZE = QSize(720, 400)
NOTICE_MARGIN = 16


class MainWindow(QMainWindow):
    """Canvas and settings side by side; the results and the instruction below the canvas."""

    closing = Signal()
    """The window is about to close."""

    def __init__(self, samples: Sequence[Path]) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle(paths.APP_NAME)
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self.can_close: Callable[[], bool] = lambda: True
        """Called before the window closes; replaced by `WindowController`, which can keep the window open."""
        self.header = Header()
        self.canvas = Canvas(samples)
        self.notice_bar = NoticeBar(self.canvas)
        TopOverlay(self.notice_bar, self.canvas, NOTICE_MARGIN)
        self.history_strip = HistoryStrip()
        self.composer = Composer()
        self.settings_panel = SettingsPanel()
        self.actions_ = Actions(self)
        self._lay_out()
        self.recent_menu = RecentMenu(self)
        self.actions_.fill(self.menuBar(), self.recent_menu, lambda menu: self._add_samples(menu, samples))
        self._connect()
        self.composer.instruction_box.setFocus()

    def _lay_out(self) -> None:
        left_column = QVBoxLayout()
        left_column.setSpacing(0)
        left_column.addWidget(self.header)
        left_column.addWidget(self.canvas, 1)
        left_column.addWidget(self.history_strip)
        left_column.addWidget(self.composer)
        central = QWidget()
        columns = QHBoxLayout(central)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addLayout(left_column, 1)
        columns.addWidget(self.settings_panel)
        self.setCentralWidget(central)

    def _connect(self) -> None:
        view = self.canvas.view
        self.actions_.zoom_in.triggered.connect(view.zoom_in)
        self.actions_.zoom_out.triggered.connect(view.zoom_out)
        self.actions_.zoom_fit.triggered.connect(view.zoom_to_fit)
        self.actions_.zoom_pixels.triggered.connect(view.zoom_to_pixels)
        self.actions_.write.triggered.connect(self.composer.focus_instruction)
        self.actions_.panel.toggled.connect(self.show_settings_panel)
        self.actions_.quit.triggered.connect(self.close)
        self.header.panel_toggled.connect(self.actions_.panel.setChecked)

    def _add_samples(self, menu: QMenu, samples: Sequence[Path]) -> None:
        for path in samples:
            action = menu.addAction(button_text(path.stem.replace("-", " ").capitalize()))
            action.triggered.connect(lambda _=False, chosen=path: self.canvas.files_offered.emit([chosen]))

    def show_settings_panel(self, shown: bool) -> None:
        """Show or hide the settings."""
        self.settings_panel.setVisible(shown)
        self.actions_.panel.setChecked(shown)
        self.header.panel_button.setChecked(shown)

    def enable_actions(self, *, has_photo: bool, has_result: bool, is_editing: bool) -> None:
        """Enable the actions and buttons that are possible in the current state."""
        self.actions_.enable_actions(has_photo=has_photo, has_result=has_result, is_editing=is_editing)
        self.header.enable_actions(has_photo=has_photo, has_result=has_result)
        self.composer.is_editing = is_editing
        self.composer.edit_button.setEnabled(has_photo)

    def bring_to_front(self) -> None:
        """Show the window above others, also if it is minimized."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.can_close():
            event.ignore()
            return
        self.closing.emit()
        event.accept()
