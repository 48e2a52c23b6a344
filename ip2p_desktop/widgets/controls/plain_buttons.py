"""Buttons that are not the default button of a dialog, so that Return does not press them."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from ip2p_desktop.widgets.object_names import named


def plain_button(name: str, text: str, spoken: str = "") -> QPushButton:
    """A button with an object name; `spoken` is its accessible name if the text is not enough."""
    button = named(QPushButton(text), name)
    button.setAutoDefault(False)
    if spoken:
        button.setAccessibleName(spoken)
    return button
