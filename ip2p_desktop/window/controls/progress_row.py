"""The progress of an edit: its stage, its steps and the remaining time."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.progress import Progress, Stage
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.thin_bar import ThinBar
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.suggestion_chips import row_height


class ProgressRow(QWidget):
    """A line of text above a thin bar."""

    value_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self.setObjectName("progress_row")
        self.setFixedHeight(row_height(self))
        self._value: Progress | None = None
        self._waiting = 0
        self._step_timer = StepTimer(clock)
        self.label = ElidedLabel()
        self.label.setObjectName("progress_label")
        self.time_left = named(QLabel(), "time_left")
        self.time_left.setProperty("role", "hint")
        self.bar = named(ThinBar(), "progress_bar")
        self.bar.setAccessibleName(self.tr("Progress of the edit"))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.label, 1)
        line.addWidget(self.time_left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line, 1)
        layout.addWidget(self.bar)
        self._show()

    @property
    def value(self) -> Progress | None:
        """The progress of the running edit; None before it starts."""
        return self._value

    @value.setter
    def value(self, progress: Progress | None) -> None:
        self._value = progress
        self._step_timer.add(progress)
        self._show()

    def show_waiting(self, count: int) -> None:
        """Show the number of edits that wait."""
        self._waiting = count
        self._show()

    def _show(self) -> None:
        progress = self._value
        self.label.setText(self._text_of(progress))
        known = progress is not None and progress.total > 0
        # a range of 0 to 0 means that the progress is not known
        self.bar.setRange(0, progress.total if progress and known else 0)
        self.bar.setValue(progress.done if progress and known else 0)
        seconds = self._step_timer.seconds_left
        parts = [self._duration(seconds)] if seconds is not None else []
        if self._waiting:
            parts.append(self.tr("%n waiting", "", self._waiting))
        self.time_left.setText(" · ".join(parts))
        self.bar.setAccessibleDescription(self.label.text())

    def _text_of(self, progress: Progress | None) -> str:
        if progress is None:
            return self.tr("Starting…")
        if progress.stage is Stage.SAMPLING and progress.total:
            text = self.tr("Editing · step {step} of {total}")
            return text.format(step=progress.done, total=progress.total)
        return {
            Stage.LOADING_LIBRARIES: self.tr("Getting ready · only the first edit waits for this"),
            Stage.LOADING_MODEL: self.tr("Loading the model"),
            Stage.FINDING_SUBJECT: self.tr("Finding the subject"),
            Stage.READING: self.tr("Reading photo and instruction"),
            Stage.COMPILING: self.tr("Preparing this device · only once"),
            Stage.SAMPLING: self.tr("Editing"),
            Stage.FINISHING: self.tr("Finishing the picture"),
            Stage.MERGING: self.tr("Merging the models"),
        }[progress.stage]

    def _duration(self, seconds: float) -> str:
        if seconds < 60:
            return self.tr("about {seconds} s left").format(seconds=max(1, round(seconds)))
        return self.tr("about {minutes} min left").format(minutes=round(seconds / 60))


class StepTimer:
    """Estimates the remaining time from the steps already done."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._start: tuple[float, int] | None = None
        self.seconds_left: float | None = None

    def add(self, progress: Progress | None) -> None:
        """Update `seconds_left` from the latest progress; None if it cannot be estimated."""
        if progress is None or progress.stage is not Stage.SAMPLING or not progress.total:
            self._start = self.seconds_left = None
            return
        now = self._clock()
        if self._start is None or progress.done < self._start[1]:
            self._start = (now, progress.done)
        started_at, first = self._start
        steps_done = progress.done - first
        if steps_done > 0:
            self.seconds_left = (now - started_at) / steps_done * (progress.total - progress.done)
