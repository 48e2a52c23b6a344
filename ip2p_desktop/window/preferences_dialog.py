"""The dialog of preferences. A change applies at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QLocale, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ip2p_desktop.base import paths
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.base.preferences import Group, Preference, Preferences
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.folder_control import FolderControl
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.screen_fit import fit_to_screen

CONTEXT = "Preferences"
"""Under which the texts of the table are translated."""
MARGIN = 24
SIZE = QSize(640, 600)
SMALLEST_SIZE = QSize(480, 360)


class PreferencesDialog(QDialog):
    """A control for each preference that has a label and more than one choice."""

    changed = Signal(object)
    """The `Preference` whose value has changed."""
    sessions_requested = Signal()
    """Show the sessions and their sizes."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences_dialog")
        self.setWindowTitle(self.tr("Preferences"))
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self._preferences = preferences
        self.controls: dict[str, ChoiceControl | FolderControl] = {}
        """The control of each preference, by key."""
        self.reset_button = plain_button("reset_preferences", self.tr("Restore defaults"))
        self.reset_button.setProperty("role", "link")
        self.reset_button.setToolTip(self.tr("The folders stay as they are."))
        self.sessions_button = plain_button("show_sessions", self.tr("Free disk space…"))
        self.close_button = plain_button("close_preferences", self.tr("Close"))
        self._lay_out()
        self.reset_button.clicked.connect(self._reset)
        self.sessions_button.clicked.connect(self.sessions_requested)
        self.close_button.clicked.connect(self.accept)

    def refresh(self) -> None:
        """Show the current values, which may have been changed in a menu or by another program."""
        for preference in self._shown():
            self.controls[preference.key].value = self._preferences.value_of(preference)

    def _shown(self) -> list[Preference[Any]]:
        return [entry for entry in Preferences.table() if entry.key in self.controls]

    def _lay_out(self) -> None:
        content = named(QWidget(), "preferences_content")
        column = QVBoxLayout(content)
        column.setContentsMargins(MARGIN, MARGIN - 4, MARGIN, MARGIN)
        column.setSpacing(12)
        titles = {
            Group.EDITING: self.tr("Editing"),
            Group.PREVIEW: self.tr("Preview"),
            Group.FOLDERS: self.tr("Folders"),
            Group.SESSIONS: self.tr("Sessions"),
            Group.APPEARANCE: self.tr("Appearance"),
        }
        for group, title in titles.items():
            if column.count():
                column.addSpacing(8)
            heading = QLabel(title)
            heading.setProperty("role", "section")
            column.addWidget(heading)
            column.addLayout(self._group(group))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN, 12, MARGIN, 12)
        foot.addWidget(self.reset_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        entry = QFrame()
        entry.setProperty("role", "line")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(entry)
        layout.addLayout(foot)

    def _group(self, group: Group) -> QGridLayout:
        """The controls of a group: choices side by side, folders below each other."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(MARGIN)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        cell = 0
        for preference in Preferences.table():
            control = self._control(preference) if preference.group is group else None
            if control is None:
                continue
            self.controls[preference.key] = control
            control.value = self._preferences.value_of(preference)
            control.value_changed.connect(partial(self._on_changed, preference))
            width = 1 if isinstance(control, ChoiceControl) else 2
            grid.addWidget(control, cell // 2, cell % 2, 1, width, Qt.AlignmentFlag.AlignTop)
            cell += width
        if group is Group.SESSIONS:
            grid.addWidget(self.sessions_button, cell // 2, cell % 2, Qt.AlignmentFlag.AlignCenter)
            cell += 1
        if cell % 2:
            grid.addWidget(QWidget(), cell // 2, 1)  # keeps the choice beside it as wide as the others
        return grid

    def _control(self, preference: Preference[Any]) -> ChoiceControl | FolderControl | None:
        """The control of a preference; None if there is nothing to choose."""
        name, label = f"preference_{preference.key}", translate_marked(CONTEXT, preference.label)
        help_text = translate_marked(CONTEXT, preference.help_text)
        if preference is Preferences.models_folder:
            return FolderControl(
                name=name,
                label=label,
                placeholder=str(paths.default_models_folder()),
                help_text=help_text,
                choose=self.tr("Choose the models folder…"),
                reset=self.tr("Use the default models folder"),
            )
        if preference is Preferences.output_folder:
            return FolderControl(
                name=name,
                label=label,
                placeholder=self.tr("The folder used last"),
                help_text=help_text,
                choose=self.tr("Choose the results folder…"),
                reset=self.tr("Use the folder used last for results"),
            )
        choices = self._choices(preference)
        if len(choices) < 2 or (preference is Preferences.compile_unet and paths.is_frozen()):
            return None
        return ChoiceControl(name=name, label=label, choices=choices, help_text=help_text)

    def _choices(self, preference: Preference[Any]) -> list[tuple[str, object]]:
        if preference is not Preferences.language:
            return [(translate_marked(CONTEXT, text), value) for value, text in preference.choices]
        languages = paths.languages()
        if len(languages) < 2:
            return []
        names = [(QLocale(code).nativeLanguageName().capitalize(), code) for code in languages]
        return [(self.tr("Like the system"), None), *names]

    def _on_changed(self, preference: Preference[Any], value: object) -> None:
        if value != self._preferences.value_of(preference):
            self._preferences.set_value(preference, value)
            self.changed.emit(preference)

    def _reset(self) -> None:
        """Restore the defaults except the folders, without which the installed models would not be found."""
        for preference in self._shown():
            if preference.group is not Group.FOLDERS:
                self.controls[preference.key].value = preference.default
