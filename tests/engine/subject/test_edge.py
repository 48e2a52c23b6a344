"""A coarse mask becomes as sharp as the photo, whatever the photo's size."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageStat

from engine.progress import Cancelled
from engine.subject.edge import TILE, refined_mask


def disc(size: tuple[int, int], fill: int) -> Image.Image:
    """A disc in the middle, of a third of the width."""
    image = Image.new("L", size)
    (width, height), radius = size, size[0] // 6
    box = (width // 2 - radius, height // 2 - radius, width // 2 + radius, height // 2 + radius)
    ImageDraw.Draw(image).ellipse(box, fill=fill)
    return image


def coarse(size: tuple[int, int]) -> torch.Tensor:
    """The disc as the network would see it, 40 pixels wide and blurred."""
    small = disc(size, 255).resize((40, 30)).filter(ImageFilter.GaussianBlur(1))
    return torch.from_numpy(np.array(small)).float()


def photo_of(size: tuple[int, int]) -> Image.Image:
    """A blue disc on a brown ground."""
    return Image.composite(
        Image.new("RGB", size, (40, 80, 200)), Image.new("RGB", size, (120, 90, 60)), disc(size, 255)
    )


@pytest.mark.parametrize("size", [(400, 300), (1600, 1200)])
def test_the_edge_is_the_one_in_the_photo(size: tuple[int, int]) -> None:
    mask = refined_mask(photo_of(size), coarse(size))
    assert ImageStat.Stat(ImageChops.difference(mask, disc(size, 255))).mean[0] < 0.5
    assert mask.getpixel((0, 0)) == 0
    assert mask.getpixel((size[0] // 2, size[1] // 2)) == 255


def test_the_tiles_of_a_large_photo_leave_no_seams() -> None:
    size = (1600, 1200)
    photo = photo_of(size).filter(ImageFilter.GaussianBlur(8))
    mask = refined_mask(photo, coarse(size))
    shifted = ImageChops.difference(mask, ImageChops.offset(mask, 1, 0))
    # the edge is soft, so neighbours differ by little also where two tiles meet
    assert all(max(shifted.crop((x, 0, x + 1, 1200)).getextrema()) < 40 for x in range(TILE, 1600, TILE))


def test_work_stops_where_it_is_told_to() -> None:
    calls: list[int] = []

    def stop_at_the_third() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        refined_mask(photo_of((1600, 1200)), coarse((1600, 1200)), stop_at_the_third)
