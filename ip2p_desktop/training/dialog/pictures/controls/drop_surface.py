"""Areas on which files are dropped: highlighted under a drag, and dashed while something is wanted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from ip2p_desktop.widgets.drop import offered_files
from ip2p_desktop.widgets.surfaces import RADIUS, blended, tone


class DropArea(QWidget):
    """Emits the files and folders that are dropped; refuses drags of anything else."""

    files_dropped = Signal(object)
    """A list of `Path`s."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self._is_hovered = False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if offered_files(event.mimeData()):
            event.acceptProposedAction()
            self._show_hovered(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_hovered(False)
        if paths := offered_files(event.mimeData()):
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _show_hovered(self, is_hovered: bool) -> None:
        self._is_hovered = is_hovered
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring around the area under a drag."""
        if self._is_hovered:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(tone(QPalette.ColorRole.Highlight), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


class DropSurface(DropArea):
    """An area with a ground of its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_empty = True

    def show_empty(self, is_empty: bool) -> None:
        """Show whether something is still to be dropped."""
        self._is_empty = is_empty
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        accent, ground = tone(QPalette.ColorRole.Highlight), tone(QPalette.ColorRole.AlternateBase)
        if self.hasFocus():
            pen = QPen(tone(QPalette.ColorRole.Light), 2)
        elif self._is_empty or self._is_hovered:
            border = blended(tone(QPalette.ColorRole.Mid), tone(QPalette.ColorRole.Dark), 0.6)
            pen = QPen(accent if self._is_hovered else border, 1.5)
            pen.setDashPattern([4, 3])
        else:
            pen = QPen(tone(QPalette.ColorRole.Mid), 1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(blended(ground, accent, 0.12) if self._is_hovered else ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def with_breaks(path: str) -> str:
    """A path with a zero-width space after every separator, so that long paths wrap."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")


def is_activation(key: int) -> bool:
    """Whether a key presses what has the focus."""
    return key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
