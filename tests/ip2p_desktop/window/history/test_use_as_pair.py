"""Results of the session become pairs: one from its menu, several from the chooser."""

from __future__ import annotations

import json
from collections.abc import Callable

from fakes.giving_pictures import TIMEOUT, found, press
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base.paths import collections_folder
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.window.history.node_menu import NodeMenu


def training_dialog(program: Program) -> TrainingDialog:
    dialog = program.window.findChild(TrainingDialog)
    assert isinstance(dialog, TrainingDialog)
    return dialog


def test_a_result_is_used_as_a_pair(
    qtbot: QtBot, program: Program, make_edit: Callable[[str], EditedPhoto]
) -> None:
    result = make_edit("make it foggy")
    strip = program.window.history_strip
    strip._open_menu(result, strip.mapToGlobal(strip.rect().center()))
    menu = strip.findChild(NodeMenu)
    assert isinstance(menu, NodeMenu)
    (action,) = [each for each in menu.actions() if each.text() == "Use as a pair…"]
    action.trigger()
    menu.close()
    dialog = training_dialog(program)
    sources = dialog.examples_page.sources
    qtbot.waitUntil(lambda: len(sources.by_hand.pairs.rows.rows) == 1, timeout=TIMEOUT)
    assert sources.by_hand.pairs.rows.rows[0].text == "make it foggy"
    program.models.training_action.use_as_pair(make_edit("make it warm"))
    qtbot.waitUntil(lambda: len(sources.by_hand.pairs.rows.rows) == 2, timeout=TIMEOUT)
    (folder,) = collections_folder().iterdir()
    lines = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    assert [line["edit_instruction"] for line in lines] == ["make it foggy", "make it warm"]
    press(qtbot, dialog, "use_pairs")
    assert found(qtbot, dialog) == 2


def test_starred_results_are_chosen_for_pairs(
    qtbot: QtBot, program: Program, make_edit: Callable[[str], EditedPhoto]
) -> None:
    results = [make_edit(f"make it number {number}") for number in range(3)]
    program.history.toggle_star(results[1])
    program.window.actions_.training.trigger()
    dialog = training_dialog(program)
    press(qtbot, dialog, "way_edits")
    edits = dialog.examples_page.sources.edits
    assert [row.text for row in edits.rows.rows] == [f"make it number {number}" for number in (2, 1, 0)]
    assert not edits.use.isEnabled()
    qtbot.keyClick(edits.only_starred, Qt.Key.Key_Space)
    assert [row.text for row in edits.rows.rows] == ["make it number 1"]
    press(qtbot, dialog, "check_all_edits")
    press(qtbot, dialog, "use_edits")
    rows = dialog.examples_page.sources.by_hand.pairs.rows
    qtbot.waitUntil(lambda: [row.text for row in rows.rows] == ["make it number 1"], timeout=TIMEOUT)
    press(qtbot, dialog, "use_pairs")
    assert found(qtbot, dialog) == 1
    press(qtbot, dialog, "other_ways")
    press(qtbot, dialog, "way_practice")
    practice = dialog.examples_page.sources.practice
    assert practice.photos_label.text().startswith("1 photo")
    assert practice.names_label.text() == "dog.jpg"
