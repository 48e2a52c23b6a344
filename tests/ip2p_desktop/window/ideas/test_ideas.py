"""The ideas: filled, searched, chosen with mouse and keys, and what is shown when something is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from PIL import Image
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import Knowledge, KnownEdit, write_knowledge
from engine.library import ModelCard
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.previews.preview_job import THUMBNAIL_SIZE
from ip2p_desktop.window.ideas.ideas_dialog import IdeasDialog

EDITS = [KnownEdit(f"look {number}", f"give it look {number}") for number in range(30)]


@pytest.fixture
def knowing(starter: ModelCard) -> ModelCard:
    """The starter model with a list of thirty edits and a trained one; without a classifier to judge by."""
    edits = (*EDITS, KnownEdit("not offered"))
    write_knowledge(starter.path, Knowledge(edits=edits, vocabulary={}, instructions=("make it a postcard",)))
    return starter


@pytest.fixture
def opened(knowing: ModelCard, program: Program, open_photo: Callable[[], None]) -> Program:
    open_photo()
    return program


@pytest.fixture
def open_ideas(qtbot: QtBot, program: Program) -> Iterator[Callable[[], IdeasDialog]]:
    def open_them() -> IdeasDialog:
        program.window.composer.ideas_button.click()
        qtbot.waitUntil(lambda: program.ideas.dialog is not None and program.ideas.dialog.isVisible())
        assert program.ideas.dialog is not None
        return program.ideas.dialog

    yield open_them
    if program.ideas.dialog is not None:
        program.ideas.dialog.close()


def made(program: Program, dialog: IdeasDialog) -> int:
    return program.ideas.thumbnails.count_of([idea.instruction for idea in dialog.ideas.ideas])


def thumbnails(editor: FakeEditor) -> list[str]:
    """The instructions of thumbnails, in the order in which they were made."""
    side = THUMBNAIL_SIZE.resolution
    return [each.instruction for each in editor.previews if each.settings.resolution == side]


def test_taught_and_known_edits_are_shown_on_the_photo(
    qtbot: QtBot, opened: Program, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    assert [idea.name for idea in dialog.ideas.ideas] == [
        "Make it a postcard",
        *(f"Look {number}" for number in range(30)),
    ]
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    assert dialog.status.text() == "31 edits. Shown on your photo."
    image = opened.ideas.thumbnails.image("give it look 3")
    assert image is not None
    assert opened.document.source is not None
    assert (
        image.pixel(5, 5)
        == ~opened.document.source.display_image.levels[0].pixel(5, 5) & 0xFFFFFF | 0xFF000000
    )
    assert opened.tree.listed == (opened.document.source,), "thumbnails are no results"


def test_visible_ones_are_made_first_and_those_scrolled_to_next(
    qtbot: QtBot, opened: Program, editor: FakeEditor, open_ideas: Callable[[], IdeasDialog]
) -> None:
    editor.preview_gate = Gate()
    dialog = open_ideas()
    dialog.resize(640, 420)
    qtbot.waitUntil(lambda: editor.preview_gate.is_reached)
    bar = dialog.view.verticalScrollBar()

    def is_scrolled() -> bool:
        bar.setValue(bar.maximum())
        return 30 in dialog.view.visible_rows()

    qtbot.waitUntil(is_scrolled)
    qtbot.wait(100)
    last = [dialog.ideas.shown[row].instruction for row in dialog.view.visible_rows()]
    editor.preview_gate.open()
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    order = [each for each in thumbnails(editor) if each != dialog.ideas.shown[0].instruction]
    assert order[: len(last)] == last


def test_searching_and_keys_choose_an_edit(
    qtbot: QtBot, opened: Program, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    assert dialog.search.hasFocus() or dialog.focusWidget() is dialog.search
    qtbot.keyClicks(dialog.search, "look 2")
    assert [idea.name for idea in dialog.ideas.shown][:2] == ["Look 2", "Look 12"]
    qtbot.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert len(dialog.ideas.shown) == 31
    assert dialog.isVisible()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Right)
    assert dialog.large.idea is not None
    assert dialog.large.idea.name == "Look 0"
    qtbot.keyClicks(dialog.view, "look 29")
    assert dialog.search.text() == "look 29"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    assert opened.document.state.instruction == "give it look 29"
    assert not opened.queue.jobs


def test_escape_closes_and_a_second_opening_starts_anew(
    qtbot: QtBot, opened: Program, editor: FakeEditor, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    dialog.search.setText("12")
    dialog.search.clear()
    qtbot.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert open_ideas() is dialog
    assert len(dialog.ideas.shown) == 31
    assert made(opened, dialog) == 31
    qtbot.wait(100)
    assert thumbnails(editor).count("give it look 3") == 1, "thumbnails are kept for this photo"


def tile(dialog: IdeasDialog, row: int) -> QPoint:
    return dialog.view.visualRect(dialog.ideas.index(row)).center()


def test_a_click_writes_the_instruction_and_shift_click_edits(
    qtbot: QtBot, opened: Program, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    viewport = dialog.view.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=tile(dialog, 1))
    assert not dialog.isVisible()
    assert opened.document.state.instruction == "give it look 0"
    assert not opened.queue.jobs
    open_ideas()
    with qtbot.waitSignal(opened.edits.finished):
        shift = Qt.KeyboardModifier.ShiftModifier
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, shift, tile(dialog, 2))
    assert opened.document.result is not None
    assert opened.document.result.state.instruction == "give it look 1"


def test_what_the_mouse_is_on_is_shown_large(
    qtbot: QtBot, opened: Program, editor: FakeEditor, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    dialog.view.entered.emit(dialog.ideas.index(3))
    assert dialog.large.title.text() == "Look 2"
    assert dialog.large.instruction.text() == "“give it look 2”"

    def is_made_large() -> bool:
        request = editor.previews[-1]
        return request.settings.resolution == 256 and request.instruction == "give it look 2"

    qtbot.waitUntil(is_made_large)
    dialog.large.use_button.click()
    assert opened.document.state.instruction == "give it look 2"


def test_another_photo_makes_other_thumbnails(
    qtbot: QtBot, opened: Program, open_photo: Callable[[], None], open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    dialog.close()
    open_photo()
    assert opened.ideas.thumbnails.count_of(["give it look 3"]) == 0


def test_a_running_edit_has_precedence(
    qtbot: QtBot, opened: Program, editor: FakeEditor, open_ideas: Callable[[], IdeasDialog]
) -> None:
    editor.preview_gate = Gate()
    dialog = open_ideas()
    qtbot.waitUntil(lambda: editor.preview_gate.is_reached)
    editor.load_gate = Gate()
    opened.document.change(instruction="make it warmer")
    opened.edits.start()
    qtbot.waitUntil(lambda: editor.load_gate.is_reached)
    count = len(editor.previews)
    editor.preview_gate.open()
    qtbot.wait(100)
    assert len(editor.previews) == count
    assert made(opened, dialog) == 0
    editor.load_gate.open()
    qtbot.waitUntil(lambda: made(opened, dialog) == len(dialog.ideas.ideas))


def test_without_a_photo_a_sample_stands_in(
    qtbot: QtBot, knowing: ModelCard, program: Program, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    qtbot.waitUntil(lambda: made(program, dialog) == 31)
    assert "sample photo" in dialog.status.text()
    assert program.document.source is None


def test_a_model_without_a_list_shows_its_suggestions_and_the_users_own(
    qtbot: QtBot,
    starter: ModelCard,
    program: Program,
    open_photo: Callable[[], None],
    open_ideas: Callable[[], IdeasDialog],
) -> None:
    open_photo()
    program.document.change(instruction="put a hat on it")
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    dialog = open_ideas()
    assert [idea.instruction for idea in dialog.ideas.ideas] == [
        *("make it black and white", "make it warmer", "make it snowy"),
        "put a hat on it",
    ]
    recent = Preferences(paths.preferences_file()).recent_instructions
    assert recent == ((str(starter.path), "put a hat on it"),), "for the list after the next start"


def test_nothing_found_and_nothing_known_are_said(
    qtbot: QtBot,
    starter: ModelCard,
    program: Program,
    open_photo: Callable[[], None],
    open_ideas: Callable[[], IdeasDialog],
) -> None:
    open_photo()
    dialog = open_ideas()
    dialog.search.setText("elephant")
    assert dialog.empty.text() == "No known edit matches “elephant”."
    assert not dialog.large.use_button.isEnabled()
    dialog.close()
    assert program.document.model is not None
    card = json.loads((starter.path / "ip2p.json").read_text(encoding="utf-8"))
    (starter.path / "ip2p.json").write_text(json.dumps(card | {"suggestions": []}), encoding="utf-8")
    with qtbot.waitSignal(program.document.model_changed):
        program.window.actions_.reload_models.trigger()
    dialog = open_ideas()
    assert "no list of its edits" in dialog.empty.text()


def test_a_slow_model_shows_its_edits_without_thumbnails(
    qtbot: QtBot, opened: Program, editor: FakeEditor, open_ideas: Callable[[], IdeasDialog]
) -> None:
    editor.preview_seconds = 10.0
    dialog = open_ideas()
    qtbot.waitUntil(lambda: "takes too long" in dialog.status.text())
    assert len(dialog.ideas.shown) == 31
    assert len(editor.previews) == 1
    assert made(opened, dialog) <= 1, "the first may be the large one"


def test_chips_show_thumbnails_once_the_libraries_are_loaded(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], editor: FakeEditor
) -> None:
    open_photo()
    chips = program.window.composer.chips
    assert not thumbnails(editor), "the start of the program is not slowed down"
    program.client.warm_up()
    shown = chips.shown
    qtbot.waitUntil(lambda: program.ideas.thumbnails.count_of(shown) == len(shown))
    assert all(not chip.icon().isNull() for chip in chips.chips if not chip.isHidden())


def test_another_photo_while_they_are_open_is_shown_on(
    qtbot: QtBot, opened: Program, open_ideas: Callable[[], IdeasDialog], tmp_path: Path
) -> None:
    """The second start of the program hands its photo over, whatever dialog is open."""
    dialog = open_ideas()
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    qtbot.keyClicks(dialog.search, "look 2")
    other = tmp_path / "square.png"
    Image.new("RGB", (40, 40), "red").save(other)
    with qtbot.waitSignal(opened.document.source_changed):
        opened.photos.open_from_outside([other])
    qtbot.waitUntil(lambda: dialog.view.tile_painter.photo.size() == QSize(40, 40))
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    assert dialog.search.text() == "look 2"
    assert dialog.status.text() == "31 edits. Shown on your photo."


def test_the_closed_photo_is_not_taken_for_a_sample(
    qtbot: QtBot, opened: Program, open_ideas: Callable[[], IdeasDialog]
) -> None:
    dialog = open_ideas()
    opened.document.show_nothing()
    qtbot.waitUntil(lambda: "sample" in dialog.status.text())
    assert dialog.view.tile_painter.photo.size() != QSize(96, 64)


def test_without_a_model_it_says_so(qtbot: QtBot, opened: Program) -> None:
    opened.document.model = None
    opened.window.composer.ideas_button.click()
    qtbot.waitUntil(opened.window.notice_bar.isVisible)
    assert "No model is installed." in opened.window.notice_bar.message.text()


def test_a_model_that_makes_none_is_said_and_tried_again_at_the_next_opening(
    qtbot: QtBot, opened: Program, editor: FakeEditor, open_ideas: Callable[[], IdeasDialog]
) -> None:
    editor.preview_error = ModelNotUsable("model.damaged", "It is damaged.", "Install it again.")
    dialog = open_ideas()
    qtbot.waitUntil(lambda: made(opened, dialog) == 31)
    assert dialog.status.text() == "31 edits. They cannot be shown on a photo. Make one to see why."
    dialog.close()
    editor.preview_error = None
    open_ideas()
    qtbot.waitUntil(lambda: opened.ideas.thumbnails.image("give it look 3") is not None)


@pytest.mark.parametrize("is_own", [False, True])
def test_a_long_instruction_leaves_room_for_the_picture(
    qtbot: QtBot,
    knowing: ModelCard,
    program: Program,
    open_photo: Callable[[], None],
    open_ideas: Callable[[], IdeasDialog],
    is_own: bool,
) -> None:
    instruction = "make it warmer and add fog " * 30
    if is_own:
        program.preferences.recent_instructions = ((str(knowing.path), instruction),)
    else:
        write_knowledge(knowing.path, Knowledge(edits=(KnownEdit("fog", instruction),), vocabulary={}))
    open_photo()
    dialog = open_ideas()
    dialog.resize(dialog.minimumSize())
    dialog.view.look_at_row(len(dialog.ideas.shown) - 1)
    assert dialog.large.idea is not None
    assert dialog.large.idea.instruction == instruction
    QApplication.processEvents()
    assert dialog.large.picture.height() > 150
