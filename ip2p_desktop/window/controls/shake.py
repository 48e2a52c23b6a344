"""An animation that directs the user to a widget with missing input."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QVariantAnimation
from PySide6.QtWidgets import QStyle, QWidget

DURATION_MS = 260
OFFSETS = {0.0: 0, 0.2: -6, 0.4: 5, 0.6: -4, 0.8: 2, 1.0: 0}
"""Offset to the right in points, by the elapsed share of the duration."""


class Shake(QObject):
    """Moves a widget sideways for a short time and back to its place.

    Does nothing if the system has animations turned off.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._offset = 0
        self._is_moving = False
        self._animation = QVariantAnimation(self, duration=DURATION_MS)
        for share, offset in OFFSETS.items():
            self._animation.setKeyValueAt(share, offset)
        self._animation.valueChanged.connect(self._move_to)
        widget.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether the animation is running."""
        return self._animation.state() == QVariantAnimation.State.Running

    def start(self) -> None:
        """Start the animation, or start it again if it is running."""
        self._animation.stop()
        self._move_to(0)
        if self._widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) > 0:
            self._animation.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Move and not self._is_moving:
            # the layout has moved the widget during the animation
            self._offset = 0
        return super().eventFilter(watched, event)

    def _move_to(self, offset: int) -> None:
        self._is_moving = True
        self._widget.move(self._widget.x() + offset - self._offset, self._widget.y())
        self._is_moving = False
        self._offset = offset
