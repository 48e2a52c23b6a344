"""The presets of a training run as cards, with what each takes on this computer."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from ip2p_desktop.training.plans.presets import Preset
from ip2p_desktop.widgets.layouts.card_grid import CardGrid
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import RADIUS, blended, tone

PADDING = 12
NARROWEST_CARD = 148


@dataclass(frozen=True, slots=True)
class CardState:
    """What a card shows below its hint."""

    time: str = ""
    sizes: str = ""
    """Memory and disk space, in a line each."""
    reason: str = ""
    """Why the preset does not fit; empty if it does, or if that is not known."""
    is_possible: bool = True


class PresetChoice(QWidget):
    """Four cards, of which one is chosen."""

    chosen = Signal(object)
    """The `Preset` that the user chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = {
            Preset.QUICK: PresetCard(
                Preset.QUICK, self.tr("Quick try"), self.tr("See whether it understands your pairs")
            ),
            Preset.BALANCED: PresetCard(
                Preset.BALANCED, self.tr("Balanced"), self.tr("Enough for most edits")
            ),
            Preset.BEST: PresetCard(
                Preset.BEST, self.tr("Best"), self.tr("For difficult edits and many pairs; takes long")
            ),
            Preset.LITTLE_MEMORY: PresetCard(
                Preset.LITTLE_MEMORY,
                self.tr("Little memory"),
                self.tr("For large models; slower, smaller changes"),
            ),
        }
        self._group = QButtonGroup(self)
        cards = QWidget()
        grid = CardGrid(cards, narrowest=NARROWEST_CARD)
        for card in self.cards.values():
            self._group.addButton(card)
            grid.addWidget(card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(cards)
        self.preset = Preset.BALANCED
        self._group.buttonClicked.connect(self._on_clicked)

    @property
    def preset(self) -> Preset:
        """The chosen preset."""
        return next(preset for preset, card in self.cards.items() if card.isChecked())

    @preset.setter
    def preset(self, preset: Preset) -> None:
        self.cards[preset].setChecked(True)

    def _on_clicked(self, card: PresetCard) -> None:
        self.chosen.emit(card.preset)


class PresetCard(QRadioButton):
    """A radio button painted as a card."""

    def __init__(self, preset: Preset, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        named(self, f"preset_{preset.value}")
        self.preset = preset
        self.hint = hint
        self.state = CardState()
        self.setAccessibleName(title)
        self.setAccessibleDescription(hint)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_state(self, state: CardState) -> None:
        """Show time and sizes, or why the preset does not fit; it is greyed if it cannot be chosen."""
        if state == self.state:
            return
        self.state = state
        self.setEnabled(state.is_possible)
        texts = (self.hint, state.time, state.sizes, state.reason)
        self.setAccessibleDescription(" · ".join(filter(None, texts)).replace("\n", " · "))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROWEST_CARD, self.heightForWidth(NARROWEST_CARD))

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST_CARD, self.heightForWidth(self.width() or NARROWEST_CARD))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        line = self.fontMetrics().height()
        below = self.state.reason or "\n".join(filter(None, (self.state.time, self.state.sizes)))
        reserved = max(3 * line, self._wrapped_height(below, width))  # before anything is known
        return 2 * PADDING + line + 4 + self._wrapped_height(self.hint, width) + 10 + reserved

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
        ink = tone(QPalette.ColorRole.WindowText if self.isEnabled() else QPalette.ColorRole.Dark)
        muted = tone(QPalette.ColorRole.PlaceholderText if self.isEnabled() else QPalette.ColorRole.Dark)
        heading = QFont(self.font())
        heading.setWeight(QFont.Weight.DemiBold)
        painter.setFont(heading)
        painter.setPen(ink)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setFont(self.font())
        painter.setPen(muted)
        wrapped = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(inner.adjusted(0, line + 4, 0, 0), wrapped, self.hint)
        at_bottom = wrapped | Qt.AlignmentFlag.AlignBottom
        if self.state.reason:
            painter.setPen(tone(QPalette.ColorRole.BrightText))
            painter.drawText(inner, at_bottom, self.state.reason)
            return
        painter.drawText(inner, at_bottom, self.state.sizes)
        above = self._wrapped_height(self.state.sizes, self.width()) if self.state.sizes else 0
        painter.setPen(ink)
        painter.drawText(inner.adjusted(0, 0, 0, -above), at_bottom, self.state.time)

    def _draw_background(self, painter: QPainter) -> None:
        ground, accent = tone(QPalette.ColorRole.AlternateBase), tone(QPalette.ColorRole.Highlight)
        border = accent if self.isChecked() else tone(QPalette.ColorRole.Mid)
        if self.hasFocus():
            border = tone(QPalette.ColorRole.Light)
        width = 2.0 if self.isChecked() or self.hasFocus() else 1.0
        painter.setPen(QPen(border, width))
        share = 0.10 if self.isChecked() else 0.04 if self.underMouse() and self.isEnabled() else 0.0
        painter.setBrush(blended(ground, accent, share))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), RADIUS, RADIUS)
