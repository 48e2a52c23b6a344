"""Stores the images of photos and results: those used last in memory, the others in files of the session."""

from __future__ import annotations

import logging
import secrets
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from engine.errors import EngineError, ErrorReport, ImageUnreadable, OutputNotWritable
from engine.files.locking import AlreadyLocked, locked
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

log = logging.getLogger(__name__)

BYTE_LIMIT = 1024**3
"""Bytes of memory above which the images used longest ago are moved to files."""
BYTES_PER_PIXEL = 4
"""Pillow stores RGB images with four bytes a pixel."""
LOCK = ".lock"
"""Suffix of the lock file beside a session folder."""

Submit = Callable[[Callable[[], object], Callable[[Any], None], Callable[[ErrorReport], None]], None]
"""Runs work, then calls one of two functions with its result or its error; see `Background.submit`."""


def run_at_once(
    work: Callable[[], object], success: Callable[[Any], None], failure: Callable[[ErrorReport], None]
) -> None:
    """Run the work on this thread and call one of the callbacks."""
    try:
        result = work()
    except EngineError as error:
        failure(error.report())
    else:
        success(result)


class StoredImage:
    """The pixels of a photo or result. Used on the GUI thread; the images it returns may be used on any."""

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
        """The image for painting; read from its file if it is not in memory. Raises `ImageUnreadable`."""
        display_image = self._display_image
        if display_image is None:
            assert self._file is not None
            display_image = self._display_image = _read(self._file, self._sizes)
        self._note_use()
        return display_image

    @property
    def image(self) -> Image.Image:
        """The Pillow image with its metadata; the same object as long as it is in memory."""
        image = self._image
        if image is None:
            image = to_pillow(self.display_image.levels[0])
            image.info = dict(self._info)
            self._image = image
        self._note_use()
        return image

    @property
    def display_image_in_memory(self) -> DisplayImage:
        """The image for painting, which must be in memory. Does not count as a use."""
        assert self._display_image is not None
        return self._display_image

    @property
    def byte_count(self) -> int:
        """Bytes of memory it uses."""
        display_image = self._display_image.byte_count if self._display_image is not None else 0
        image = self._image
        return display_image + (image.width * image.height * BYTES_PER_PIXEL if image is not None else 0)

    @property
    def has_file(self) -> bool:
        """Whether its pixels are in a file, so that they can be dropped from memory."""
        return self._file is not None

    def attach(self, store: ImageStore) -> None:
        """Let a store decide whether the pixels are in memory."""
        self._store = store

    def set_file(self, file: Path) -> None:
        """Set the file that contains the pixels."""
        self._file = file

    def drop_from_memory(self) -> None:
        """Free the memory; the file must contain the pixels."""
        assert self._file is not None
        if self._image is not None:
            self._info = dict(self._image.info)
        self._display_image = self._image = None

    def discard(self) -> None:
        """Free the memory and delete the file."""
        self._display_image = self._image = None
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _note_use(self) -> None:
        if self._store is not None:
            self._store.note_use(self)


