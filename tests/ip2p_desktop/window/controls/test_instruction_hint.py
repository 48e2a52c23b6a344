"""The line below the instruction shows what fits, and keeps its height."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from pytestqt.qtbot import QtBot

from ip2p_desktop.window.controls.instruction_box import InstructionBox
from ip2p_desktop.window.controls.instruction_hint import HintLink, InstructionHint


@pytest.fixture
def hint(qtbot: QtBot) -> InstructionHint:
    hint = InstructionHint()
    qtbot.addWidget(hint)
    hint.resize(700, hint.height())
    hint.show()
    return hint


def links(followed: list[str]) -> list[HintLink]:
    names = ("make it snow", "add some fog", "Download")
    return [HintLink(name, f"About {name}", lambda name=name: followed.append(name)) for name in names]


def test_a_link_calls_its_function(qtbot: QtBot, hint: InstructionHint) -> None:
    followed: list[str] = []
    hint.show_hint("Not known.", links(followed))
    qtbot.mouseClick(hint.links[1], Qt.MouseButton.LeftButton)
    assert followed == ["add some fog"]


def test_a_sign_in_an_instruction_is_shown_as_it_is(hint: InstructionHint) -> None:
    link = HintLink("make it black & white", "About <b>it</b> & more", lambda: None)
    hint.show_hint("Not known.", [link])
    assert hint.links[0].shortcut().isEmpty()
    assert "<b>" not in hint.links[0].toolTip()


def test_where_room_is_short_the_last_link_stays_the_longest(hint: InstructionHint) -> None:
    hint.show_hint("Not known.", links([]), lead="Closest:")
    assert [link.text() for link in hint.links] == ["make it snow", "add some fog", "Download"]
    hint.resize(hint.links[-1].geometry().right() - 5, hint.height())
    assert [link.text() for link in hint.links] == ["make it snow", "Download"]
    assert not hint.lead.isHidden()
    hint.resize(hint.links[-1].geometry().right() - 5, hint.height())
    assert [link.text() for link in hint.links] == ["Download"]
    assert hint.lead.isHidden()
    hint.resize(40, hint.height())
    assert list(hint.links) == []
    assert hint.sentence.shown_text != "Not known."


def test_its_height_is_the_same_with_and_without_text(hint: InstructionHint) -> None:
    before = hint.sizeHint().height(), hint.height()
    hint.show_hint("Not known.", links([]))
    assert (hint.sizeHint().height(), hint.height()) == before
    hint.clear()
    assert (hint.sentence.text(), list(hint.links), hint.height()) == ("", [], before[1])


def test_unread_words_are_struck_out_without_changing_the_text(qtbot: QtBot) -> None:
    box = InstructionBox()
    qtbot.addWidget(box)
    box.show()
    box.value = "make it snow and add fog"
    box.setCursorPosition(4)
    plain = box.grab().toImage()
    box.unread_words = 2
    struck = box.grab().toImage()
    assert struck != plain
    assert (box.value, box.cursorPosition()) == ("make it snow and add fog", 4)
    box.unread_words = 0
    assert box.grab().toImage() == plain


def test_struck_out_words_follow_the_theme(qtbot: QtBot) -> None:
    box = InstructionBox()
    qtbot.addWidget(box)
    box.show()
    box.value = "make it snow and add fog"
    box.unread_words = 2
    palette = box.palette()
    palette.setColor(QPalette.ColorRole.PlaceholderText, QColor("magenta"))
    box.setPalette(palette)
    image = box.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert "#ff00ff" in colours
