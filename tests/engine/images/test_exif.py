"""What a camera noted stays with the picture; what a file was like does not."""

from __future__ import annotations

import io
import random
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import ExifTags, Image

from engine.edit_settings import EditSettings
from engine.images.file_metadata.exif import LARGEST_BLOCK, camera_exif, comment_of, output_exif
from engine.images.image_files import decode_photo, open_photo
from engine.images.image_saving import save_image
from engine.request import EditRequest

pillow_heif.register_heif_opener()
Base, Ifd = ExifTags.Base, ExifTags.IFD
TAKEN = "2024:05:06 07:08:09"
PLACE = {1: "N", 2: (48.0, 8.0, 12.5), 3: "E", 4: (11.0, 34.0, 1.0)}


def sample_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model], exif[Base.Orientation] = "Lumen", "One", 6
    exif[Base.YCbCrPositioning] = 1
    exif[Ifd.Exif] = {
        int(Base.DateTimeOriginal): TAKEN,
        int(Base.ISOSpeedRatings): 200,
        int(Base.ExifImageWidth): 9999,
        int(Base.MakerNote): b"offsets into the old file",
    }
    exif[Ifd.GPSInfo] = PLACE
    return exif


def bytes_of(exif: Image.Exif | bytes) -> bytes:
    return exif if isinstance(exif, bytes) else exif.tobytes()


def with_thumbnail(block: bytes) -> bytes:
    """The block with a second directory, which holds a small JPEG picture."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), "red").save(buffer, "JPEG")
    tiff = bytearray(block.removeprefix(b"Exif\0\0"))
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, first)
    struct.pack_into(f"{order}I", tiff, first + 2 + 12 * entries, len(tiff))
    picture_at = len(tiff) + 2 + 2 * 12 + 4
    tiff += struct.pack(f"{order}H", 2)
    tiff += struct.pack(f"{order}HHII", Base.JpegIFOffset, 4, 1, picture_at)
    tiff += struct.pack(f"{order}HHII", Base.JpegIFByteCount, 4, 1, len(buffer.getvalue()))
    return b"Exif\0\0" + bytes(tiff) + struct.pack(f"{order}I", 0) + buffer.getvalue()


def taken(file_format: str = "JPEG", exif: Image.Exif | bytes | None = None, **options: Any) -> bytes:
    """A photo, 48 × 32 as stored and 32 × 48 upright."""
    buffer = io.BytesIO()
    picture = Image.new("RGB", (48, 32), (120, 90, 60))
    picture.save(buffer, format=file_format, exif=bytes_of(exif or sample_exif()), **options)
    return buffer.getvalue()


def request_for(photo: Image.Image) -> EditRequest:
    return EditRequest(
        source_image=photo,
        instruction="make it “snow” — 雪",
        model=Path("models") / "starter",
        settings=EditSettings(),
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF"])
def test_camera_date_and_place_stay(tmp_path: Path, file_format: str, suffix: str) -> None:
    photo = decode_photo(taken(file_format), "photo")
    path = tmp_path / f"edited.{suffix}"
    save_image(photo, path, request_for(photo))
    with Image.open(path) as saved:
        exif = saved.getexif()
        assert (exif[Base.Make], exif[Base.Model], exif[Base.Orientation]) == ("Lumen", "One", 1)
        inner = exif.get_ifd(Ifd.Exif)
        assert (inner[Base.DateTimeOriginal], inner[Base.ISOSpeedRatings]) == (TAKEN, 200)
        assert {key: exif.get_ifd(Ifd.GPSInfo)[key] for key in PLACE} == PLACE
        assert Base.YCbCrPositioning not in exif
        assert inner[Base.MakerNote] == b"offsets into the old file"
        assert (inner[Base.ExifImageWidth], inner[Base.ExifImageHeight]) == (32, 48)
    assert open_photo(path).size == (32, 48)


def test_the_thumbnail_goes(tmp_path: Path) -> None:
    stored = taken(exif=with_thumbnail(sample_exif().tobytes()))
    with Image.open(io.BytesIO(stored)) as photo:
        assert Base.JpegIFOffset in photo.getexif().get_ifd(Ifd.IFD1)
    photo = decode_photo(stored, "photo")
    save_image(photo, tmp_path / "edited.jpg", request_for(photo))
    with Image.open(tmp_path / "edited.jpg") as saved:
        assert saved.getexif()[Base.Make] == "Lumen"
        assert not saved.getexif().get_ifd(Ifd.IFD1)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_the_resolution_of_the_print_stays(tmp_path: Path, suffix: str) -> None:
    photo = decode_photo(taken(dpi=(300, 300)), "photo")
    path = tmp_path / f"edited.{suffix}"
    save_image(photo, path, request_for(photo))
    with Image.open(path) as saved:
        assert saved.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_a_photo_without_notes_gives_a_picture_without_a_camera(tmp_path: Path) -> None:
    photo = Image.new("RGB", (32, 24))
    save_image(photo, tmp_path / "edited.jpg", request_for(photo))
    with Image.open(tmp_path / "edited.jpg") as saved:
        assert Base.Make not in saved.getexif()
        assert not saved.getexif().get_ifd(Ifd.GPSInfo)


def test_notes_too_large_for_a_jpeg_make_room_for_the_record(tmp_path: Path) -> None:
    large = sample_exif()
    large[Ifd.Exif] = {int(Base.DateTimeOriginal): TAKEN, 0x9999: b"x" * (LARGEST_BLOCK - 600)}
    photo = decode_photo(taken("PNG", large), "photo")
    assert len(photo.info["exif"]) > LARGEST_BLOCK - 600
    path = tmp_path / "edited.jpg"
    save_image(photo, path, replace(request_for(photo), instruction="snow " * 200))
    with Image.open(path) as saved:
        assert "snow snow" in comment_of(saved)


def test_our_comment_is_found_beside_that_of_somebody_else() -> None:
    noted = sample_exif()
    noted[Ifd.Exif] = {int(Base.UserComment): b"ASCII\0\0\0holiday"}
    with Image.open(io.BytesIO(taken(exif=noted))) as photo:
        assert comment_of(photo) == "holiday"
        block = output_exif(camera_exif(photo), comment="ours")
    with Image.open(io.BytesIO(taken(exif=block))) as photo:
        assert comment_of(photo) == "ours"


def test_whatever_happened_to_the_notes_the_photo_opens_and_saves(tmp_path: Path) -> None:
    damage = random.Random(3)
    block = sample_exif().tobytes()
    for _ in range(200):
        damaged = bytearray(block)
        for _ in range(damage.randint(1, 12)):
            damaged[damage.randrange(6, len(damaged))] = damage.randrange(256)
        photo = decode_photo(taken(exif=bytes(damaged)), "photo")
        save_image(photo, tmp_path / "edited.jpg", request_for(photo))
