"""A control that is on or off."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from ip2p_desktop.widgets.controls.setting_control import SettingControl
from ip2p_desktop.widgets.object_names import named

TRACK = QSize(38, 22)
"""Size of the switch without the focus ring."""
RING = 2
KNOB_GAP = 2
DISABLED_OPACITY = 0.4


class SwitchControl(SettingControl):
    """A label, a switch and a hint."""

    def __init__(self, *, name: str, label: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(name=name, label=label, help_text=help_text, parent=parent)
        self.switch = named(Switch(self), f"{name}_switch")
        self._add_field(self.switch)
        self.caption.setBuddy(self.switch)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.addWidget(self.caption, 0, 0)
        layout.addWidget(self.switch, 0, 1)
        layout.addWidget(self.hint, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        self.switch.toggled.connect(self.value_changed.emit)

    @property
    def value(self) -> bool:
        """Whether the switch is on."""
        return self.switch.isChecked()

    @value.setter
    def value(self, value: bool) -> None:
        self.switch.setChecked(value)

    def _recommended_text(self) -> str:
        if self.recommended is None:
            return ""
        return self.tr("on") if self.recommended else self.tr("off")


class Switch(QCheckBox):
    """A check box painted as a switch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(self.sizeHint())
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return TRACK + QSize(2 * RING, 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        track = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        if self.hasFocus():
            painter.setPen(QPen(palette.light().color(), RING))
            outline = track.adjusted(-1, -1, 1, 1)
            painter.drawRoundedRect(outline, outline.height() / 2, outline.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setOpacity(1.0 if self.isEnabled() else DISABLED_OPACITY)
        painter.setBrush(palette.highlight() if self.isChecked() else palette.dark())
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        radius = track.height() / 2 - KNOB_GAP
        middle = track.right() - track.height() / 2 if self.isChecked() else track.left() + track.height() / 2
        painter.setBrush(palette.highlightedText())
        painter.drawEllipse(QPointF(middle, track.center().y()), radius, radius)
