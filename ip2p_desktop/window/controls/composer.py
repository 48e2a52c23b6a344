"""The lower part of the window: suggestions and estimate or progress, the instruction, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.area_button import AreaButton
from ip2p_desktop.window.controls.estimate_label import EstimateLabel
from ip2p_desktop.window.controls.instruction_box import InstructionBox
from ip2p_desktop.window.controls.instruction_hint import InstructionHint
from ip2p_desktop.window.controls.progress_row import ProgressRow
from ip2p_desktop.window.controls.shake import Shake
from ip2p_desktop.window.controls.suggestion_chips import SuggestionChips


class Composer(QWidget):
    """The instruction with its controls.

    During an edit, the progress replaces the suggestions, and Cancel replaces Edit.
    """

    edit_requested = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.chips = SuggestionChips()
        self.estimate = EstimateLabel()
        self.progress_row = ProgressRow()
        self.instruction_box = InstructionBox()
        self.area_button = AreaButton()
        self.shake = Shake(self.instruction_box)
        self.edit_button = self._button("edit_button", self.tr("Edit"), "edit")
        self.edit_button.setProperty("role", "primary")
        set_icon(self.edit_button, "edit")
        self.edit_button.setToolTip(self.tr("Make the edit (Enter)"))
        self.cancel_button = self._button("cancel_button", self.tr("Cancel"), "cancel")
        self.cancel_button.setToolTip(self.tr("Stop the edit (Esc)"))
        self.hint = InstructionHint(tab_after=self.cancel_button)
        self._lay_out()
        self.instruction_box.submitted.connect(self.edit_requested)
        self.edit_button.clicked.connect(self.edit_requested)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.chips.chosen.connect(self.suggest)

    def _button(self, name: str, text: str, icon_name: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setProperty("large", "true")
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        self._idle_row = QWidget()
        idle = QHBoxLayout(self._idle_row)
        idle.setContentsMargins(0, 0, 0, 0)
        idle.setSpacing(12)
        idle.addWidget(self.chips, 1)
        idle.addWidget(self.estimate)
        self._upper = QStackedLayout()
        self._upper.addWidget(self._idle_row)
        self._upper.addWidget(self.progress_row)
        self._buttons = QStackedLayout()
        self._buttons.addWidget(self.edit_button)
        self._buttons.addWidget(self.cancel_button)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.area_button)
        row.addWidget(self.instruction_box, 1)
        row.addLayout(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 6)
        layout.setSpacing(0)
        layout.addLayout(self._upper)
        layout.addSpacing(12)
        layout.addLayout(row)
        layout.addSpacing(2)
        layout.addWidget(self.hint)

    @property
    def is_editing(self) -> bool:
        """Whether the controls of a running edit are shown."""
        return self._buttons.currentWidget() is self.cancel_button

    @is_editing.setter
    def is_editing(self, editing: bool) -> None:
        pressed = self.edit_button if editing else self.cancel_button
        had_focus = pressed.hasFocus()
        self._upper.setCurrentWidget(self.progress_row if editing else self._idle_row)
        self._buttons.setCurrentWidget(self.cancel_button if editing else self.edit_button)
        if had_focus:
            (self.cancel_button if editing else self.edit_button).setFocus()

    def show_suggestions(self, suggestions: Sequence[str]) -> None:
        """Offer these instructions as chips and as completions."""
        self.chips.suggestions = suggestions
        self.instruction_box.suggestions = suggestions

    def focus_instruction(self) -> None:
        """Focus the instruction and select its text."""
        self.instruction_box.setFocus()
        self.instruction_box.selectAll()

    def point_to_instruction(self) -> None:
        """Focus the empty instruction, shake it and announce its description to screen readers."""
        self.focus_instruction()
        self.shake.start()
        text = self.instruction_box.accessibleDescription()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.instruction_box, text))

    def suggest(self, suggestion: str) -> None:
        """Set an instruction and focus it, so that the user can change it."""
        self.instruction_box.value = suggestion
        self.instruction_box.setFocus()
