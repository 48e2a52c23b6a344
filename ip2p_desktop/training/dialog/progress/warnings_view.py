"""The warnings of the trainer: the latest one visible, earlier ones folded."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ip2p_desktop.training.dialog.folded_sentences import FoldedSentences
from ip2p_desktop.training.training_texts import TrainingTexts, warning
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.surfaces import body_label
from trainer.protocol.events import WarningRaised


class WarningsView(QWidget):
    """Hidden while there are no warnings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("warnings")
        self._shown: Sequence[WarningRaised] = ()
        icon_label = QLabel()
        set_icon(icon_label, "warning")
        self.latest = body_label("")
        self.latest.setObjectName("latest_warning")
        self.earlier = FoldedSentences("earlier_warnings", TrainingTexts().earlier_warnings)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(icon_label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.latest, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self.earlier)
        self.hide()

    def show_warnings(self, warnings: Sequence[WarningRaised]) -> None:
        """Show the warnings, oldest first. The list stays unfolded until there is a new one."""
        if warnings == self._shown:
            return
        self._shown = warnings
        sentences = [warning(event) for event in warnings]
        self.latest.setText(sentences[-1] if sentences else "")
        self.earlier.show_sentences(sentences[:-1])
        self.setVisible(bool(sentences))
