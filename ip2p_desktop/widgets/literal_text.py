"""Text that is shown as it is.

The style sheet makes all labels and tooltips plain text. Buttons, menu entries and tabs have no such switch:
in them, a single `&` marks a shortcut.
"""

from __future__ import annotations


def button_text(text: str) -> str:
    """The text of a button, menu entry or tab that shows `text` with every `&` in it."""
    return text.replace("&", "&&")
