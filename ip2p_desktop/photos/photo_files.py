"""Reads and writes photos off the GUI thread, so that a large one never freezes the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from engine.errors import ErrorReport, ImageUnreadable, NewerVersion
from engine.images.edit_record import request_from_file
from engine.images.image_files import open_photo, save_picture
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.edit_tree import EditedPhoto, SourcePhoto
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow


class PhotoFiles(QObject):
    """Answers with signals; of several photos asked for, only the last is answered."""

    reading = Signal(str)
    """Name of the photo that is being read."""
    read = Signal(object)
    """`SourcePhoto`."""
    saved = Signal(object)
    """`Path`."""
    failed = Signal(object)
    """`ErrorReport`."""
    thumbnail_read = Signal(object, object)
    """`Path` and `QImage`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._reads = Background(self, is_latest_only=True)

    def open_file(self, path: Path) -> None:
        self._ask(path.name, lambda: _source_in(path))

    def open_image(self, image: QImage) -> None:
        """A photo from the clipboard or from another program."""
        name = self.tr("Pasted photo")
        self._ask(name, lambda: _source(to_pillow(image), name))

    def save(self, result: EditedPhoto, path: Path) -> None:
        """The picture, with the request that made it."""
        display_image, request = result.display_image, result.request

        def work() -> None:
            save_picture(to_pillow(display_image.levels[0]), path, request)

        self._background.submit(work, lambda _: self.saved.emit(path), self.failed.emit)

    def read_thumbnails(self, photos: Sequence[Path], side: int) -> None:
        """Photos that cannot be read have none."""
        for path in photos:
            show = partial(self._show_thumbnail, path)
            self._background.submit(partial(_thumbnail, path, side), show, _leave_out)

    def shut_down(self) -> None:
        """Let what has begun come to its end."""
        self._reads.close()
        self._background.close()

    def _ask(self, name: str, read: Callable[[], SourcePhoto]) -> None:
        self.reading.emit(name)
        self._reads.submit(read, self.read.emit, self.failed.emit)

    def _show_thumbnail(self, path: Path, thumbnail: QImage | None) -> None:
        if thumbnail is not None:
            self.thumbnail_read.emit(path, thumbnail)


def _leave_out(report: ErrorReport) -> None:
    """A photo without a thumbnail is shown by its name."""


def _thumbnail(path: Path, side: int) -> QImage | None:
    reader = QImageReader(str(path))
    whole = QSize(side, side)
    reader.setScaledSize(reader.size().scaled(whole, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return None if image.isNull() else DisplayImage((image,)).thumbnail(side)


def _source(image: Image.Image, name: str) -> SourcePhoto:
    return SourcePhoto(image, DisplayImage.of(image), name)


def _source_in(path: Path) -> SourcePhoto:
    """The photo in a file, with the edit it came from; other kinds of files than we write tell of none."""
    source = _source(open_photo(path), path.name)
    try:
        source.record = request_from_file(path)
    except NewerVersion as error:
        source.record_problem = error.report()
    except ImageUnreadable:
        return source
    return source
