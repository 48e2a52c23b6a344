"""Drags the result on screen into another program or a folder, as a file and as an image."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QToolButton

from engine.errors import ErrorReport, ImageUnreadable
from engine.images.image_saving import save_image
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_tree import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.export.starred_results import output_name

THUMBNAIL_SIDE = 96


class ResultDrag(QObject):
    """Watches a handle. The file is written while the mouse is over it, before the drag begins.

    If the file is not finished when the mouse moves, the drag begins as soon as it is.
    """

    def __init__(self, document: EditDocument, handle: QToolButton, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._handle = handle
        self._background = Background(self, workers=1, is_latest_only=True)
        self._folder: Path | None = None
        self._prepared: tuple[EditedPhoto, float] | None = None
        """The result that is being written or is written, with its opacity."""
        self._file: Path | None = None
        self._pressed_at: QPoint | None = None
        self._is_wanted = False
        handle.installEventFilter(self)

    def shut_down(self) -> None:
        """Delete the files that were written."""
        self._background.cancel()
        self._background.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Enter:
            self._prepare()
        elif isinstance(event, QMouseEvent) and self._handle.isEnabled():
            if kind == QEvent.Type.MouseButtonPress and event.button() is Qt.MouseButton.LeftButton:
                self._pressed_at = event.position().toPoint()
                self._prepare()
            elif kind == QEvent.Type.MouseMove and self._pressed_at is not None:
                distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
                if distance >= QApplication.startDragDistance():
                    self._begin()
            elif kind == QEvent.Type.MouseButtonRelease:
                self._pressed_at, self._is_wanted = None, False
        return super().eventFilter(watched, event)

    def mime_data(self, result: EditedPhoto, file: Path) -> QMimeData:
        """The data of a drag: the file, and the image for programs that paste one."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(file))])
        try:
            if result.opacity >= 1:
                data.setImageData(result.display_image.levels[0])
        except ImageUnreadable:
            return data  # the file is enough
        return data

    def _prepare(self) -> None:
        """Write the file, unless that is done or begun."""
        result = self._document.result
        if result is None or self._prepared == (result, result.opacity):
            return
        self._prepared, self._file = (result, result.opacity), None
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="ip2p-drag-"))
        self._background.submit(partial(_write, result, self._folder), self._on_written, self._on_failed)

    def _begin(self) -> None:
        """Begin the drag, or as soon as the file is there."""
        if self._file is None:
            self._is_wanted = True
            return
        result, file, self._pressed_at, self._is_wanted = self._document.result, self._file, None, False
        if result is None:
            return
        drag = QDrag(self._handle)
        drag.setMimeData(self.mime_data(result, file))
        drag.setPixmap(QPixmap.fromImage(DisplayImage((result.pixels.thumbnail,)).thumbnail(THUMBNAIL_SIDE)))
        self._handle.setDown(False)
        drag.exec(Qt.DropAction.CopyAction)

    def _on_written(self, file: Path) -> None:
        self._file = file
        if self._is_wanted and self._pressed_at is not None:
            self._begin()

    def _on_failed(self, report: ErrorReport) -> None:
        self._prepared = None


def _write(result: EditedPhoto, folder: Path) -> Path:
    place = Path(tempfile.mkdtemp(dir=folder))
    file = place / output_name(result)
    save_image(result.image(), file, result.request)
    return file
