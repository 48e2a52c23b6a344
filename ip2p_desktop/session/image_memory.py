"""The images of photos and results in memory: those used last; the others are in files of the session."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from ip2p_desktop.session.store.node_files import (
    deep_file,
    read_deep_image,
    read_display_image,
    read_image,
)
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep

MEGABYTE = 1024**2
BYTE_LIMIT = 512 * MEGABYTE
"""Bytes of memory above which the images used longest ago are dropped, if they are in files."""
BYTES_PER_PIXEL = 4
"""Pillow stores RGB images with four bytes a pixel."""
THUMBNAIL_SIDE = 128
"""Side of a thumbnail in pixels: that of the strip on a screen with two pixels for each point."""


class StoredImage:
    """The pixels of a photo or result: in memory, in a file, or in both.

    Used on the GUI thread, except where a method says otherwise. The images it returns may be used on any.
    """

    def __init__(self, size: QSize, thumbnail: QImage) -> None:
        self.size = size
        self.thumbnail = thumbnail
        """The middle of the image as a square of `THUMBNAIL_SIDE` pixels; always in memory."""
        self._display_image: DisplayImage | None = None
        self._image: Image.Image | None = None
        self._memory: ImageMemory | None = None
        self._file: Path | None = None
        self._deep: Deep | None = None

    @classmethod
    def of(
        cls, display_image: DisplayImage, image: Image.Image | None = None, deep: Deep | None = None
    ) -> StoredImage:
        """An image in memory. `image` are the same pixels, which are kept until they are in a file.

        So are `deep`, those with 16 bits for each colour.
        """
        stored = cls(display_image.size, display_image.thumbnail(THUMBNAIL_SIDE))
        stored._display_image, stored._image, stored._deep = display_image, image, deep
        return stored

    @classmethod
    def in_file(cls, file: Path, size: QSize, thumbnail: QImage) -> StoredImage:
        """An image in a file, which is not read before it is needed."""
        stored = cls(size, thumbnail)
        stored._file = file
        return stored

    @property
    def display_image(self) -> DisplayImage:
        """The image for painting; read from its file if it is not in memory. Raises `ImageUnreadable`."""
        if self._display_image is None:
            self._display_image = self.read()
        self._note_use()
        return self._display_image

    @display_image.setter
    def display_image(self, image: DisplayImage) -> None:
        self._display_image = image
        self._note_use()

    def read(self) -> DisplayImage:
        """The image for painting, without keeping it. On any thread; slow. Raises `ImageUnreadable`."""
        image, file = self._display_image, self._file
        if image is not None:
            return image
        assert file is not None
        return read_display_image(file)

    def read_image(self) -> Image.Image:
        """The Pillow image; created at each call. On any thread; slow. Raises `ImageUnreadable`."""
        display_image, image, file = self._display_image, self._image, self._file
        if image is not None:
            return image
        # what is painted has no colours where it is transparent
        if display_image is not None and (file is None or not display_image.has_alpha):
            return to_pillow(display_image.levels[0])
        assert file is not None
        return read_image(file)

    def read_deep(self) -> Deep | None:
        """The pixels with 16 bits for each colour; None if there are none. On any thread; slow."""
        deep, file = self._deep, self._file
        return deep if deep is not None or file is None else read_deep_image(file)

    @property
    def has_deep(self) -> bool:
        """Whether there are pixels with 16 bits for each colour."""
        return self._deep is not None or (self._file is not None and deep_file(self._file).exists())

    @property
    def is_in_memory(self) -> bool:
        """Whether it can be painted without reading a file."""
        return self._display_image is not None

    @property
    def byte_count(self) -> int:
        """Bytes of memory it uses, without the thumbnail."""
        display_image = self._display_image.byte_count if self._display_image is not None else 0
        image, deep = self._image, self._deep
        pixels = image.width * image.height * BYTES_PER_PIXEL if image is not None else 0
        return display_image + pixels + (deep.nbytes if deep is not None else 0)

    @property
    def file(self) -> Path | None:
        """The file that contains the pixels; None if they are only in memory."""
        return self._file

    def set_file(self, file: Path) -> None:
        """Set the file that contains the pixels. On any thread."""
        self._file, self._image, self._deep = file, None, None

    def attach(self, memory: ImageMemory) -> None:
        """Let `memory` decide whether the pixels are in memory."""
        self._memory = memory

    def drop_from_memory(self) -> None:
        """Free the memory; the file must contain the pixels."""
        assert self._file is not None
        self._display_image = self._image = self._deep = None

    def _note_use(self) -> None:
        if self._memory is not None:
            self._memory.note_use(self)


class ImageMemory:
    """Keeps images in the order of their last use and drops the oldest ones above a limit.

    An image that is in no file is never dropped, nor one on screen.
    """

    def __init__(self, byte_limit: int | None = None) -> None:
        self._byte_limit = BYTE_LIMIT if byte_limit is None else byte_limit
        self._images: dict[StoredImage, None] = {}
        """Those in memory only, as a session may have thousands."""
        self._on_screen: frozenset[StoredImage] = frozenset()

    @property
    def byte_limit(self) -> int:
        """Bytes of memory above which images are dropped."""
        return self._byte_limit

    @byte_limit.setter
    def byte_limit(self, limit: int) -> None:
        self._byte_limit = limit
        self.limit()

    @property
    def byte_count(self) -> int:
        """Bytes of memory that all images use."""
        return sum(image.byte_count for image in self._images)

    def set_on_screen(self, images: Collection[StoredImage]) -> None:
        """Set the images that are shown and stay in memory."""
        self._on_screen = frozenset(images)
        self.limit()

    def add(self, image: StoredImage) -> None:
        """Add an image."""
        image.attach(self)
        if image.is_in_memory:
            self.note_use(image)

    def note_use(self, image: StoredImage) -> None:
        """Mark an image as the one used last."""
        self._images.pop(image, None)
        self._images[image] = None
        self.limit()

    def remove(self, image: StoredImage) -> None:
        """Forget an image."""
        self._images.pop(image, None)

    def clear(self) -> None:
        """Forget all images."""
        self._images.clear()
        self._on_screen = frozenset()

    def limit(self) -> None:
        """Drop images until the limit holds. The image used last always stays in memory."""
        excess = self.byte_count - self._byte_limit
        for image in list(self._images)[:-1]:
            if excess <= 0:
                return
            before = image.byte_count
            if image.file is not None and image not in self._on_screen:
                image.drop_from_memory()
                del self._images[image]
                excess -= before
