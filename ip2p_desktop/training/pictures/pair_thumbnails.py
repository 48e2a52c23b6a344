"""Small images of pairs, made off the GUI thread when they are wanted, and kept within a limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PIL import Image
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.widgets.display_images import to_qimage
from trainer.datasets import Pair
from trainer.datasets.affine_map import AffineMap

LIMIT = 96 * 1024**2
"""Bytes of the images that are kept."""

Key = tuple[str, str, str, AffineMap | None]


@dataclass(frozen=True, slots=True)
class PairThumbnail:
    """The images of a pair, scaled down; None if they cannot be read."""

    original: QImage | None = None
    edited: QImage | None = None

    @property
    def byte_count(self) -> int:
        """Bytes of memory."""
        return sum(image.sizeInBytes() for image in (self.original, self.edited) if image is not None)


class PairThumbnails(QObject):
    """The thumbnails of pairs; those that are wanted now are made first. Observable."""

    made = Signal(str)
    """The name of a pair whose thumbnail can be shown."""

    def __init__(
        self, side: int, background: Background, parent: QObject | None = None, *, limit: int = LIMIT
    ) -> None:
        """`side` is the longer side of an image in pixels."""
        super().__init__(parent)
        self._side, self._limit = side, limit
        self._background = background
        self._made: OrderedDict[Key, PairThumbnail] = OrderedDict()
        self._bytes = 0
        self._pending: dict[Key, CancelToken] = {}

    @property
    def byte_count(self) -> int:
        """Bytes of all images that are kept."""
        return self._bytes

    def of(self, pair: Pair) -> PairThumbnail | None:
        """The thumbnail of a pair; None if it is not made yet."""
        key = _key(pair)
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        return None

    def want(self, pairs: Sequence[Pair]) -> None:
        """Make the thumbnails of these pairs, the first ones first; others that wait are no longer made."""
        wanted = {_key(pair): pair for pair in pairs}
        for key in [key for key in self._pending if key not in wanted]:
            self._pending.pop(key).cancel()
        for key, pair in wanted.items():
            if key not in self._pending and key not in self._made:
                token = self._pending[key] = CancelToken()
                self._background.submit(
                    partial(make_thumbnail, pair, self._side),
                    self._keeper(key),
                    self._failure_keeper(key),
                    cancel=token,
                )

    def forget_unreadable(self) -> None:
        """Make those again, once they are wanted, that could not be read."""
        for key in [key for key, made in self._made.items() if None in (made.original, made.edited)]:
            self._bytes -= self._made.pop(key).byte_count

    def stop(self) -> None:
        """Make none of those that wait."""
        self.want(())

    def _keeper(self, key: Key) -> Callable[[PairThumbnail], None]:
        return lambda thumbnail: self._keep(key, thumbnail)

    def _failure_keeper(self, key: Key) -> Callable[[ErrorReport], None]:
        return lambda report: self._keep(key, PairThumbnail())

    def _keep(self, key: Key, thumbnail: PairThumbnail) -> None:
        self._pending.pop(key, None)
        self._made[key] = thumbnail
        self._bytes += thumbnail.byte_count
        while self._bytes > self._limit and len(self._made) > 1:
            _, oldest = self._made.popitem(last=False)
            self._bytes -= oldest.byte_count
        self.made.emit(key[0])


def _key(pair: Pair) -> Key:
    return pair.name, pair.original.name, pair.edited.name, pair.alignment


def make_thumbnail(pair: Pair, side: int) -> PairThumbnail:
    """The images of a pair, aligned if it was; one that cannot be read is None. Slow."""
    # imported here, since the window starts without them
    from engine.errors import EngineError
    from trainer.datasets.small_copies import small_copies, small_copy

    try:
        return PairThumbnail(*(to_qimage(image) for image in small_copies(pair, side)))
    except EngineError:
        pass
    images: list[Image.Image | None] = []
    for image in (pair.original, pair.edited):
        try:
            images.append(small_copy(image, side))
        except EngineError:
            images.append(None)
    return PairThumbnail(*(to_qimage(image) if image is not None else None for image in images))
