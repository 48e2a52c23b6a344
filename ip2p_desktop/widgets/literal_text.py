"""Text that is shown as it is, whoever wrote it.

The style sheet makes all labels plain text. Buttons, menu entries and tabs take a single `&` for the mark of
a shortcut, and tooltips take text for HTML that looks like it; neither can be switched off.
"""

from __future__ import annotations

from PySide6.QtGui import Qt


def button_text(text: str) -> str:
    """The text of a button, menu entry or tab that shows `text`."""
    return text.replace("&", "&&")


def tooltip_text(text: str) -> str:
    """The text of a tooltip that shows `text`."""
    if not Qt.mightBeRichText(text):
        return text
    return Qt.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal)
