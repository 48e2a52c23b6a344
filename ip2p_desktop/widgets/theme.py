"""How the window looks: two sets of colours, one style sheet, and icons drawn in the text's colour.

Widgets choose a look with the dynamic property `role`: "primary", "chip", "link", "disclosure", "tab" for
buttons, "title", "section", "hint" for labels, "line" for a rule, "popup" for a list; `large` may be
"true". Widgets that paint themselves read the palette: Shadow is the backdrop of photos, Mid the
lines, PlaceholderText the muted text, Highlight the accent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from string import Template

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QToolButton, QWidget

from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import ThemeChoice

ICON_SIZE = 18
"""Side of an icon in device-independent pixels."""
TEXT_GAP = 4
ICON_NAME = "icon_name"
"""Dynamic property that remembers which icon a widget shows, so that a new theme can redraw it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tones:
    """The colours of one look. Text on its ground has a contrast of at least 4.5 to 1."""

    window: str
    surface: str
    raised: str
    canvas: str
    field: str
    field_border: str
    border: str
    hover: str
    pressed: str
    track: str
    knob: str
    knob_border: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    accent_text: str
    on_accent: str
    focus: str
    focus_on_accent: str
    danger: str
    danger_soft: str
    danger_border: str


LIGHT_TONES = Tones(
    window="#f4f5f7",
    surface="#fbfbfc",
    raised="#ffffff",
    canvas="#e6e7eb",
    field="#ffffff",
    field_border="#b9bdc9",
    border="#dfe1e7",
    hover="#ebecf1",
    pressed="#dfe1ea",
    track="#d3d6df",
    knob="#ffffff",
    knob_border="#9298a8",
    text="#1b1d24",
    muted="#5c6271",
    faint="#9499a6",
    accent="#4f46e5",
    accent_hover="#4338ca",
    accent_pressed="#372fa8",
    accent_soft="#eeedfe",
    accent_text="#4338ca",
    on_accent="#ffffff",
    focus="#6d66f0",
    focus_on_accent="#1f1a73",
    danger="#b3261e",
    danger_soft="#fdf0ee",
    danger_border="#f2c4bf",
)
DARK_TONES = Tones(
    window="#17181c",
    surface="#1c1e23",
    raised="#26282f",
    canvas="#101114",
    field="#16171b",
    field_border="#474b57",
    border="#2e3138",
    hover="#2a2d35",
    pressed="#343842",
    track="#3d414c",
    knob="#e9eaee",
    knob_border="#0f1013",
    text="#eceef2",
    muted="#a3a9b6",
    faint="#6c7280",
    accent="#665df5",
    accent_hover="#7770f7",
    accent_pressed="#5850dc",
    accent_soft="#2b2a4c",
    accent_text="#a7a2ff",
    on_accent="#ffffff",
    focus="#8f89ff",
    focus_on_accent="#d8d5ff",
    danger="#ff8a80",
    danger_soft="#3a2124",
    danger_border="#6b3a3e",
)


class Theme(QObject):
    """Dresses the application, and again whenever the choice or the system changes."""

    def __init__(self, application: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._base_font = QFont(application.font())
        self._choice = choice
        self._worn: Tones | None = None
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    @property
    def choice(self) -> ThemeChoice:
        return self._choice

    @property
    def tones(self) -> Tones:
        schemes = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
        scheme = schemes.get(self._choice, self._application.styleHints().colorScheme())
        return DARK_TONES if scheme == Qt.ColorScheme.Dark else LIGHT_TONES

    def choose(self, choice: ThemeChoice) -> None:
        """Wear another look. Title bars and native dialogs follow where the system lets them."""
        self._choice = choice
        schemes = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
        self._application.styleHints().setColorScheme(schemes.get(choice, Qt.ColorScheme.Unknown))
        self._wear(self.tones)

    def _follow_system(self) -> None:
        self._wear(self.tones)

    def _wear(self, tones: Tones) -> None:
        if tones is self._worn:
            return
        self._worn = tones
        self._application.setPalette(palette_of(tones))
        self._application.setStyleSheet(style_sheet(tones, self._base_font.pointSizeF()))
        for window in self._application.topLevelWidgets():
            redraw_icons(window)


def palette_of(tones: Tones) -> QPalette:
    role = QPalette.ColorRole
    colours = {
        role.Window: tones.window,
        role.WindowText: tones.text,
        role.Base: tones.field,
        role.AlternateBase: tones.raised,
        role.Text: tones.text,
        role.Button: tones.surface,
        role.ButtonText: tones.text,
        role.BrightText: tones.danger,
        role.ToolTipBase: tones.raised,
        role.ToolTipText: tones.text,
        role.Highlight: tones.accent,
        role.HighlightedText: tones.on_accent,
        role.Accent: tones.accent,
        role.Link: tones.accent_text,
        role.PlaceholderText: tones.muted,
        role.Light: tones.focus,
        role.Midlight: tones.hover,
        role.Mid: tones.border,
        role.Dark: tones.faint,
        role.Shadow: tones.canvas,
    }
    palette = QPalette()
    for key, colour in colours.items():
        palette.setColor(key, QColor(colour))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(tones.faint))
    return palette


