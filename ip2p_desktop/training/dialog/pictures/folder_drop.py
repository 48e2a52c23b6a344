"""The area where a folder of pairs, or a zip of one, is dropped or chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ip2p_desktop.widgets.drop import offered_files
from ip2p_desktop.widgets.surfaces import RADIUS, blended, body_label, tone
from ip2p_desktop.widgets.theme import restyle


class FolderDrop(QWidget):
    """Shows the chosen folder or zip, and emits another one that is chosen or dropped.

    Any file is accepted; the search reports whether it can be used.
    """

    dataset_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("folder_drop")
        self.setAccessibleName(self.tr("Folder of pairs"))
        self.setAcceptDrops(True)
        self._is_hovered = False
        self._dataset: Path | None = None
        self.name_label = body_label("", role="section")
        self.name_label.setObjectName("folder_name")
        self.path_label = body_label("", role="hint")
        self.folder_button = self._button("choose_folder", self.tr("Choose &folder…"))
        self.folder_button.clicked.connect(self._open_folder_dialog)
        self.zip_button = self._button("choose_zip", self.tr("Choose &zip…"))
        self.zip_button.clicked.connect(self._open_zip_dialog)
        self._lay_out()
        self.show_dataset(None)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        return button

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self.name_label)
        texts.addWidget(self.path_label)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 18, 18, 18)
        row.setSpacing(16)
        row.addLayout(texts, 1)
        buttons = QVBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.zip_button)
        row.addLayout(buttons)

    def show_dataset(self, dataset: Path | None) -> None:
        """Show the chosen folder or zip; None if there is none."""
        self._dataset = dataset
        self.folder_button.setProperty("role", "primary" if dataset is None else "")
        restyle(self.folder_button)
        if dataset is None:
            self.name_label.setText(self.tr("Drop a folder of pairs here, or a zip of one"))
            self.path_label.setText(self.tr("or choose it on your computer"))
        else:
            self.name_label.setText(dataset.name or str(dataset))
            self.path_label.setText(_with_breaks(dataset.parent))
        self.update()

    def _open_folder_dialog(self) -> None:
        dialog = self._dialog(self.tr("Folder of before and after pairs"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    def _open_zip_dialog(self) -> None:
        dialog = self._dialog(self.tr("Zip of before and after pairs"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Zip files ({patterns})").format(patterns="*.zip *.ZIP"))
        dialog.open()

    def _dialog(self, title: str) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._dataset is not None:
            is_folder = self._dataset.is_dir()
            dialog.setDirectory(str(self._dataset if is_folder else self._dataset.parent))
        dialog.fileSelected.connect(self._on_chosen)
        return dialog

    def _on_chosen(self, name: str) -> None:
        self.dataset_chosen.emit(Path(name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(offered_files(event.mimeData())) == 1:
            event.acceptProposedAction()
            self._show_hovered(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_hovered(False)
        if paths := offered_files(event.mimeData()):
            event.acceptProposedAction()
            self.dataset_chosen.emit(paths[0])

    def _show_hovered(self, is_hovered: bool) -> None:
        self._is_hovered = is_hovered
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        accent = tone(QPalette.ColorRole.Highlight)
        ground = tone(QPalette.ColorRole.AlternateBase)
        border = blended(tone(QPalette.ColorRole.Mid), tone(QPalette.ColorRole.Dark), 0.6)
        pen = QPen(accent if self._is_hovered else border, 1.5)
        if self._dataset is None or self._is_hovered:
            pen.setDashPattern([4, 3])
        else:
            pen = QPen(tone(QPalette.ColorRole.Mid), 1)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.setBrush(blended(ground, accent, 0.12) if self._is_hovered else ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _with_breaks(path: Path) -> str:
    """A path with a zero-width space after every separator, so that long paths wrap."""
    return str(path).replace("/", "/\u200b").replace("\\", "\\\u200b")
