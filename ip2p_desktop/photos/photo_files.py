"""Reads and writes photos off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from engine.errors import ErrorReport, ImageUnreadable, NewerVersion
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo, save_image
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.edit_tree import EditedPhoto, SourcePhoto
from ip2p_desktop.session.store.project_file import PROJECT_SUFFIX
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow


class PhotoFiles(QObject):
    """Emits a signal when a photo is read or written. A new photo to read cancels the one before."""

    reading = Signal(str)
    """Name of the photo that is being read."""
    read = Signal(object)
    """`SourcePhoto`."""
    project_offered = Signal(object)
    """`Path` of a project, which is not a photo."""
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
        """Read a photo from a file; emits `reading`, then `read` or `failed`, or `project_offered`."""
        if path.suffix.lower() == PROJECT_SUFFIX:
            self.project_offered.emit(path)
            return
        self._read(path.name, lambda: _source_in(path))

    def open_image(self, image: QImage) -> None:
        """Take a photo from the clipboard or from another program; emits the same signals."""
        name = self.tr("Pasted photo")
        self._read(name, lambda: _source(to_pillow(image), name))

    def save(self, result: EditedPhoto, path: Path) -> None:
        """Write a result with its request as metadata; emits `saved` or `failed`."""

        def work() -> None:
            save_image(result.image(), path, result.request)

        self._background.submit(work, lambda _: self.saved.emit(path), self.failed.emit)

    def read_thumbnails(self, photos: Sequence[Path], side: int) -> None:
        """Read square thumbnails of `side` pixels; photos that cannot be read are left out."""
        for path in photos:
            show = partial(self._show_thumbnail, path)
            self._background.submit(partial(_thumbnail, path, side), show, _ignore)

    def shut_down(self) -> None:
        """Wait for all reads and writes that have begun."""
        self._reads.close()
        self._background.close()

    def _read(self, name: str, read: Callable[[], SourcePhoto]) -> None:
        self.reading.emit(name)
        self._reads.submit(read, self.read.emit, self.failed.emit)

    def _show_thumbnail(self, path: Path, thumbnail: QImage | None) -> None:
        if thumbnail is not None:
            self.thumbnail_read.emit(path, thumbnail)


def _ignore(report: ErrorReport) -> None:
    """A photo without a thumbnail is shown by its name."""


def _thumbnail(path: Path, side: int) -> QImage | None:
    reader = QImageReader(str(path))
    whole = QSize(side, side)
    reader.setScaledSize(reader.size().scaled(whole, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return None if image.isNull() else DisplayImage((image,)).thumbnail(side)


def _source(image: Image.Image, name: str) -> SourcePhoto:
    return SourcePhoto.of(image, DisplayImage.of(image), name)


def _source_in(path: Path) -> SourcePhoto:
    """The photo in a file with the edit record of its metadata; other programs write no record."""
    source = _source(open_photo(path), path.name)
    source.file = path
    try:
        source.record = read_edit_record(path)
    except NewerVersion as error:
        source.record_problem = error.report()
    except ImageUnreadable:
        return source
    return source
