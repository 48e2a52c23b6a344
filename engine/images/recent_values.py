"""A small cache of values that were computed from images."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from PIL import Image

BAND_ROWS = 256
"""Rows that are copied at a time to read an image."""

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class RecentValues(Generic[_Key, _Value]):
    """The values of the `kept` most recently used keys."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._values: OrderedDict[_Key, _Value] = OrderedDict()

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def get(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """The value of a key, made if it is not there."""
        value = self._values.pop(key) if key in self._values else make()
        self._values[key] = value
        if len(self._values) > self._kept:
            self._values.popitem(last=False)
        return value


def image_content(image: Image.Image) -> tuple[object, ...]:
    """A key that two images share only if all their pixels are the same."""
    digest = hashlib.sha256()
    for top in range(0, image.height, BAND_ROWS):
        digest.update(image.crop((0, top, image.width, min(top + BAND_ROWS, image.height))).tobytes())
    return image.mode, image.size, digest.digest()
