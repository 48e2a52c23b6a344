"""The menu entry, the dialog and the allowed check at the start, against a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.http_faults import Answer, FaultyServer
from fakes.published_updates import PAGE, PATH, PublishedUpdates
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from ip2p_desktop import __version__
from ip2p_desktop.app import Program
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.updates import update_source
from ip2p_desktop.window.preferences_pages.preference_controls import has_choice
from ip2p_desktop.window.updates.updates_dialog import UpdatesDialog

Ship = Callable[[str], None]


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: FaultyServer) -> Ship:
    """Lets the program ship with an address and the key of what is published there."""
    monkeypatch.delenv(update_source.ADDRESS_VARIABLE, raising=False)

    def write(address: str, public_key: str = "") -> None:
        file = tmp_path / "updates.json"
        file.write_text(json.dumps({"address": address, "public_key": public_key}))
        monkeypatch.setattr(update_source, "source_file", lambda: file)

    return write


@pytest.fixture
def published(server: FaultyServer, ship: Callable[..., None]) -> PublishedUpdates:
    published = PublishedUpdates(server)
    published.publish("99.0")
    ship(server.url(PATH), published.key.public.to_text())
    return published


def open_dialog(qtbot: QtBot, program: Program) -> UpdatesDialog:
    program.window.actions_.check_updates.trigger()
    dialog = program.updates.dialog
    qtbot.waitUntil(dialog.check_button.isEnabled)
    assert dialog.isVisible()
    return dialog


def test_a_newer_version_is_shown_with_its_notes_page_and_hashes(
    qtbot: QtBot, program: Program, published: PublishedUpdates, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: not opened.append(url))
    dialog = open_dialog(qtbot, program)
    assert dialog.state.text() == "IP2P Desktop 99.0 is available."
    assert f"You have {__version__}." in dialog.explanation.text()
    assert dialog.notes.toPlainText() == "Faster edits.\n<b>Not bold</b>"
    assert "a1" * 32 in dialog.hashes.text()
    dialog.page_button.click()
    assert opened == [QUrl(PAGE)]


@pytest.mark.parametrize(
    ("version", "state"),
    [
        (__version__, "You have the newest version."),
        ("0.0.1", "Your version is newer than the published one."),
    ],
)
def test_without_a_newer_version_nothing_is_offered(
    qtbot: QtBot, program: Program, published: PublishedUpdates, version: str, state: str
) -> None:
    published.publish(version)
    dialog = open_dialog(qtbot, program)
    assert dialog.state.text() == state
    assert dialog.page_button.isHidden()
    assert dialog.notes.isHidden()


def test_a_problem_is_said_and_the_check_repeated(
    qtbot: QtBot, program: Program, published: PublishedUpdates
) -> None:
    published.server.answers[PATH].append(Answer(content=b"{}"))
    dialog = open_dialog(qtbot, program)
    assert "not signed" in dialog.problem.message.text()
    assert dialog.page_button.isHidden()
    dialog.check_button.click()
    qtbot.waitUntil(dialog.page_button.isVisible)
    assert dialog.problem.isHidden()


def test_the_window_works_while_a_server_is_silent(
    qtbot: QtBot, program: Program, published: PublishedUpdates, open_photo: Callable[[], None]
) -> None:
    published.server.answers[PATH].append(Answer(stall_after=0))
    program.window.actions_.check_updates.trigger()
    dialog = program.updates.dialog
    assert "Asking 127.0.0.1" in dialog.explanation.text()
    open_photo()
    assert not dialog.check_button.isEnabled()  # and the end of the test does not wait for the server


def test_without_an_address_the_dialog_says_so(qtbot: QtBot, program: Program, ship: Ship) -> None:
    ship("")
    dialog = open_dialog(qtbot, program)
    assert "no address" in dialog.state.text()
    assert dialog.check_button.isHidden()


def test_an_address_without_a_key_is_not_asked(
    qtbot: QtBot, program: Program, ship: Ship, server: FaultyServer
) -> None:
    ship(server.url(PATH))
    assert "no address" in open_dialog(qtbot, program).state.text()
    assert server.requests == []


def test_an_environment_variable_changes_the_address_and_not_the_key(
    qtbot: QtBot, program: Program, published: PublishedUpdates, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = published.server.files
    published.server.files = {name.replace("updates", "other"): content for name, content in files.items()}
    monkeypatch.setenv(update_source.ADDRESS_VARIABLE, published.server.url("/other.json"))
    assert open_dialog(qtbot, program).state.text() == "IP2P Desktop 99.0 is available."


def test_the_program_asks_nobody_by_itself(program: Program, published: PublishedUpdates) -> None:
    assert not program.preferences.checks_updates
    program.updates.check_if_allowed()
    program.updates.shut_down()  # waits for whatever runs
    assert published.server.requests == []


def test_an_allowed_check_offers_a_newer_version_once_a_day(
    qtbot: QtBot, program: Program, published: PublishedUpdates
) -> None:
    program.preferences.checks_updates = True
    bar = program.window.notice_bar
    bar.clear()
    program.updates.check_if_allowed()
    qtbot.waitUntil(bar.isVisible)
    assert bar.message.text() == "IP2P Desktop 99.0 is available."
    assert program.window.findChild(UpdatesDialog) is None
    bar.action_button.click()
    assert program.updates.dialog.notes.isVisible()
    asked = len(published.server.requests)
    program.updates.check_if_allowed()
    program.updates.shut_down()
    assert len(published.server.requests) == asked


def test_an_allowed_check_that_fails_is_silent(
    qtbot: QtBot, program: Program, published: PublishedUpdates
) -> None:
    program.preferences.checks_updates = True
    published.server.answers[PATH].append(Answer(status=500))
    program.window.notice_bar.clear()
    program.updates.check_if_allowed()
    qtbot.waitUntil(lambda: len(published.server.requests) == 1)
    program.updates.shut_down()
    assert program.window.notice_bar.isHidden()
    assert program.preferences.updates_checked == ""


def test_the_preference_is_shown_if_there_is_an_address(
    program: Program, ship: Callable[..., None], published: PublishedUpdates
) -> None:
    assert has_choice(Preferences.checks_updates)
    program.preferences_action.open(Preferences.checks_updates)
    ship("")
    assert not has_choice(Preferences.checks_updates)
