"""Keeps the pixels of photos and results: the latest used in memory, the rest in files of this session."""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from engine.files.locking import AlreadyLocked, locked
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

log = logging.getLogger(__name__)

BYTE_LIMIT = 1024**3
"""Memory that pixels may take before those used longest ago go to disk."""
BYTES_PER_PIXEL = 4
"""Pillow keeps RGB photos in four bytes a pixel."""
LOCK = "lock"


class StoredPicture:
    """The pixels of a photo or a result. Used on the GUI thread; what it gives may be used on any."""

    def __init__(self, picture: DisplayImage, image: Image.Image | None = None) -> None:
        self.size = picture.size
        self._sizes = [level.size() for level in picture.levels]
        self._info = dict(image.info) if image is not None else {}
        self._picture: DisplayImage | None = picture
        self._image = image
        self._store: PictureStore | None = None
        self._file: Path | None = None

    @property
    def picture(self) -> DisplayImage:
        """Ready to be painted; read back from its file if need be. Raises `OSError`."""
        picture = self._picture
        if picture is None:
            assert self._file is not None
            picture = self._picture = _read(self._file, self._sizes)
        self._note_use()
        return picture

    @property
    def image(self) -> Image.Image:
        """For Pillow, with what the camera noted; the same object while it is in memory."""
        image = self._image
        if image is None:
            image = to_pillow(self.picture.levels[0])
            image.info = dict(self._info)
            self._image = image
        self._note_use()
        return image

    @property
    def byte_count(self) -> int:
        """Memory it takes now."""
        picture = self._picture.byte_count if self._picture is not None else 0
        image = self._image
        return picture + (image.width * image.height * BYTES_PER_PIXEL if image is not None else 0)

    def join(self, store: PictureStore) -> None:
        """Let a store decide from now on where the pixels are."""
        self._store = store

    def move_to_file(self, folder: Path) -> None:
        """Leave memory; the file is written once. Raises `OSError`."""
        if self._file is None and self._picture is not None:
            self._file = _write(self._picture, folder)
        if self._image is not None:
            self._info = dict(self._image.info)
        self._picture = self._image = None

    def remove_file(self) -> None:
        """The pixels are not needed any more."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _note_use(self) -> None:
        if self._store is not None:
            self._store.note_use(self)


class PictureStore:
    """Holds pictures in the order of their use, and moves them to files while they take too much memory."""

    def __init__(self, folder: Path, byte_limit: int = BYTE_LIMIT) -> None:
        """Files go into a folder of their own below `folder`, made when the first is written."""
        self._parent = folder
        self._byte_limit = byte_limit
        self._pictures: dict[StoredPicture, None] = {}
        self._folder: Path | None = None
        self._open = ExitStack()

    @property
    def byte_count(self) -> int:
        """Memory that all pictures take now."""
        return sum(picture.byte_count for picture in self._pictures)

    def add(self, picture: StoredPicture) -> None:
        """Keep a picture; one that several photos share is kept once."""
        picture.join(self)
        self.note_use(picture)

    def note_use(self, picture: StoredPicture) -> None:
        """Put a picture last among those that may have to leave memory."""
        self._pictures.pop(picture, None)
        self._pictures[picture] = None
        self._trim()

    def remove(self, picture: StoredPicture) -> None:
        if picture in self._pictures:
            del self._pictures[picture]
            picture.remove_file()

    def close(self) -> None:
        """Remove all files."""
        self._pictures.clear()
        self._open.close()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _trim(self) -> None:
        """The picture used last stays in memory, whatever it takes."""
        excess = self.byte_count - self._byte_limit
        for picture in list(self._pictures)[:-1]:
            if excess <= 0:
                return
            held = picture.byte_count
            if held == 0:
                continue
            try:
                picture.move_to_file(self._session_folder())
            except OSError as error:
                log.warning("Pixels stay in memory, for they could not be written: %s", error)
                return
            excess -= held

    def _session_folder(self) -> Path:
        if self._folder is None:
            self._parent.mkdir(parents=True, exist_ok=True)
            self._remove_leftovers()
            folder = Path(tempfile.mkdtemp(dir=self._parent))
            self._open.enter_context(locked(folder / LOCK))
            self._folder = folder
        return self._folder

    def _remove_leftovers(self) -> None:
        """Folders of programs that were killed; those of running ones are locked."""
        for folder in self._parent.iterdir():
            with suppress(AlreadyLocked, OSError):
                with locked(folder / LOCK):
                    pass
                shutil.rmtree(folder, ignore_errors=True)


def _write(picture: DisplayImage, folder: Path) -> Path:
    """All levels, one after the other, as they lie in memory."""
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".pixels", delete=False) as file:
        try:
            for level in picture.levels:
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
