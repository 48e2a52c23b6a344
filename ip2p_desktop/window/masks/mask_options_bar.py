"""The bar with the settings of the brush, and what changes a whole mask."""

from __future__ import annotations

from dataclasses import dataclass

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
PART_SPACING, FIELD_SPACING = 6, 3
FIELD_PADDING = 24
"""Width of a field apart from its text."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How the parts of the bar are arranged."""

    is_low: bool = False
    """Whether what changes the mask is below the brush."""
    is_folded: bool = False
    """Whether what changes the mask is in the menu."""
    fields: int = 2
    """Number of fields of the brush."""


class MaskOptionsBar(QFrame):
    """The brush at the left, the mask at the right.

    Where there is little width, they are below each other; where there is little room, what changes the mask
    is in the menu.
    """

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
        self._brush_fields = (self.size_field, self.hardness_field)
        self._brush_part = self._row(self.size_field, self.hardness_field)
        self._folded = [actions.feather_mask, actions.grow_mask, actions.shrink_mask]
        self._folded += [actions.invert_mask, actions.clear_mask, actions.mask_overlay]
        self._mask_part = self._row(
            self.distance_field,
            IconButton(actions.feather_mask, "feather", self),
            IconButton(actions.grow_mask, "grow", self),
            IconButton(actions.shrink_mask, "shrink", self),
            _line(),
            IconButton(actions.invert_mask, "invert", self),
            IconButton(actions.clear_mask, "clear", self),
            IconButton(actions.mask_overlay, "mask-overlay", self),
        )
        self.menu_button = self._menu_button(actions)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(PADDING, PADDING, PADDING, PADDING)
        self._layout.setSpacing(PART_SPACING)
        self._arrangement: Arrangement | None = None
        self.fit(10_000, 10_000)
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

    def fit(self, width: int, height: int) -> None:
        """Arrange the parts for this room in points; only the menu is always there."""
        has_brush = not self._brush_part.isHidden()
        frame = 2 * PADDING + 2
        brush = self._brush_width(len(self._brush_fields)) if has_brush else 0
        mask = self._mask_part.sizeHint().width() + PART_SPACING + self.menu_button.sizeHint().width()
        row = max(self._brush_part.sizeHint().height(), self._mask_part.sizeHint().height())
        if mask + (brush + PART_SPACING if has_brush else 0) + frame <= width:
            arrangement = Arrangement()
        elif max(brush, mask) + frame <= width and 2 * row + PART_SPACING + frame <= height and has_brush:
            arrangement = Arrangement(is_low=True)
        else:
            space = width - frame - PART_SPACING - self.menu_button.sizeHint().width()
            fitting = (count for count in (2, 1) if self._brush_width(count) <= space)
            arrangement = Arrangement(is_folded=True, fields=next(fitting, 0))
        if arrangement != self._arrangement:
            self._arrangement = arrangement
            self._arrange(arrangement)
        self._layout.activate()
        self.adjustSize()

    def _brush_width(self, fields: int) -> int:
        """The width of the first fields of the brush."""
        shown = self._brush_fields[:fields]
        return sum(each.sizeHint().width() for each in shown) + FIELD_SPACING * max(len(shown) - 1, 0)

    def _arrange(self, arrangement: Arrangement) -> None:
        self._mask_part.setVisible(not arrangement.is_folded)
        for number, field in enumerate(self._brush_fields):
            field.setVisible(number < arrangement.fields)
        menu = self.menu_button.menu()
        for action in self._folded:
            if arrangement.is_folded:
                menu.insertAction(self._fold_line, action)
            else:
                menu.removeAction(action)
        self._fold_line.setVisible(arrangement.is_folded)
        is_low = arrangement.is_low
        self._layout.addWidget(self._brush_part, 0, 0, 1, 2 if is_low else 1)
        self._layout.addWidget(self._mask_part, *((1, 0) if is_low else (0, 1)))
        self._layout.addWidget(self.menu_button, *((1, 1) if is_low else (0, 2)))

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
        layout.setSpacing(FIELD_SPACING)
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
        self._fold_line = menu.addSeparator()
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
