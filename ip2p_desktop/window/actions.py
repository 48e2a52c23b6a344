"""The actions of the menus, with their shortcuts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from ip2p_desktop.base.preferences import ThemeChoice
from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.widgets.object_names import named

Keys = QKeySequence.StandardKey


class Actions(QObject):
    """All actions, as attributes."""

    theme_chosen = Signal(object)
    """`ThemeChoice`."""
    compare_mode_chosen = Signal(object)
    """`CompareMode`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.of_view: list[QAction] = []
        """The actions whose keys act only while the photo has the focus."""
        self._add_file_actions()
        self._add_edit_actions()
        self._add_view_actions()
        self._add_mask_actions()
        self._add_model_actions()
        self._add_help_actions()
        self._themes = self._theme_group()

    def _add_file_actions(self) -> None:
        self.open = self._action("open", self.tr("&Open photo…"), Keys.Open)
        self.new_session = self._action("new_session", self.tr("&New session"), Keys.New)
        self.open_project = self._action("open_project", self.tr("Open pro&ject…"), "Ctrl+Shift+O")
        self.save_project = self._action("save_project", self.tr("Sa&ve project as…"), "Ctrl+Shift+S")
        self.sessions = self._action("sessions", self.tr("Sessions and &disk space…"))
        self.paste = self._action("paste", self.tr("&Paste photo"), Keys.Paste)
        self.close_photo = self._action("close_photo", self.tr("&Close photo"), "Ctrl+W")
        self.save = self._action("save", self.tr("&Save result"), Keys.Save)
        self.save_as = self._action("save_as", self.tr("Save result &as…"), "Ctrl+Alt+S")
        self.export = self._action("export", self.tr("&Export result…"), "Ctrl+E")
        self.save_starred = self._action("save_starred", self.tr("Save all s&tarred…"))
        self.batch = self._action("batch", self.tr("Edit &many photos…"), "Ctrl+B")
        self.quit = self._action("quit", self.tr("&Quit"), Keys.Quit)
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _add_edit_actions(self) -> None:
        self.edit = self._action("edit", self.tr("&Make the edit"), "Ctrl+Return")
        self.cancel = self._action("cancel", self.tr("&Cancel the running edit"), Qt.Key.Key_Escape)
        self.queue = self._action("queue", self.tr("Show the &queue"), "Ctrl+J")
        self.undo = self._action("undo", self.tr("&Undo"), Keys.Undo)
        self.redo = self._action("redo", self.tr("&Redo"))
        # on every system, as people bring their habits along
        self.redo.setShortcuts([QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")])
        self.use_settings = self._action("use_settings", self.tr("Use these &settings"), "Ctrl+R")
        self.use_settings.setEnabled(False)
        self.use_as_source = self._action("use_as_source", self.tr("Use result &as source"), "Ctrl+U")
        self.guidance_pad = self._action("guidance_pad", self.tr("&Guidance pad…"), "Ctrl+G")
        self.randomise = self._action("randomise", self.tr("Ra&ndomise guidance and seed"), "Ctrl+Shift+G")
        self.grid = self._action("grid", self.tr("&Try a grid…"))
        self.copy = self._action("copy", self.tr("C&opy what is shown"), Keys.Copy)
        self.write = self._action("write", self.tr("&Write an instruction"), "Ctrl+L")

    def _add_view_actions(self) -> None:
        self.zoom_in = self._action("zoom_in", self.tr("Zoom &in"), Keys.ZoomIn, "Ctrl+=")
        self.zoom_out = self._action("zoom_out", self.tr("Zoom &out"), Keys.ZoomOut)
        self.zoom_fit = self._action("zoom_fit", self.tr("&Fit to window"), "Ctrl+0")
        self.zoom_pixels = self._action("zoom_pixels", self.tr("Show at &100 %"), "Ctrl+1")
        self.compare_divider = self._action("compare_divider", self.tr("&Divider"), "F6")
        self.compare_side_by_side = self._action("compare_side_by_side", self.tr("&Side by side"), "F7")
        self.compare_difference = self._action("compare_difference", self.tr("Di&fference"), "F8")
        self.compare_result = self._action("compare_result", self.tr("&Only the result"), "Shift+F6")
        self._compare_group = self._compare_modes()
        self.live_preview = self._action("live_preview", self.tr("&Live preview"), "Ctrl+Shift+L")
        self.live_preview.setCheckable(True)
        self.ideas = self._action("ideas", self.tr("What can it &do?"), "Ctrl+Shift+I")
        self.previous_photo = self._action("previous_photo", self.tr("Previous p&hoto"), "Ctrl+PgUp")
        self.next_photo = self._action("next_photo", self.tr("Ne&xt photo"), "Ctrl+PgDown")
        self.previous_result = self._action("previous_result", self.tr("P&revious result"), "Alt+Left")
        self.next_result = self._action("next_result", self.tr("&Next result"), "Alt+Right")
        self.only_starred = self._action("only_starred", self.tr("Only &starred results"))
        self.tall_strip = self._action("tall_strip", self.tr("T&aller strip of results"), "F4")
        for action in (self.only_starred, self.tall_strip):
            action.setCheckable(True)
        self.panel = self._action("panel", self.tr("Settings &panel"), "F9")
        self.panel.setCheckable(True)

    def _add_model_actions(self) -> None:
        self.training = self._action("training", self.tr("&Teach a new edit…"), "Ctrl+T")
        self.models = self._action("models", self.tr("&Models…"), "Ctrl+M")
        self.show_models = self._action("show_models", self.tr("&Show models folder"))
        self.reload_models = self._action("reload_models", self.tr("&Reload models"), "F5")

    def _add_help_actions(self) -> None:
        self.palette = self._action("palette", self.tr("Search &commands and edits…"), "Ctrl+K")
        self.help = self._action("help", self.tr("&Help"))
        self.shortcuts = self._action("shortcuts", self.tr("&Keyboard shortcuts"), "F1")
        self.show_log = self._action("show_log", self.tr("Show &log"))
        self.check_updates = self._action("check_updates", self.tr("Check for &updates…"))
        self.about = self._action("about", self.tr("&About IP2P Desktop"))
        self.about.setMenuRole(QAction.MenuRole.AboutRole)
        self.preferences = self._action("preferences", self.tr("Pr&eferences…"), "Ctrl+,")
        self.preferences.setMenuRole(QAction.MenuRole.PreferencesRole)

    def _add_mask_actions(self) -> None:
        self.pan = self._view_action("pan", self.tr("&Pan"), "V")
        self.brush = self._view_action("brush", self.tr("&Brush"), "B")
        self.eraser = self._view_action("eraser", self.tr("&Eraser"), "E")
        self.rectangle = self._view_action("rectangle", self.tr("&Rectangle"), "R")
        self.lasso = self._view_action("lasso", self.tr("&Lasso"), "L")
        tools = QActionGroup(self)
        for tool in (self.pan, self.brush, self.eraser, self.rectangle, self.lasso):
            tool.setCheckable(True)
            tools.addAction(tool)
        self.pan.setChecked(True)
        self.swap_brush = self._view_action("swap_brush", self.tr("S&wap brush and eraser"), "X")
        self.larger_brush = self._view_action("larger_brush", self.tr("&Larger brush"), "]")
        self.smaller_brush = self._view_action("smaller_brush", self.tr("&Smaller brush"), "[")
        self.harder_brush = self._view_action("harder_brush", self.tr("&Harder brush"), "Shift+]", "}")
        self.softer_brush = self._view_action("softer_brush", self.tr("S&ofter brush"), "Shift+[", "{")
        self.select_subject = self._action("select_subject", self.tr("Select &subject"))
        self.select_background = self._action("select_background", self.tr("Select bac&kground"))
        self.invert_mask = self._action("invert_mask", self.tr("&Invert mask"), "Ctrl+I")
        self.clear_mask = self._action("clear_mask", self.tr("&Clear mask"), "Ctrl+Shift+D")
        self.feather_mask = self._action("feather_mask", self.tr("&Feather mask"))
        self.grow_mask = self._action("grow_mask", self.tr("&Grow mask"))
        self.shrink_mask = self._action("shrink_mask", self.tr("S&hrink mask"))
        self.load_mask = self._action("load_mask", self.tr("L&oad mask…"))
        self.save_mask = self._action("save_mask", self.tr("Save &mask…"))
        self.mask_overlay = self._view_action("mask_overlay", self.tr("Show mask o&verlay"), "Q")
        self.mask_overlay.setCheckable(True)
        self.mask_overlay.setChecked(True)

    def fill(self, bar: QMenuBar, recent: QMenu, add_samples: Callable[[QMenu], None]) -> None:
        """Add all actions to the menu bar; `add_samples` fills the menu of sample photos."""
        file_menu = bar.addMenu(self.tr("&File"))
        file_menu.addAction(self.open)
        file_menu.addMenu(recent)
        add_samples(file_menu.addMenu(self.tr("Sample &photos")))
        file_menu.addAction(self.close_photo)
        file_menu.addActions([_separator(file_menu), self.save, self.save_as, self.export])
        file_menu.addActions([self.save_starred, _separator(file_menu), self.batch, _separator(file_menu)])
        file_menu.addActions([self.new_session, self.open_project, self.save_project, self.sessions])
        file_menu.addActions([_separator(file_menu), self.quit])
        edit_menu = bar.addMenu(self.tr("&Edit"))
        edit_menu.addActions([self.undo, self.redo, _separator(edit_menu)])
        edit_menu.addActions([self.edit, self.cancel, self.queue, self.write, self.ideas])
        edit_menu.addAction(_separator(edit_menu))
        edit_menu.addActions([self.use_settings, self.use_as_source, self.copy, self.paste])
        edit_menu.addActions([_separator(edit_menu), self.guidance_pad, self.randomise, self.grid])
        edit_menu.addActions([_separator(edit_menu), self.preferences])
        view_menu = bar.addMenu(self.tr("&View"))
        view_menu.addActions([self.zoom_in, self.zoom_out, self.zoom_fit, self.zoom_pixels])
        view_menu.addMenu(self.tr("&Compare")).addActions(self._compare_group.actions())
        view_menu.addActions([_separator(view_menu), self.previous_photo, self.next_photo])
        view_menu.addActions([self.previous_result, self.next_result])
        view_menu.addActions([_separator(view_menu), self.live_preview])
        view_menu.addActions([self.only_starred, self.tall_strip, self.panel])
        view_menu.addMenu(self.tr("&Theme")).addActions(self._themes.actions())
        self._fill_mask_menu(bar.addMenu(self.tr("Mas&k")))
        model_menu = bar.addMenu(self.tr("&Model"))
        model_menu.addActions([self.models, self.training, _separator(model_menu)])
        model_menu.addActions([self.show_models, self.reload_models])
        help_menu = bar.addMenu(self.tr("&Help"))
        help_menu.addActions([self.palette, self.ideas, self.help, self.shortcuts])
        help_menu.addActions([_separator(help_menu), self.show_log, self.check_updates, self.about])

    def _fill_mask_menu(self, menu: QMenu) -> None:
        menu.addActions([self.pan, self.brush, self.eraser, self.rectangle, self.lasso, self.swap_brush])
        brushes = menu.addMenu(self.tr("Brush si&ze and hardness"))
        brushes.addActions([self.larger_brush, self.smaller_brush, self.harder_brush, self.softer_brush])
        menu.addActions([_separator(menu), self.select_subject, self.select_background])
        menu.addActions([_separator(menu), self.invert_mask, self.feather_mask, self.grow_mask])
        menu.addActions([self.shrink_mask, self.clear_mask, _separator(menu)])
        menu.addActions([self.load_mask, self.save_mask, _separator(menu), self.mask_overlay])

    def check_compare_mode(self, mode: CompareMode) -> None:
        """Check the action of the mode of comparing."""
        for action in self._compare_group.actions():
            action.setChecked(action.data() == mode)

    def check_theme(self, choice: ThemeChoice) -> None:
        """Check the action of the chosen theme."""
        for action in self._themes.actions():
            action.setChecked(action.data() == choice)

    def enable_actions(self, *, has_photo: bool, has_result: bool, is_editing: bool) -> None:
        """Enable the actions that are possible in the current state."""
        for action in (self.save, self.save_as, self.export):
            action.setEnabled(has_result)
        self.use_as_source.setEnabled(has_result)
        self.copy.setEnabled(has_photo)
        for action in self._compare_group.actions():
            action.setEnabled(has_result)
        self.cancel.setEnabled(is_editing)

    def _action(self, name: str, text: str, *keys: QKeySequence.StandardKey | Qt.Key | str) -> QAction:
        action = named(QAction(text, self), f"action_{name}")
        action.setShortcuts([QKeySequence(key) for key in keys])
        return action

    def _view_action(self, name: str, text: str, *keys: str) -> QAction:
        """An action whose keys act only while the photo has the focus, as they type letters elsewhere."""
        action = self._action(name, text, *keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.of_view.append(action)
        return action

    def _compare_modes(self) -> QActionGroup:
        group = QActionGroup(self)
        modes = {
            CompareMode.DIVIDER: self.compare_divider,
            CompareMode.SIDE_BY_SIDE: self.compare_side_by_side,
            CompareMode.DIFFERENCE: self.compare_difference,
            CompareMode.RESULT_ONLY: self.compare_result,
        }
        for mode, action in modes.items():
            action.setCheckable(True)
            action.setData(mode)
            group.addAction(action)
        self.compare_divider.setChecked(True)
        group.triggered.connect(lambda action: self.compare_mode_chosen.emit(CompareMode(action.data())))
        return group

    def _theme_group(self) -> QActionGroup:
        group = QActionGroup(self)
        texts = {
            ThemeChoice.SYSTEM: self.tr("Like the &system"),
            ThemeChoice.LIGHT: self.tr("&Light"),
            ThemeChoice.DARK: self.tr("&Dark"),
        }
        for choice, text in texts.items():
            action = named(QAction(text, group, checkable=True), f"action_theme_{choice}")
            action.setData(choice)
        group.triggered.connect(lambda action: self.theme_chosen.emit(ThemeChoice(action.data())))
        return group


def _separator(menu: QMenu) -> QAction:
    action = QAction(menu)
    action.setSeparator(True)
    return action
