"""Areas that scroll upright only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class UprightScrollArea(QScrollArea):
    """Its contents are as wide as it is. It has no frame, and the keyboard goes to its contents only."""

    def __init__(self, contents: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._contents = contents
        self.setWidget(contents)


class ScrollingColumn(UprightScrollArea):
    """As high as its contents at its width, if there is room for them; else they scroll."""

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._contents.heightForWidth(width)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._contents and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # the contents need another height
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return self._contents.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.fontMetrics().height())
