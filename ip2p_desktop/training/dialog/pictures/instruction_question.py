"""Asks what was changed in pairs that have no text."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ip2p_desktop.training.dialog.pictures.controls.words_box import WordsBox
from ip2p_desktop.widgets.surfaces import Surface, body_label


class InstructionQuestion(Surface):
    """A field for the wordings of the instruction of all pairs that have none."""

    answered = Signal(str)
    """The wordings, one on each line, when the user has confirmed them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("instruction_question")
        self.label = QLabel()
        self.label.setProperty("role", "section")
        self.box = WordsBox("instruction_answer", self.tr("What was changed?"), self.tr("make it snow"))
        self.label.setBuddy(self.box)
        self.button = QPushButton(self.tr("&Use for these pairs"))
        self.button.setObjectName("use_instruction")
        self.button.setAccessibleName(self.tr("Use for these pairs"))
        self.button.setAutoDefault(False)
        self.button.setProperty("role", "primary")
        self._used = ""
        """The wordings that are used, one on each line; empty while there are none."""
        hint = self.tr(
            "No text beside the photos says it. Several wordings, one a line, make the model listen better."
        )
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(body_label(hint, role="hint"), 1)
        row.addWidget(self.button)
        self.column.addWidget(self.label)
        self.column.addWidget(self.box)
        self.column.addLayout(row)
        self.box.textChanged.connect(self._refresh)
        self.box.submitted.connect(self._answer)
        self.button.clicked.connect(self._answer)
        self.show_count(0)
        self._refresh()

    def show_count(self, count: int) -> None:
        """Show how many pairs the question is about; 0 if that is not known."""
        if self._used:
            self.label.setText(self.tr("What was changed in %n pair(s)", "", count))
        elif count:
            self.label.setText(self.tr("%n pair(s) found. What was changed?", "", count))
        else:
            self.label.setText(self.tr("What was changed in the photos?"))

    def show_instruction(self, text: str) -> None:
        """Show the instruction that is used; what is being typed stays if there is none."""
        self._used = text
        if text:
            self.box.show_words(text.splitlines())
        self._refresh()

    def _refresh(self) -> None:
        """Nothing is to be used that is used already."""
        words = self.box.words
        self.button.setEnabled(bool(words) and "\n".join(words) != self._used)

    def _answer(self) -> None:
        if words := self.box.words:
            self.answered.emit("\n".join(words))
