"""A field for the wordings of an edit, one on each line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from trainer.datasets.layouts.instruction_texts import wordings_of

LINES = 2
MOST_CHARACTERS = 4000


class WordsBox(QPlainTextEdit):
    """Tab leaves the field; Ctrl+Return, and leaving it, confirm what was typed."""

    confirmed = Signal(object)
    """The wordings, a tuple of texts; emitted only if they have changed."""
    submitted = Signal()
    """Ctrl+Return was pressed."""

    def __init__(self, name: str, spoken: str, placeholder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setAccessibleDescription(self.tr("One wording a line"))
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(LINES * self.fontMetrics().lineSpacing() + 26)
        self._shown: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The wordings as they are typed."""
        return wordings_of(self.toPlainText()[:MOST_CHARACTERS])

    def show_words(self, words: Sequence[str]) -> None:
        """Show wordings; what is being typed stays if these are shown already."""
        if tuple(words) != self._shown or not self.hasFocus():
            self._shown = tuple(words)
            if self.words != self._shown:
                self.setPlainText("\n".join(words))

    def confirm(self) -> None:
        """Emit what was typed, if it has changed."""
        if self.words != self._shown:
            self._shown = self.words
            self.confirmed.emit(self.words)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.confirm()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_return = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_return and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.confirm()
            self.submitted.emit()
        else:
            super().keyPressEvent(event)
