"""A list of sentences that is folded behind a button with their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.training.training_texts import TrainingTexts
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.surfaces import body_label

MOST_SHOWN = 20


class FoldedSentences(QWidget):
    """Hidden while there are no sentences."""

    def __init__(self, name: str, heading: Callable[[int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = heading
        self.button = QPushButton()
        self.button.setObjectName(f"{name}_button")
        self.button.setProperty("role", "disclosure")
        self.button.setStyleSheet("QPushButton { padding-left: 0; }")
        self.button.setCheckable(True)
        self.list = body_label("", role="hint")
        self.list.setObjectName(f"{name}_list")
        self.list.setContentsMargins(28, 0, 0, 0)
        self.button.toggled.connect(self._unfold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.button)
        column.addWidget(self.list)
        self.show_sentences(())

    def show_sentences(self, sentences: Sequence[str]) -> None:
        """Show the button for these sentences; at most 20 are listed."""
        shown = list(sentences[:MOST_SHOWN])
        if len(sentences) > len(shown):
            shown.append(TrainingTexts().more_entries(len(sentences) - len(shown)))
        self.button.setText(self._heading(len(sentences)))
        self.button.setAccessibleName(self.button.text())
        self.list.setText("\n".join(shown))
        self.button.setChecked(False)
        self._unfold(False)
        self.setVisible(bool(sentences))

    def _unfold(self, is_open: bool) -> None:
        self.list.setVisible(is_open)
        set_icon(self.button, "chevron-down" if is_open else "chevron-right")
