"""Photos with 16 bits for each colour: read, converted, and written with the metadata of a result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from fakes.deep_photos import deep_png_file, deep_scene, deep_tiff, wide_profile, wide_to_srgb
from PIL import Image

from engine.edit_settings import EditSettings
from engine.images.deep_images.deep_pixels import (
    blended_deep,
    composite_deep,
    in_colours_of,
    read_deep,
    read_deep_photo,
    scaled_deep,
    write_deep,
)
from engine.images.deep_images.deep_reading import deep_values
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo
from engine.images.image_saving import ColourProfile, SaveOptions, encoded_size, save_image
from engine.request import EditRequest

SCENE = deep_scene()
ROUNDED = Image.fromarray(np.round(SCENE / 257).astype(np.uint8))


def request_for(photo: Image.Image) -> EditRequest:
    return EditRequest(
        source_image=photo, instruction="make it snow", model=Path("starter"), settings=EditSettings(seed=3)
    )


def test_a_tiff_and_a_png_are_read_with_all_their_bits(tmp_path: Path) -> None:
    files = deep_tiff(tmp_path / "a.tif", SCENE), deep_png_file(tmp_path / "a.png", SCENE)
    for file in files:
        deep = read_deep_photo(file, open_photo(file))
        assert deep is not None
        assert np.array_equal(deep, SCENE)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_are_turned_upright(tmp_path: Path, orientation: int) -> None:
    file = deep_tiff(tmp_path / "a.tif", SCENE, extratags=[(274, "H", 1, orientation, True)])
    photo = open_photo(file)
    deep = read_deep_photo(file, photo)
    assert deep is not None
    assert np.abs(np.round(deep / 257) - np.asarray(photo)).max() <= 1


def test_greys_and_photos_without_bits_or_with_alpha(tmp_path: Path) -> None:
    grey, plain, clear = (tmp_path / name for name in ("grey.tif", "plain.png", "clear.tif"))
    tifffile.imwrite(grey, SCENE[:, :, 0], photometric="minisblack", metadata=None)
    ROUNDED.save(plain)
    alpha = np.dstack([SCENE, SCENE[:, :, 0]])
    tifffile.imwrite(clear, alpha, photometric="rgb", extrasamples=["unassalpha"], metadata=None)
    deep = read_deep_photo(grey, open_photo(grey))
    assert deep is not None
    assert np.array_equal(deep[:, :, 2], SCENE[:, :, 0])
    assert read_deep_photo(plain, open_photo(plain)) is None
    assert read_deep_photo(clear, open_photo(clear)) is None


def test_another_photo_in_the_file_is_not_taken_for_this_one(tmp_path: Path) -> None:
    file = deep_tiff(tmp_path / "a.tif", SCENE)
    photo = open_photo(file)
    deep_tiff(file, SCENE[::-1])
    assert read_deep_photo(file, photo) is None
    file.write_bytes(b"II*\0 damaged")
    assert read_deep_photo(file, photo) is None
    file.unlink()
    assert read_deep_photo(file, photo) is None


def test_a_damaged_file_has_no_deep_values() -> None:
    assert deep_values(b"\x89PNG\r\n\x1a\n" + bytes(16) + b"\x10" + bytes(40), "a.png") is None


def test_wide_colours_are_brought_to_srgb(tmp_path: Path) -> None:
    file = deep_tiff(tmp_path / "a.tif", SCENE, iccprofile=wide_profile())
    photo = open_photo(file)
    expected = wide_to_srgb(SCENE)
    deep = read_deep_photo(file, photo)
    assert deep is not None
    rounding = np.sqrt(np.square(np.asarray(photo) - expected).mean())
    error = np.sqrt(np.square(deep / 257 - expected).mean())
    assert error < 0.7 * rounding
    assert len(np.unique(deep[:, :, 2])) > 20 * len(np.unique(np.asarray(photo)[:, :, 2]))


def test_a_file_of_values_is_read_again_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    file = tmp_path / "a.deep.tif"
    assert read_deep(file) is None
    write_deep(file, SCENE)
    assert np.array_equal(read_deep(file), SCENE)  # type: ignore[arg-type]
    file.write_bytes(file.read_bytes()[:100])
    assert read_deep(file) is None


def test_masks_and_opacity_keep_what_they_do_not_change() -> None:
    mask = Image.new("L", ROUNDED.size)
    mask.paste(255, (0, 0, 80, 80))
    mask.paste(128, (80, 0, 120, 80))
    edited = np.uint16(65_535) - SCENE
    made = composite_deep(SCENE, edited, mask)
    assert np.array_equal(made[:80, :80], edited[:80, :80])
    assert np.array_equal(made[80:], SCENE[80:])
    half = SCENE[:80, 80:120] + (edited[:80, 80:120].astype(float) - SCENE[:80, 80:120]) * 128 / 255
    assert np.abs(made[:80, 80:120] - half).max() <= 1
    assert np.array_equal(blended_deep(SCENE, edited, 0.0), SCENE)
    assert np.abs(blended_deep(SCENE, edited, 0.5) - 32_767.5).max() <= 1


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_result_is_written_with_16_bits_and_its_metadata(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"result.{suffix}"
    photo = Image.new("RGB", ROUNDED.size)
    photo.info = {"dpi": (300.0, 300.0)}
    save_image(ROUNDED, file, request_for(photo), options=SaveOptions(is_deep=True), deep=SCENE)
    assert np.array_equal(deep_values(file.read_bytes(), file.name), SCENE)  # type: ignore[arg-type]
    assert np.abs(np.asarray(open_photo(file)).astype(int) - np.asarray(ROUNDED)).max() <= 1
    record = read_edit_record(file)
    assert record is not None
    assert record.instruction == "make it snow"
    with Image.open(file) as opened:
        assert opened.info["dpi"][0] == pytest.approx(300, abs=0.1)
    if suffix == "tif":
        assert np.array_equal(tifffile.imread(file), SCENE)


def test_other_formats_and_choices_have_8_bits(tmp_path: Path) -> None:
    request = request_for(Image.new("RGB", ROUNDED.size))
    for name, options in (("a.jpg", SaveOptions(is_deep=True)), ("a.png", SaveOptions())):
        save_image(ROUNDED, tmp_path / name, request, options=options, deep=SCENE)
        assert deep_values((tmp_path / name).read_bytes(), name) is None


def test_a_smaller_export_has_16_bits_too(tmp_path: Path) -> None:
    file = tmp_path / "a.tif"
    options = SaveOptions(is_deep=True, longest_side=120)
    save_image(ROUNDED, file, request_for(ROUNDED), options=options, deep=SCENE)
    assert np.array_equal(tifffile.imread(file), scaled_deep(SCENE, (120, 80)))
    assert encoded_size(ROUNDED, "TIFF", options, SCENE) == pytest.approx(file.stat().st_size, abs=4000)


def test_the_photos_own_colours_have_16_bits_too(tmp_path: Path) -> None:
    grey = SCENE.mean(axis=2, keepdims=True)
    soft = np.round(grey + 0.3 * (SCENE - grey)).astype(np.uint16)  # within sRGB
    opened = open_photo(deep_tiff(tmp_path / "wide.tif", soft, iccprofile=wide_profile()))
    deep = read_deep_photo(tmp_path / "wide.tif", opened)
    file = tmp_path / "a.tif"
    options = SaveOptions(is_deep=True, profile=ColourProfile.PHOTO)
    save_image(opened, file, request_for(opened), options=options, deep=deep)
    written = tifffile.imread(file)
    difference = np.abs(written - soft.astype(float)) / 257
    # twice through Pillow's conversion of 8 bits
    assert difference.mean() < 1
    assert difference.max() < 3
    with Image.open(file) as image:
        assert image.info["icc_profile"] == wide_profile()


def test_the_conversion_stays_within_the_rounding() -> None:
    made = in_colours_of(SCENE, ROUNDED)
    assert np.abs(made / 257 - np.asarray(ROUNDED)).max() <= 1.01
