"""The place where a folder of pairs is dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.training.surfaces import RADIUS, blended, body_label, tone


class FolderDrop(QWidget):
    """Shows the chosen folder; asks for another by button or drop."""

    folder_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folder_drop")
        self.setAccessibleName(self.tr("Folder of pairs"))
        self.setAcceptDrops(True)
        self._is_hovered = False
        self._folder: Path | None = None
        self.name_label = body_label("", role="section")
        self.name_label.setObjectName("folder_name")
        self.path_label = body_label("", role="hint")
        self.button = QPushButton()
        self.button.setObjectName("choose_folder")
        self.button.clicked.connect(self._ask)
        self._lay_out()
        self.show_folder(None)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.name_label)
        words.addWidget(self.path_label)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 18, 18, 18)
        row.setSpacing(16)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_folder(self, folder: Path | None) -> None:
        self._folder = folder
        self.button.setProperty("role", "primary" if folder is None else "")
        if folder is None:
            self.name_label.setText(self.tr("Drop a folder of pairs here"))
            self.path_label.setText(self.tr("or choose it on your computer"))
            self.button.setText(self.tr("Choose &folder…"))
        else:
            self.name_label.setText(folder.name or str(folder))
            self.path_label.setText(_with_breaks(folder.parent))
            self.button.setText(self.tr("Choose an&other…"))
        self.button.setAccessibleName(self.button.text().replace("&", ""))
        self.button.style().unpolish(self.button)
        self.button.style().polish(self.button)
        self.update()

    def _ask(self) -> None:
        dialog = QFileDialog(self, self.tr("Folder of before and after pairs"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._folder is not None:
            dialog.setDirectory(str(self._folder))
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, folder: str) -> None:
        self.folder_chosen.emit(Path(folder))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_folder(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._hover(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._hover(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hover(False)
        if folder := dropped_folder(event.mimeData()):
            event.acceptProposedAction()
            self.folder_chosen.emit(folder)

    def _hover(self, is_hovered: bool) -> None:
        self._is_hovered = is_hovered
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        accent = tone(QPalette.ColorRole.Highlight)
        ground = tone(QPalette.ColorRole.AlternateBase)
        border = blended(tone(QPalette.ColorRole.Mid), tone(QPalette.ColorRole.Dark), 0.6)
        pen = QPen(accent if self._is_hovered else border, 1.5)
        if self._folder is None or self._is_hovered:
            pen.setDashPattern([4, 3])
        else:
            pen = QPen(tone(QPalette.ColorRole.Mid), 1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(blended(ground, accent, 0.12) if self._is_hovered else ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def dropped_folder(data: QMimeData) -> Path | None:
    """The dropped folder, or the one of the dropped file."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if not paths:
        return None
    return paths[0] if paths[0].is_dir() else paths[0].parent


def _with_breaks(path: Path) -> str:
    """Long paths may wrap after every separator."""
    return str(path).replace("/", "/\u200b").replace("\\", "\\\u200b")
