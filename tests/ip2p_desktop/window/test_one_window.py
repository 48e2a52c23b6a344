"""The parts of the window fit together: bars do not cover each other, and menus and buttons are complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from engine.editing.costs import Estimate
from engine.errors import ErrorReport
from ip2p_desktop.app import Program
from ip2p_desktop.window.main_window import MainWindow

BARS = ("zoom_bar", "compare_bar", "mask_tool_bar", "mask_options_bar", "notice_bar", "busy_note")
SIZES = [(1240, 820), (1024, 640), (740, 560)]
PROBLEM = ErrorReport("memory", "Not enough memory for this edit.", "Try a smaller resolution.")


FOUR_SECONDS = Estimate(
    load_seconds=None,
    peak_bytes=2 * 10**9,
    reading_seconds=1,
    step_seconds=1,
    finishing_seconds=1,
    storing_seconds=1,
    steps=1,
    variations=1,
)


def edit(qtbot: QtBot, program: Program) -> None:
    program.document.change(instruction="make it snow")
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_bars_on_the_canvas_do_not_cover_each_other(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], width: int, height: int
) -> None:
    window = program.window
    window.resize(width, height)
    open_photo()
    edit(qtbot, program)
    window.notice_bar.clear()
    assert shown_bars(window) == {"zoom_bar", "compare_bar", "mask_tool_bar"}
    window.canvas.show_busy("Finding the subject…")
    qtbot.waitUntil(lambda: "busy_note" in shown_bars(window))
    window.actions_.brush.trigger()
    window.notice_bar.show_error(PROBLEM)
    assert shown_bars(window) >= {"zoom_bar", "compare_bar", "notice_bar", "busy_note"}
    window.notice_bar.clear()
    # where there is less room, the menu Mask has the same entries
    assert "mask_options_bar" in shown_bars(window) or width < 1024


def shown_bars(window: MainWindow) -> set[str]:
    """The names of the bars that are shown; they do not overlap and lie inside the canvas."""
    for _ in range(3):
        QApplication.processEvents()
    canvas = window.canvas
    bars = [bar for name in BARS for bar in canvas.findChildren(QWidget, name) if bar.isVisible()]
    places = {bar.objectName(): QRect(bar.mapTo(canvas, QPoint()), bar.size()) for bar in bars}
    for (first, place), (second, other) in combinations(places.items(), 2):
        assert not place.intersects(other), (first, place, second, other)
    for name, place in places.items():
        assert canvas.rect().contains(place), (name, place)
    return set(places)


def test_letters_of_menu_entries_are_unique_in_each_menu(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    edit(qtbot, program)  # undo then names its step
    menus = [menu for action in program.window.menuBar().actions() if (menu := action.menu()) is not None]
    assert len(menus) > 5
    letters_of = [mnemonic(action.text()) for action in program.window.menuBar().actions()]
    assert len(set(letters_of)) == len(menus)
    for menu in menus:
        assert isinstance(menu, QMenu)
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        letters = Counter(mnemonic(text) for text in texts)
        assert "" not in letters, texts
        assert letters.most_common(1)[0][1] == 1, (menu.title(), letters.most_common(1), texts)
        assert len({text.replace("&", "") for text in texts}) == len(texts)


def mnemonic(text: str) -> str:
    """The letter after a single `&`, in lower case; empty if there is none."""
    _, _, rest = text.replace("&&", "").partition("&")
    return rest[:1].lower()


def test_every_button_without_text_says_what_it_does(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    edit(qtbot, program)
    program.window.actions_.brush.trigger()
    QApplication.processEvents()
    buttons = program.window.findChildren(QToolButton)
    checked = [
        button for button in buttons if button.isVisible() and not button.objectName().startswith("qt_")
    ]
    assert len(checked) > 20
    for button in checked:
        assert button.toolTip(), button.objectName()
        assert button.accessibleName() or button.text(), button.objectName()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marked_buttons_look_the_same_in_all_bars(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], theme: str
) -> None:
    open_photo()
    edit(qtbot, program)
    window = program.window
    window.actions_.findChild(type(window.actions_.open), f"action_theme_{theme}").trigger()
    QApplication.processEvents()
    names = ("pan_button", "compare_divider", "panel_button")
    colours = {corner_colour(window, name) for name in names}
    assert len(colours) == 1, colours


def corner_colour(window: MainWindow, name: str) -> str:
    button = window.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isChecked()
    return button.grab().toImage().pixelColor(button.width() // 2, 4).name()


def test_the_bars_are_equally_high(qtbot: QtBot, program: Program, open_photo: Callable[[], None]) -> None:
    open_photo()
    edit(qtbot, program)
    window = program.window
    window.actions_.brush.trigger()
    QApplication.processEvents()
    bars = {name: window.canvas.findChild(QWidget, name) for name in BARS[:4]}
    # the tool bar is upright
    sides = {name: bar.width() if name == "mask_tool_bar" else bar.height() for name, bar in bars.items()}
    assert len(set(sides.values())) == 1, sides


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_taller_strip_leaves_room_for_the_photo(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None], width: int, height: int
) -> None:
    window = program.window
    window.resize(width, height)
    open_photo()
    for _ in range(3):  # branches below each other
        edit(qtbot, program)
        program.history.use_as_source()
        edit(qtbot, program)
        program.history.show_photo(program.tree.photos[0])
    window.notice_bar.clear()
    window.history_strip.tall_button.setChecked(True)
    for _ in range(3):
        QApplication.processEvents()
    assert window.canvas.height() >= 180


def test_the_estimate_is_short_where_there_is_little_room(program: Program) -> None:
    estimate = program.window.composer.estimate
    for width, text in ((1240, "About 4 s · 2.0 GB"), (1024, "About 4 s"), (1240, "About 4 s · 2.0 GB")):
        program.window.resize(width, 640)
        QApplication.processEvents()
        estimate.value = FOUR_SECONDS
        assert estimate.text() == text
