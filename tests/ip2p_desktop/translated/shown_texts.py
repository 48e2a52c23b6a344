"""Every text that is in sight, wherever a widget or an action keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QMenuBar,
    QMessageBox,
    QWidget,
)

from ip2p_desktop.training.dialog.progress.loss_plot import LossPlot
from ip2p_desktop.window.history.photo_row import PhotoRow
from ip2p_desktop.window.history.results_view import ResultsView

ITEM_TEXTS = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
QT_OWN = "qt_"
"""Begins the names of what Qt makes inside its own widgets."""


class ShownText(NamedTuple):
    """A text and where it was seen."""

    place: str
    widget: str
    text: str


def shown_texts(place: str) -> list[ShownText]:
    """The texts of all visible widgets, of the entries of their menus and lists, and what they tell tools."""
    found: dict[ShownText, None] = {}
    never_open = set(_menus_of_diagrams())
    for widget in QApplication.allWidgets():
        is_shown = widget.isVisible() or (isinstance(widget, QMenu) and widget not in never_open)
        if not is_shown or widget.objectName().startswith(QT_OWN) or isinstance(widget, QMenuBar):
            continue
        name = f"{type(widget).__name__} {widget.objectName()}".strip()
        for text in _texts(widget):
            found[ShownText(place, name, text.replace("\u200b", ""))] = None
    return [each for each in found if each.text.strip()]


def _menus_of_diagrams() -> Iterator[QMenu]:
    """The menus that pyqtgraph makes for each diagram and that ours never open."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, LossPlot):
            menu = widget.plot.getPlotItem().ctrlMenu
            yield from (menu, *menu.findChildren(QMenu))


def _texts(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow():
        yield widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
        if widget.isReadOnly():
            yield widget.text()
    if isinstance(widget, QAbstractSpinBox):
        yield widget.specialValueText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(row) for row in range(widget.count()))
    if isinstance(widget, QListWidget):
        for row in range(widget.count()):
            item = widget.item(row)
            yield from (item.text(), item.toolTip(), item.data(Qt.ItemDataRole.AccessibleTextRole) or "")
    if isinstance(widget, ResultsView | PhotoRow):
        model, whole = widget.model(), QModelIndex()
        for index in (model.index(row, 0) for row in range(model.rowCount(whole))):
            yield from (index.data(role) or "" for role in ITEM_TEXTS)
    if isinstance(widget, QMessageBox):
        yield from (widget.text(), widget.informativeText())
    if isinstance(widget, QMenu):
        yield widget.title()
        for action in widget.actions():
            yield from _action_texts(action)


def _action_texts(action: QAction) -> Iterator[str]:
    if not action.isSeparator():
        yield from (action.text(), action.toolTip(), action.statusTip())
