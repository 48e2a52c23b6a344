"""Quality, size, colours and metadata of saved results, and TIFF files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageChops, ImageCms

from engine.edit_settings import EditSettings
from engine.errors import InvalidRequest
from engine.images.edit_record import read_edit_record
from engine.images.file_metadata.exif import output_exif
from engine.images.image_files import open_photo
from engine.images.image_saving import ColourProfile, SaveOptions, encoded_size, save_image
from engine.images.metadata import BIT_DEPTH, PHOTO_PROFILE
from engine.request import EditRequest

PICTURE = Image.effect_noise((60, 40), 60).convert("RGB")
KINDS = [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("TIFF", "tif")]


def profile() -> bytes:
    """A profile of RGB colours with a name of its own."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = bytearray(made)
    name = data.find(b"s\0R\0G\0B")
    if name >= 0:
        data[name : name + 8] = b"O\0w\0n\0x\0"
    plain = data.find(b"sRGB built-in")
    if plain >= 0:
        data[plain : plain + 4] = b"Ownx"
    return bytes(data)


def request(**info: Any) -> EditRequest:
    photo = Image.new("RGB", (60, 40))
    photo.info = info
    return EditRequest(
        source_image=photo, instruction="make it snow", model=Path("starter"), settings=EditSettings(seed=3)
    )


def camera() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:30 10:00:00"
    return output_exif(exif.tobytes(), software="")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_tiff_file_is_compressed_for_every_reader(tmp_path: Path, mode: str) -> None:
    import tifffile

    image = Image.merge(mode, [Image.linear_gradient("L").resize((1100, 900))] * len(mode))
    path = tmp_path / "edited.tif"
    save_image(image, path, request(exif=camera()))
    assert path.stat().st_size < image.width * image.height * len(mode) / 10
    assert encoded_size(image, "TIFF", SaveOptions()) < path.stat().st_size
    assert np.array_equal(tifffile.imread(path), np.asarray(image))
    with Image.open(path) as opened:
        assert opened.mode == mode
        assert opened.tobytes() == image.tobytes()


def test_a_tiff_file_has_the_pixels_the_camera_data_and_the_record(tmp_path: Path) -> None:
    path = tmp_path / "edited.tif"
    save_image(PICTURE, path, request(exif=camera(), dpi=(300.0, 300.0), xmp=b"<x:xmpmeta/>"))
    opened = open_photo(path)
    assert opened.tobytes() == PICTURE.tobytes()
    assert opened.info["dpi"] == (300.0, 300.0)
    with Image.open(path) as image:
        exif = image.getexif()
        assert exif[ExifTags.Base.Make] == "Camera"
        camera_data = exif.get_ifd(ExifTags.IFD.Exif)
        assert camera_data[ExifTags.Base.DateTimeOriginal] == "2026:11:30 10:00:00"
    record = read_edit_record(path)
    assert record is not None
    assert (record.instruction, record.settings.seed) == ("make it snow", 3)


@pytest.mark.parametrize(("kind", "suffix"), KINDS)
def test_without_metadata_nothing_of_photo_or_edit_is_in_the_file(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    path = tmp_path / f"edited.{suffix}"
    save_image(PICTURE, path, request(exif=camera()), options=SaveOptions(keeps_metadata=False))
    content = path.read_bytes()
    assert b"Camera" not in content
    assert b"make it snow" not in content
    assert read_edit_record(path) is None


@pytest.mark.parametrize(("kind", "suffix"), KINDS[1:3])
def test_a_lower_quality_makes_a_smaller_file(tmp_path: Path, kind: str, suffix: str) -> None:
    sizes = []
    for quality in (95, 40):
        path = tmp_path / f"{quality}.{suffix}"
        save_image(PICTURE, path, options=SaveOptions(quality=quality))
        sizes.append(path.stat().st_size)
        assert encoded_size(PICTURE, kind, SaveOptions(quality=quality)) == sizes[-1]
    assert sizes[1] < 0.7 * sizes[0]


def test_the_longest_side_only_makes_smaller(tmp_path: Path) -> None:
    for side, size in ((30, (30, 20)), (60, (60, 40)), (500, (60, 40))):
        path = tmp_path / f"{side}.png"
        save_image(PICTURE, path, request(), options=SaveOptions(longest_side=side))
        with Image.open(path) as image:
            assert image.size == size


def test_the_photos_own_colours_are_written_and_look_the_same(tmp_path: Path) -> None:
    own = profile()
    options = SaveOptions(profile=ColourProfile.PHOTO)
    save_image(PICTURE, tmp_path / "own.png", request(**{PHOTO_PROFILE: own}), options=options)
    with Image.open(tmp_path / "own.png") as image:
        assert image.info["icc_profile"] == own
    difference = ImageChops.difference(open_photo(tmp_path / "own.png"), PICTURE)
    assert np.asarray(difference).max() <= 3


def test_a_photo_keeps_its_own_profile_for_export_unless_that_is_srgb(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name, data in (("own.png", profile()), ("srgb.png", srgb)):
        PICTURE.save(tmp_path / name, icc_profile=data)
    assert open_photo(tmp_path / "own.png").info[PHOTO_PROFILE] == profile()
    assert PHOTO_PROFILE not in open_photo(tmp_path / "srgb.png").info
    assert ImageCms.ImageCmsProfile(io.BytesIO(profile())).profile.xcolor_space.strip() == "RGB"


def test_a_photo_of_more_than_eight_bits_says_so(tmp_path: Path) -> None:
    Image.fromarray(np.arange(0, 65_536, 16, dtype=np.uint16).reshape(64, 64)).save(tmp_path / "deep.png")
    Image.fromarray(np.arange(0, 65_536, 16, dtype=np.uint16).reshape(64, 64)).save(tmp_path / "deep.tif")
    PICTURE.save(tmp_path / "plain.png")
    PICTURE.save(tmp_path / "plain.tif")
    depths = {path.name: open_photo(path).info.get(BIT_DEPTH) for path in tmp_path.iterdir()}
    assert depths == {"deep.png": 16, "deep.tif": 16, "plain.png": None, "plain.tif": None}


@pytest.mark.parametrize("values", [{"quality": 0}, {"quality": 101}, {"longest_side": 8}])
def test_values_out_of_range_are_refused(values: dict[str, int]) -> None:
    with pytest.raises(InvalidRequest):
        SaveOptions(**values)  # type: ignore[arg-type]
