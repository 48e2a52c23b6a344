"""The theme of the window: applies the colours and the style sheet to the application.

The style sheet reads the dynamic property `role` of a widget: "primary", "chip", "link", "disclosure", "tab"
for buttons, "title", "section", "hint", "error" for labels, "line" for a rule, "popup" and "pages" for lists;
and `large`, which can be "true". Widgets that paint themselves use the palette: Shadow is the background of
photos, Mid the lines, PlaceholderText the muted text, Highlight the accent.

Labels show plain text: what others wrote, such as a file name, is never read as HTML.
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QPalette, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import ThemeChoice
from ip2p_desktop.widgets.icons import repaint_icons
from ip2p_desktop.widgets.theme_colours import DARK_COLOURS, LIGHT_COLOURS, ThemeColours


class Theme(QObject):
    """Applies the chosen theme, and again whenever the choice or the system's theme changes."""

    def __init__(self, application: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._base_font = QFont(application.font())
        self._choice = choice
        self._applied: ThemeColours | None = None
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)
        application.screenAdded.connect(self._on_screen_added)
        for screen in application.screens():
            screen.logicalDotsPerInchChanged.connect(self._repaint_icons)
        self.choose(choice)

    @property
    def choice(self) -> ThemeChoice:
        """The chosen theme."""
        return self._choice

    @property
    def colours(self) -> ThemeColours:
        """The colours of the chosen theme."""
        schemes = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
        scheme = schemes.get(self._choice, self._application.styleHints().colorScheme())
        return DARK_COLOURS if scheme == Qt.ColorScheme.Dark else LIGHT_COLOURS

    def choose(self, choice: ThemeChoice) -> None:
        """Apply another theme. Title bars and native dialogs change too where the system supports it."""
        self._choice = choice
        schemes = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
        self._application.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._apply(self.colours)

    def _on_system_changed(self) -> None:
        self._apply(self.colours)

    def _apply(self, colours: ThemeColours) -> None:
        if colours is self._applied:
            return
        self._applied = colours
        self._application.setPalette(palette_of(colours))
        self._application.setStyleSheet(style_sheet(colours, self._base_font.pointSizeF()))
        self._repaint_icons()

    def _on_screen_added(self, screen: QScreen) -> None:
        screen.logicalDotsPerInchChanged.connect(self._repaint_icons)
        self._repaint_icons()

    def _repaint_icons(self) -> None:
        for window in self._application.topLevelWidgets():
            repaint_icons(window)


def palette_of(colours: ThemeColours) -> QPalette:
    """The Qt palette with these colours."""
    role = QPalette.ColorRole
    by_role = {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.field,
        role.AlternateBase: colours.raised,
        role.Text: colours.text,
        role.Button: colours.surface,
        role.ButtonText: colours.text,
        role.BrightText: colours.danger,
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.Highlight: colours.accent,
        role.HighlightedText: colours.on_accent,
        role.Accent: colours.accent,
        role.Link: colours.accent_text,
        role.PlaceholderText: colours.muted,
        role.Light: colours.focus,
        role.Midlight: colours.hover,
        role.Mid: colours.border,
        role.Dark: colours.faint,
        role.Shadow: colours.canvas,
    }
    palette = QPalette()
    for key, colour in by_role.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(colours.faint))
    return palette


def style_sheet(colours: ThemeColours, point_size: float) -> str:
    """The style sheet with these colours and with sizes relative to the system's font."""
    template = Template((paths.resources_folder() / "theme" / "window.qss").read_text(encoding="utf-8"))
    size = max(point_size, 9.0)
    return template.substitute(
        asdict(colours),
        hint_size=f"{max(size - 0.5, 8.5):g}",
        large_size=f"{size + 1:g}",
        title_size=f"{size + 7:g}",
        icons=(paths.resources_folder() / "icons").as_posix(),
    )


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a dynamic property of the widget has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
