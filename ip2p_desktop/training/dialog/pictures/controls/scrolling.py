"""Brings a widget into view in the page that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QWidget


def scroll_to(widget: QWidget) -> None:
    """Scroll the page so that the widget is in view, as soon as it has its place."""
    QTimer.singleShot(0, widget, lambda: _scroll(widget))


def _scroll(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None and not (isinstance(parent, QScrollArea) and parent.widgetResizable()):
        parent = parent.parentWidget()
    if isinstance(parent, QScrollArea) and widget.isVisible():
        parent.ensureWidgetVisible(widget, 0, 24)
