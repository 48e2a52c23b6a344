"""Small copies of photos, from which previews are made."""

from __future__ import annotations

from collections import OrderedDict

from PIL import Image
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

KEPT = 4
"""Copies that are kept; each takes at most 4 MB."""


class PhotoCopies:
    """The copies used last. Used on the worker's thread."""

    def __init__(self) -> None:
        self._copies: OrderedDict[tuple[StoredImage, int], Image.Image] = OrderedDict()

    def copy_of(self, photo: StoredImage, side: int) -> Image.Image:
        """A copy in RGB, its longer side at most `side` pixels. Raises `ImageUnreadable`."""
        key = (photo, side)
        copy = self._copies.pop(key) if key in self._copies else to_pillow(scaled_copy(photo.read(), side))
        self._copies[key] = copy
        if len(self._copies) > KEPT:
            self._copies.popitem(last=False)
        return copy


def scaled_copy(image: DisplayImage, side: int) -> QImage:
    """A copy whose longer side is at most `side` pixels. Slow: not for the GUI thread."""
    size = image.size
    scale = min(1.0, side / max(size.width(), size.height()))
    width, height = (max(2, round(each * scale)) for each in (size.width(), size.height()))
    return image.levels[image.level_at(scale)].scaled(
        QSize(width, height),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