class ImageStore:
    """Keeps images in the order of their last use and moves the oldest ones to files above a limit."""

    def __init__(self, folder: Path, byte_limit: int = BYTE_LIMIT, submit: Submit = run_at_once) -> None:
        """Files are written to a new folder below `folder`, created with the first file.

        Folders that killed programs left there are removed. `submit` runs this and the writing, and calls
        its callbacks on this thread.
        """
        self._parent = folder
        self._byte_limit = byte_limit
        self._submit = submit
        self._images: dict[StoredImage, None] = {}
        self._being_written: set[StoredImage] = set()
        """Images that are being written to files."""
        self._not_writable: set[StoredImage] = set()
        """Images whose file could not be written; they stay in memory until an image is added or removed."""
        self._folder: Path | None = None
        self._open = ExitStack()
        submit(
            partial(_remove_abandoned, folder),
            lambda _: None,
            lambda report: log.warning("Files of earlier sessions could not be removed: %s", report),
        )

    @property
    def byte_count(self) -> int:
        """Bytes of memory that all images use."""
        return sum(image.byte_count for image in self._images)

    def add(self, image: StoredImage) -> None:
        """Add an image."""
        self._not_writable.clear()
        image.attach(self)
        self.note_use(image)

    def note_use(self, image: StoredImage) -> None:
        """Mark an image as the one used last."""
        self._images.pop(image, None)
        self._images[image] = None
        self._limit_memory()

    def remove(self, image: StoredImage) -> None:
        """Remove an image and its file."""
        self._not_writable.clear()
        if image in self._images:
            del self._images[image]
            image.discard()

    def close(self) -> None:
        """Delete all files. No image may be being written."""
        self._images.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._open.close()

    def _limit_memory(self) -> None:
        """Move images to files until the limit holds. The image used last always stays in memory."""
        excess = self.byte_count - sum(image.byte_count for image in self._being_written) - self._byte_limit
        for image in list(self._images)[:-1]:
            byte_count = image.byte_count
            if excess <= 0:
                return
            if byte_count == 0 or image in self._being_written or image in self._not_writable:
                continue
            if image.has_file:
                image.drop_from_memory()
            else:
                self._write(image)
            excess -= byte_count

    def _write(self, image: StoredImage) -> None:
        try:
            folder = self._session_folder()
        except (AlreadyLocked, OSError) as error:
            self._on_failed(image, str(error))
            return
        self._being_written.add(image)
        self._submit(
            partial(_write, image.display_image_in_memory, folder),
            partial(self._on_written, image),
            lambda report: self._on_failed(image, str(report)),
        )

    def _on_written(self, image: StoredImage, file: Path) -> None:
        self._being_written.discard(image)
        image.set_file(file)
        if image in self._images:
            self._limit_memory()
        else:
            image.discard()

    def _on_failed(self, image: StoredImage, reason: str) -> None:
        self._being_written.discard(image)
        self._not_writable.add(image)
        log.warning("An image stays in memory because it could not be written: %s", reason)

    def _session_folder(self) -> Path:
        if self._folder is None:
            self._parent.mkdir(parents=True, exist_ok=True)
            folder = self._parent / secrets.token_hex(8)
            with ExitStack() as stack:
                # locked before it exists, so that no other program takes it for abandoned
                stack.enter_context(locked(folder.with_suffix(LOCK)))
                folder.mkdir(mode=0o700)
                self._open = stack.pop_all()
            self._folder = folder
        return self._folder


def _remove_abandoned(parent: Path) -> None:
    """Delete the session folders of programs that were killed; folders in use are locked."""
    with suppress(FileNotFoundError, NotADirectoryError):
        for name in {entry.stem for entry in parent.iterdir()}:
            folder = parent / name
            with suppress(AlreadyLocked, OSError), locked(folder.with_suffix(LOCK)):
                shutil.rmtree(folder, ignore_errors=True)


def _write(image: DisplayImage, folder: Path) -> Path:
    """Write all levels to a new file. Raises `OutputNotWritable`."""
    try:
        return _written(image, folder)
    except OSError as error:
        raise OutputNotWritable(
            "output.folder-not-written",
            "{folder} cannot be written ({reason}).",
            "Free some disk space, or check who may write there.",
            folder=folder,
            reason=error,
        ) from error


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
    """Raises `ImageUnreadable`."""
    try:
        return _levels_in(file, sizes)
    except OSError as error:
        raise ImageUnreadable(
            "image.temporary-file-unreadable",
            "The photo or result cannot be shown because {file} cannot be read ({reason}).",
            "Open the photo again, or make the result again.",
            file=file,
            reason=error.strerror or error,
        ) from error


def _levels_in(file: Path, sizes: list[QSize]) -> DisplayImage:
    levels = []
    with file.open("rb") as stored:
        for size in sizes:
            level = QImage(size, QImage.Format.Format_RGB32)
            if stored.readinto(level.bits()) != level.sizeInBytes():
                raise OSError("it is too short")
            levels.append(level)
    return DisplayImage(tuple(levels))
