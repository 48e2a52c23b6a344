"""The line below the instruction that shows how the model reads it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from ip2p_desktop.widgets.controls.elided_label import ElidedLabel
from ip2p_desktop.widgets.literal_text import button_text, tooltip_text

GAP = 10
PADDING = 8
"""Space above and below the text in points, so that links are easy to click."""


@dataclass(frozen=True, slots=True)
class HintLink:
    """A link in the line."""

    text: str
    tooltip: str
    activate: Callable[[], None]


class InstructionHint(QWidget):
    """A sentence and links. The line keeps its height when it is empty, so that the layout does not move."""

    def __init__(self, parent: QWidget | None = None, *, tab_after: QWidget | None = None) -> None:
        """In the Tab order, the links follow `tab_after`."""
        super().__init__(parent)
        self._tab_after = tab_after
        self.setObjectName("instruction_hint")
        self.sentence = self._label("instruction_hint_sentence")
        self.lead = self._label("instruction_hint_lead")
        self._links: list[QPushButton] = []
        self.setFixedHeight(self.fontMetrics().height() + PADDING)

    @property
    def links(self) -> Sequence[QPushButton]:
        """The links that are visible at this width."""
        return [link for link in self._links if not link.isHidden()]

    def show_hint(self, sentence: str, links: Sequence[HintLink] = (), lead: str = "") -> None:
        """Show a sentence and links; `lead` is a text before more than one link.

        If they do not fit, links are left out from the end, the last one only if it alone does not fit.
        """
        self.sentence.setText(sentence)
        self.lead.setText(lead)
        for link in self._links:
            link.hide()
            link.deleteLater()
        self._links = [self._link(each) for each in links]
        # new widgets are last in the Tab order; this moves them after `tab_after`
        for earlier, later in itertools.pairwise(filter(None, [self._tab_after, *self._links])):
            self.setTabOrder(earlier, later)
        self._arrange()

    def clear(self) -> None:
        """Show nothing."""
        self.show_hint("")

    def sizeHint(self) -> QSize:
        return QSize(320, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _link(self, each: HintLink) -> QPushButton:
        link = QPushButton(button_text(each.text), self)
        link.setProperty("role", "hint-link")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.setToolTip(tooltip_text(each.tooltip))
        link.clicked.connect(lambda: each.activate())
        return link

    def _label(self, name: str) -> ElidedLabel:
        label = ElidedLabel(parent=self)
        label.setObjectName(name)
        label.setProperty("role", "hint")
        return label

    def _arrange(self) -> None:
        shown = list(self._links)
        while shown and sum(map(_width_of, self._parts(shown))) > self.width():
            shown.pop(-2 if len(shown) > 1 else -1)
        parts = self._parts(shown)
        for widget in (self.lead, *self._links):
            widget.setVisible(widget in parts)
        left = 0
        for widget in parts:
            width = min(widget.sizeHint().width(), self.width())
            widget.setGeometry(left, 0, width, self.height())
            left += _width_of(widget)

    def _parts(self, links: Sequence[QPushButton]) -> list[QWidget]:
        """The widgets of the line from left to right, if these links are shown."""
        lead = [self.lead] if self.lead.text() and len(links) > 1 else []
        return [self.sentence, *lead, *links]


def _width_of(widget: QWidget) -> int:
    return widget.sizeHint().width() + GAP
