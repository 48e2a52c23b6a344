"""Keeps the pixels of photos and results: the latest used in memory, the rest in files of this session."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from engine.errors import EngineError, ErrorReport, OutputNotWritable
from engine.files.locking import AlreadyLocked, locked
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

log = logging.getLogger(__name__)

BYTE_LIMIT = 1024**3
"""Memory that pixels may take before those used longest ago go to disk."""
BYTES_PER_PIXEL = 4
"""Pillow keeps RGB photos in four bytes a pixel."""
LOCK = "lock"

Submit = Callable[[Callable[[], Path], Callable[[Path], None], Callable[[ErrorReport], None]], None]
"""Runs work, then one of two functions with its result or with why it failed; as `Background` does."""


def run_at_once(
    work: Callable[[], Path], success: Callable[[Path], None], failure: Callable[[ErrorReport], None]
) -> None:
    """Runs the work on this thread."""
    try:
        result = work()
    except EngineError as error:
        failure(error.report())
    else:
        success(result)


class StoredImage:
    """The pixels of a photo or a result. Used on the GUI thread; what it gives may be used on any."""

    def __init__(self, display_image: DisplayImage, image: Image.Image | None = None) -> None:
        self.size = display_image.size
        self._sizes = [level.size() for level in display_image.levels]
        self._info = dict(image.info) if image is not None else {}
        self._display_image: DisplayImage | None = display_image
        self._image = image
        self._store: ImageStore | None = None
        self._file: Path | None = None

    @property
    def display_image(self) -> DisplayImage:
        """Ready to be painted; read back from its file if need be. Raises `OSError`."""
        display_image = self._display_image
        if display_image is None:
            assert self._file is not None
            display_image = self._display_image = _read(self._file, self._sizes)
        self._note_use()
        return display_image

    @property
    def image(self) -> Image.Image:
        """For Pillow, with what the camera noted; the same object while it is in memory."""
        image = self._image
        if image is None:
            image = to_pillow(self.display_image.levels[0])
            image.info = dict(self._info)
            self._image = image
        self._note_use()
        return image

    @property
    def display_image_in_memory(self) -> DisplayImage:
        """Without a look at the file, and without counting as used."""
        assert self._display_image is not None
        return self._display_image

    @property
    def byte_count(self) -> int:
        """Memory it takes now."""
        display_image = self._display_image.byte_count if self._display_image is not None else 0
        image = self._image
        return display_image + (image.width * image.height * BYTES_PER_PIXEL if image is not None else 0)

    @property
    def has_file(self) -> bool:
        """Whether it can leave memory at once."""
        return self._file is not None

    def join(self, store: ImageStore) -> None:
        """Let a store decide from now on where the pixels are."""
        self._store = store

    def keep_in(self, file: Path) -> None:
        """Let a file hold the pixels, which lie there now."""
        self._file = file

    def drop_from_memory(self) -> None:
        """From now on only the file holds the pixels."""
        assert self._file is not None
        if self._image is not None:
            self._info = dict(self._image.info)
        self._display_image = self._image = None

    def discard(self) -> None:
        """The pixels are not needed any more, neither in memory nor on disk."""
        self._display_image = self._image = None
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _note_use(self) -> None:
        if self._store is not None:
            self._store.note_use(self)


class ImageStore:
    """Holds pictures in the order of their use, and moves them to files while they take too much memory."""

    def __init__(self, folder: Path, byte_limit: int = BYTE_LIMIT, submit: Submit = run_at_once) -> None:
        """Files go into a folder of their own below `folder`, made when the first is written.

        `submit` runs the writing, and reports its end on this thread.
        """
        self._parent = folder
        self._byte_limit = byte_limit
        self._submit = submit
        self._images: dict[StoredImage, None] = {}
        self._being_written: set[StoredImage] = set()
        """Those that are being written."""
        self._not_writable: set[StoredImage] = set()
        """Those that could not be written."""
        self._folder: Path | None = None
        self._open = ExitStack()

    @property
    def byte_count(self) -> int:
        """Memory that all pictures take now."""
        return sum(image.byte_count for image in self._images)

    def add(self, image: StoredImage) -> None:
        """Keep a picture."""
        image.join(self)
        self.note_use(image)

    def note_use(self, image: StoredImage) -> None:
        """Put a picture last among those that may have to leave memory."""
        self._images.pop(image, None)
        self._images[image] = None
        self._trim()

    def remove(self, image: StoredImage) -> None:
        """Forget a picture and its file."""
        if image in self._images:
            del self._images[image]
            image.discard()

    def close(self) -> None:
        """Remove all files. Nothing may be being written any more."""
        self._images.clear()
        self._open.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _trim(self) -> None:
        """The picture used last stays in memory, whatever it takes."""
        excess = self.byte_count - sum(image.byte_count for image in self._being_written) - self._byte_limit
        for image in list(self._images)[:-1]:
            held = image.byte_count
            if excess <= 0:
                return
            if held == 0 or image in self._being_written or image in self._not_writable:
                continue
            if image.has_file:
                image.drop_from_memory()
            else:
                self._write(image)
            excess -= held

    def _write(self, image: StoredImage) -> None:
        is_first = self._folder is None
        try:
            folder = self._session_folder()
        except OSError as error:
            self._on_failed(image, str(error))
            return
        self._being_written.add(image)
        self._submit(
            partial(_write, image.display_image_in_memory, folder, cleans=is_first),
            partial(self._on_written, image),
            lambda report: self._on_failed(image, str(report)),
        )

    def _on_written(self, image: StoredImage, file: Path) -> None:
        self._being_written.discard(image)
        image.keep_in(file)
        if image in self._images:
            self._trim()
        else:
            image.discard()

    def _on_failed(self, image: StoredImage, reason: str) -> None:
        self._being_written.discard(image)
        self._not_writable.add(image)
        log.warning("Pixels stay in memory, for they could not be written: %s", reason)

    def _session_folder(self) -> Path:
        if self._folder is None:
            self._parent.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(dir=self._parent))
            self._open.enter_context(locked(self._folder / LOCK))
        return self._folder


def _remove_leftovers(folder: Path) -> None:
    """Remove the folders of programs that were killed, beside that of this one; those in use are locked."""
    for other in folder.parent.iterdir():
        with suppress(AlreadyLocked, OSError):
            with locked(other / LOCK):
                pass
            shutil.rmtree(other, ignore_errors=True)


def _write(image: DisplayImage, folder: Path, *, cleans: bool) -> Path:
    """All levels, one after the other, as they lie in memory. Raises `OutputNotWritable`."""
    if cleans:
        _remove_leftovers(folder)
    try:
        return _written(image, folder)
    except OSError as error:
        raise OutputNotWritable(f"{folder} cannot be written to ({error}).") from error


def _written(image: DisplayImage, folder: Path) -> Path:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".pixels", delete=False) as file:
        try:
            for level in image.levels:
                file.write(level.constBits())
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    return Path(file.name)


def _read(file: Path, sizes: list[QSize]) -> DisplayImage:
    levels = []
    with file.open("rb") as stored:
        for size in sizes:
            level = QImage(size, QImage.Format.Format_RGB32)
            if stored.readinto(level.bits()) != level.sizeInBytes():
                raise OSError(f"{file.name} is too short")
            levels.append(level)
    return DisplayImage(tuple(levels))
