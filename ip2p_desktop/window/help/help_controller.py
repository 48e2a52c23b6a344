"""Connects the menu of help, the command palette and the errors with their dialogs."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from ip2p_desktop.base import paths
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.previews.known_edits import known_ideas
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.widgets.system_viewer import show_in_system
from ip2p_desktop.window.help.about_dialog import AboutDialog
from ip2p_desktop.window.help.action_list import SUBMENU, listed_actions
from ip2p_desktop.window.help.command_palette import CommandPalette, PaletteEntry
from ip2p_desktop.window.help.help_dialog import HelpDialog, HelpPage
from ip2p_desktop.window.help.log_dialog import LogDialog
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.preferences_action import PreferencesAction


class HelpController(QObject):
    """Opens the help, the palette, the log and the dialog about the program."""

    def __init__(self, window: MainWindow, document: EditDocument, preferences: PreferencesAction) -> None:
        super().__init__(window)
        self._window, self._document, self._preferences = window, document, preferences
        self._help: HelpDialog | None = None
        self._about: AboutDialog | None = None
        self._log: LogDialog | None = None
        self.palette = CommandPalette(window)
        actions = window.actions_
        actions.palette.triggered.connect(self.open_palette)
        actions.help.triggered.connect(partial(self.open_help, HelpPage.FIRST_STEPS))
        actions.shortcuts.triggered.connect(partial(self.open_help, HelpPage.KEYS))
        actions.show_log.triggered.connect(self.open_log)
        window.notice_bar.log_requested.connect(self.open_log)
        actions.about.triggered.connect(self.open_about)
        # not a shortcut of the action, which would act while text is typed
        QShortcut(QKeySequence("?"), window, partial(self.open_help, HelpPage.KEYS))

    def open_palette(self) -> None:
        """Open the command palette over all actions, preferences and known edits; close it if it is open."""
        if not self.palette.isHidden():
            self.palette.close_palette()
            return
        self.palette.open([*self._commands(), *self._preferences_by_name(), *self._edits()])

    def open_help(self, page: HelpPage) -> None:
        """Open the help on a page."""
        if self._help is None:
            self._help = HelpDialog(self._window)
            self._help.instruction_chosen.connect(self._window.composer.suggest)
        self._help.show_page(page, listed_actions(self._window.menuBar()), self._document.model)
        self._help.show()
        self._help.raise_()
        self._help.activateWindow()

    def open_log(self) -> None:
        """Show the log inside the program."""
        if self._log is None:
            self._log = LogDialog(paths.log_file(), self._window)
            self._log.folder_requested.connect(self._show_log_folder)
        self._log.refresh()
        self._log.show()
        self._log.raise_()

    def open_about(self) -> None:
        """Show the dialog about the program."""
        if self._about is None:
            self._about = AboutDialog(self._window)
        self._about.show()
        self._about.raise_()

    def shut_down(self) -> None:
        """Wait until the threads of the dialogs have ended."""
        for dialog in (self._about, self._log):
            if dialog is not None:
                dialog.shut_down()

    def _show_log_folder(self) -> None:
        if self._log is not None:
            show_in_system(paths.log_file().parent, self._log)

    def _commands(self) -> list[PaletteEntry]:
        """The actions, those of the menus themselves before those of menus inside them."""
        actions = listed_actions(self._window.menuBar())
        actions.sort(key=lambda each: SUBMENU in each.menu)
        return [
            PaletteEntry(each.text, each.menu, each.keys, each.action.trigger, each.action.isEnabled())
            for each in actions
            if each.action is not self._window.actions_.palette
        ]

    def _preferences_by_name(self) -> list[PaletteEntry]:
        """The preferences of the dialog; choosing one opens it there."""
        # imported here, so that the window starts without the modules of the dialog
        from ip2p_desktop.window.preferences_pages.preference_controls import has_choice
        from ip2p_desktop.window.preferences_pages.preference_row import CONTEXT

        return [
            PaletteEntry(
                translate_marked(CONTEXT, preference.label),
                self.tr("Preferences"),
                "",
                partial(self._preferences.open, preference),
            )
            for preference in Preferences.table()
            if has_choice(preference)
        ]

    def _edits(self) -> list[PaletteEntry]:
        """The edits that the model knows; choosing one writes its instruction into the box."""
        model = self._document.model
        ideas = known_ideas(model) if model is not None else ()
        use = self._window.composer.suggest
        return [
            PaletteEntry(
                idea.instruction,
                self.tr("Edit: {name}").format(name=idea.name) if idea.has_name else self.tr("Edit"),
                "",
                partial(use, idea.instruction),
            )
            for idea in ideas
        ]
