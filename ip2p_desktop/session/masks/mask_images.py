"""Masks as pictures that the user loads and saves. Slow: not for the GUI thread."""

from __future__ import annotations

from pathlib import Path

from engine.errors import InvalidRequest, OutputNotWritable
from engine.files.atomic import atomic_write
from engine.files.disk_space import not_written
from engine.images.masks import open_mask
from ip2p_desktop.session.masks.mask import Mask


def load_mask(file: Path, size: tuple[int, int]) -> Mask:
    """The mask in a picture, for a photo of a size; scaled if it has the photo's shape.

    Raises `ImageUnreadable`, or `InvalidRequest` if it has another shape or marks nothing.
    """
    image = open_mask(file, size)
    if image.size != size:
        raise InvalidRequest(
            "request.mask-size",
            "The mask is {mask_width} × {mask_height} pixels, the photo {width} × {height}.",
            "Draw the mask on this photo.",
            mask_width=image.width,
            mask_height=image.height,
            width=size[0],
            height=size[1],
        )
    return Mask.of(image)


def save_mask(mask: Mask, file: Path) -> None:
    """Write a mask as a grey PNG: white is edited. Raises `OutputNotWritable`."""
    if not file.absolute().parent.is_dir():
        raise OutputNotWritable(
            "output.folder-not-found",
            "The folder {folder} does not exist.",
            "Create it or choose another one.",
            folder=file.absolute().parent,
        )
    try:
        with atomic_write(file) as temporary:
            mask.to_image().save(temporary, format="PNG", compress_level=1)
    except OSError as error:
        raise not_written(file, error) from error
