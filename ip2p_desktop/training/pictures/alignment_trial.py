"""Tries to align a pair, and shows both photos laid over each other before and after. Slow."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image, ImageOps, ImageStat
from PySide6.QtGui import QImage

from ip2p_desktop.widgets.display_images import to_qimage
from trainer.datasets import Pair
from trainer.datasets.affine_map import AffineMap

SIDE = 640
"""Longer side in pixels of the overlaid photos."""


@dataclass(frozen=True, slots=True)
class AlignmentTrial:
    """An alignment, with what it changes."""

    alignment: AffineMap
    agreement_before: float
    """Correlation of the edges, from -1 to 1."""
    agreement_after: float
    kept: float
    """Share of the original that is used."""
    before: QImage
    """Both photos laid over each other as they are."""
    after: QImage


def try_alignment(pair: Pair) -> AlignmentTrial:
    """Align a pair anew. Raises `PairNotAligned`, or `ImageUnreadable`."""
    # imports numpy, which the window does not need to start
    from trainer.datasets.repairs.registration import register
    from trainer.datasets.small_copies import small_copies

    found = register(pair)
    now = small_copies(pair, SIDE)
    then = small_copies(replace(pair, alignment=found.alignment), SIDE)
    left, top, right, bottom = found.alignment.shared_box()
    return AlignmentTrial(
        found.alignment,
        found.before,
        found.after,
        (right - left) * (bottom - top),
        _overlaid(*now),
        _overlaid(*then),
    )


def _overlaid(original: Image.Image, edited: Image.Image) -> QImage:
    """Both photos at half strength. A negative is turned first, since it would cancel the photo out."""
    edited = edited.resize(original.size)
    laid = (Image.blend(original, each, 0.5) for each in (edited, ImageOps.invert(edited)))
    return to_qimage(max(laid, key=_contrast))


def _contrast(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).stddev[0]
