"""What the window remembers between starts, as one typed table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from ip2p_desktop.base import paths
from ip2p_desktop.widgets.theme import ThemeChoice


class Settings:
    """Reads and writes an ini file; a value that makes no sense counts as unset."""

    def __init__(self, file: Path | None = None) -> None:
        file = file or paths.data_folder() / "window.ini"
        self._store = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self._store.setValue("window/geometry", geometry)

    @property
    def shows_settings_panel(self) -> bool:
        return self._text("window/settings_panel") != "hidden"

    @shows_settings_panel.setter
    def shows_settings_panel(self, shown: bool) -> None:
        self._store.setValue("window/settings_panel", "shown" if shown else "hidden")

    @property
    def theme(self) -> ThemeChoice:
        value = self._text("window/theme")
        return ThemeChoice(value) if value in list(ThemeChoice) else ThemeChoice.SYSTEM

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("window/theme", choice.value)

    @property
    def open_folder(self) -> Path:
        """Where photos were last opened; at first the system's folder of pictures."""
        return self._folder("files/open_folder")

    @open_folder.setter
    def open_folder(self, folder: Path) -> None:
        self._store.setValue("files/open_folder", str(folder))

    @property
    def save_folder(self) -> Path:
        return self._folder("files/save_folder")

    @save_folder.setter
    def save_folder(self, folder: Path) -> None:
        self._store.setValue("files/save_folder", str(folder))

    @property
    def model(self) -> str:
        """Folder of the model used last, as text."""
        return self._text("edit/model")

    @model.setter
    def model(self, folder: str) -> None:
        self._store.setValue("edit/model", folder)

    def _text(self, key: str) -> str:
        value = self._store.value(key)
        return value if isinstance(value, str) else ""

    def _folder(self, key: str) -> Path:
        remembered = self._text(key)
        if remembered and Path(remembered).is_dir():
            return Path(remembered)
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        return Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()
