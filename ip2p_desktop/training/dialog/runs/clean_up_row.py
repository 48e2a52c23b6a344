"""How much disk the runs take, and a button that deletes those that are no longer needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.files.disk_space import size_text
from ip2p_desktop.training.dialog.runs.run_texts import RunTexts
from ip2p_desktop.training.runs.run_list import RunSummary
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.surfaces import body_label


class CleanUpRow(QWidget):
    """Asks for confirmation in place before anything is deleted."""

    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summaries: Sequence[RunSummary] = ()
        self._is_asking = False
        self.text = body_label("", role="hint")
        self.text.setObjectName("runs_total")
        self.clean = plain_button("clean_up", "", "")
        self.cancel = plain_button("cancel_clean_up", self.tr("Cancel"), self.tr("Delete nothing"))
        self.confirm = plain_button(
            "confirm_clean_up", self.tr("Delete for good"), self.tr("Delete for good")
        )
        self.clean.clicked.connect(lambda: self._ask(True))
        self.cancel.clicked.connect(lambda: self._ask(False))
        self.confirm.clicked.connect(self._confirm)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for button in (self.clean, self.cancel, self.confirm):
            row.addWidget(button)
        self.show_runs(())

    def show_runs(self, summaries: Sequence[RunSummary]) -> None:
        """Show the disk use of these runs."""
        self._summaries = summaries
        self._show()

    def _show(self) -> None:
        spent = [summary for summary in self._summaries if summary.is_spent]
        self._is_asking = is_asking = self._is_asking and bool(spent)
        text = self.tr("&Clean up ({size})…").format(size=size_text(sum(each.disk for each in spent)))
        self.clean.setText(text)
        self.clean.setAccessibleName(text.replace("&", ""))
        self.clean.setVisible(bool(spent) and not is_asking)
        for button in (self.cancel, self.confirm):
            button.setVisible(is_asking)
        if is_asking:
            self.text.setText(RunTexts().clean_up(len(spent)))
        elif self._summaries:
            disk = sum(summary.disk for summary in self._summaries)
            self.text.setText(RunTexts().total(len(self._summaries), disk))
        else:
            self.text.setText(self.tr("No training has been started yet."))

    def _ask(self, is_asking: bool) -> None:
        self._is_asking = is_asking
        self._show()
        if is_asking:
            self.cancel.setFocus()

    def _confirm(self) -> None:
        self._ask(False)
        self.confirmed.emit()
