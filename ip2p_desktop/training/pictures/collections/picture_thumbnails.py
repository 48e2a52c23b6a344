"""Thumbnails of pictures, loaded off the GUI thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from functools import partial

from PIL import Image
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPicture

THUMBNAIL_SIDE = 192
"""Longer side in pixels; painted at half that size, so that it is sharp on high-density screens."""
MOST_KEPT = 600
"""Thumbnails in memory, some 60 MB; those asked for longest ago are loaded again when they are needed."""


def as_qimage(image: Image.Image) -> QImage:
    """A copy of an image of mode RGB for Qt."""
    data = image.convert("RGBA").tobytes()
    return QImage(data, image.width, image.height, QImage.Format.Format_RGBA8888).copy()


class PictureThumbnails(QObject):
    """Loads each picture once; what cannot be read has an empty image."""

    loaded = Signal(object)
    """The key of a picture."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1)
        self._known: OrderedDict[Hashable, QImage | None] = OrderedDict()
        self._cancel = CancelToken()

    def get(self, key: Hashable, picture: GivenPicture) -> QImage | None:
        """The thumbnail; None while it is loaded, which begins now. Empty if it cannot be read."""
        if key not in self._known:
            self._known[key] = None
            while len(self._known) > MOST_KEPT:
                self._known.popitem(last=False)
            self._background.submit(
                partial(_thumbnail, picture),
                partial(self._on_loaded, key),
                partial(self._on_failed, key),
                cancel=self._cancel,
            )
        self._known.move_to_end(key)
        return self._known[key]

    def forget(self) -> None:
        """Load nothing more, and forget what was loaded."""
        self._cancel.cancel()
        self._cancel = CancelToken()
        self._known.clear()

    def shut_down(self) -> None:
        """Cancel and wait."""
        self._cancel.cancel()
        self._background.close()

    def _on_loaded(self, key: Hashable, image: QImage) -> None:
        if key in self._known:
            self._known[key] = image
        self.loaded.emit(key)

    def _on_failed(self, key: Hashable, report: ErrorReport) -> None:
        self._on_loaded(key, QImage())


def _thumbnail(picture: GivenPicture) -> QImage:
    image = picture.decode()
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return as_qimage(image)
