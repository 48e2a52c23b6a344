"""The disk space of sessions: reported, freed on request, and nothing is lost where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.session_steps import Start, edit, open_file, quit_program, wait_until_shown, wait_until_stored
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.session.store.session_folder import session_paths
from ip2p_desktop.window.preferences_dialog import PreferencesDialog
from ip2p_desktop.window.sessions_dialog import SessionsDialog
from ip2p_desktop.window.wiring.sessions import session_controller

LEFT = Qt.MouseButton.LeftButton


def open_dialog(qtbot: QtBot, program: Program, rows: int) -> SessionsDialog:
    program.window.actions_.sessions.trigger()
    dialog = program.window.findChild(SessionsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: len(dialog.rows) == rows)
    return dialog


def test_an_earlier_session_is_deleted_after_a_question_and_the_open_one_cannot_be(
    qtbot: QtBot, start: Start, coloured: Path, photo: Path, tmp_path: Path
) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    edit(qtbot, program, "make it snow")
    program.window.actions_.new_session.trigger()
    open_file(qtbot, program, photo)
    wait_until_stored(qtbot, program)
    (paths.sessions_folder() / "not ours").mkdir()
    (paths.sessions_folder() / "not ours" / "diary.txt").write_text("dear diary", encoding="utf-8")
    dialog = open_dialog(qtbot, program, 2)
    current, earlier = dialog.rows
    (earlier.session.folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert current.facts.text().startswith("Photos and results: 1 · ")
    assert current.facts.text().endswith(" · open now")
    assert earlier.facts.text().startswith("Photos and results: 2 · ")
    assert not current.remove.isVisible()
    assert not current.open.isVisible()
    qtbot.mouseClick(earlier.remove, LEFT)
    qtbot.mouseClick(earlier.keep, LEFT)
    assert len(session_paths(paths.sessions_folder())) == 2
    qtbot.mouseClick(earlier.remove, LEFT)
    qtbot.mouseClick(earlier.confirm, LEFT)
    qtbot.waitUntil(lambda: len(dialog.rows) == 1)
    assert session_paths(paths.sessions_folder()) == [program.sessions.path]
    assert (paths.sessions_folder() / "not ours" / "diary.txt").read_text(encoding="utf-8") == "dear diary"
    assert [each.name for each in earlier.session.folder.iterdir()] == ["notes.txt"]
    assert coloured.exists()


def test_a_session_is_opened_from_the_dialog(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    program.window.actions_.new_session.trigger()
    dialog = open_dialog(qtbot, program, 1)
    qtbot.waitUntil(lambda: dialog.rows[0].open.isVisible())
    qtbot.mouseClick(dialog.rows[0].open, LEFT)
    wait_until_shown(qtbot, program)
    assert program.tree.listed[0].name == coloured.name


def test_too_much_disk_space_is_reported_once_and_nothing_is_deleted(
    qtbot: QtBot, start: Start, coloured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_controller, "GIGABYTE", 1000)
    monkeypatch.setattr(session_controller, "BUDGET_DELAY_MS", 10)
    Preferences(paths.preferences_file()).session_budget = 5
    program = start()
    photo = open_file(qtbot, program, coloured)
    notice = program.window.notice_bar
    qtbot.waitUntil(notice.isVisible)
    assert notice.message.text().endswith(" of disk space, more than 5 kB.")
    qtbot.mouseClick(notice.action_button, LEFT)
    assert program.window.findChild(SessionsDialog).isVisible()
    notice.clear()
    with qtbot.waitSignal(program.edits.finished):
        program.document.change(instruction="make it snow")
        program.edits.start()
    wait_until_stored(qtbot, program)
    program.sessions.check_disk_space()
    assert not notice.isVisible()
    assert photo.pixels.file is not None
    assert photo.pixels.file.exists()


def test_the_limit_is_a_preference_with_a_way_to_the_sessions(qtbot: QtBot, start: Start) -> None:
    program = start()
    program.window.actions_.preferences.trigger()
    dialog = program.window.findChild(PreferencesDialog)
    assert dialog.controls["session_budget"].value == 20
    dialog.controls["session_budget"].value = 0
    assert Preferences(paths.preferences_file()).session_budget == 0
    qtbot.mouseClick(dialog.sessions_button, LEFT)
    assert program.window.findChild(SessionsDialog).isVisible()


def test_where_nothing_can_be_written_everything_stays_and_the_user_is_asked_before_it_is_lost(
    qtbot: QtBot, start: Start, coloured: Path
) -> None:
    paths.sessions_folder().parent.mkdir(parents=True, exist_ok=True)
    paths.sessions_folder().write_text("a file in the way", encoding="utf-8")
    program = start()
    open_file(qtbot, program, coloured)
    notice = program.window.notice_bar
    qtbot.waitUntil(notice.isVisible)
    assert "cannot be written" in notice.message.text()
    result = edit(qtbot, program, "make it snow")
    assert program.document.result is result
    notice.clear()
    program.window.actions_.new_session.trigger()
    assert notice.isVisible()
    assert len(program.tree.listed) == 2
    program.window.close()
    assert program.window.isVisible()
    question = program.window.findChild(QMessageBox, "loss_question")
    assert question.text().endswith("could not be stored and would be lost: 2.")
    question.close()
    paths.sessions_folder().unlink()
    program.sessions.recorder.write_all()
    qtbot.waitUntil(lambda: program.sessions.recorder.problem is None)
    assert [node.pixels.file is not None for node in program.tree.nodes] == [True, True]
    wait_until_stored(qtbot, program)
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    assert again.document.result is not None
    assert again.document.result.image().tobytes() == result.image().tobytes()
