"""The progress of an edit: its stage, its steps, the remaining time and the edits that wait."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.progress import Progress, Stage
from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.controls.thin_bar import ThinBar
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.window.controls.suggestion_chips import row_height

BAR_STEPS = 1000


class ProgressRow(QWidget):
    """A line of text above a thin bar."""

    queue_toggled = Signal(bool)
    """The user shows or hides the edits that wait."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("progress_row")
        self.setFixedHeight(row_height(self))
        self.label = ElidedLabel()
        self.label.setObjectName("progress_label")
        self.time_left = named(QLabel(), "time_left")
        self.time_left.setProperty("role", "hint")
        self.waiting_button = named(QPushButton(), "waiting_button")
        self.waiting_button.setProperty("role", "hint-link")
        self.waiting_button.setCheckable(True)
        self.waiting_button.setToolTip(self.tr("Show the edits that wait (Ctrl+J)"))
        self.waiting_button.toggled.connect(self.queue_toggled)
        self.bar = named(ThinBar(), "progress_bar")
        self.bar.setAccessibleName(self.tr("Progress of the edit"))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.label, 1)
        line.addWidget(self.time_left)
        line.addWidget(self.waiting_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line, 1)
        layout.addWidget(self.bar)
        self.show_waiting(0)
        self.show_progress(None)

    def show_progress(
        self,
        progress: Progress | None,
        *,
        share: float | None = None,
        seconds_left: float | None = None,
        place: tuple[int, int] | None = None,
    ) -> None:
        """Show what an edit does; None before its first report.

        `share` is how much of it is done, 0 to 1; `place` is its number in a sequence and the length of that.
        What is None is not known.
        """
        text = self._text_of(progress, seconds_left is not None)
        if place is not None:
            number = self.tr("Edit {number} of {count}").format(number=place[0], count=place[1])
            text = f"{number} · {text}"
        self.label.setText(text)
        # a range of 0 to 0 means that the progress is not known
        self.bar.setRange(0, BAR_STEPS if share is not None else 0)
        self.bar.setValue(round((share or 0) * BAR_STEPS))
        self.time_left.setText(self._duration(seconds_left) if seconds_left is not None else "")
        self.bar.setAccessibleDescription(self.label.text())

    def show_waiting(self, count: int) -> None:
        """Show the number of edits that wait."""
        self.waiting_button.setText(self.tr("%n waiting", "", count))
        self.waiting_button.setVisible(count > 0)
        if count == 0:
            self.waiting_button.setChecked(False)

    def _text_of(self, progress: Progress | None, is_time_known: bool) -> str:
        if progress is None:
            return self.tr("Starting…")
        if progress.stage is Stage.SAMPLING and progress.total and (progress.done or is_time_known):
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
            Stage.STORING: self.tr("Storing the result"),
            Stage.MERGING: self.tr("Merging the models"),
        }[progress.stage]

    def _duration(self, seconds: float) -> str:
        if seconds < 60:
            return self.tr("about {seconds} s left").format(seconds=max(1, round(seconds)))
        return self.tr("about {minutes} min left").format(minutes=round(seconds / 60))
