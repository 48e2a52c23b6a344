"""Small copies of photos, from which previews are made."""

from __future__ import annotations

from collections import OrderedDict

from PIL import Image

from ip2p_desktop.session.image_memory import StoredImage
from ip2p_desktop.widgets.display_images import to_pillow

KEPT = 4
"""Copies that are kept; each takes at most 4 MB."""


class PhotoCopies:
    """The copies used last. Used on the worker's thread."""

    def __init__(self) -> None:
        self._copies: OrderedDict[tuple[StoredImage, int], Image.Image] = OrderedDict()

    def copy_of(self, photo: StoredImage, side: int) -> Image.Image:
        """A copy in RGB, its longer side at most `side` pixels. Raises `ImageUnreadable`."""
        key = (photo, side)
        copy = self._copies.pop(key) if key in self._copies else _copy(photo, side)
        self._copies[key] = copy
        if len(self._copies) > KEPT:
            self._copies.popitem(last=False)
        return copy


def _copy(photo: StoredImage, side: int) -> Image.Image:
    display_image = photo.read()
    size = display_image.size
    scale = min(1.0, side / max(size.width(), size.height()))
    copy = to_pillow(display_image.levels[display_image.level_at(scale)])
    width, height = (max(2, round(each * scale)) for each in (size.width(), size.height()))
    return copy.resize((width, height), Image.Resampling.LANCZOS)
