"""A slider through the times at which there are previews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QDateTime, QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from ip2p_desktop.training.training_texts import with_groups
from ip2p_desktop.widgets.controls.plain_buttons import plain_button
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label
from ip2p_desktop.widgets.wheel_guard import WheelGuard

PAGE_SHARE = 10
"""Page Up and Page Down go through a tenth of the times."""


class PreviewSlider(QWidget):
    """Stays at the newest previews until the user moves it, and again once the user is back there."""

    moment_changed = Signal(int)
    """The index of the step that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._steps: Sequence[int] = ()
        self._times: Mapping[int, float] = {}
        self._is_following = True
        self.slider = named(QSlider(Qt.Orientation.Horizontal), "preview_slider")
        self.slider.setAccessibleName(self.tr("Pictures by step"))
        WheelGuard.watch(self.slider)
        self.label = named(body_label("", role="hint"), "preview_step")
        self.label.setWordWrap(False)
        self.newest_button = plain_button("newest_previews", self.tr("Newest"), self.tr("Newest pictures"))
        self.newest_button.setProperty("role", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.slider, 1)
        row.addWidget(self.label)
        row.addWidget(self.newest_button)
        self.slider.valueChanged.connect(self._on_moved)
        self.newest_button.clicked.connect(self.show_newest)

    @property
    def moment(self) -> int:
        """The index of the step that is shown."""
        return self.slider.value()

    @property
    def is_following(self) -> bool:
        """Whether new previews are shown as soon as they are made."""
        return self._is_following

    def show_steps(self, steps: Sequence[int], times: Mapping[int, float]) -> None:
        """Offer these steps, ascending; `times` are the Unix seconds of those for which they are known."""
        shown = self._steps[self.moment] if self.moment < len(self._steps) else None
        self._steps, self._times = steps, times
        last = max(0, len(steps) - 1)
        is_kept = not self._is_following and shown in steps
        self._is_following = not is_kept
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        self.slider.setPageStep(max(1, len(steps) // PAGE_SHARE))
        self.slider.setValue(steps.index(shown) if is_kept and shown is not None else last)
        self.slider.blockSignals(False)
        self.slider.setEnabled(last > 0)
        self._show_moment()

    def show_newest(self) -> None:
        """Show the newest previews, and new ones as soon as they are made."""
        self._is_following = True
        self.slider.setValue(self.slider.maximum())
        self._show_moment()
        self.slider.setFocus()

    def _on_moved(self, moment: int) -> None:
        self._is_following = moment == self.slider.maximum()
        self._show_moment()
        self.moment_changed.emit(moment)

    def _show_moment(self) -> None:
        self.newest_button.setEnabled(not self._is_following)
        if not self._steps:
            self.label.clear()
            return
        texts = [self._text_of(step) for step in (self._steps[0], self._steps[-1])]
        self.label.setText(self._text_of(self._steps[self.moment]))
        # so that the slider keeps its length while it is moved
        self.label.setMinimumWidth(max(map(self.label.fontMetrics().horizontalAdvance, texts)) + 2)
        self.slider.setAccessibleDescription(self.label.text())

    def _text_of(self, step: int) -> str:
        text = self.tr("Step {step}").format(step=with_groups(step)) if step else self.tr("Before training")
        time = self._times.get(step)
        return f"{text} · {_time_text(time)}" if time is not None else text


def _time_text(seconds: float) -> str:
    """The time of day, with the date if it was not today."""
    moment = QDateTime.fromSecsSinceEpoch(round(seconds))
    locale, short = QLocale(), QLocale.FormatType.ShortFormat
    if datetime.fromtimestamp(seconds).date() == datetime.now().date():
        return locale.toString(moment.time(), short)
    return locale.toString(moment, short)
