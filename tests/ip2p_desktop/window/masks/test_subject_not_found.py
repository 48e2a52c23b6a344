"""An edit of a subject that is not found is reported with one button that edits the whole photo."""

from __future__ import annotations

import pytest
from fakes.fake_editor import FakeEditor
from fakes.mask_painter import Painter
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditArea
from engine.errors import SubjectNotFound
from ip2p_desktop.app import Program


def refuse(qtbot: QtBot, program: Program, editor: FakeEditor, instruction: str) -> None:
    """An edit that finds no subject."""
    editor.error = SubjectNotFound("subject.not-found", "No subject was found in this photo.", "Paint it.")
    program.window.composer.instruction_box.setText(instruction)
    with qtbot.waitSignal(program.edits.failed):
        program.edits.start()
    qtbot.waitUntil(lambda: not program.queue.is_busy)
    editor.error = None
    assert program.window.notice_bar.action_button.isVisible()


def edit_everything(qtbot: QtBot, program: Program) -> None:
    qtbot.mouseClick(program.window.notice_bar.action_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not program.queue.is_busy)


@pytest.mark.parametrize("area", [EditArea.SUBJECT, EditArea.AUTOMATIC])
def test_one_click_edits_everything_instead(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor, area: EditArea
) -> None:
    program.document.change(area=area)
    refuse(qtbot, program, editor, "make it snowy")
    failed = editor.requests[-1]
    assert program.window.notice_bar.action_button.text() == "Edit everything"
    edit_everything(qtbot, program)
    assert len(editor.requests) == 2
    assert editor.requests[-1].settings.area is EditArea.EVERYTHING
    assert editor.requests[-1].settings.seed == failed.settings.seed
    assert program.document.state.settings.area is EditArea.EVERYTHING
    assert program.document.result is not None
    assert not program.window.notice_bar.isVisible()


def test_what_followed_in_the_sequence_is_edited_too(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor
) -> None:
    program.document.change(area=EditArea.SUBJECT)
    refuse(qtbot, program, editor, "make it snowy, then make it warmer")
    edit_everything(qtbot, program)
    made = [(each.instruction, each.settings.area) for each in editor.requests[1:]]
    assert made == [("make it snowy", EditArea.EVERYTHING), ("make it warmer", EditArea.EVERYTHING)]


def test_other_errors_offer_no_other_area(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor
) -> None:
    editor.error = RuntimeError("broken")
    program.window.composer.instruction_box.setText("make it snowy")
    with qtbot.waitSignal(program.edits.failed):
        program.edits.start()
    assert program.window.notice_bar.action_button.text() != "Edit everything"


def test_another_area_or_a_mask_resolves_the_notice(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor
) -> None:
    program.document.change(area=EditArea.SUBJECT)
    refuse(qtbot, program, editor, "make it snowy")
    program.document.change(area=EditArea.BACKGROUND)
    assert not program.window.notice_bar.isVisible()
    refuse(qtbot, program, editor, "make it snowy")
    painter.brush(20)
    painter.drag((20, 20))
    assert not program.window.notice_bar.isVisible()


def test_nothing_is_offered_for_a_photo_that_was_removed(
    qtbot: QtBot, painter: Painter, program: Program, editor: FakeEditor
) -> None:
    program.document.change(area=EditArea.SUBJECT)
    refuse(qtbot, program, editor, "make it snowy")
    assert program.document.source is not None
    program.history.remove(program.document.source)
    assert program.window.notice_bar.action_button.text() != "Edit everything" or (
        not program.window.notice_bar.isVisible()
    )
