"""Photos in dragged data or on the clipboard. The data of an empty clipboard may be None."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage


def offered_file(data: QMimeData | None) -> Path | None:
    """The first local file in the data; None if there is none."""
    for url in data.urls() if data is not None else []:
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None


def offered_image(data: QMimeData | None) -> QImage | None:
    """The image in the data; None if there is none."""
    image = data.imageData() if data is not None and data.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def is_acceptable(data: QMimeData | None) -> bool:
    """Whether the data may contain a photo; fast enough to be called during a drag."""
    return offered_file(data) is not None or (data is not None and data.hasImage())
