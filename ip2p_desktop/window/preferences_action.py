"""Opens the dialog of preferences, and applies changed preferences at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ip2p_desktop.base.preferences import Preference, Preferences, ThemeChoice
from ip2p_desktop.widgets.theme import Theme
from ip2p_desktop.window.main_window import MainWindow

if TYPE_CHECKING:
    from ip2p_desktop.window.preferences_dialog import PreferencesDialog


class PreferencesAction(QObject):
    """Creates the dialog at its first use. Preferences of edits are read by the next edit."""

    models_folder_changed = Signal()
    image_memory_changed = Signal(int)
    """The new limit in MB."""
    live_preview_changed = Signal(bool)
    sessions_requested = Signal()
    """Show the sessions and their sizes."""

    def __init__(self, preferences: Preferences, theme: Theme, window: MainWindow) -> None:
        super().__init__(window)
        self._preferences, self._theme, self._window = preferences, theme, window
        self._dialog: PreferencesDialog | None = None
        window.actions_.preferences.triggered.connect(lambda: self.open())
        window.actions_.theme_chosen.connect(self._choose_theme)
        window.actions_.check_theme(theme.choice)

    def open(self, preference: Preference[Any] | None = None) -> None:
        """Open the dialog with the current values, at a preference if one is given."""
        if self._dialog is None:
            # imported here, so that the window starts without the modules of the dialog
            from ip2p_desktop.window.preferences_dialog import PreferencesDialog

            self._dialog = PreferencesDialog(self._preferences, self._window)
            self._dialog.changed.connect(self._on_changed)
            self._dialog.sessions_requested.connect(self.sessions_requested)
        self.refresh()
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        if preference is not None:
            self._dialog.show_preference(preference)

    def refresh(self) -> None:
        """Show the current values in the open dialog."""
        if self._dialog is not None:
            self._dialog.refresh()

    def shut_down(self) -> None:
        """Wait until the threads of the dialog have ended."""
        if self._dialog is not None:
            self._dialog.shut_down()

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._preferences.theme = choice
        self._apply_theme()
        self.refresh()

    def _on_changed(self, preference: Preference[Any]) -> None:
        if preference is Preferences.theme:
            self._apply_theme()
        elif preference is Preferences.models_folder:
            self.models_folder_changed.emit()
        elif preference is Preferences.live_preview:
            self.live_preview_changed.emit(self._preferences.live_preview)
        elif preference is Preferences.image_memory:
            self.image_memory_changed.emit(self._preferences.image_memory)

    def _apply_theme(self) -> None:
        self._theme.choose(self._preferences.theme)
        self._window.actions_.check_theme(self._theme.choice)
