"""Moves the settings that earlier versions stored in `window.ini` to the preferences."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from ip2p_desktop.base.preferences import Preference, Preferences, ThemeChoice

log = logging.getLogger(__name__)


def migrate_window_settings(file: Path, preferences: Preferences) -> None:
    """Copy the settings in the file to the preferences and remove it. Damaged values are ignored.

    If the preferences cannot be written, the file stays for the next start.
    """
    if not file.is_file():
        return
    store = QSettings(str(file), QSettings.Format.IniFormat)
    values: dict[Preference[Any], object] = {
        Preferences.shows_settings_panel: store.value("window/settings_panel") != "hidden",
        Preferences.last_open_folder: _folder(store.value("files/open_folder")),
        Preferences.last_save_folder: _folder(store.value("files/save_folder")),
    }
    if store.status() is QSettings.Status.AccessError:
        log.warning("The settings of an earlier version cannot be read: %s", file)
        return
    geometry = store.value("window/geometry")
    if isinstance(geometry, QByteArray):
        values[Preferences.window_geometry] = geometry.toBase64().toStdString()
    theme = store.value("window/theme")
    if theme in list(ThemeChoice):
        values[Preferences.theme] = ThemeChoice(str(theme))
    model = store.value("edit/model")
    if isinstance(model, str):
        values[Preferences.model] = model
    try:
        preferences.store_all(values)
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("The settings of an earlier version were not taken over: %s", error)


def _folder(value: object) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None
