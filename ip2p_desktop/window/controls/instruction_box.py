"""The field for the instruction."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QPalette, QTextCharFormat
from PySide6.QtWidgets import QCompleter, QListView, QWidget

from ip2p_desktop.widgets.controls.text_field import TextField


class InstructionBox(TextField):
    """A line of text that is completed with the suggestions of the model."""

    value_changed = Signal(str)
    submitted = Signal()
    """Return was pressed."""
    _unread_words = 0

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("instruction_box")
        self.setProperty("large", "true")
        self.setPlaceholderText(self.tr("What should change?"))
        self.setAccessibleName(self.tr("Instruction"))
        self.setAccessibleDescription(self.tr("Write what should change and press Enter."))
        self.setMaxLength(1000)
        self._suggestions = QStringListModel(self)
        self.setCompleter(self._make_completer())
        self.textChanged.connect(self.value_changed)
        self.returnPressed.connect(self.submitted)

    @property
    def value(self) -> str:
        """The instruction."""
        return self.text()

    @value.setter
    def value(self, instruction: str) -> None:
        if instruction != self.text():
            self.setText(instruction)

    @property
    def unread_words(self) -> int:
        """The number of words at the end that the model does not read; they are struck out."""
        return self._unread_words

    @unread_words.setter
    def unread_words(self, count: int) -> None:
        if count or self._unread_words:
            self._unread_words = count
            QCoreApplication.sendEvent(self, QInputMethodEvent("", self._unread_format()))

    def _unread_format(self) -> list[QInputMethodEvent.Attribute]:
        """The format of the unread words.

        `QLineEdit` accepts formats for parts of its text only from input method events.
        """
        words = list(re.finditer(r"\S+", self.text()))[-self._unread_words :] if self._unread_words else []
        if not words:
            return []
        struck_out = QTextCharFormat()
        struck_out.setFontStrikeOut(True)
        struck_out.setForeground(self.palette().color(QPalette.ColorRole.PlaceholderText))
        start = words[0].start()
        kind = QInputMethodEvent.AttributeType.TextFormat
        return [
            QInputMethodEvent.Attribute(
                kind, start - self.cursorPosition(), len(self.text()) - start, struck_out
            )
        ]

    @property
    def suggestions(self) -> Sequence[str]:
        """The instructions for completion."""
        return self._suggestions.stringList()

    @suggestions.setter
    def suggestions(self, suggestions: Sequence[str]) -> None:
        self._suggestions.setStringList(list(suggestions))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.unread_words = self._unread_words  # apply the colours of the new theme

    def _make_completer(self) -> QCompleter:
        completer = QCompleter(self._suggestions, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(8)
        popup = QListView()
        popup.setProperty("role", "popup")
        completer.setPopup(popup)
        return completer
