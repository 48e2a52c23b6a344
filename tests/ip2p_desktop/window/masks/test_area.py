"""The button of the area: everything, the subject, the background, or what is painted."""

from __future__ import annotations

import pytest
from fakes.fake_editor import FakeEditor
from fakes.mask_painter import Painter
from fakes.session_steps import edit
from PIL import Image, ImageDraw, ImageOps
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditArea
from engine.errors import EngineError
from engine.instructions import InstructionReading
from ip2p_desktop.app import Program


def choose(program: Program, name: str) -> None:
    action = program.window.composer.area_button.findChild(QAction, name)
    assert action is not None
    assert action.isVisible()
    action.trigger()


def test_the_button_says_the_area_in_words(painter: Painter, program: Program) -> None:
    button = program.window.composer.area_button
    assert button.text() == "Automatic"
    for name, text, area in (
        ("area_everything", "Everything", EditArea.EVERYTHING),
        ("area_subject", "Subject only", EditArea.SUBJECT),
        ("area_background", "Background only", EditArea.BACKGROUND),
        ("area_automatic", "Automatic", EditArea.AUTOMATIC),
    ):
        choose(program, name)
        assert button.text() == text
        assert program.document.state.settings.area is area


def test_the_painted_area_is_offered_with_a_mask_and_set_aside_by_another_choice(
    painter: Painter, program: Program, editor: FakeEditor
) -> None:
    button = program.window.composer.area_button
    assert not button.painted.isVisible()
    choose(program, "area_background")
    painter.brush(20)
    painter.drag((20, 20))
    painted = painter.mask
    assert button.text() == "Painted area"
    choose(program, "area_everything")
    assert button.text() == "Everything"
    assert program.document.state.mask_in_use == ""
    assert program.masks.overlay.mask is None
    assert not program.masks.options_bar.isVisible()
    program.window.actions_.undo.trigger()
    assert (button.text(), button.value) == ("Painted area", EditArea.BACKGROUND)
    program.window.actions_.redo.trigger()
    assert button.text() == "Everything"
    choose(program, "area_painted")
    assert button.text() == "Painted area"
    assert painter.mask.tobytes() == painted.tobytes()
    assert program.masks.overlay.mask is not None
    choose(program, "area_background")
    choose(program, "area_painted")
    edit(painter.qtbot, program, "make it snowy")
    assert editor.requests[-1].settings.area is EditArea.EVERYTHING  # within the mask


def test_the_area_that_the_words_name_is_shown_unless_another_is_chosen(
    painter: Painter, program: Program
) -> None:
    button = program.window.composer.area_button
    typed = "blur the background"
    program.document.change(instruction=typed)
    program.document.reading = InstructionReading(
        typed=typed, instruction="blur it", area=EditArea.BACKGROUND, without_place="blur it"
    )
    assert button.text() == "Background only"
    assert program.document.state.settings.area is EditArea.AUTOMATIC
    painter.brush(20)
    painter.drag((20, 20))
    assert button.text() == "Painted area"
    assert "Background" not in program.window.composer.hint.sentence.text()
    program.window.actions_.clear_mask.trigger()
    assert button.text() == "Background only"
    program.document.reading = None
    assert button.text() == "Automatic"


def test_painting_on_a_mask_that_was_set_aside_uses_it_again(painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 20))
    choose(program, "area_everything")
    painter.brush(20)
    assert program.masks.overlay.mask is not None  # what the brush adds to must be seen
    painter.drag((70, 40))
    assert [painter.mask.getpixel(place) for place in ((20, 20), (70, 40))] == [255, 255]


def test_clearing_the_mask_leaves_the_automatic_area(painter: Painter, program: Program) -> None:
    painter.brush(20)
    painter.drag((20, 20))
    program.window.actions_.clear_mask.trigger()
    assert program.window.composer.area_button.text() == "Automatic"
    assert not program.window.composer.area_button.painted.isVisible()


def subject_of(photo: Image.Image) -> Image.Image:
    mask = Image.new("L", photo.size)
    ImageDraw.Draw(mask).ellipse((30, 10, 70, 55), fill=255)
    return mask


def test_subject_and_background_are_marked_in_one_click(
    painter: Painter, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program.masks, "_find_subject", subject_of)
    source = program.document.source
    assert source is not None
    subject = subject_of(source.image)
    program.window.actions_.select_subject.trigger()
    painter.wait()
    assert painter.mask.tobytes() == subject.tobytes()
    program.window.actions_.select_background.trigger()
    painter.wait()
    assert painter.mask.tobytes() == ImageOps.invert(subject).tobytes()
    painter.brush(20)
    painter.drag((50, 30))
    assert painter.mask.getpixel((50, 30)) == 255
    program.window.actions_.undo.trigger()
    program.window.actions_.undo.trigger()
    assert painter.mask.tobytes() == subject.tobytes()


def test_a_photo_without_a_subject_is_reported(
    painter: Painter, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(photo: Image.Image) -> Image.Image:
        raise EngineError("test", "No subject was found in this photo.", "Paint the part to edit.")

    monkeypatch.setattr(program.masks, "_find_subject", refuse)
    painter.brush(20)
    painter.drag((20, 20))
    before = program.document.state
    program.window.actions_.select_subject.trigger()
    painter.wait()
    assert program.document.state == before
    assert "No subject" in program.window.notice_bar.message.text()
    painter.drag((60, 40))
    assert painter.mask.getpixel((60, 40)) == 255


def test_the_tools_wait_for_the_subject(
    painter: Painter, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(program.masks, "_find_subject", subject_of)
    painter.brush(20)
    program.window.actions_.select_subject.trigger()
    assert not program.window.actions_.invert_mask.isEnabled()
    painter.drag((5, 5))
    painter.wait()
    assert painter.mask.getpixel((5, 5)) == 0
    assert program.window.actions_.invert_mask.isEnabled()


def test_the_line_says_that_the_painted_area_is_edited_and_not_the_one_named(
    painter: Painter, program: Program
) -> None:
    painter.brush(20)
    painter.drag((20, 20))
    hint = program.window.composer.hint
    program.document.reading = InstructionReading(
        typed="blur the background", instruction="blur it", area=EditArea.BACKGROUND
    )
    assert hint.sentence.text().startswith("The painted area is edited.")
    (link,) = hint.links
    assert link.text() == "Edit the background"
    link.click()
    assert program.document.state.mask_in_use == ""
    assert hint.sentence.text().startswith("Background only.")


def test_a_changed_mask_is_seen_over_a_result_until_the_next_one(
    painter: Painter, program: Program, editor: FakeEditor, qtbot: QtBot
) -> None:
    edit(qtbot, program, "make it snow")
    assert program.document.result is not None
    painter.brush(20)
    painter.drag((20, 20))
    program.window.actions_.pan.trigger()
    assert program.masks.overlay.mask is not None
    edit(qtbot, program, "make it warmer")
    assert program.masks.overlay.mask is None
