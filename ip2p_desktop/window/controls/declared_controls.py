"""Creates controls from the declarations of settings."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.request import SETTINGS
from engine.settings_table import CONTEXT, Setting
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.widgets.controls.choice_control import ChoiceControl

SETTINGS_BY_NAME = {setting.name: setting for setting in SETTINGS}


def translated(text: str) -> str:
    """A label or help text of a declaration in the language of the window."""
    return translate_marked(CONTEXT, text)


def choice_of(setting: Setting, *, explains: bool = True) -> ChoiceControl:
    """A menu with the choices of a setting. The help text is below the menu, or only in the tooltip."""
    return ChoiceControl(
        name=setting.name,
        label=translated(setting.label),
        choices=[(_choice_text(setting, value, label), value) for value, label in setting.choices.items()],
        help_text=translated(setting.help),
        explains=explains,
    )


def _choice_text(setting: Setting, value: object, label: str) -> str:
    """The label of a choice; a choice without one is a number of pixels."""
    if label:
        return translated(label)
    return QCoreApplication.translate("SettingsPanel", "{number} pixels").format(number=value)
