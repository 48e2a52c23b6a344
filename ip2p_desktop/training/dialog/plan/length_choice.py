"""The length of a training run: three presets as cards, or any number of steps."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.files.disk_space import size_text
from ip2p_desktop.base.durations import Durations
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.training_texts import TrainingTexts
from ip2p_desktop.widgets.surfaces import RADIUS, blended, body_label, tone

MOST_STEPS = 1_000_000
PADDING = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """A preset."""

    name: str
    title: str
    spoken: str
    """Title and steps, for screen readers."""
    hint: str
    steps: int


class LengthChoice(QWidget):
    """The number of training steps, with the time and memory they need."""

    steps_changed = Signal(int)

    def __init__(self, probe: TrainingProbe, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._probe = probe
        self.cards = {length.steps: LengthCard(length) for length in self._lengths()}
        self._group = QButtonGroup(self)
        self.steps_box = QSpinBox()
        self.steps_box.setObjectName("steps_box")
        self.steps_box.setAccessibleName(self.tr("Number of steps"))
        self.steps_box.setRange(1, MOST_STEPS)
        self.steps_box.setGroupSeparatorShown(True)
        self.steps_box.setStyleSheet("QSpinBox::up-button, QSpinBox::down-button { width: 0; border: 0; }")
        self.steps_box.lineEdit().setTextMargins(6, 0, 0, 0)
        self.steps_box.setFixedWidth(110)
        self.estimate_label = body_label("", role="hint")
        self.estimate_label.setObjectName("training_estimate")
        self._lay_out()
        probe.changed.connect(self._show_estimate)
        self.steps_box.valueChanged.connect(self._on_steps_changed)
        self._group.buttonClicked.connect(self._on_card_chosen)
        self.steps = list(self.cards)[1]

    def _lengths(self) -> tuple[Length, ...]:
        return (
            Length(
                name="quick",
                title=self.tr("Quick try"),
                spoken=self.tr("Quick try, %Ln step(s)", "", 200),
                hint=self.tr("See whether it understands your pairs"),
                steps=200,
            ),
            Length(
                name="normal",
                title=self.tr("Normal"),
                spoken=self.tr("Normal, %Ln step(s)", "", 500),
                hint=self.tr("Enough for most edits"),
                steps=500,
            ),
            Length(
                name="thorough",
                title=self.tr("Thorough"),
                spoken=self.tr("Thorough, %Ln step(s)", "", 4000),
                hint=self.tr("For difficult edits and many pairs"),
                steps=4000,
            ),
        )

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        for card in self.cards.values():
            self._group.addButton(card)
            row.addWidget(card, 1)
        label = QLabel(self.tr("Number of s&teps"))
        label.setBuddy(self.steps_box)
        number = QHBoxLayout()
        number.addWidget(label)
        number.addWidget(self.steps_box)
        number.addWidget(self.estimate_label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(row)
        column.addLayout(number)

    @property
    def steps(self) -> int:
        """The chosen number of training steps."""
        return self.steps_box.value()

    @steps.setter
    def steps(self, steps: int) -> None:
        self.steps_box.setValue(steps)

    def _on_card_chosen(self, card: LengthCard) -> None:
        self.steps = card.length.steps

    def _on_steps_changed(self, number: int) -> None:
        self._group.setExclusive(False)
        for preset, card in self.cards.items():
            card.setChecked(preset == number)
        self._group.setExclusive(True)
        self._show_estimate()
        self.steps_changed.emit(number)

    @Slot()
    def _show_estimate(self) -> None:
        self.estimate_label.setText(self._estimate_text())
        for card in self.cards.values():
            card.show_estimate(self._probe)

    def _estimate_text(self) -> str:
        """The time and memory of the chosen number of steps, as far as they are known."""
        estimate = self._probe.estimate
        if self._probe.is_running():
            return self.tr("Measuring how long it takes on this computer…")
        if self._probe.is_short_of_memory:
            return self.tr("Does not fit: this computer has too little memory to train this model.")
        if estimate is None:
            return self.tr("More steps take longer.")
        if not estimate.fits(self.steps):
            needed = self.tr("Does not fit: {size} of free disk space are needed.")
            return needed.format(size=size_text(estimate.disk))
        time = Durations().on_this_computer(estimate.seconds(self.steps))
        if not estimate.memory:
            return time
        memory = self.tr("It needs {size} of memory.").format(size=size_text(estimate.memory))
        return f"{time} {memory}"


class LengthCard(QRadioButton):
    """A radio button painted as a card."""

    def __init__(self, length: Length, parent: QWidget | None = None) -> None:
        super().__init__(length.title, parent)
        self.length = length
        self.time = ""
        """The estimated time, or that it does not fit; empty if neither is known."""
        self.fits = True
        self.setObjectName(f"length_{length.name}")
        self.setAccessibleName(length.spoken)
        self.setAccessibleDescription(length.hint)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_estimate(self, probe: TrainingProbe) -> None:
        """Show the time of this length, or that it does not fit."""
        estimate = probe.estimate
        self.fits = estimate.fits(self.length.steps) if estimate else not probe.is_short_of_memory
        if not self.fits:
            self.time = self.tr("Does not fit")
        else:
            seconds = estimate.seconds(self.length.steps) if estimate else None
            self.time = Durations().duration(seconds) if seconds is not None else ""
        self.setAccessibleDescription(" · ".join(filter(None, (self.length.hint, self.time))))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, self.heightForWidth(180))

    def minimumSizeHint(self) -> QSize:
        return QSize(110, self.heightForWidth(self.width() or 110))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        line = self.fontMetrics().height()
        time = max(line, self._wrapped_height(self.time, width))  # reserved before it is known
        return 2 * PADDING + 2 * line + 12 + self._wrapped_height(self.length.hint, width) + time

    def _wrapped_height(self, text: str, width: int) -> int:
        space = QRectF(0, 0, max(1, width - 2 * PADDING), 10_000).toRect()
        return self.fontMetrics().boundingRect(space, Qt.TextFlag.TextWordWrap, text).height()

    def hitButton(self, position: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_background(painter)
        inner = QRectF(self.rect()).adjusted(PADDING, PADDING, -PADDING, -PADDING)
        line = self.fontMetrics().height()
        heading = QFont(self.font())
        heading.setWeight(QFont.Weight.DemiBold)
        painter.setFont(heading)
        painter.setPen(tone(QPalette.ColorRole.WindowText))
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, self.length.title)
        painter.setFont(self.font())
        steps = TrainingTexts().steps(self.length.steps)
        painter.drawText(inner.translated(0, line + 2), Qt.AlignmentFlag.AlignLeft, steps)
        painter.setPen(tone(QPalette.ColorRole.PlaceholderText))
        wrapped = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        at_bottom = wrapped | Qt.AlignmentFlag.AlignBottom
        painter.drawText(inner.adjusted(0, 2 * line + 6, 0, PADDING), wrapped, self.length.hint)
        painter.setPen(tone(QPalette.ColorRole.WindowText if self.fits else QPalette.ColorRole.BrightText))
        painter.drawText(inner, at_bottom, self.time)

    def _draw_background(self, painter: QPainter) -> None:
        ground, accent = tone(QPalette.ColorRole.AlternateBase), tone(QPalette.ColorRole.Highlight)
        border = accent if self.isChecked() else tone(QPalette.ColorRole.Mid)
        if self.hasFocus():
            border = tone(QPalette.ColorRole.Light)
        width = 2.0 if self.isChecked() or self.hasFocus() else 1.0
        painter.setPen(QPen(border, width))
        share = 0.10 if self.isChecked() else 0.04 if self.underMouse() else 0.0
        painter.setBrush(blended(ground, accent, share))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