def style_sheet(tones: Tones, point_size: float) -> str:
    """The sheet in these colours, with sizes that follow the system's font."""
    template = Template((paths.resources_folder() / "theme" / "window.qss").read_text(encoding="utf-8"))
    size = max(point_size, 9.0)
    return template.substitute(
        asdict(tones),
        hint_size=f"{max(size - 0.5, 8.5):g}",
        large_size=f"{size + 1:g}",
        title_size=f"{size + 7:g}",
        icons=(paths.resources_folder() / "icons").as_posix(),
    )


def icon(name: str, colour: QColor, faint: QColor, gap: int = 0) -> QIcon:
    """The icon in a colour, sharp on screens of one to three device pixels a point.

    `gap` is empty room on its right: Qt leaves too little between an icon and its text.
    """
    drawing = (paths.resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    result = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, faint)):
        renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", shade.name()).encode()))
        for density in (1, 2, 3):
            result.addPixmap(_drawn(renderer, density, gap), mode)
    return result


def _drawn(renderer: QSvgRenderer, density: int, gap: int) -> QPixmap:
    pixmap = QPixmap((ICON_SIZE + gap) * density, ICON_SIZE * density)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, ICON_SIZE * density, ICON_SIZE * density))
    painter.end()
    pixmap.setDevicePixelRatio(density)
    return pixmap


def application_icon() -> QIcon:
    return QIcon(str(paths.resources_folder() / "icons" / "app.svg"))


def set_icon(widget: QAbstractButton | QLabel, name: str) -> None:
    """Show an icon on a button or a label, and keep it in the colours of the theme."""
    widget.setProperty(ICON_NAME, name)
    palette = QApplication.palette()
    role = _ink(widget)
    gap = TEXT_GAP if _has_words(widget) else 0
    drawn = icon(name, palette.color(role), palette.color(QPalette.ColorRole.Dark), gap)
    if isinstance(widget, QLabel):
        widget.setPixmap(drawn.pixmap(QSize(ICON_SIZE, ICON_SIZE), widget.devicePixelRatioF()))
    else:
        widget.setIcon(drawn)
        widget.setIconSize(QSize(ICON_SIZE + gap, ICON_SIZE))


def _has_words(widget: QAbstractButton | QLabel) -> bool:
    if isinstance(widget, QToolButton):
        return widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    return isinstance(widget, QPushButton) and bool(widget.text())


def _ink(widget: QWidget) -> QPalette.ColorRole:
    if widget.property("role") == "primary":
        return QPalette.ColorRole.HighlightedText
    if widget.property("tone") == "error":
        return QPalette.ColorRole.BrightText
    return QPalette.ColorRole.Link if widget.property("role") == "link" else QPalette.ColorRole.ButtonText


def redraw_icons(window: QWidget) -> None:
    bearers: list[QAbstractButton | QLabel] = [
        *window.findChildren(QAbstractButton),
        *window.findChildren(QLabel),
    ]
    for widget in bearers:
        if name := widget.property(ICON_NAME):
            set_icon(widget, name)


def restyle(widget: QWidget) -> None:
    """Have the style sheet read the widget's dynamic properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
