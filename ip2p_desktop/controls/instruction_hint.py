"""What the model makes of the instruction, in one quiet line below the box."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ip2p_desktop.controls.elided_label import ElidedLabel

GAP = 10
PADDING = 8
"""Room above and below the text, so that a link is not too small to hit."""


@dataclass(frozen=True, slots=True)
class HintLink:
    """Something to click in the line."""

    text: str
    tooltip: str
    follow: Callable[[], None]


class InstructionHint(QWidget):
    """A sentence and links. Its room is always there, so that nothing moves when it has something to say."""

    def __init__(self, parent: QWidget | None = None, *, tab_after: QWidget | None = None) -> None:
        """With the Tab key the links follow `tab_after`."""
        super().__init__(parent)
        self._tab_after = tab_after
        self.setObjectName("instruction_hint")
        self.sentence = ElidedLabel(parent=self)
        self.sentence.setObjectName("instruction_hint_sentence")
        self.sentence.setProperty("role", "hint")
        self._links: list[QPushButton] = []
        self._order: list[int] = []
        self.setFixedHeight(self.fontMetrics().height() + PADDING)

    @property
    def links(self) -> Sequence[QPushButton]:
        """Those there is room for."""
        return [link for link in self._links if not link.isHidden()]

    def show_hint(self, sentence: str, links: Sequence[HintLink] = ()) -> None:
        """Where room is short, the last links go first, but the very last one stays the longest."""
        self.sentence.setText(sentence)
        for link in self._links:
            link.hide()
            link.deleteLater()
        self._links = [self._link(each) for each in links]
        # widgets made later come last for the Tab key, unless they are told their place
        for earlier, later in itertools.pairwise(filter(None, [self._tab_after, *self._links])):
            self.setTabOrder(earlier, later)
        self._arrange()

    def clear(self) -> None:
        """Say nothing."""
        self.show_hint("")

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _link(self, each: HintLink) -> QPushButton:
        link = QPushButton(each.text, self)
        link.setProperty("role", "hint-link")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setToolTip(each.tooltip)
        link.clicked.connect(lambda: each.follow())
        return link

    def _arrange(self) -> None:
        wanted = self.sentence.sizeHint().width()
        widths = [link.sizeHint().width() + GAP for link in self._links]
        shown = list(range(len(self._links)))
        while shown and wanted + sum(widths[place] for place in shown) > self.width():
            shown.pop(-2 if len(shown) > 1 else -1)
        room = min(wanted, self.width())
        self.sentence.setGeometry(0, 0, room, self.height())
        left = room + GAP
        for place, link in enumerate(self._links):
            link.setVisible(place in shown)
            if place in shown:
                link.setGeometry(left, 0, link.sizeHint().width(), self.height())
                left += widths[place]
