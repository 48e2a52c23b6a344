"""Text of several lines that is painted without a widget of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

LONGEST = 400
"""Characters that are laid out; more never fit."""


def wrapped_lines(text: str, font: QFont, width: float, most: int) -> list[str]:
    """The text in at most so many lines of a width in points, the last one elided; at least one line."""
    text = " ".join(text.split())
    layout = QTextLayout(text[:LONGEST], font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    while len(lines) < most:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(max(1.0, width))
        start = line.textStart()
        is_last = len(lines) == most - 1
        lines.append(text[start:] if is_last else text[start : start + line.textLength()])
    layout.endLayout()
    if lines:
        lines[-1] = QFontMetricsF(font).elidedText(lines[-1].strip(), Qt.TextElideMode.ElideRight, width)
    return lines or [""]
