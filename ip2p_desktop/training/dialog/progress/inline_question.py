"""Questions that take the place of the buttons of a run."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSpinBox, QWidget

from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.layouts.wrapping_row import WrappingRow
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.widgets.wheel_guard import WheelGuard

MOST_STEPS = 1_000_000
SUGGESTED_SHARE = 0.5
"""The further steps that are suggested, as a share of those of the run."""
ROUNDED_TO = 50


class InlineQuestion(QWidget):
    """A question with a button that confirms and one that dismisses it, as Esc does."""

    def __init__(
        self, name: str, question: str, *, confirm: str, dismiss: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        named(self, f"{name}_question")
        self.question = body_label(question)
        self.question.setWordWrap(False)
        self.confirm = plain_button(f"confirm_{name}", confirm, confirm.replace("&", ""))
        self.dismiss = plain_button(f"dismiss_{name}", dismiss, dismiss.replace("&", ""))
        self.row = WrappingRow(self, spacing=10)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss.click()
        else:
            super().keyPressEvent(event)


class DiscardQuestion(InlineQuestion):
    """Whether to end a run and to delete it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "discard",
            QCoreApplication.translate("DiscardQuestion", "Delete what was trained so far?"),
            confirm=QCoreApplication.translate("DiscardQuestion", "&Discard for good"),
            dismiss=QCoreApplication.translate("DiscardQuestion", "&Keep training"),
            parent=parent,
        )
        for part in (self.question, self.confirm, self.dismiss):
            self.row.addWidget(part)
        self.setFocusProxy(self.dismiss)


class StepsQuestion(InlineQuestion):
    """For how many more steps to train."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "further",
            QCoreApplication.translate("StepsQuestion", "How many more steps?"),
            confirm=QCoreApplication.translate("StepsQuestion", "&Train"),
            dismiss=QCoreApplication.translate("StepsQuestion", "&Not now"),
            parent=parent,
        )
        self.steps = named(QSpinBox(), "further_steps")
        self.steps.setRange(1, MOST_STEPS)
        self.steps.setSingleStep(ROUNDED_TO)
        self.steps.setGroupSeparatorShown(True)
        self.steps.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.steps.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.steps.setAccessibleName(self.question.text())
        WheelGuard.watch(self.steps)
        for part in (self.question, self.steps, self.dismiss, self.confirm):
            self.row.addWidget(part)
        self.confirm.setProperty("role", "primary")
        self.setFocusProxy(self.steps)

    def suggest(self, steps: int) -> None:
        """Suggest half the steps of a run that has taken `steps`, rounded."""
        self.steps.setValue(max(ROUNDED_TO, round(SUGGESTED_SHARE * steps / ROUNDED_TO) * ROUNDED_TO))
