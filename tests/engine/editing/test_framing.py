"""Working sizes: the original's rule as it was, and our own that crops nothing."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image

from engine.edit_settings import Fit
from engine.editing.framing import (
    MAX_SIDE,
    Frame,
    from_frame,
    original_size,
    plan_frame,
    source_region,
    to_frame,
)
from engine.errors import InvalidRequest

SIZES = [
    *((512, 512), (1920, 1080), (1080, 1920), (4000, 3000), (333, 512), (640, 101), (2, 2), (3, 1000)),
    *((2, 2000), (3000, 2), (783, 784), (31, 33)),
]


@pytest.mark.parametrize(
    ("size", "working"),
    [
        ((1280, 720), (512, 320)),
        ((1920, 1080), (512, 320)),
        ((3000, 2000), (576, 384)),
        ((640, 480), (512, 384)),
        ((4000, 3000), (512, 384)),
        ((1080, 1350), (448, 512)),
        ((1000, 200), (640, 128)),
        ((2000, 100), (1280, 64)),
        ((300, 200), (576, 384)),
        ((512, 512), (512, 512)),
        ((2, 2000), (64, 64000)),
        ((3000, 2), (96000, 64)),
    ],
)
def test_the_originals_rule(size: tuple[int, int], working: tuple[int, int]) -> None:
    assert original_size(size, 512) == working


@pytest.mark.parametrize(
    ("size", "working"), [((784, 784), (448, 448)), ((644, 644), (448, 448)), ((788, 591), (448, 320))]
)
def test_the_originals_rounding_losses_are_kept(size: tuple[int, int], working: tuple[int, int]) -> None:
    assert original_size(size, 512) == working


def test_a_side_that_the_originals_rounding_loses_altogether_becomes_64() -> None:
    assert original_size((196, 2000), 512) == (64, 640)


def test_the_originals_rule_always_gives_sides_on_a_grid_of_64() -> None:
    sizes = random.Random(4)
    for _ in range(2000):
        size = sizes.randint(2, 5000), sizes.randint(2, 5000)
        assert all(side >= 64 and side % 64 == 0 for side in original_size(size, 512))


def test_a_photo_too_narrow_for_the_originals_rule_is_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidRequest, match="at 64 × 64000 pixels"):
        plan_frame((2, 2000), Fit.ORIGINAL, 512, 32)
    assert max(plan_frame((2, 500), Fit.ORIGINAL, 512, 32).content) <= MAX_SIDE


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("resolution", [64, 100, 512, 4096])
@pytest.mark.parametrize("multiple", [8, 32, 64])
def test_keep_has_the_resolution_the_aspect_and_room_for_the_grid(
    size: tuple[int, int], resolution: int, multiple: int
) -> None:
    frame = plan_frame(size, Fit.KEEP, resolution, multiple)
    assert max(frame.content) == resolution
    exact = (side * resolution / max(size) for side in size)
    assert all(abs(side - wish) <= 0.5 or side == 1 for side, wish in zip(frame.content, exact, strict=True))
    for part, whole in zip(frame.content, frame.padded, strict=True):
        assert whole % multiple == 0
        assert part <= whole < part + multiple or whole == 2 * multiple


def test_a_narrow_photo_gets_a_frame_that_the_last_convolutions_can_halve() -> None:
    assert plan_frame((4, 300), Fit.KEEP, 512, 64).padded == (128, 512)
    assert plan_frame((4000, 300), Fit.KEEP, 512, 64).padded == (512, 128)


def numbered(size: tuple[int, int]) -> Image.Image:
    """A picture in which every pixel tells where it is."""
    width, height = size
    x, y = np.meshgrid(np.arange(width) % 256, np.arange(height) % 256)
    return Image.fromarray(np.stack([x, y, (x // 7 + y // 3) % 256], axis=2).astype(np.uint8))


def test_nothing_is_cropped_and_the_padding_mirrors_the_picture() -> None:
    photo = numbered((100, 70))
    frame = plan_frame(photo.size, Fit.KEEP, 100, 32)
    framed = np.asarray(to_frame(photo, frame))
    assert framed.shape == (96, 128, 3)
    assert np.array_equal(framed[:70, :100], np.asarray(photo))
    assert np.array_equal(framed[:70, 100:], np.asarray(photo)[:, 98:70:-1])
    assert np.array_equal(framed[70:, :100], np.asarray(photo)[68:42:-1])


@pytest.mark.parametrize("size", [(120, 80), (333, 512), (640, 101), (2, 2), (3, 200), (2, 90), (90, 2)])
def test_the_picture_comes_back_from_its_frame(size: tuple[int, int]) -> None:
    photo = numbered(size)
    frame = plan_frame(size, Fit.KEEP, max(size), 64)
    framed = to_frame(photo, frame)
    assert framed.size == frame.padded
    assert from_frame(framed, frame).tobytes() == photo.tobytes()


def test_the_originals_rule_crops_the_sides_to_fit() -> None:
    photo = Image.new("RGB", (1280, 720), "white")
    photo.paste("red", (0, 0, 60, 720))
    photo.paste("red", (1220, 0, 1280, 720))
    frame = plan_frame(photo.size, Fit.ORIGINAL, 512, 64)
    assert frame == Frame((512, 320), (512, 320), Fit.ORIGINAL)
    assert to_frame(photo, frame).getpixel((1, 160)) == (255, 255, 255)


def test_a_photo_that_is_kept_is_shown_whole() -> None:
    frame = plan_frame((1280, 721), Fit.KEEP, 512, 64)
    assert source_region((1280, 721), frame) == (0, 0, 1280, 721)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (4000, 3000), (788, 591), (1000, 200), (3, 200)])
def test_the_region_is_what_the_originals_rule_leaves_of_the_photo(size: tuple[int, int]) -> None:
    x, y = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    photo = Image.fromarray(np.stack([x, y, y], axis=2).astype(np.uint8))
    frame = plan_frame(size, Fit.ORIGINAL, 512, 64)
    left, top, right, bottom = source_region(size, frame)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    cut = photo.crop((left, top, right, bottom)).resize(frame.content, Image.Resampling.LANCZOS)
    seen = np.asarray(to_frame(photo, frame), dtype=int)
    half_a_pixel = max(1.0, 255 / min(size))
    assert np.abs(np.asarray(cut, dtype=int) - seen).max() <= 2 + half_a_pixel


def test_the_region_of_the_originals_rule_is_in_the_middle() -> None:
    frame = plan_frame((1280, 720), Fit.ORIGINAL, 512, 64)
    assert source_region((1280, 720), frame) == (64, 0, 1216, 720)
