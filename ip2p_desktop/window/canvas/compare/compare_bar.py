"""The bar with the modes of comparing, what the result is compared with, and its opacity."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from ip2p_desktop.session.compare_mode import CompareMode
from ip2p_desktop.widgets.icons import set_icon
from ip2p_desktop.widgets.literal_text import tooltip_text

SLIDER_WIDTH = 84


class CompareBar(QFrame):
    """Emits what was chosen; what it shows is set from outside."""

    mode_chosen = Signal(object)
    """`CompareMode`."""
    before_held = Signal(bool)
    """Whether the button that shows the photo is held down."""
    opacity_chosen = Signal(float)
    """0 to 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_bar")
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(4, 4, 8, 4)
        self._layout.setSpacing(2)
        self._modes = QButtonGroup(self)
        self._buttons = {
            CompareMode.DIVIDER: self._mode_button("compare-divider", self.tr("Divider"), "F6"),
            CompareMode.SIDE_BY_SIDE: self._mode_button("compare-sides", self.tr("Side by side"), "F7"),
            CompareMode.DIFFERENCE: self._mode_button("compare-difference", self.tr("Difference"), "F8"),
            CompareMode.RESULT_ONLY: self._mode_button("photo", self.tr("Only the result"), "Shift+F6"),
        }
        for mode, button in self._buttons.items():
            button.setObjectName(f"compare_{mode}")
            button.clicked.connect(lambda _=False, chosen=mode: self.mode_chosen.emit(chosen))
        self.hold_button = self._hold_button()
        self.other_menu = QMenu(self)
        self.other_menu.setObjectName("compare_menu")
        self.other_button = self._other_button()
        self.opacity_slider = QSlider(Qt.Orientation.Horizontal)
        self._opacity_text = QLabel()
        self._opacity_parts = self._add_opacity()
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.show_mode(CompareMode.DIVIDER)
        self.show_other("")
        self.show_opacity(1.0)

    def show_mode(self, mode: CompareMode) -> None:
        """Mark the button of a mode."""
        self._buttons[mode].setChecked(True)

    def show_opacity(self, opacity: float) -> None:
        """Show an opacity of 0 to 1."""
        percent = round(opacity * 100)
        with QSignalBlocker(self.opacity_slider):
            self.opacity_slider.setValue(percent)
        self._opacity_text.setText(self.tr("{number} %").format(number=percent))

    def show_other(self, name: str) -> None:
        """Name what the result is compared with; empty for its photo."""
        tip = self.tr("Compare with another result")
        if name:
            tip = self.tr("Compared with: {name}").format(name=name)
        self.other_button.setToolTip(tooltip_text(tip))
        self.other_button.setChecked(bool(name))

    def fit_to(self, width: float) -> None:
        """Where there is less space than this width in points, leave out the opacity, then the original."""
        left_out: tuple[tuple[QWidget, ...], ...] = (self._opacity_parts, (self.hold_button,))
        for part in (part for parts in left_out for part in parts):
            part.setVisible(True)
        for parts in left_out:
            self._layout.activate()
            if self.sizeHint().width() <= width:
                break
            for part in parts:
                part.setVisible(False)
        self._layout.activate()
        self.adjustSize()

    def _mode_button(self, icon: str, name: str, keys: str) -> QToolButton:
        button = self._button(icon, name, f"{name} ({keys})")
        button.setCheckable(True)
        self._modes.addButton(button)
        return button

    def _hold_button(self) -> QToolButton:
        self._add_line()
        name = self.tr("Hold to see the original")
        button = self._button("", name, self.tr("Hold to see the original (hold O in the photo)"))
        button.setText(self.tr("Original"))
        button.setObjectName("compare_hold")
        button.pressed.connect(lambda: self.before_held.emit(True))
        button.released.connect(lambda: self.before_held.emit(False))
        return button

    def _other_button(self) -> QToolButton:
        button = self._button("compare-with", self.tr("Compare with…"), "")
        button.setObjectName("compare_other")
        button.setCheckable(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(self.other_menu)
        return button

    def _add_opacity(self) -> tuple[QWidget, ...]:
        line, slider = self._add_line(), self.opacity_slider
        slider.setObjectName("compare_opacity")
        slider.setRange(0, 100)
        slider.setPageStep(10)
        slider.setFixedWidth(SLIDER_WIDTH)
        tip = self.tr("Opacity of the result over the photo; it is saved like this")
        slider.setToolTip(tip)
        slider.setAccessibleName(self.tr("Opacity of the result"))
        slider.setAccessibleDescription(tip)
        slider.valueChanged.connect(self._on_slider)
        self._opacity_text.setFixedWidth(self.fontMetrics().horizontalAdvance("100 %") + 8)
        self._opacity_text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._layout.addSpacing(2)
        self._layout.addWidget(slider)
        self._layout.addWidget(self._opacity_text)
        return (line, slider, self._opacity_text)

    def _on_slider(self, percent: int) -> None:
        self._opacity_text.setText(self.tr("{number} %").format(number=percent))
        self.opacity_chosen.emit(percent / 100)

    def _add_line(self) -> QWidget:
        line = QFrame(self)
        line.setProperty("role", "upright")
        self._layout.addSpacing(4)
        self._layout.addWidget(line)
        self._layout.addSpacing(4)
        return line

    def _button(self, icon: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        if icon:
            set_icon(button, icon)
        self._layout.addWidget(button)
        return button
