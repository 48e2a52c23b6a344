"""What a person does with the strip of photos and results, for tests."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_nodes import EditNode, SourcePhoto
from ip2p_desktop.window.history.node_menu import NodeMenu


def click_node(qtbot: QtBot, program: Program, node: EditNode) -> None:
    """Click the thumbnail of a photo or result in the tree of results."""
    strip = program.window.history_strip
    place = strip.node_rect(node).center()
    qtbot.mouseClick(strip.results.viewport(), Qt.MouseButton.LeftButton, pos=place)


def click_photo(qtbot: QtBot, program: Program, photo: SourcePhoto) -> None:
    """Click the thumbnail of a photo in the row of photos."""
    row = program.window.history_strip.photos
    program.window.history_strip.update_now()
    place = row.photo_rect(photo).center().toPoint()
    qtbot.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=place)


def click_star(qtbot: QtBot, program: Program, node: EditNode) -> None:
    """Click the star on a thumbnail."""
    strip = program.window.history_strip
    cell = strip.node_rect(node).toRectF()
    place = strip.results.size_.star_area(cell).center().toPoint()
    qtbot.mouseClick(strip.results.viewport(), Qt.MouseButton.LeftButton, pos=place)


def press(qtbot: QtBot, program: Program, key: Qt.Key) -> None:
    """Press a key in the tree of results."""
    program.window.history_strip.update_now()
    program.window.history_strip.results.setFocus()
    qtbot.keyClick(program.window.history_strip.results, key)


def open_menu(program: Program, node: EditNode) -> NodeMenu:
    """Click a thumbnail with the right button; returns the open menu."""
    strip = program.window.history_strip
    place = strip.node_rect(node).center()
    _ask_for_menu(strip.results.viewport(), QContextMenuEvent.Reason.Mouse, place)
    menu = strip.findChildren(NodeMenu)[-1]
    assert menu.isVisible()
    return menu


def menu_by_key(program: Program) -> NodeMenu:
    """Press the menu key in the tree of results; returns the open menu."""
    strip = program.window.history_strip
    strip.update_now()
    strip.results.setFocus()
    _ask_for_menu(strip.results.viewport(), QContextMenuEvent.Reason.Keyboard, QPoint())
    menu = strip.findChildren(NodeMenu)[-1]
    assert menu.isVisible()
    return menu


def choose(menu: NodeMenu, text: str) -> None:
    """Choose an entry of a menu by its text."""
    next(action for action in menu.actions() if action.text() == text).trigger()
    menu.close()


def _ask_for_menu(viewport: QWidget, reason: QContextMenuEvent.Reason, place: QPoint) -> None:
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, place, viewport.mapToGlobal(place)))
