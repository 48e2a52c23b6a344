"""Asks what was changed in pairs that have no text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from ip2p_desktop.widgets.surfaces import Surface, body_label


class InstructionQuestion(Surface):
    """A field for the instruction of all pairs that have none."""

    answered = Signal(str)
    """The instruction, when the user has confirmed it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("instruction_question")
        label = QLabel(self.tr("What was changed in the photos?"))
        label.setProperty("role", "section")
        self.box = QLineEdit(placeholderText=self.tr("make it snow"))
        self.box.setObjectName("instruction_answer")
        self.box.setAccessibleName(label.text())
        label.setBuddy(self.box)
        self.button = QPushButton(self.tr("&Use for these pairs"))
        self.button.setObjectName("use_instruction")
        self.button.setAccessibleName(self.tr("Use for these pairs"))
        self.button.setAutoDefault(False)
        hint = body_label(
            self.tr(
                "No text beside the photos describes the change. This instruction is used for these pairs."
            ),
            role="hint",
        )
        row = QHBoxLayout()
        row.addWidget(self.box, 1)
        row.addWidget(self.button)
        self.column.addWidget(label)
        self.column.addLayout(row)
        self.column.addWidget(hint)
        self.box.textChanged.connect(self._refresh)
        self.box.returnPressed.connect(self._answer)
        self.button.clicked.connect(self._answer)
        self._refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return in the field confirms it, and presses no button of the dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def show_instruction(self, text: str) -> None:
        """Show the instruction that is used; what is being typed stays if there is none."""
        if text:
            self.box.setText(text)

    def _refresh(self) -> None:
        self.button.setEnabled(bool(self.box.text().strip()))

    def _answer(self) -> None:
        if text := self.box.text().strip():
            self.answered.emit(text)
