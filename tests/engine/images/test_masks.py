"""A mask file means what its program meant: white, or what is painted on a transparent ground, is edited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.image_bytes import encoded, tiff
from PIL import ExifTags, Image, ImageDraw

from engine.edit_settings import EditSettings
from engine.errors import InvalidRequest
from engine.images.masks import open_mask
from engine.request import EditRequest

SIZE = (48, 32)
STROKE = (12, 8, 29, 19)
"""Painted from and up to this pixel."""
EXPECTED = Image.new("L", SIZE)
ImageDraw.Draw(EXPECTED).rectangle(STROKE, fill=255)


def strokes(colour: Any, ground: Any, mode: str = "RGBA") -> Image.Image:
    image = Image.new(mode, SIZE, ground)
    ImageDraw.Draw(image).rectangle(STROKE, fill=colour)
    return image


def palette_with_transparency() -> bytes:
    image = Image.new("P", SIZE, 0)
    image.putpalette([255, 255, 255, 255, 255, 255])
    image.paste(1, (STROKE[0], STROKE[1], STROKE[2] + 1, STROKE[3] + 1))
    return encoded(image, "PNG", transparency=0)


def labels(mode: str) -> bytes:
    return encoded(EXPECTED.point([0] * 255 + [1]).convert(mode), "PNG")


MASKS: dict[str, Callable[[], bytes]] = {
    "white strokes": lambda: encoded(strokes((255, 255, 255, 255), (0, 0, 0, 0)), "PNG"),
    "white strokes on clear white": lambda: encoded(strokes((255,) * 4, (255, 255, 255, 0)), "PNG"),
    "black strokes": lambda: encoded(strokes((0, 0, 0, 255), (0, 0, 0, 0)), "PNG"),
    "black strokes on clear white": lambda: encoded(strokes((0, 0, 0, 255), (255, 255, 255, 0)), "PNG"),
    "red strokes": lambda: encoded(strokes((255, 0, 0, 255), (0, 0, 0, 0)), "PNG"),
    "strokes in WebP": lambda: encoded(strokes((255,) * 4, (0, 0, 0, 0)), "WEBP", lossless=True, exact=True),
    "strokes in TIFF": lambda: encoded(strokes((0, 0, 0, 255), (0, 0, 0, 0)), "TIFF"),
    "grey and alpha": lambda: encoded(strokes((0, 255), (0, 0), "LA"), "PNG"),
    "palette with transparency": palette_with_transparency,
    "opaque white on black": lambda: encoded(strokes((255,) * 4, (0, 0, 0, 255)), "PNG"),
    "white on black without alpha": lambda: encoded(strokes((255,) * 3, (0, 0, 0), "RGB"), "PNG"),
    "white on black, alpha unused": lambda: encoded(strokes((255, 255, 255, 0), (0, 0, 0, 0)), "PNG"),
    "white and black paint on clear ground": lambda: encoded(black_and_white_paint(), "PNG"),
    "red on black": lambda: encoded(strokes((255, 0, 0), (0, 0, 0), "RGB"), "PNG"),
    "grey": lambda: encoded(EXPECTED, "PNG"),
    "1 bit": lambda: encoded(EXPECTED.convert("1"), "PNG"),
    "1 bit TIFF": lambda: encoded(EXPECTED.convert("1"), "TIFF"),
    "palette": lambda: encoded(EXPECTED.convert("P"), "PNG"),
    "BMP": lambda: encoded(EXPECTED, "BMP"),
    "16 bits": lambda: encoded(Image.fromarray(np.asarray(EXPECTED).astype(np.uint16) * 257), "PNG"),
    "floats": lambda: tiff(((np.asarray(EXPECTED) / 255).astype(np.float32), {})),
    "labels 0 and 1": lambda: labels("L"),
    "colour labels 0 and 1": lambda: labels("RGB"),
    "labels 0 and 15": lambda: encoded(EXPECTED.point([0] * 255 + [15]), "PNG"),
    "label of half a red": lambda: encoded(strokes((128, 0, 0), (0, 0, 0), "RGB"), "PNG"),
    "red on white": lambda: encoded(strokes((237, 28, 36), (255, 255, 255), "RGB"), "PNG"),
    "yellow on white, opaque": lambda: encoded(strokes((255, 255, 0, 255), (255,) * 4), "PNG"),
    "photo cut out": lambda: encoded(cut_out_photo(), "PNG"),
}


def black_and_white_paint() -> Image.Image:
    image = strokes((255,) * 4, (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 24, 20, 31), fill=(0, 0, 0, 255))
    return image


def cut_out_photo() -> Image.Image:
    ramp = np.linspace(30, 220, SIZE[0]).astype(np.uint8)
    pixels = np.dstack([np.tile(each, (SIZE[1], 1)) for each in (ramp, ramp[::-1], ramp // 2)])
    photo = Image.fromarray(pixels).convert("RGBA")
    photo.putalpha(EXPECTED)
    return photo


def written(data: bytes, folder: Path) -> Path:
    path = folder / "mask.png"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", MASKS)
def test_only_the_strokes_are_edited(name: str, tmp_path: Path) -> None:
    mask = open_mask(written(MASKS[name](), tmp_path), SIZE)
    assert (mask.mode, mask.size) == ("L", SIZE)
    assert mask.tobytes() == EXPECTED.tobytes()


@pytest.mark.parametrize("name", MASKS)
def test_the_rest_is_edited_on_request(name: str, tmp_path: Path) -> None:
    mask = open_mask(written(MASKS[name](), tmp_path), SIZE, is_inverted=True)
    assert mask.tobytes() == EXPECTED.point(range(255, -1, -1)).tobytes()


def test_soft_strokes_stay_soft(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(0, 240, 5, dtype=np.uint8), (32, 1))
    pixels = np.zeros((32, 48, 4), np.uint8)
    pixels[:, :, :3] = 254 + np.random.default_rng(1).integers(0, 2, (32, 48, 1))
    pixels[:, :, 3] = ramp
    mask = open_mask(written(encoded(Image.fromarray(pixels), "PNG"), tmp_path), SIZE)
    assert np.array_equal(np.asarray(mask), ramp)


def test_half_transparent_strokes_edit_by_half(tmp_path: Path) -> None:
    mask = open_mask(written(encoded(strokes((0, 0, 0, 128), (0, 0, 0, 0)), "PNG"), tmp_path), SIZE)
    assert mask.getextrema() == (0, 128)


@pytest.mark.parametrize("size", [(96, 64), (24, 16), (480, 320), (480, 321), (47, 31)])
def test_a_mask_of_the_same_shape_is_scaled(size: tuple[int, int], tmp_path: Path) -> None:
    mask = open_mask(written(encoded(EXPECTED, "PNG"), tmp_path), size)
    assert mask.size == size
    expected = EXPECTED.resize(size, Image.Resampling.BOX)
    assert np.abs(np.asarray(mask).astype(int) - np.asarray(expected)).mean() < 8


@pytest.mark.parametrize("size", [(32, 48), (48, 36), (64, 32), (1365, 768)])
def test_a_mask_of_another_shape_is_refused_with_both_sizes(size: tuple[int, int], tmp_path: Path) -> None:
    mask = open_mask(written(encoded(EXPECTED, "PNG"), tmp_path), size)
    with pytest.raises(InvalidRequest) as refusal:
        EditRequest(
            source_image=Image.new("RGB", size),
            instruction="make it snow",
            model=Path("m"),
            settings=EditSettings(),
            mask=mask,
        )
    assert refusal.value.message == f"The mask is 48 × 32 pixels, the photo {size[0]} × {size[1]}."


def test_a_mask_is_turned_as_its_file_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    stored = EXPECTED.transpose(Image.Transpose.ROTATE_90)
    mask = open_mask(written(encoded(stored, "PNG", exif=exif.tobytes()), tmp_path), SIZE)
    assert mask.tobytes() == EXPECTED.tobytes()


@pytest.mark.parametrize(
    ("image", "is_inverted"),
    [
        (Image.new("L", SIZE), False),
        (Image.new("RGBA", SIZE), False),
        (Image.new("RGBA", SIZE, (255, 255, 255, 0)), False),
        (Image.new("L", SIZE, 255), True),
    ],
    ids=["black", "clear black", "clear white", "white, inverted"],
)
def test_a_mask_that_marks_nothing_is_refused(image: Image.Image, is_inverted: bool, tmp_path: Path) -> None:
    path = written(encoded(image, "PNG"), tmp_path)
    with pytest.raises(InvalidRequest) as refusal:
        open_mask(path, SIZE, is_inverted=is_inverted)
    assert refusal.value.message == "The mask mask.png marks nothing to edit."


def test_one_coloured_pixel_does_not_turn_a_white_mask_into_strokes(tmp_path: Path) -> None:
    image = Image.new("RGB", SIZE, "white")
    image.putpixel((3, 3), (255, 0, 0))
    mask = open_mask(written(encoded(image, "PNG"), tmp_path), SIZE)
    assert mask.getextrema() == (255, 255)


def test_a_white_mask_edits_everything(tmp_path: Path) -> None:
    for image in (Image.new("L", SIZE, 255), Image.new("RGBA", SIZE, "white")):
        mask = open_mask(written(encoded(image, "PNG"), tmp_path), SIZE)
        assert mask.getextrema() == (255, 255)
