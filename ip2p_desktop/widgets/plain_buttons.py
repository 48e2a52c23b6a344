"""Buttons that Return does not press from elsewhere in the dialog."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from ip2p_desktop.widgets.object_names import named


def plain_button(name: str, text: str, spoken: str = "") -> QPushButton:
    """A button for a row or a page, with other words for screen readers where these say too little."""
    button = named(QPushButton(text), name)
    button.setAutoDefault(False)
    if spoken:
        button.setAccessibleName(spoken)
    return button
