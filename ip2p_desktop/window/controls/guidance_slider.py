"""A control for a number, with a slider and a spin box."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QWidget

from ip2p_desktop.widgets.controls.marked_slider import MarkedSlider
from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.wheel_guard import WheelGuard
from ip2p_desktop.widgets.window_keys import WindowKeys


class GuidanceSlider(SettingControl):
    """A slider and a spin box with the same value, and a help text. A tick marks the recommended value."""

    def __init__(
        self,
        *,
        name: str,
        label: str,
        help_text: str,
        maximum: float = 10.0,
        minimum: float = 0.0,
        step: float = 0.1,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name=name, label=label, help_text=help_text, parent=parent)
        self._step = step
        self._is_whole = step >= 1
        self.caption.setProperty("role", "section")
        self.slider = named(MarkedSlider(self), f"{name}_slider")
        self.spin_box = named(QDoubleSpinBox(self), f"{name}_spin_box")
        self._set_up()
        self._set_range(minimum, maximum)
        self._lay_out()
        self.slider.valueChanged.connect(self._on_slid)
        self.slider.mark_chosen.connect(self.use_recommended)
        self.spin_box.valueChanged.connect(self._on_typed)

    def _set_up(self) -> None:
        self.caption.setBuddy(self.spin_box)
        self.spin_box.setDecimals(0 if self._is_whole else 2)
        self.spin_box.setSingleStep(self._step)
        self.spin_box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.spin_box.setFixedWidth(self.fontMetrics().horizontalAdvance("00.00") + 28)
        for field in (self.slider, self.spin_box):
            self._add_field(field)
            WheelGuard.watch(field)
        WindowKeys.watch(self.spin_box)

    def _set_range(self, minimum: float, maximum: float) -> None:
        self.spin_box.setRange(minimum, maximum)
        self.slider.setRange(round(minimum / self._step), round(maximum / self._step))
        self._show_recommended()
        self.slider.setPageStep(max(1, (self.slider.maximum() - self.slider.minimum()) // 10))

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(2)
        layout.addWidget(self.caption, 0, 0)
        layout.addWidget(self.spin_box, 0, 1)
        layout.addWidget(self.slider, 1, 0, 1, 2)
        layout.addWidget(self.hint, 2, 0, 1, 2)
        layout.setColumnStretch(0, 1)

    @property
    def value(self) -> float:
        """The number; an int if the step is a whole number. A value above the maximum extends the range."""
        number = self.spin_box.value()
        return int(number) if self._is_whole else number

    @value.setter
    def value(self, value: float) -> None:
        if value > self.spin_box.maximum():
            self._set_range(self.spin_box.minimum(), value)
        self.spin_box.setValue(value)

    def _show_recommended(self) -> None:
        recommended = self.recommended
        self.slider.mark = recommended / self._step if isinstance(recommended, int | float) else None

    @property
    def minimum(self) -> float:
        """The smallest value."""
        return self.spin_box.minimum()

    @property
    def maximum(self) -> float:
        """The largest value."""
        return self.spin_box.maximum()

    def _on_slid(self, position: int) -> None:
        self.spin_box.setValue(position * self._step)

    def _on_typed(self, number: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(number / self._step))
        self.value_changed.emit(self.value)
