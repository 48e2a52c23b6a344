"""The mask of an edited area: the subject or the background, and what the user has painted."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageStat

from engine.edit_settings import EditArea
from engine.errors import SubjectNotFound

SMALLEST_SHARE = 0.002
"""Share of the photo that a subject, or a background, covers at least."""


def needs_subject(area: EditArea) -> bool:
    """Whether the subject must be found to know an area."""
    return area in (EditArea.SUBJECT, EditArea.BACKGROUND)


def area_mask(area: EditArea, subject: Image.Image, painted: Image.Image | None) -> Image.Image:
    """Where to edit (mode "L"): the part of `subject`, a mask, or of what is not in it, that is painted.

    Without `painted`, everything is. Raises `SubjectNotFound` if there is no background, or if nothing
    painted is in the area.
    """
    mask = ImageChops.invert(subject) if area is EditArea.BACKGROUND else subject
    if share_of(mask) < SMALLEST_SHARE:
        raise SubjectNotFound(
            "subject.no-background",
            "The subject fills this whole photo, so there is no background.",
            "Paint the part to edit, or choose Everything.",
        )
    if painted is None:
        return mask
    mask = ImageChops.multiply(mask, painted)
    if mask.getextrema() == (0, 0):
        raise SubjectNotFound(
            "subject.nothing-painted",
            "The painted area lies outside the part of the photo that is edited.",
            "Paint somewhere else, or choose Everything.",
        )
    return mask


def share_of(mask: Image.Image) -> float:
    """The share of a photo that a mask covers, 0 to 1."""
    return ImageStat.Stat(mask).mean[0] / 255
