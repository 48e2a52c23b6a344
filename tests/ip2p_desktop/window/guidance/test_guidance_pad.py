"""The guidance pad sets both scales, shows what was tried, and edits on release or with Enter."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.fake_editor import FakeEditor
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings
from engine.library.useful_ranges import UsefulRanges, ValueRange
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.guidance.guidance_pad import GuidancePad
from ip2p_desktop.window.guidance.pad_dialog import PadDialog
from ip2p_desktop.window.guidance.sweep_dialog import SweepDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def small(program: Program) -> GuidancePad:
    """The pad in the settings panel, unfolded."""
    section = program.guidance.section
    section.disclosure.click()
    QApplication.processEvents()
    assert section.pad.isVisible()
    return section.pad


@pytest.fixture
def large(ready: Program) -> GuidancePad:
    """The pad in the dialog."""
    ready.window.actions_.guidance_pad.trigger()
    dialog = ready.window.findChild(PadDialog)
    assert dialog is not None
    QApplication.processEvents()
    return dialog.controls.pad


def at(pad: GuidancePad, text: float, image: float) -> QPoint:
    return pad.position_of((text, image)).toPoint()


def scales(program: Program) -> tuple[float, float]:
    settings = program.document.state.settings
    return settings.text_guidance_scale, settings.image_guidance_scale


def made(qtbot: QtBot, program: Program, text: float, image: float) -> EditedPhoto:
    program.document.change(text_guidance_scale=text, image_guidance_scale=image)
    with qtbot.waitSignal(program.edits.finished) as finished:
        program.guidance.try_now()
    result = finished.args[0]
    assert isinstance(result, EditedPhoto)
    return result


def test_it_is_folded_at_first(program: Program) -> None:
    assert not program.guidance.section.pad.isVisible()
    assert program.guidance.section.disclosure.isVisible()


def test_a_click_and_a_drag_set_both_sliders(qtbot: QtBot, ready: Program, small: GuidancePad) -> None:
    qtbot.mouseClick(small, LEFT, pos=at(small, 6.5, 1.3))
    assert scales(ready) == pytest.approx((6.5, 1.3), abs=0.06)
    assert ready.window.settings_panel.text_guidance.value == scales(ready)[0]
    extent = small.extent
    qtbot.mousePress(small, LEFT, pos=at(small, 7, 1.4))
    qtbot.mouseMove(small, at(small, 8.5, 1.7))
    qtbot.mouseRelease(small, LEFT, pos=at(small, 8.5, 1.7))
    assert scales(ready) == pytest.approx((8.5, 1.7), abs=0.06)
    assert small.extent == extent
    assert not ready.queue.is_busy, "edits on release are off in the small pad"


def test_the_values_under_the_pointer_are_shown(qtbot: QtBot, ready: Program, small: GuidancePad) -> None:
    before = small.grab().toImage()
    qtbot.mouseMove(small, at(small, 6, 1.3))
    hovered = small.grab().toImage()
    assert hovered != before
    QApplication.sendEvent(small, QEvent(QEvent.Type.Leave))
    assert small.grab().toImage() == before


def test_a_drag_is_one_step_of_undo(qtbot: QtBot, ready: Program, small: GuidancePad) -> None:
    qtbot.mousePress(small, LEFT, pos=at(small, 7, 1.4))
    for text in (7.5, 8, 8.5):
        qtbot.mouseMove(small, at(small, text, 1.7))
    qtbot.mouseRelease(small, LEFT, pos=at(small, 8.5, 1.7))
    ready.window.actions_.undo.trigger()
    assert scales(ready) == (7.5, 1.5)


def test_randomising_is_one_step_of_undo(ready: Program) -> None:
    before = ready.document.state
    ready.window.actions_.randomise.trigger()
    assert ready.document.state != before
    ready.window.actions_.undo.trigger()
    assert ready.document.state == before


def test_the_pad_follows_the_sliders(ready: Program, small: GuidancePad) -> None:
    ready.window.settings_panel.text_guidance.value = 9.9
    assert small.value == (9.9, 1.5)
    ready.window.settings_panel.image_guidance.value = 5.0
    assert small.extent.image.maximum >= 5
    assert "9.9" in small.accessibleDescription()


def test_arrow_keys_move_by_a_step_and_enter_edits(
    qtbot: QtBot, ready: Program, editor: FakeEditor, small: GuidancePad
) -> None:
    small.setFocus()
    qtbot.keyClick(small, Qt.Key.Key_Right)
    qtbot.keyClick(small, Qt.Key.Key_Down)
    assert scales(ready) == pytest.approx((7.6, 1.45))
    qtbot.keyClick(small, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert scales(ready) == pytest.approx((7.1, 1.45))
    with qtbot.waitSignal(ready.edits.finished):
        qtbot.keyClick(small, Qt.Key.Key_Return)
    settings = editor.requests[-1].settings
    assert (settings.text_guidance_scale, settings.image_guidance_scale) == pytest.approx((7.1, 1.45))
    assert settings.seed == 7


def test_the_large_pad_edits_on_release_with_the_current_seed(
    qtbot: QtBot, ready: Program, editor: FakeEditor, large: GuidancePad
) -> None:
    ready.document.change(randomises_seed=True)
    with qtbot.waitSignal(ready.edits.finished):
        qtbot.mouseClick(large, LEFT, pos=at(large, 8, 1.6))
    assert editor.requests[-1].settings.seed == 7
    assert ready.document.state.randomises_seed, "the preference for other edits stays"
    qtbot.waitUntil(lambda: [point.scales for point in large.points] == [scales(ready)])


def test_without_edits_on_release_nothing_starts(qtbot: QtBot, ready: Program, large: GuidancePad) -> None:
    dialog = ready.window.findChild(PadDialog)
    qtbot.mouseClick(dialog.controls.edits_on_release, LEFT, pos=QPoint(8, 12))
    assert not dialog.controls.edits_on_release.isChecked()
    qtbot.mouseClick(large, LEFT, pos=at(large, 8, 1.6))
    assert not ready.queue.is_busy
    assert dialog.values.text() == "Text guidance 8 · image guidance 1.6"


def test_a_click_on_a_thumbnail_shows_its_result_and_changes_no_setting(
    qtbot: QtBot, ready: Program, large: GuidancePad
) -> None:
    first = made(qtbot, ready, 6, 1.2)
    second = made(qtbot, ready, 9, 1.8)
    qtbot.waitUntil(lambda: len(large.points) == 2)
    assert ready.document.result is second
    qtbot.mouseClick(large, LEFT, pos=at(large, 6, 1.2))
    qtbot.waitUntil(lambda: ready.document.result is first)
    assert scales(ready) == (9, 1.8)
    assert ready.window.header.use_settings_button.isVisible()
    ready.window.header.use_settings_button.click()
    assert scales(ready) == (6, 1.2)


def test_a_drag_may_begin_on_a_thumbnail(qtbot: QtBot, ready: Program, small: GuidancePad) -> None:
    made(qtbot, ready, 6, 1.2)
    qtbot.waitUntil(lambda: len(small.points) == 1)
    qtbot.mousePress(small, LEFT, pos=at(small, 6, 1.2))
    qtbot.mouseMove(small, at(small, 9, 1.8))
    qtbot.mouseRelease(small, LEFT, pos=at(small, 9, 1.8))
    assert scales(ready) == pytest.approx((9, 1.8), abs=0.06)


def test_points_are_of_this_photo_instruction_model_and_seed(
    qtbot: QtBot, ready: Program, small: GuidancePad
) -> None:
    made(qtbot, ready, 6, 1.2)
    again = made(qtbot, ready, 9, 1.8)
    qtbot.waitUntil(lambda: len(small.points) == 2)
    for change, back in (
        ({"seed": 8}, {"seed": 7}),
        ({"instruction": "make it warmer"}, {"instruction": "make it snowy"}),
    ):
        ready.document.change(**change)
        qtbot.waitUntil(lambda: not small.points)
        ready.document.change(**back)
        qtbot.waitUntil(lambda: len(small.points) == 2)
    ready.history.remove(again)
    qtbot.waitUntil(lambda: [point.scales for point in small.points] == [(6, 1.2)])
    ready.history.use_as_source()
    qtbot.waitUntil(lambda: not small.points)


def test_what_was_tried_is_shown_instead_of_edited_again(
    qtbot: QtBot, ready: Program, editor: FakeEditor
) -> None:
    first = made(qtbot, ready, 6, 1.2)
    made(qtbot, ready, 9, 1.8)
    ready.document.change(text_guidance_scale=6, image_guidance_scale=1.2)
    ready.guidance.try_now()
    qtbot.waitUntil(lambda: ready.document.result is first)
    assert len(editor.requests) == 2


def test_without_an_instruction_the_box_is_pointed_to(ready: Program, editor: FakeEditor) -> None:
    ready.document.change(instruction=" ")
    ready.guidance.try_now()
    assert not ready.queue.is_busy
    assert not editor.requests
    ready.window.activateWindow()
    assert ready.window.focusWidget() is ready.window.composer.instruction_box


def test_randomise_draws_from_the_useful_range_of_the_model(ready: Program) -> None:
    document = ready.document
    assert document.model is not None
    ranges = UsefulRanges(text_guidance_scale=ValueRange(2, 3), image_guidance_scale=ValueRange(1.1, 1.2))
    document.update_model(replace(document.model, useful_ranges=ranges))
    drawn = set()
    for _ in range(20):
        ready.window.actions_.randomise.trigger()
        text, image = scales(ready)
        assert 2 <= text <= 3
        assert 1.1 <= image <= 1.2
        drawn.add((text, image, document.state.settings.seed))
    assert len({seed for _, _, seed in drawn}) > 15
    assert len({text for text, _, _ in drawn}) > 10


def test_the_ring_and_the_range_follow_the_model(ready: Program, small: GuidancePad) -> None:
    card = next(card for card in ready.installed.cards if card.name == "Postcard")
    ready.document.choose_model(card)
    assert (ready.guidance.ranges.text, ready.guidance.ranges.image) == (
        ValueRange(4.8, 7.2),
        ValueRange(0.96, 1.44),
    )
    ring = QPointF(at(small, 6.0, 1.2))
    image = small.grab().toImage()
    colours = {image.pixelColor(round(ring.x()) + dx, round(ring.y()) + 8).name() for dx in range(-2, 3)}
    outside = image.pixelColor(at(small, small.extent.text.maximum - 0.3, small.extent.image.maximum - 0.1))
    assert outside.name() not in colours


@pytest.mark.parametrize("size", [(620, 620), (540, 340)])
def test_no_text_of_the_dialog_is_cut(ready: Program, large: GuidancePad, size: tuple[int, int]) -> None:
    dialog = ready.window.findChild(PadDialog)
    dialog.resize(*size)
    QApplication.processEvents()
    assert dialog.size().toTuple() == size
    for button in dialog.findChildren(QAbstractButton):
        assert button.width() >= button.minimumSizeHint().width(), button.objectName()
        assert button.visibleRegion().boundingRect().size() == button.size()


def test_defaults_of_the_settings_lie_in_the_plane(small: GuidancePad) -> None:
    standard = EditSettings()
    assert small.plane().contains(
        small.position_of((standard.text_guidance_scale, standard.image_guidance_scale))
    )


def test_a_drag_ends_when_the_pad_is_closed_and_starts_no_edit(
    qtbot: QtBot, ready: Program, large: GuidancePad
) -> None:
    dialog = ready.window.findChild(PadDialog)
    assert dialog is not None
    ended: list[bool] = []
    large.gesture_ended.connect(lambda: ended.append(True))
    qtbot.mousePress(large, LEFT, pos=QPoint(120, 90))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert ended == [True]
    ready.window.actions_.guidance_pad.trigger()
    before = large.value
    qtbot.mouseMove(large, QPoint(160, 60))
    QApplication.processEvents()
    assert large.value == before
    assert not ready.queue.jobs


def test_long_texts_of_the_buttons_do_not_widen_the_settings(program: Program, small: GuidancePad) -> None:
    program.window.resize(1024, 640)
    section = program.guidance.section
    for button in (section.randomise, section.grid, section.large):
        button.setText("Zufällige Werte einstellen")
    QApplication.processEvents()
    edge = small.mapTo(program.window, QPoint(small.width(), 0)).x()
    assert edge <= program.window.width()
    tops = [button.mapTo(section, QPoint()).y() for button in (section.randomise, section.grid)]
    assert tops[0] < tops[1], "below each other"


@pytest.mark.parametrize("name", ["guidance_pad", "grid"])
def test_a_dialog_is_not_smaller_than_its_texts(ready: Program, name: str) -> None:
    getattr(ready.window.actions_, name).trigger()
    dialog = ready.window.findChild(PadDialog if name == "guidance_pad" else SweepDialog)
    assert isinstance(dialog, PadDialog | SweepDialog)
    button = dialog.close_button if isinstance(dialog, PadDialog) else dialog.start
    button.setText("Dieses Fenster schließen und nichts weiter tun")
    QApplication.processEvents()
    dialog.resize(100, 100)
    QApplication.processEvents()
    assert button.mapTo(dialog, QPoint(button.width(), 0)).x() <= dialog.width()
    assert dialog.width() >= dialog.layout().minimumSize().width()
