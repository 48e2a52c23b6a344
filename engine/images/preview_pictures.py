"""Preview pictures of models and edit packs: small JPEGs without metadata."""

from __future__ import annotations

import io

from PIL import Image

from engine.images.transparency import flattened

PREVIEW_SIDE = 512
"""Pixels of the longer side of the preview of an installed model at most."""
QUALITY = 90


def preview_jpeg(image: Image.Image, side: int = PREVIEW_SIDE) -> bytes:
    """An image as a JPEG of at most `side` pixels a side, on white where it is transparent.

    Its metadata, such as the place where a photo was taken, is left out.
    """
    small = flattened(image).convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    small.info.clear()
    file = io.BytesIO()
    small.save(file, format="JPEG", quality=QUALITY)
    return file.getvalue()
