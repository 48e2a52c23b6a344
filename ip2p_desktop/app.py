"""Builds every object of the window once, and runs it."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.editing.costs import CostHistory
from ip2p_desktop.base import crash, paths
from ip2p_desktop.editing.client import EditClient
from ip2p_desktop.editing.editing import Editing
from ip2p_desktop.editing.estimates import EstimateController
from ip2p_desktop.editing.jobs import EditHistory
from ip2p_desktop.editing.worker import EditorMaker, make_editor
from ip2p_desktop.editor_options import EditorOptions
from ip2p_desktop.photos.photo_files import PhotoFiles
from ip2p_desktop.preferences import Preferences
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.widgets.theme import Theme, application_icon
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.desk import Desk
from ip2p_desktop.window_settings_migration import take_over_window_settings

WARM_UP_DELAY_MS = 600
"""The window is up and painted by then; loading libraries no longer delays it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """The objects of a running window. Call `shut_down` before letting go of it."""

    window: MainWindow
    desk: Desk
    document: EditDocument
    client: EditClient
    files: PhotoFiles
    forecast: EstimateController

    def shut_down(self) -> None:
        """Stop edits, downloads and teaching; let threads and processes come to their end."""
        self.desk.training_action.shut_down()
        self.desk.models_action.shut_down()
        self.desk.weight_sets.shut_down()
        self.desk.instruction_hints.shut_down()
        self.client.shut_down()
        self.forecast.shut_down()
        self.files.shut_down()


def build_program(
    application: QApplication, preferences: Preferences, maker: EditorMaker = make_editor
) -> Program:
    """Everything but the event loop; `maker` gives the editor, on the worker's thread."""
    theme = Theme(application, preferences.theme)
    samples = paths.sample_photos()
    window = MainWindow(samples)
    document = EditDocument(window)
    client = EditClient(maker, options=lambda: EditorOptions.preferred(preferences))
    editing = Editing(document, client, EditHistory(parent=window), window)
    files = PhotoFiles()
    forecast = EstimateController(document, client, CostHistory(paths.edit_costs_file()), window)
    desk = Desk(
        window=window, document=document, editing=editing, files=files, preferences=preferences, theme=theme
    )
    files.read_thumbnails(samples, window.canvas.welcome.thumbnail_side)
    return Program(window=window, desk=desk, document=document, client=client, files=files, forecast=forecast)


def main() -> int:
    """Show the window and return its exit code."""
    if not has_display():
        sys.stderr.write(
            "There is no display to show a window on. "
            "To edit from the command line, see: ip2p-desktop edit --help\n"
        )
        return 1
    crash.start_logging(paths.log_file())
    # Python's own handler would wait for the next event; a person at a terminal expects an end
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    application = QApplication(sys.argv[:1])
    application.setApplicationName(paths.APP_NAME)
    application.setDesktopFileName("ip2p-desktop")
    application.setWindowIcon(application_icon())
    preferences = Preferences(paths.preferences_file())
    take_over_window_settings(paths.data_folder() / "window.ini", preferences)
    program = build_program(application, preferences)
    reporter = crash.CrashReporter(application)
    reporter.reported.connect(program.window.notice_bar.show_error)
    reporter.install()
    program.window.show()
    QTimer.singleShot(WARM_UP_DELAY_MS, program.client.warm_up)
    exit_code = application.exec()
    program.window.hide()
    program.shut_down()
    return exit_code


def has_display() -> bool:
    """Whether Qt would find a place for a window; asked before it aborts for the lack of one."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
