"""Drags results into another program or a folder, as a file and as an image."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from engine.errors import ErrorReport, ImageUnreadable, OutputNotWritable
from engine.images.image_saving import save_image
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.widgets.display_images import DisplayImage
from ip2p_desktop.window.export.starred_results import output_name

THUMBNAIL_SIDE = 96


ResultAt = Callable[[QPoint], EditedPhoto | None]
"""The result at a position in a widget; None if there is none."""


class ResultDrag(QObject):
    """Watches widgets. For a handle, the file is written while the mouse is over it, before the drag.

    Elsewhere it is written when the mouse is dragged, and the drag begins as soon as it is finished.
    """

    failed = Signal(object)
    """`ErrorReport`: why a drag does not begin."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1, is_latest_only=True)
        self._sources: dict[QObject, ResultAt] = {}
        self._folder: Path | None = None
        self._prepared: tuple[EditedPhoto, float, str] | None = None
        """The result that is being written or is written, with its opacity and the name of its file."""
        self._file: Path | None = None
        self._widget: QWidget | None = None
        """Where the mouse was pressed on a result."""
        self._result: EditedPhoto | None = None
        """The result that it was pressed on."""
        self._pressed_at = QPoint()
        self._is_wanted = False

    def watch(self, widget: QWidget, result_at: ResultAt) -> None:
        """Let results be dragged out of a widget."""
        self._sources[widget] = result_at
        widget.installEventFilter(self)

    def shut_down(self) -> None:
        """Delete the files that were written."""
        self._background.cancel()
        self._background.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget) and watched in self._sources and watched.isEnabled():
            self._follow(watched, event)
        return super().eventFilter(watched, event)

    def _follow(self, widget: QWidget, event: QEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.Enter and isinstance(widget, QAbstractButton):
            self._prepare(self._sources[widget](QPoint()))
        elif not isinstance(event, QMouseEvent):
            return
        elif kind == QEvent.Type.MouseButtonPress and event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
            self._result = self._sources[widget](self._pressed_at)
            self._widget = widget if self._result is not None else None
        elif kind == QEvent.Type.MouseMove and self._widget is widget:
            distance = (event.position().toPoint() - self._pressed_at).manhattanLength()
            if distance >= QApplication.startDragDistance():
                self._prepare(self._result)
                self._begin()
        elif kind == QEvent.Type.MouseButtonRelease:
            self._widget, self._is_wanted = None, False

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

    def _prepare(self, result: EditedPhoto | None) -> None:
        """Write the file, unless that is done or begun. Systems delete temporary files of a few days."""
        if result is None:
            return
        wanted = (result, result.opacity, output_name(result))
        if self._prepared == wanted and (self._file is None or self._file.exists()):
            return
        self._prepared, self._file = wanted, None
        if self._folder is None:
            self._folder = Path(tempfile.gettempdir(), f"ip2p-drag-{secrets.token_hex(8)}")
        self._background.submit(partial(_write, result, self._folder), self._on_written, self._on_failed)

    def _begin(self) -> None:
        """Begin the drag, or as soon as the file is there."""
        widget = self._widget
        if self._file is None or self._prepared is None or widget is None:
            self._is_wanted = True
            return
        self._widget, self._is_wanted = None, False
        result, *_ = self._prepared
        drag = QDrag(widget)
        drag.setMimeData(self.mime_data(result, self._file))
        drag.setPixmap(QPixmap.fromImage(DisplayImage((result.pixels.thumbnail,)).thumbnail(THUMBNAIL_SIDE)))
        if isinstance(widget, QAbstractButton):
            widget.setDown(False)
        drag.exec(Qt.DropAction.CopyAction)

    def _on_written(self, file: Path) -> None:
        self._file = file
        if self._is_wanted:
            self._begin()

    def _on_failed(self, report: ErrorReport) -> None:
        self._prepared = None
        if self._is_wanted:
            self._widget, self._is_wanted = None, False
            self.failed.emit(report)


def _write(result: EditedPhoto, folder: Path) -> Path:
    place = folder / secrets.token_hex(4)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.mkdir()
    except OSError as error:
        raise OutputNotWritable(
            "output.not-written",
            "{file} cannot be written ({reason}).",
            "Choose another place, or check who may write there.",
            file=place,
            reason=error.strerror or error,
        ) from error
    file = place / output_name(result)
    save_image(result.image(), file, result.request)
    return file
