"""Creates the controls of preferences from their declarations."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLocale, QObject

from ip2p_desktop.base import paths
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.base.preferences import Group, Preference, Preferences
from ip2p_desktop.updates.update_source import update_source
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl
from ip2p_desktop.widgets.controls.folder_control import FolderControl
from ip2p_desktop.window.preferences_pages.preference_row import CONTEXT


def has_choice(preference: Preference[Any]) -> bool:
    """Whether the dialog shows a preference: it has a label, and there is something to choose."""
    if preference.group is Group.NONE:
        return False
    if preference.group is Group.FOLDERS:
        return True
    if preference is Preferences.language:
        return len(paths.languages()) > 1
    if preference is Preferences.checks_updates:
        return update_source() is not None
    return len(preference.choices) > 1 and not (preference is Preferences.compile_unet and paths.is_frozen())


class PreferenceControls(QObject):
    """A class of Qt, for its texts."""

    def control(self, preference: Preference[Any]) -> ChoiceControl | FolderControl:
        """The control of a preference that has a choice."""
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
        return ChoiceControl(name=name, label=label, choices=choices, help_text=help_text)

    def _choices(self, preference: Preference[Any]) -> list[tuple[str, object]]:
        if preference is not Preferences.language:
            return [(translate_marked(CONTEXT, text), value) for value, text in preference.choices]
        names = [(QLocale(code).nativeLanguageName().capitalize(), code) for code in paths.languages()]
        return [(self.tr("Like the system"), None), *names]
