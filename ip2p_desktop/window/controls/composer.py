"""The lower part of the window: suggestions and estimate or progress, the instruction, and its buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.area_button import AreaButton
from ip2p_desktop.window.controls.estimate_label import EstimateLabel
from ip2p_desktop.window.controls.instruction_box import InstructionBox
from ip2p_desktop.window.controls.instruction_hint import InstructionHint
from ip2p_desktop.window.controls.progress_row import ProgressRow
from ip2p_desktop.window.controls.shake import Shake
from ip2p_desktop.window.controls.suggestion_chips import SuggestionChips

NARROW = 600
"""Below this width in points, the area is shown as an icon."""
WIDE = 800
"""Width in points from which on the memory of the next edit is shown beside its time."""


class Composer(QWidget):
    """The instruction with its controls.

    During an edit, the progress replaces the suggestions, Edit adds to the queue, and Cancel is beside it.
    """

    edit_requested = Signal()
    cancel_requested = Signal()
    ideas_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.ideas_button = named(QPushButton(self.tr("What can it do?")), "ideas_button")
        self.ideas_button.setProperty("role", "chip")
        self.ideas_button.setToolTip(
            self.tr("See the edits that the model knows, on your photo (Ctrl+Shift+I)")
        )
        set_icon(self.ideas_button, "ideas")
        self.chips = SuggestionChips()
        self.live_button = named(QToolButton(), "live_button")
        self.live_button.setCheckable(True)
        self.live_button.setAccessibleName(self.tr("Live preview"))
        set_icon(self.live_button, "live")
        self.estimate = EstimateLabel()
        self.finer_button = named(QPushButton(), "finer_button")
        self.finer_button.setProperty("role", "chip")
        self.finer_button.hide()
        self.progress_row = ProgressRow()
        self.instruction_box = InstructionBox()
        self.area_button = AreaButton()
        self.shake = Shake(self.instruction_box)
        self.edit_button = self._button("edit_button", self.tr("Edit"), "edit")
        self.edit_button.setProperty("role", "primary")
        set_icon(self.edit_button, "edit")
        self.cancel_button = self._button("cancel_button", self.tr("Cancel"), "cancel")
        self.cancel_button.setToolTip(self.tr("Stop the running edit (Esc)"))
        self.hint = InstructionHint(tab_after=self.cancel_button)
        self._lay_out()
        self.setTabOrder(self.cancel_button, self.live_button)  # Tab leads from the chips to the instruction
        self.instruction_box.submitted.connect(self.edit_requested)
        self.edit_button.clicked.connect(self.edit_requested)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.chips.chosen.connect(self.suggest)
        self.is_editing = False
        self.ideas_button.clicked.connect(self.ideas_requested)

    def _button(self, name: str, text: str, icon_name: str) -> QPushButton:
        button = named(QPushButton(text), name)
        button.setProperty("large", "true")
        set_icon(button, icon_name)
        return button

    def _lay_out(self) -> None:
        self._idle_row = QWidget()
        idle = QHBoxLayout(self._idle_row)
        idle.setContentsMargins(0, 0, 0, 0)
        idle.setSpacing(8)
        idle.addWidget(self.ideas_button)
        idle.addWidget(self.chips, 1)
        idle.addSpacing(4)
        idle.addWidget(self.finer_button)
        idle.addWidget(self.estimate)
        idle.addWidget(self.live_button)
        self._upper = QStackedLayout()
        self._upper.addWidget(self._idle_row)
        self._upper.addWidget(self.progress_row)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.area_button)
        row.addWidget(self.instruction_box, 1)
        row.addWidget(self.edit_button)
        row.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 6)
        layout.setSpacing(0)
        layout.addLayout(self._upper)
        layout.addSpacing(12)
        layout.addLayout(row)
        layout.addSpacing(2)
        layout.addWidget(self.hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.area_button.make_compact(self.width() < NARROW)
        self.estimate.shows_memory = self.width() >= WIDE

    @property
    def is_editing(self) -> bool:
        """Whether the controls of a running edit are shown."""
        return self._upper.currentWidget() is self.progress_row

    @is_editing.setter
    def is_editing(self, editing: bool) -> None:
        had_focus = self.cancel_button.hasFocus()
        self._upper.setCurrentWidget(self.progress_row if editing else self._idle_row)
        self.cancel_button.setVisible(editing)
        self.edit_button.setText(self.tr("Add to queue") if editing else self.tr("Edit"))
        set_icon(self.edit_button, "plus" if editing else "edit")
        text = self.tr("Make this edit after those that wait (Enter)") if editing else ""
        self.edit_button.setToolTip(text or self.tr("Make the edit (Enter)"))
        if had_focus:
            self.edit_button.setFocus()

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
