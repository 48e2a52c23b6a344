"""The bar with the settings of the brush, and what changes a whole mask."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QSpinBox, QToolButton, QWidget

from engine.settings_table import QT_TRANSLATE_NOOP
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.session.masks.dabs import LARGEST_SIZE, Brush
from ip2p_desktop.widgets.controls.icon_button import IconButton
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.wheel_guard import WheelGuard
from ip2p_desktop.widgets.window_keys import WindowKeys
from ip2p_desktop.window.actions import Actions

LARGEST_DISTANCE = 500
STANDARD_DISTANCE = 10
COLOURS: dict[str, str] = {
    "#ff2d55": QT_TRANSLATE_NOOP("MaskOptionsBar", "Red"),
    "#2f7bff": QT_TRANSLATE_NOOP("MaskOptionsBar", "Blue"),
    "#00b84a": QT_TRANSLATE_NOOP("MaskOptionsBar", "Green"),
    "#ffb300": QT_TRANSLATE_NOOP("MaskOptionsBar", "Yellow"),
    "#c840ff": QT_TRANSLATE_NOOP("MaskOptionsBar", "Violet"),
    "#ffffff": QT_TRANSLATE_NOOP("MaskOptionsBar", "White"),
}
"""Colours of the overlay, with their names."""
PADDING = 4
FIELD_PADDING = 24
"""Width of a field apart from its text."""


class MaskOptionsBar(QFrame):
    """The brush at the left, the mask at the right; below each other where there is little width."""

    brush_chosen = Signal(object)
    """`Brush`."""
    colour_chosen = Signal(str)

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("mask_options_bar")
        self.setAccessibleName(self.tr("Mask"))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.size_field = self._field("brush_size", self.tr("Size of the brush in pixels ([ and ])"))
        self._limit(self.size_field, 1, LARGEST_SIZE, self.tr("Size {number} px"))
        self.hardness_field = self._field(
            "brush_hardness", self.tr("Hardness of the brush's edge (Shift+[ and Shift+])")
        )
        self._limit(self.hardness_field, 0, 100, self.tr("Hardness {number} %"))
        self.hardness_field.setSingleStep(5)
        self.distance_field = self._field(
            "mask_distance", self.tr("By how many pixels the mask is feathered, grown or shrunk")
        )
        self._limit(self.distance_field, 1, LARGEST_DISTANCE, self.tr("Edge {number} px"))
        self.distance_field.setValue(STANDARD_DISTANCE)
        self._colours = QActionGroup(self)
        self._brush_part = self._row(self.size_field, self.hardness_field)
        self._mask_part = self._row(
            self.distance_field,
            IconButton(actions.feather_mask, "feather", self),
            IconButton(actions.grow_mask, "grow", self),
            IconButton(actions.shrink_mask, "shrink", self),
            _line(),
            IconButton(actions.invert_mask, "invert", self),
            IconButton(actions.clear_mask, "clear", self),
            IconButton(actions.mask_overlay, "mask-overlay", self),
            self._menu_button(actions),
        )
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self._layout.setSpacing(6)
        self._is_narrow: bool | None = None
        self.fit_width(10_000)
        self.size_field.valueChanged.connect(self._on_brush_changed)
        self.hardness_field.valueChanged.connect(self._on_brush_changed)
        self._colours.triggered.connect(lambda action: self.colour_chosen.emit(action.data()))

    @property
    def distance(self) -> int:
        """Pixels by which a mask is feathered, grown or shrunk."""
        return self.distance_field.value()

    def show_brush(self, brush: Brush) -> None:
        """Show the brush, without emitting `brush_chosen`."""
        for field, value in ((self.size_field, brush.size), (self.hardness_field, brush.hardness * 100)):
            field.blockSignals(True)
            field.setValue(round(value))
            field.blockSignals(False)

    def show_colour(self, colour: str) -> None:
        """Check the colour of the overlay in the menu."""
        for action in self._colours.actions():
            action.setChecked(action.data() == colour)

    def show_brush_part(self, shown: bool) -> None:
        """Show or hide the settings of the brush."""
        self._brush_part.setVisible(shown)

    def fit_width(self, width: int) -> None:
        """Put the two parts below each other if they are wider than this together."""
        both = self._brush_part.sizeHint().width() + self._mask_part.sizeHint().width()
        has_brush = not self._brush_part.isHidden()
        is_narrow = has_brush and both + self._layout.spacing() + 2 * PADDING + 2 > width
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._layout.addWidget(self._brush_part, 0, 0)
            place = (1, 0) if is_narrow else (0, 1)
            self._layout.addWidget(self._mask_part, *place)
        self._layout.activate()
        self.adjustSize()

    def _on_brush_changed(self) -> None:
        self.brush_chosen.emit(Brush(float(self.size_field.value()), self.hardness_field.value() / 100))

    def _field(self, name: str, tip: str) -> QSpinBox:
        field = named(QSpinBox(self), name)
        field.setToolTip(tip)
        field.setAccessibleName(tip)
        field.setKeyboardTracking(False)
        WheelGuard.watch(field)
        WindowKeys.watch(field)
        return field

    def _limit(self, field: QSpinBox, lowest: int, highest: int, text: str) -> None:
        """Set the range, and the text around the number."""
        prefix, _, suffix = text.partition("{number}")
        field.setRange(lowest, highest)
        field.setPrefix(prefix)
        field.setSuffix(suffix)
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        widest = self.fontMetrics().horizontalAdvance(f"{prefix}{highest}{suffix}")
        field.setFixedWidth(widest + FIELD_PADDING)

    def _row(self, *widgets: QWidget) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in widgets:
            layout.addWidget(widget)
        layout.addStretch(1)
        return row

    def _menu_button(self, actions: Actions) -> QToolButton:
        button = named(QToolButton(self), "mask_menu_button")
        button.setToolTip(self.tr("More"))
        button.setAccessibleName(self.tr("More about the mask"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_icon(button, "more")
        menu = QMenu(button)
        menu.addActions([actions.load_mask, actions.save_mask])
        colours = menu.addMenu(self.tr("Overlay colour"))
        for colour, label in COLOURS.items():
            text = translate_marked("MaskOptionsBar", label)
            action = named(QAction(_swatch(colour), text, self._colours, checkable=True), f"colour_{label}")
            action.setData(colour)
            colours.addAction(action)
        button.setMenu(menu)
        return button


def _swatch(colour: str) -> QIcon:
    pixmap = QPixmap(QSize(14, 14))
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "upright_line")
    return line
