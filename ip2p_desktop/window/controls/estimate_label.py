"""A label with the estimated time and memory of the next edit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from engine.editing.costs import Estimate
from engine.files.disk_space import size_text

MINUTE = 60


class EstimateLabel(QLabel):
    """Hidden while the estimate is None."""

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("estimate")
        self.setProperty("role", "hint")
        self._value: Estimate | None = None
        self._shows_memory = True
        self.hide()

    @property
    def value(self) -> Estimate | None:
        """The estimate; None if it is not known."""
        return self._value

    @value.setter
    def value(self, estimate: Estimate | None) -> None:
        self._value = estimate
        self.setText(self._text_of(estimate) if estimate else "")
        self.setToolTip(self._explained(estimate) if estimate else "")
        self.setVisible(estimate is not None)

    @property
    def shows_memory(self) -> bool:
        """Whether the memory is shown beside the time."""
        return self._shows_memory

    @shows_memory.setter
    def shows_memory(self, shown: bool) -> None:
        self._shows_memory = shown
        self.value = self._value

    def _text_of(self, estimate: Estimate) -> str:
        time = self._duration(estimate.seconds + (estimate.load_seconds or 0))
        memory = estimate.peak_bytes if self._shows_memory else None
        return f"{time} · {size_text(memory)}" if memory else time

    def _explained(self, estimate: Estimate) -> str:
        text = self.tr("What this edit will take, from earlier edits on this computer.")
        if not estimate.load_seconds:
            return text
        loading = self.tr("Loading the model is part of it, and only the first edit waits for that.")
        return f"{text}\n{loading}"

    def _duration(self, seconds: float) -> str:
        if seconds < MINUTE:
            return self.tr("About {seconds} s").format(seconds=max(1, round(seconds)))
        return self.tr("About {minutes} min").format(minutes=round(seconds / MINUTE))
