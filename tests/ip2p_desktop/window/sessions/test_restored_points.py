"""The points of the guidance pad come back with the session."""

from __future__ import annotations

from pathlib import Path

from fakes.session_steps import Start, edit, open_file, quit_program, wait_until_shown
from pytestqt.qtbot import QtBot

from ip2p_desktop.window.guidance.tried_points import scales_of


def test_points_are_there_after_a_restart(qtbot: QtBot, start: Start, coloured: Path) -> None:
    program = start()
    open_file(qtbot, program, coloured)
    program.document.change(seed=7, randomises_seed=False, text_guidance_scale=6.5)
    first = edit(qtbot, program, "make it snowy")
    program.document.change(text_guidance_scale=8.5)
    edit(qtbot, program, "make it snowy")
    tried = [scales_of(first), (8.5, 1.5)]
    pad = program.guidance.section.pad
    qtbot.waitUntil(lambda: [point.scales for point in pad.points] == tried)
    quit_program(program)
    again = start()
    wait_until_shown(qtbot, again)
    pad_again = again.guidance.section.pad
    qtbot.waitUntil(lambda: [point.scales for point in pad_again.points] == tried)
    assert pad_again.value == (8.5, 1.5)
