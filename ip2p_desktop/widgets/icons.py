"""Icons, painted in the text colour of the theme."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QToolButton, QWidget

from ip2p_desktop.base import paths

ICON_SIZE = 18
"""Side of an icon in device-independent pixels."""
TEXT_GAP = 4
"""Space between an icon and its text, in addition to Qt's own."""
ICON_NAME = "icon_name"
"""Dynamic property with the name of a widget's icon, so that a new theme can repaint it."""


def icon(name: str, colour: QColor, faint: QColor, gap: int = 0) -> QIcon:
    """The icon in a colour, with pixmaps for the screens there are.

    `faint` is the colour of the disabled icon; `gap` is empty space on its right, in points.
    """
    result, densities = QIcon(), _densities()
    for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, faint)):
        for image in _drawn(name, shade.name(), gap, densities):
            result.addPixmap(QPixmap.fromImage(image), mode)
    return result


def _densities() -> tuple[int, ...]:
    """Device pixels a point, rounded up, of each screen: drawing for others would delay the first window."""
    return tuple(sorted({math.ceil(screen.devicePixelRatio()) for screen in QGuiApplication.screens()}))


@lru_cache(maxsize=512)
def _drawn(name: str, shade: str, gap: int, densities: tuple[int, ...]) -> tuple[QImage, ...]:
    """The icon in a colour at each density; kept, since several widgets have the same icon."""
    drawing = (paths.resources_folder() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", shade).encode()))
    images = []
    for density in densities:
        size = QSize((ICON_SIZE + gap) * density, ICON_SIZE * density)
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter, QRectF(0, 0, ICON_SIZE * density, ICON_SIZE * density))
        painter.end()
        image.setDevicePixelRatio(density)
        images.append(image)
    return tuple(images)


def application_icon() -> QIcon:
    """The icon of the application."""
    return QIcon(str(paths.resources_folder() / "icons" / "app.svg"))


def set_icon(widget: QAbstractButton | QLabel, name: str) -> None:
    """Set the icon of a button or label; it is repainted when the theme changes."""
    widget.setProperty(ICON_NAME, name)
    palette = QApplication.palette()
    role = _icon_role(widget)
    gap = TEXT_GAP if _has_text(widget) else 0
    drawn = icon(name, palette.color(role), palette.color(QPalette.ColorRole.Dark), gap)
    if isinstance(widget, QLabel):
        widget.setPixmap(drawn.pixmap(QSize(ICON_SIZE, ICON_SIZE), widget.devicePixelRatioF()))
    else:
        widget.setIcon(drawn)
        widget.setIconSize(QSize(ICON_SIZE + gap, ICON_SIZE))


def _has_text(widget: QAbstractButton | QLabel) -> bool:
    if isinstance(widget, QToolButton):
        return widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextBesideIcon
    return isinstance(widget, QPushButton) and bool(widget.text())


def _icon_role(widget: QWidget) -> QPalette.ColorRole:
    if widget.property("role") == "primary":
        return QPalette.ColorRole.HighlightedText
    if widget.property("tone") == "error":
        return QPalette.ColorRole.BrightText
    return QPalette.ColorRole.Link if widget.property("role") == "link" else QPalette.ColorRole.ButtonText


def repaint_icons(window: QWidget) -> None:
    """Repaint the icons of all widgets in a window."""
    widgets: list[QAbstractButton | QLabel] = [
        *window.findChildren(QAbstractButton),
        *window.findChildren(QLabel),
    ]
    for widget in widgets:
        if name := widget.property(ICON_NAME):
            set_icon(widget, name)
