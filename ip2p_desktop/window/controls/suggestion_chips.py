"""A row of buttons with the instructions that the model suggests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QIcon, QImage, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from ip2p_desktop.widgets.literal_text import button_text, tooltip_text

GAP = 8
WIDEST_CHIP = 240
THUMBNAIL = 20
"""Diameter of the round thumbnail in a chip, in points."""
THUMBNAIL_GAP = 4


def row_height(widget: QWidget) -> int:
    """The height in points of the row of chips, also used for the row that replaces it."""
    return max(28, widget.fontMetrics().height() + 12)


class SuggestionChips(QWidget):
    """As many suggestions as fit, then a button "More" with a menu of the others."""

    chosen = Signal(str)
    shown_changed = Signal()
    """Other suggestions have a chip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("suggestion_chips")
        self.setFixedHeight(row_height(self))
        self._suggestions: list[str] = []
        self._chips: list[QPushButton] = []
        self._shown_before: Sequence[str] = ()
        self.menu = QMenu(self)
        self.more = self._chip(self.tr("More…"))
        self.more.setObjectName("suggestions_more")
        self.more.clicked.connect(self._open_menu)

    @property
    def suggestions(self) -> Sequence[str]:
        """The suggested instructions."""
        return tuple(self._suggestions)

    @suggestions.setter
    def suggestions(self, suggestions: Sequence[str]) -> None:
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._suggestions = list(suggestions)
        self._chips = [self._suggestion_chip(text) for text in suggestions]
        # new widgets are last in the Tab order; this places them before "More"
        for earlier, later in itertools.pairwise([self.more, *self._chips, self.more]):
            self.setTabOrder(earlier, later)
        self._arrange()

    @property
    def chips(self) -> Sequence[QPushButton]:
        """A chip for each suggestion; those without room are hidden."""
        return tuple(self._chips)

    @property
    def shown(self) -> Sequence[str]:
        """The suggestions that have a chip at this width."""
        return [
            text for text, chip in zip(self._suggestions, self._chips, strict=True) if not chip.isHidden()
        ]

    def show_thumbnail(self, suggestion: str, image: QImage) -> None:
        """Show what a suggestion makes of the photo in its chip, if there is one."""
        for text, chip in zip(self._suggestions, self._chips, strict=True):
            if text == suggestion:
                chip.setIcon(QIcon(_round_thumbnail(image, self.devicePixelRatioF())))
                self._arrange()

    def remove_thumbnails(self) -> None:
        """Show the suggestions without thumbnails."""
        for chip in self._chips:
            chip.setIcon(QIcon())
        self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _chip(self, text: str) -> QPushButton:
        chip = QPushButton(text, self)
        chip.setProperty("role", "chip")
        chip.setCursor(Qt.CursorShape.PointingHandCursor)
        chip.setIconSize(QSize(THUMBNAIL + THUMBNAIL_GAP, THUMBNAIL))
        return chip

    def _suggestion_chip(self, text: str) -> QPushButton:
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, WIDEST_CHIP - 32)
        chip = self._chip(button_text(shown))
        chip.setAccessibleName(self.tr("Suggestion: {instruction}").format(instruction=text))
        chip.setToolTip(tooltip_text(text))
        chip.clicked.connect(lambda: self.chosen.emit(text))
        return chip

    def _arrange(self) -> None:
        widths = [chip.sizeHint().width() for chip in self._chips]
        space = self.width()
        if sum(widths) + GAP * len(widths) - GAP > space:
            space -= self.more.sizeHint().width() + GAP
        left = 0
        fits = True
        for chip, width in zip(self._chips, widths, strict=True):
            fits = fits and left + width <= space
            chip.setVisible(fits)
            if fits:
                chip.setGeometry(left, 0, width, self.height())
                left += width + GAP
        self.more.setVisible(not fits)
        self.more.setGeometry(left, 0, self.more.sizeHint().width(), self.height())
        if self.shown != self._shown_before:
            self._shown_before = self.shown
            self.shown_changed.emit()

    def _open_menu(self) -> None:
        self.menu.clear()
        shown = self.shown
        for text in self._suggestions:
            if text not in shown:
                action = self.menu.addAction(button_text(text))
                action.triggered.connect(lambda _=False, suggestion=text: self.chosen.emit(suggestion))
        self.menu.popup(self.more.mapToGlobal(self.more.rect().topLeft()) - self._menu_offset())

    def _menu_offset(self) -> QPoint:
        return QPoint(0, self.menu.sizeHint().height() + 4)


def _round_thumbnail(image: QImage, density: float) -> QPixmap:
    """The middle of an image in a circle, for a screen with `density` pixels a point."""
    side = round(THUMBNAIL * density)
    middle = image.scaled(
        QSize(side, side),
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    left, top = (middle.width() - side) // 2, (middle.height() - side) // 2
    pixmap = QPixmap(side + round(THUMBNAIL_GAP * density), side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(middle.copy(left, top, side, side)))
    painter.drawEllipse(QRect(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(density)
    return pixmap
