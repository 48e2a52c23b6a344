"""The window and its dialogs fit every screen; what does not fit scrolls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.errors import ErrorReport
from ip2p_desktop.app import Program
from ip2p_desktop.models.dialog.models_dialog import ModelsDialog
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.widgets.screen_fit import FRAME, keep_on_screen
from ip2p_desktop.window.preferences_dialog import PreferencesDialog

ROOT = Path(__file__).resolve().parents[3]
LONG = ErrorReport("memory", "Not enough memory. " * 20, "Try a smaller photo. " * 60)
SMALLEST_SCREEN = QRect(0, 0, 911, 472)
"""In points: 1366 × 768 pixels at 150 %, without the bar of the system."""
SIZES = [(1240, 720), (1024, 640), (895, 424), (720, 400)]
FIRST_START = """
import json, sys
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from ip2p_desktop.app import build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
application = QApplication([])
program = build_program(application, Preferences(paths.preferences_file()))
window, button = program.window, program.window.composer.edit_button
window.show()
application.processEvents()
corner = button.mapToGlobal(QPoint(button.width(), button.height()))
frame, screen = window.frameGeometry(), window.screen().availableGeometry()
print(json.dumps([corner.toTuple(), frame.getCoords(), screen.getCoords()]))
program.shut_down()
"""


@pytest.mark.parametrize("scale", ["1", "1.5"])
def test_at_the_first_start_all_is_on_a_screen_of_1366_by_768(tmp_path: Path, scale: str) -> None:
    screen = {"name": "laptop", "x": 0, "y": 0, "width": 1366, "height": 768, "logicalDpi": 96, "dpr": 1}
    (tmp_path / "screens.json").write_text(
        json.dumps({"windowFrameMargins": True, "screens": [{**screen, "logicalBaseDpi": 96}]})
    )
    environment = os.environ | {
        "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screens.json'}",
        "QT_SCALE_FACTOR": scale,
    }
    ended = subprocess.run(
        [sys.executable, "-c", FIRST_START],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    corner, frame, screen_coordinates = json.loads(ended.stdout)
    left, top, right, bottom = screen_coordinates
    assert (right + 1, bottom + 1) == (round(1366 / float(scale)), 768 // float(scale))
    assert left <= frame[0] <= frame[2] <= right
    assert top <= frame[1] <= frame[3] <= bottom
    assert corner[0] <= right
    assert corner[1] <= bottom


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_everything_needed_is_inside_the_window_in_every_state(
    qtbot: QtBot,
    program: Program,
    open_photo: Callable[[], None],
    editor: FakeEditor,
    width: int,
    height: int,
) -> None:
    window = program.window
    window.resize(width, height)
    assert_usable(program, width, height)
    open_photo()
    window.notice_bar.show_error(LONG)
    window.settings_panel.more.setChecked(True)
    assert_usable(program, width, height)
    program.document.change(instruction="make it snow " * 60)
    gate = editor.step_gates[1] = Gate()
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    window.notice_bar.show_error(LONG)
    assert_usable(program, width, height)
    with qtbot.waitSignal(program.edits.finished):
        gate.open()
    assert_usable(program, width, height)


def assert_usable(program: Program, width: int, height: int) -> None:
    window = program.window
    for _ in range(3):
        QApplication.processEvents()
    assert (window.width(), window.height()) == (width, height)
    composer, header = window.composer, window.header
    needed: list[QWidget] = [composer.instruction_box, header.open_button, header.save_button]
    needed += [composer.edit_button, *([composer.cancel_button] if composer.is_editing else [])]
    needed += [window.settings_panel, window.canvas]
    if not window.notice_bar.isHidden():
        needed += [window.notice_bar, window.notice_bar.close_button]
        assert_reachable(window.notice_bar.findChild(QScrollArea))
    if not window.canvas.welcome.isHidden():
        needed.append(window.canvas.welcome.findChild(QWidget, "welcome_open"))
    for widget in needed:
        assert widget.isVisible(), widget.objectName()
        assert not widget.visibleRegion().isEmpty()
        assert widget.height() >= min(widget.minimumSizeHint().height(), 140), widget.objectName()
        corner = widget.mapTo(window, QPoint(widget.width() - 1, widget.height() - 1))
        assert window.rect().contains(corner), widget.objectName()
        assert window.rect().contains(widget.mapTo(window, QPoint(0, 0))), widget.objectName()
    assert not any(
        first.geometry().intersects(second.geometry())
        for first, second in ((window.canvas, composer), (header, window.canvas))
    )
    assert_reachable(window.settings_panel)


def assert_reachable(area: QAbstractScrollArea | None) -> None:
    """Assert that all contents of the area can be scrolled into it, and are not wider than it."""
    assert isinstance(area, QScrollArea)
    content = area.widget()
    hidden = content.height() - area.viewport().height()
    assert area.verticalScrollBar().maximum() == max(0, hidden)
    assert content.width() == area.viewport().width()
    assert content.height() >= content.heightForWidth(content.width())


@pytest.mark.parametrize("kind", [PreferencesDialog, ModelsDialog, TrainingDialog])
def test_dialogs_are_never_larger_than_the_screen(
    program: Program, kind: type[QDialog], monkeypatch: pytest.MonkeyPatch
) -> None:
    class SmallScreen:
        def availableGeometry(self) -> QRect:
            return SMALLEST_SCREEN

    monkeypatch.setattr(kind, "screen", lambda dialog: SmallScreen())
    actions = program.window.actions_
    action = {PreferencesDialog: actions.preferences, ModelsDialog: actions.models}.get(
        kind, actions.training
    )
    action.trigger()
    QApplication.processEvents()
    dialog = program.window.findChild(kind)
    assert dialog is not None
    room = SMALLEST_SCREEN.marginsRemoved(FRAME).size()
    assert dialog.size() == dialog.size().boundedTo(room)
    assert dialog.minimumSizeHint().boundedTo(room) == dialog.minimumSizeHint()
    dialog.close()


def test_a_window_partly_outside_the_screen_is_moved_onto_it(program: Program) -> None:
    window = program.window
    area = window.screen().availableGeometry()
    window.setGeometry(area.right() - 50, area.bottom() - 60, 3000, 2000)
    keep_on_screen(window)
    assert area.contains(window.geometry().marginsAdded(FRAME))
    window.setGeometry(60, 80, 720, 450)
    keep_on_screen(window)
    assert window.geometry() == QRect(60, 80, 720, 450)
