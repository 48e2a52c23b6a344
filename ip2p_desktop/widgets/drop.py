"""What of a drag or of the clipboard can become a photo. An empty clipboard may offer None."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage


def offered_file(offer: QMimeData | None) -> Path | None:
    """The first file of this computer among what is offered."""
    for url in offer.urls() if offer is not None else []:
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None


def offered_image(offer: QMimeData | None) -> QImage | None:
    image = offer.imageData() if offer is not None and offer.hasImage() else None
    return image if isinstance(image, QImage) and not image.isNull() else None


def is_acceptable(offer: QMimeData | None) -> bool:
    """Whether it is worth letting go of it here; cheap enough to ask while it is dragged."""
    return offered_file(offer) is not None or (offer is not None and offer.hasImage())
