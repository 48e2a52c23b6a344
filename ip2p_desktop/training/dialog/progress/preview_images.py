"""Decodes the pictures of a run off the GUI thread and keeps the latest ones in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import ErrorReport
from engine.images.image_files import open_photo
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.widgets.display_images import to_qimage

LARGEST_SIDE = 1024
"""Larger pictures are reduced to this many pixels on the longer side."""
MEMORY_LIMIT = 96 * 1024**2
"""Bytes of decoded pictures above which those wanted longest ago are dropped; ten of the largest fit."""


class PreviewImages(QObject):
    """Pictures by file, each decoded once while it stays in memory."""

    loaded = Signal()
    """One more picture can be shown, or cannot be read."""

    def __init__(self, parent: QObject | None = None, *, memory_limit: int = MEMORY_LIMIT) -> None:
        super().__init__(parent)
        self._memory_limit = memory_limit
        self._background = Background(self, workers=1)
        self._images: OrderedDict[Path, QImage] = OrderedDict()
        self._requests: dict[Path, CancelToken] = {}
        self._wanted: tuple[Path, ...] = ()
        self._unreadable: set[Path] = set()

    def want(self, files: Iterable[Path]) -> None:
        """Load these pictures, the first one first; no others are loaded any more."""
        self._wanted = tuple(dict.fromkeys(files))
        for file in [file for file in self._requests if file not in self._wanted]:
            self._requests.pop(file).cancel()
        for file in self._wanted:
            if file in self._images:
                self._images.move_to_end(file)
            elif file not in self._requests and file not in self._unreadable:
                self._request(file)

    def image(self, file: Path) -> QImage | None:
        """The picture in a file; None while it is loaded, if it is not wanted, or if it cannot be read."""
        return self._images.get(file)

    def is_unreadable(self, file: Path) -> bool:
        """Whether a picture that was wanted could not be read."""
        return file in self._unreadable

    def clear(self) -> None:
        """Forget all pictures, and which could not be read."""
        self.want(())
        self._images.clear()
        self._unreadable.clear()

    @property
    def byte_count(self) -> int:
        """The memory of the pictures in bytes."""
        return sum(image.sizeInBytes() for image in self._images.values())

    def shut_down(self) -> None:
        """Load nothing more, and wait for the picture that is being decoded."""
        self._background.cancel()
        self._background.close()

    def _request(self, file: Path) -> None:
        cancel = self._requests[file] = CancelToken()
        self._background.submit(
            partial(_decoded, file),
            partial(self._on_loaded, file),
            partial(self._on_failed, file),
            cancel=cancel,
        )

    def _on_loaded(self, file: Path, image: QImage) -> None:
        del self._requests[file]
        self._images[file] = image
        self._drop_oldest()
        self.loaded.emit()

    def _on_failed(self, file: Path, report: ErrorReport) -> None:
        del self._requests[file]
        self._unreadable.add(file)
        self.loaded.emit()

    def _drop_oldest(self) -> None:
        """Drop the pictures wanted longest ago, but none that is wanted now."""
        excess = self.byte_count - self._memory_limit
        for file in [file for file in self._images if file not in self._wanted]:
            if excess <= 0:
                return
            excess -= self._images.pop(file).sizeInBytes()


def _decoded(file: Path) -> QImage:
    """The picture in a file, at most of the largest size. Raises `ImageUnreadable`."""
    image = open_photo(file)
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return to_qimage(image)
