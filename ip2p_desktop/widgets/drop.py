"""Photos in dragged data or on the clipboard. The data of an empty clipboard may be None."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage


def offered_files(data: QMimeData | None) -> list[Path]:
    """The local files and folders in the data."""
    urls = data.urls() if data is not None else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]


def offered_image(data: QMimeData | None) -> QImage | None:
    """The image in the data; None if there is none."""
    image = data.imageData() if data is not None and data.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def is_acceptable(data: QMimeData | None) -> bool:
    """Whether the data may contain a photo; fast enough to be called during a drag."""
    return bool(offered_files(data)) or (data is not None and data.hasImage())


def is_photo(data: QMimeData | None) -> bool:
    """Whether a photo is pasted. Data with both image and text, as from office programs, counts as text."""
    if data is None:
        return False
    return bool(offered_files(data)) or (data.hasImage() and not data.hasText())
