"""Buttons whose accessible name is their text, also where it changes."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from ip2p_desktop.widgets.controls.plain_buttons import plain_button


def text_button(name: str, text: str = "", *, role: str = "") -> QPushButton:
    """A button that Return does not press from elsewhere; `role` is one of those in `theme`."""
    button = plain_button(name, "")
    if role:
        button.setProperty("role", role)
    set_button_text(button, text)
    return button


def set_button_text(button: QPushButton, text: str) -> None:
    """Show a text on a button, and say it without the mark of the shortcut."""
    button.setText(text)
    button.setAccessibleName(text.replace("&", ""))
