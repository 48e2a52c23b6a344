"""Keeps the mouse wheel from changing controls in a scrolling panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QWidget


class WheelGuard(QObject):
    """Ignores wheel events of a control, so that they scroll the panel."""

    @classmethod
    def watch(cls, control: QWidget) -> None:
        """Ignore the wheel events of a control from now on."""
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(cls(control))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel:
            return False
        event.ignore()
        return True
