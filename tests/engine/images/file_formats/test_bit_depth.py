"""The range of deep pixels comes from their type and from most of the values, never from one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fakes.image_bytes import encoded, tiff
from numpy.typing import NDArray
from PIL import Image

from engine.errors import ImageUnreadable
from engine.images.image_files import decode_photo

RAMP = np.tile(np.linspace(0, 1, 64), (48, 1))
COLOURS = np.dstack([RAMP, RAMP[:, ::-1], np.full_like(RAMP, 0.25)])


def decoded(pixels: NDArray[Any], **tags: Any) -> NDArray[np.float64]:
    """What a TIFF file of these pixels shows, from 0 to 1; grey if they are."""
    more = {int(tag.removeprefix("tag")): value for tag, value in tags.items()}
    photo = np.asarray(decode_photo(tiff((pixels, more)), "deep.tif"), dtype=np.float64) / 255
    return photo if pixels.ndim == 3 else photo[:, :, 0]


def with_odd_pixels(values: NDArray[np.float32], *odd: float) -> NDArray[np.float32]:
    odd_values = values.copy()
    odd_values[20, : len(odd)] = odd
    return odd_values


@pytest.mark.parametrize("scale", [1.0, 255.0, 65535.0])
@pytest.mark.parametrize("odd", [(), (300_000.0, np.inf), (np.nan, -np.inf, -4.0)], ids=str)
def test_a_few_odd_floats_decide_nothing(scale: float, odd: tuple[float, ...]) -> None:
    values = with_odd_pixels((RAMP * scale).astype(np.float32), *odd)
    shown = decoded(values)
    assert np.abs(shown - RAMP)[:20].max() < 0.005
    assert [round(value) for value in shown[20, : len(odd)]] == [int(value > 0) for value in odd]


def test_highlights_above_one_are_white_and_the_rest_stays() -> None:
    values = (RAMP * 1.04).astype(np.float32)
    assert np.abs(decoded(values) - values.clip(0, 1)).max() < 0.005


def test_an_overexposed_ramp_keeps_its_order() -> None:
    row = decoded((RAMP * 1.7).astype(np.float32))[0]
    assert row[0] == 0
    assert (np.diff(row) >= 0).all()
    assert len(np.unique(row)) > 50
    assert 0.45 < row[32] < 0.6


def test_values_far_above_one_are_not_black() -> None:
    shown = decoded((RAMP * 4_000_000).astype(np.float32))
    assert shown.mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.float16, np.float32, np.float64])
def test_colours_of_any_depth_are_read(order: str, dtype: type) -> None:
    highest = np.iinfo(dtype).max if np.issubdtype(dtype, np.integer) else 1
    pixels = (COLOURS * highest).astype(dtype)
    photo = decode_photo(tiff((pixels, {}), order=order), "colours.tif")
    assert np.abs(np.asarray(photo) / 255 - COLOURS).max() < 0.005


def test_hdr_colours_with_a_sun_keep_their_tones() -> None:
    pixels = COLOURS.astype(np.float32)
    pixels[:3, :3] = (9000, 8000, 4000)
    shown = decoded(pixels)
    assert np.abs(shown - COLOURS)[3:].max() < 0.005
    assert (shown[:3, :3] == 1).all()


def test_a_float_mask_with_an_odd_pixel_stays_black_and_white() -> None:
    values = (RAMP > 0.5).astype(np.float32)
    values[3, 3] = 7
    assert np.array_equal(decoded(values)[4:], RAMP[4:] > 0.5)


def test_signed_values_go_to_the_end_of_their_type() -> None:
    values = (RAMP * 32767).astype(np.int16)
    values[:, 0] = -20_000
    assert np.abs(decoded(values) - RAMP).max() < 0.005


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
@pytest.mark.parametrize("end", [255, 1023, 4095])
def test_fewer_bits_in_sixteen_are_recognised(end: int, dtype: type) -> None:
    assert np.abs(decoded((RAMP * end).astype(dtype)) - RAMP).max() < 0.005
    assert np.abs(decoded((COLOURS * end).astype(dtype)) - COLOURS).max() < 0.005


def test_a_dark_photo_of_sixteen_bits_stays_dark() -> None:
    assert decoded((RAMP * 1500).astype(np.uint16)).max() < 0.03


def test_a_declared_white_counts_if_it_is_the_end_of_a_range() -> None:
    values = (RAMP * 16383).astype(np.uint16)
    assert np.abs(decoded(values, tag281=(3, (16383,))) - RAMP).max() < 0.005
    assert decoded(values, tag281=(3, (16001,))).max() < 0.26, "only the brightest pixel"


def test_one_hot_pixel_does_not_darken_whole_numbers() -> None:
    values = (RAMP * 255).astype(np.int32)
    values[0, 0] = 2_000_000
    assert np.abs(decoded(values) - RAMP)[1:].max() < 0.005


def test_white_may_be_zero() -> None:
    values = (RAMP * 65535).astype(np.uint16)
    assert np.abs(decoded(values, tag262=(3, (0,))) - (1 - RAMP)).max() < 0.005


def test_deep_transparency_lies_on_white() -> None:
    pixels = np.dstack([COLOURS, np.where(RAMP < 0.5, 0.0, 1.0)]).astype(np.float32)
    shown = decoded(pixels)
    assert (shown[:, :32] == 1).all()
    assert np.abs(shown - COLOURS)[:, 32:].max() < 0.005


def test_a_deep_page_is_turned_and_a_compressed_one_read() -> None:
    turned = decode_photo(tiff((COLOURS.astype(np.float32), {274: (3, (6,))})), "turned.tif")
    assert turned.size == (48, 64)
    assert np.abs(np.rot90(np.asarray(turned) / 255) - COLOURS).max() < 0.005
    grey = Image.fromarray((RAMP * 65535).astype(np.uint16))
    lzw = decode_photo(encoded(grey, "TIFF", compression="tiff_lzw"), "lzw.tif")
    assert np.abs(np.asarray(lzw)[:, :, 0] / 255 - RAMP).max() < 0.005


def test_a_transparent_grey_of_sixteen_bits_lies_on_white() -> None:
    values = np.full((8, 8), 1000, np.uint16)
    values[:4] = 40_000
    photo = decode_photo(encoded(Image.fromarray(values), "PNG", transparency=1000), "grey.png")
    assert photo.getpixel((0, 0)) == (156, 156, 156)
    assert photo.getpixel((0, 7)) == (255, 255, 255)


def test_floats_of_other_formats_are_read_too() -> None:
    photo = decode_photo(encoded(Image.fromarray(RAMP.astype(np.float32)), "PPM"), "ramp.pfm")
    assert np.abs(np.asarray(photo)[:, :, 0] / 255 - RAMP).max() < 0.005


def test_a_rare_kind_of_tiff_is_named() -> None:
    file = tiff((COLOURS.astype(np.float32), {259: (3, (50002,))}))
    with pytest.raises(ImageUnreadable) as refusal:
        decode_photo(file, "rare.tif")
    assert refusal.value.message == ("rare.tif is a rare kind of TIFF file: 3 × 32 bits, compression 50002.")


def test_a_page_larger_than_its_file_takes_no_memory() -> None:
    file = tiff((COLOURS.astype(np.float32), {256: (4, (20_000,)), 257: (4, (20_000,))}))
    with pytest.raises(ImageUnreadable):
        decode_photo(file, "large.tif")
