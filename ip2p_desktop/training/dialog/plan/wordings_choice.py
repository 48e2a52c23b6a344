"""Other wordings of the instruction, one to a line."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ip2p_desktop.training.wordings import suggested_wordings, typed_wordings
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

LINES_SHOWN = 4


class WordingsChoice(QWidget):
    """A field for wordings, and a button that fills in some."""

    wordings_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._instruction = ""
        self.field = named(QPlainTextEdit(), "wordings_field")
        self.field.setAccessibleName(self.tr("Other wordings, one to a line"))
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(self.fontMetrics().lineSpacing() * LINES_SHOWN + 22)
        self.suggest_button = plain_button(
            "suggest_wordings", self.tr("Suggest"), self.tr("Suggest wordings")
        )
        hint = self.tr(
            "Other ways to ask for this edit, one to a line. A model trained with several listens better."
        )
        self.hint = body_label(hint, role="hint")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.hint, 1)
        row.addWidget(self.suggest_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self.field)
        self.suggest_button.clicked.connect(self._suggest)
        self.field.textChanged.connect(self.wordings_changed)

    @property
    def wordings(self) -> tuple[str, ...]:
        """The wordings, each once, without the instruction itself."""
        return typed_wordings(self.field.toPlainText(), self._instruction)

    def show_instruction(self, instruction: str) -> None:
        """Offer wordings of this instruction; those of another one are removed."""
        if instruction != self._instruction:
            self._instruction = instruction
            self.field.clear()
            self.suggest_button.setEnabled(bool(suggested_wordings((instruction,))))

    def _suggest(self) -> None:
        typed = self.wordings
        self.field.setPlainText("\n".join((*typed, *suggested_wordings((self._instruction, *typed)))))
