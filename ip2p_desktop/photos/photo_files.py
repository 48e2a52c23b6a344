"""Reads and writes photos off the GUI thread, so that a large one never freezes the window."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PIL import Image
from PySide6.QtCore import QObject, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

from engine.errors import EngineError, ImageUnreadable, NewerVersion
from engine.images.edit_record import request_from_file
from engine.images.image_files import open_photo, save_picture
from ip2p_desktop.edit_tree import EditedPhoto, SourcePhoto
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

T = TypeVar("T")

log = logging.getLogger(__name__)


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

    _answered = Signal(object)
    """What to do with an answer, carried from the pool's threads to the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._asked = 0
        self._answered.connect(self._on_answered)

    def open_file(self, path: Path) -> None:
        self._ask(path.name, lambda: _source_in(path))

    def open_image(self, image: QImage) -> None:
        """A photo from the clipboard or from another program."""
        name = self.tr("Pasted photo")
        self._ask(name, lambda: _source(to_pillow(image), name))

    def save(self, edited: EditedPhoto, path: Path) -> None:
        """The picture, with the request that made it."""
        picture, request = edited.picture, edited.request

        def work() -> None:
            outcome = _outcome(lambda: save_picture(to_pillow(picture.levels[0]), path, request))
            self._answered.emit(lambda: self._tell_saved(path, outcome))

        self._pool.start(work)

    def read_thumbnails(self, photos: Sequence[Path], side: int) -> None:
        for path in photos:
            self._pool.start(lambda chosen=path: self._read_thumbnail(chosen, side))

    def wait(self) -> None:
        """Let what has begun come to its end."""
        self._pool.waitForDone()

    def _ask(self, name: str, read: Callable[[], SourcePhoto]) -> None:
        self._asked += 1
        number = self._asked
        self.reading.emit(name)

        def work() -> None:
            outcome = _outcome(read)
            self._answered.emit(lambda: self._tell_read(number, outcome))

        self._pool.start(work)

    def _on_answered(self, tell: Callable[[], None]) -> None:
        tell()

    def _tell_read(self, number: int, outcome: SourcePhoto | EngineError) -> None:
        if number != self._asked:
            return
        if isinstance(outcome, EngineError):
            self.failed.emit(outcome.report())
        else:
            self.read.emit(outcome)

    def _tell_saved(self, path: Path, outcome: EngineError | None) -> None:
        if isinstance(outcome, EngineError):
            self.failed.emit(outcome.report())
        else:
            self.saved.emit(path)

    def _read_thumbnail(self, path: Path, side: int) -> None:
        reader = QImageReader(str(path))
        whole = QSize(side, side)
        reader.setScaledSize(reader.size().scaled(whole, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
        image = reader.read()
        if not image.isNull():
            thumbnail = DisplayImage((image,)).thumbnail(side)
            self._answered.emit(lambda: self.thumbnail_read.emit(path, thumbnail))


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


def _outcome(work: Callable[[], T]) -> T | EngineError:
    """What the work gives, or why it gave nothing."""
    try:
        return work()
    except EngineError as error:
        return error
    except Exception as error:
        log.exception("A photo could not be read or written")
        return EngineError.unexpected(error)
