"""Moves the settings that earlier versions stored in `window.ini` to the preferences."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from ip2p_desktop.base.preferences import Preferences, ThemeChoice


def migrate_window_settings(file: Path, preferences: Preferences) -> None:
    """Copy the settings in the file to the preferences and remove it. Damaged values are ignored."""
    if not file.is_file():
        return
    store = QSettings(str(file), QSettings.Format.IniFormat)
    geometry = store.value("window/geometry")
    if isinstance(geometry, QByteArray):
        preferences.window_geometry = geometry.toBase64().toStdString()
    preferences.shows_settings_panel = store.value("window/settings_panel") != "hidden"
    theme = store.value("window/theme")
    if theme in list(ThemeChoice):
        preferences.theme = ThemeChoice(str(theme))
    preferences.last_open_folder = _folder(store.value("files/open_folder"))
    preferences.last_save_folder = _folder(store.value("files/save_folder"))
    model = store.value("edit/model")
    if isinstance(model, str):
        preferences.model = model
    file.unlink(missing_ok=True)


def _folder(value: object) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None
