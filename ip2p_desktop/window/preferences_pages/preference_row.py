"""One preference in the dialog: its control, and a button that sets the default."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.base.preferences import Preference
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.folder_control import FolderControl
from ip2p_desktop.widgets.controls.plain_buttons import plain_button

CONTEXT = "Preferences"
"""Under which the texts of the table are translated."""


class PreferenceRow(QWidget):
    """Shows a preference that has a choice. The button is visible while the value is not the default."""

    changed = Signal(object)
    """The value that the user has set."""

    def __init__(
        self,
        preference: Preference[Any],
        control: ChoiceControl | FolderControl,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"row_{preference.key}")
        self.preference, self.control = preference, control
        label = translate_marked(CONTEXT, preference.label)
        spoken = self.tr("Reset {preference}").format(preference=label)
        self.reset = plain_button(f"reset_{preference.key}", self.tr("Reset"), spoken)
        self.reset.setParent(self)
        self.reset.setProperty("role", "hint-link")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(control)
        if isinstance(control, ChoiceControl):  # a folder control has such a button itself
            control.add_to_caption(self.reset)
        else:
            self.reset.hide()
        self._show_reset()
        control.value_changed.connect(self._on_changed)
        self.reset.clicked.connect(self.set_default)

    @property
    def is_default(self) -> bool:
        """Whether the value is the default."""
        return bool(self.control.value == self.preference.default)

    def set_default(self) -> None:
        """Set the default."""
        self.control.value = self.preference.default

    def focus_control(self) -> None:
        """Focus what sets the value."""
        fields = self.control.findChildren(QWidget)
        first = next((each for each in fields if each.focusPolicy() & Qt.FocusPolicy.TabFocus), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def matches(self, text: str) -> bool:
        """Whether each word of a search occurs in the texts of the preference."""
        texts = (
            self.preference.label,
            self.preference.help_text,
            *(label for _, label in self.preference.choices),
        )
        known = " ".join(translate_marked(CONTEXT, each) for each in texts).casefold()
        return all(word in known for word in text.casefold().split())

    def _on_changed(self, value: object) -> None:
        self._show_reset()
        self.changed.emit(value)

    def _show_reset(self) -> None:
        if isinstance(self.control, ChoiceControl):
            self.reset.setVisible(not self.is_default)
