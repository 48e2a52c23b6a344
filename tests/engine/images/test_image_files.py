"""Any photo a person may have comes in as they see it, or is refused in a sentence."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pillow_heif
import pytest
from fakes.image_bytes import PNG_SIGNATURE, encoded, png_chunk
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from engine.edit_settings import EditSettings
from engine.errors import ImageUnreadable
from engine.images.image_files import FORMATS, MAX_PIXELS, OPENABLE_SUFFIXES, decode_photo, open_photo
from engine.images.image_saving import save_image
from engine.request import EditRequest

pillow_heif.register_heif_opener()
SAMPLE = Path(__file__).resolve().parents[3] / "resources" / "samples" / "dog.jpg"
RAMP = np.tile(np.linspace(0, 1, 32), (24, 1))
"""From black at the left to white at the right, 32 × 24."""


def grey_ramp() -> Image.Image:
    return Image.fromarray((RAMP * 255).round().astype(np.uint8))


def as_ramp(photo: Image.Image) -> NDArray[np.float64]:
    """The photo's greys from 0 to 1, after asserting that they are greys."""
    assert photo.mode == "RGB"
    assert photo.info.keys() <= {"dpi", "icc_profile", "bit_depth"}
    channels = np.asarray(photo, dtype=np.float64)
    assert np.ptp(channels, axis=2).max() <= 3
    return channels.mean(axis=2) / 255


def in_lab() -> Image.Image:
    picture = ImageCms.profileToProfile(
        grey_ramp().convert("RGB"),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert picture is not None
    return picture


RAMPS = {
    "L": lambda: encoded(grey_ramp(), "PNG"),
    "RGB": lambda: encoded(grey_ramp().convert("RGB"), "PNG"),
    "LA": lambda: encoded(grey_ramp().convert("LA"), "PNG"),
    "RGBA": lambda: encoded(grey_ramp().convert("RGBA"), "WEBP", lossless=True),
    "palette of greys": lambda: encoded(grey_ramp().convert("P"), "TIFF"),
    "CMYK JPEG": lambda: encoded(grey_ramp().convert("RGB").convert("CMYK"), "JPEG", quality=100),
    "CMYK TIFF": lambda: encoded(grey_ramp().convert("RGB").convert("CMYK"), "TIFF"),
    "YCbCr TIFF": lambda: encoded(grey_ramp().convert("RGB").convert("YCbCr"), "TIFF"),
    "LAB TIFF": lambda: encoded(in_lab(), "TIFF"),
    "16-bit grey PNG": lambda: encoded(Image.fromarray((RAMP * 65535).astype(np.uint16)), "PNG"),
    "16-bit grey TIFF": lambda: encoded(Image.fromarray((RAMP * 65535).astype(np.uint16)), "TIFF"),
    "16-bit grey big-endian TIFF": lambda: encoded(Image.fromarray((RAMP * 65535).astype(">u2")), "TIFF"),
    "16-bit colour PNG": lambda: sixteen_bit_colour_png((RAMP * 65535).astype(np.uint16)),
    "32-bit whole numbers to 65535": lambda: encoded(
        Image.fromarray((RAMP * 65535).astype(np.int32)), "TIFF"
    ),
    "32-bit whole numbers to 255": lambda: encoded(Image.fromarray((RAMP * 255).astype(np.int32)), "TIFF"),
    "floats to 1": lambda: encoded(Image.fromarray(RAMP.astype(np.float32)), "TIFF"),
    "floats to 255": lambda: encoded(Image.fromarray((RAMP * 255).astype(np.float32)), "TIFF"),
    "floats to 65535": lambda: encoded(Image.fromarray((RAMP * 65535).astype(np.float32)), "TIFF"),
    "BMP": lambda: encoded(grey_ramp(), "BMP"),
    "PPM": lambda: encoded(grey_ramp(), "PPM"),
    "TGA": lambda: encoded(grey_ramp(), "TGA"),
    "JPEG 2000": lambda: encoded(grey_ramp(), "JPEG2000"),
    "HEIC": lambda: encoded(grey_ramp().convert("RGB"), "HEIF", quality=100),
    "AVIF": lambda: encoded(grey_ramp().convert("RGB"), "AVIF", quality=100),
}


def png(width: int, height: int, bits: int, colour: int, rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b"")
    return PNG_SIGNATURE + chunks


def sixteen_bit_colour_png(grey: NDArray[np.uint16]) -> bytes:
    height, width = grey.shape
    pixels = np.repeat(grey[:, :, None], 3, axis=2).astype(">u2")
    return png(width, height, 16, 2, b"".join(b"\0" + row.tobytes() for row in pixels))


@pytest.mark.parametrize("name", RAMPS)
def test_every_kind_of_pixel_comes_in_with_its_tones(name: str) -> None:
    photo = decode_photo(RAMPS[name](), name)
    assert photo.size == (32, 24)
    assert np.abs(as_ramp(photo) - RAMP).max() < 0.03


OPENING = """
import sys
from pathlib import Path
from engine.images.image_files import open_photo

open_photo(Path(sys.argv[1]))
print("pillow_heif" in sys.modules)
"""


@pytest.mark.parametrize(("file_format", "is_loaded"), [("HEIF", True), ("PNG", False), ("JPEG", False)])
def test_the_libraries_of_heif_are_loaded_for_such_a_photo_only(
    tmp_path: Path, file_format: str, is_loaded: bool
) -> None:
    photo = tmp_path / "photo"
    photo.write_bytes(encoded(grey_ramp().convert("RGB"), file_format))
    opened = subprocess.run(
        [sys.executable, "-c", OPENING, str(photo)], check=True, capture_output=True, text=True
    )
    assert opened.stdout.strip() == str(is_loaded)


def test_a_dark_sixteen_bit_photo_stays_dark() -> None:
    almost_black = Image.fromarray((RAMP * 200).astype(np.uint16))
    assert as_ramp(decode_photo(encoded(almost_black, "PNG"), "dark.png")).max() < 0.01


def test_values_that_are_no_numbers_become_black() -> None:
    nothing = Image.fromarray(np.full((4, 4), np.nan, np.float32))
    assert as_ramp(decode_photo(encoded(nothing, "TIFF"), "nan.tif")).max() == 0


def test_one_bit_is_black_and_white() -> None:
    stripes = grey_ramp().point(lambda value: 255 * (value > 127)).convert("1")
    assert np.array_equal(as_ramp(decode_photo(encoded(stripes, "PNG"), "fax.png")), RAMP > 0.5)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "RGB"])
def test_what_is_transparent_lies_on_white(mode: str) -> None:
    if mode in ("RGBA", "LA"):
        picture = Image.new("RGBA", (8, 8), (0, 0, 0, 0)).convert(mode)
        data = encoded(picture, "PNG")
    else:
        transparent: Any = (0, 0, 0) if mode == "RGB" else 0
        data = encoded(Image.new(mode, (8, 8)), "PNG", transparency=transparent)
    assert decode_photo(data, "glass.png").getcolors() == [(64, (255, 255, 255))]


def test_what_is_half_transparent_mixes_with_white() -> None:
    photo = decode_photo(encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 128)), "PNG"), "veil.png")
    assert photo.getpixel((0, 0)) == (255, 127, 127)


def corners() -> Image.Image:
    """Taller than wide, with four different corners."""
    picture = Image.new("RGB", (32, 48), "black")
    for colour, at in (("red", (0, 0)), ("lime", (16, 0)), ("blue", (0, 24)), ("white", (16, 24))):
        picture.paste(colour, (*at, at[0] + 16, at[1] + 24))
    return picture


AS_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that notes an orientation has turned what it saw."""


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
@pytest.mark.parametrize("orientation", AS_STORED)
def test_a_turned_camera_still_gives_an_upright_photo(file_format: str, orientation: int) -> None:
    turn = AS_STORED[orientation]
    stored = corners() if turn is None else corners().transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    photo = decode_photo(encoded(stored, file_format, exif=exif.tobytes()), "turned")
    assert photo.size == (32, 48)
    for at in ((8, 12), (24, 12), (8, 36), (24, 36)):
        seen, meant = photo.getpixel(at), corners().getpixel(at)
        assert np.abs(np.subtract(seen, meant)).max() < 24, at


def test_an_orientation_that_does_not_exist_is_passed_over() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 11
    assert decode_photo(encoded(corners(), "PNG", exif=exif), "odd.png").tobytes() == corners().tobytes()


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_picture_of_several_is_taken(file_format: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue", "lime")]
    data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100)
    red, green, blue = np.asarray(decode_photo(data, "moving")).mean(axis=(0, 1))
    assert red > 240
    assert green < 20 > blue


def profile_of(space: Literal["sRGB", "LAB"]) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(space)).tobytes()


def swapped_profile() -> bytes:
    """sRGB, but with red and blue exchanged."""
    profile = profile_of("sRGB")
    for first, second in ((b"rXYZ", b"bXYZ"), (b"rTRC", b"bTRC")):
        profile = profile.replace(first, b"....").replace(second, first).replace(b"....", second)
    return profile


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF", "HEIF"])
def test_colours_are_those_of_the_embedded_profile(file_format: str) -> None:
    data = encoded(Image.new("RGB", (16, 16), (250, 10, 10)), file_format, icc_profile=swapped_profile())
    assert np.abs(np.subtract(decode_photo(data, "p").getpixel((8, 8)), (10, 10, 250))).max() < 12


def wide_profile() -> bytes:
    """The primaries of Display P3 with the curve of sRGB, as cameras and telephones embed it."""
    xyz = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    profile = bytearray(profile_of("sRGB"))
    for entry in range(struct.unpack_from(">I", profile, 128)[0]):
        name, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * entry)
        if name in xyz:
            values = (round(value * 65536) for value in xyz[name])
            struct.pack_into(">3i", profile, offset + 8, *values)
    return bytes(profile)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP"])
def test_a_wide_gamut_photo_is_edited_and_saved_as_srgb(tmp_path: Path, file_format: str) -> None:
    stored = encoded(Image.new("RGB", (32, 32), (200, 100, 50)), file_format, icc_profile=wide_profile())
    photo = decode_photo(stored, "p3")
    red, green, blue = photo.getpixel((16, 16))
    assert red > 206
    assert green < 100
    assert blue < 50
    request = EditRequest(
        source_image=photo, instruction="make it snow", model=Path("starter"), settings=EditSettings()
    )
    save_image(photo, tmp_path / "edited.png", request)
    with Image.open(tmp_path / "edited.png") as saved:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(saved.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
    again = open_photo(tmp_path / "edited.png")
    assert np.abs(np.subtract(again.getpixel((16, 16)), (red, green, blue))).max() <= 1


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_a_palette_and_a_transparent_picture_have_profiles_too(mode: str) -> None:
    picture = Image.new("RGB", (8, 8), "red").convert(mode)
    photo = decode_photo(encoded(picture, "PNG", icc_profile=swapped_profile()), "p.png")
    assert np.abs(np.subtract(photo.getpixel((4, 4)), (0, 0, 255))).max() < 6


@pytest.mark.parametrize(
    "profile",
    [
        b"not a profile",
        swapped_profile()[:200],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
    ids=["nonsense", "cut", "of other channels"],
)
def test_a_broken_profile_is_left_aside(profile: bytes) -> None:
    data = encoded(Image.new("RGB", (4, 4), (200, 100, 50)), "PNG", icc_profile=profile)
    assert decode_photo(data, "photo.png").getpixel((0, 0)) == (200, 100, 50)


def sentence(path: Path) -> str:
    """The refusal of a photo."""
    with pytest.raises(ImageUnreadable) as refusal:
        open_photo(path)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_what_is_no_photo_is_refused_in_a_sentence(tmp_path: Path) -> None:
    missing, empty, text = tmp_path / "missing.jpg", tmp_path / "empty.jpg", tmp_path / "text.png"
    empty.touch()
    text.write_text("I am not a picture.")
    assert sentence(missing) == f"{missing} does not exist. Check the name."
    assert sentence(tmp_path) == f"{tmp_path} is a folder, not a photo. Choose a file in it."
    assert sentence(empty) == f"{empty} is empty (0 bytes). Choose another copy of the photo."
    assert sentence(text).startswith("text.png is not a photo in a supported format.")
    assert "cannot be read (File name too long)" in sentence(tmp_path / ("x" * 300 + ".jpg"))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_truncated_photo_is_damaged(tmp_path: Path, file_format: str) -> None:
    with Image.open(SAMPLE) as sample:
        data = encoded(sample.resize((96, 144)), file_format)
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: len(data) // 2])
    assert sentence(path).startswith("cut.jpg is ")


def test_a_truncated_jpeg_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    path.write_bytes(SAMPLE.read_bytes()[:5000])
    assert sentence(path) == "cut.jpg is damaged or incomplete. Choose another copy of the photo."


@pytest.mark.parametrize("side", [23_000, 100_000])
def test_a_small_file_that_would_fill_the_memory_is_refused(tmp_path: Path, side: int) -> None:
    assert side * side > MAX_PIXELS
    path = tmp_path / "bomb.png"
    path.write_bytes(png(side, side, 8, 2, b"\0" * 100))
    assert "too large to be opened" in sentence(path)


def test_a_document_that_other_programs_would_have_to_draw_is_no_photo() -> None:
    with pytest.raises(ImageUnreadable, match="not a photo in a supported format"):
        decode_photo(encoded(Image.new("RGB", (8, 8)), "EPS"), "drawing.jpg")


@pytest.mark.parametrize(
    "file_format", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "HEIF", "AVIF", "JPEG2000", "PPM", "TGA"]
)
def test_whatever_happened_to_a_file_it_opens_or_is_refused(file_format: str) -> None:
    damage = random.Random(file_format)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    extras: dict[str, Any] = (
        {"exif": exif.tobytes()} if file_format in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF") else {}
    )
    with Image.open(SAMPLE) as sample:
        data = encoded(sample.resize((40, 30)), file_format, **extras)
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(damage.randint(1, 8)):
            reach = min(len(damaged), damage.choice([60, 200, len(damaged)]))
            damaged[damage.randrange(reach)] = damage.randrange(256)
        with suppress(ImageUnreadable):
            assert decode_photo(bytes(damaged), "x").mode == "RGB"


def test_every_suffix_belongs_to_a_format_that_is_decoded() -> None:
    known = Image.registered_extensions()
    spellings = {".hif", ".jif", ".mpo"}  # of HEIC and JPEG, which Pillow does not list so
    assert {known[suffix] for suffix in OPENABLE_SUFFIXES if suffix not in spellings} <= {*FORMATS, "HEIF"}
    assert {".jfif", ".jpe", ".dib", ".tif", ".jpg", ".jp2", ".heic"} <= set(OPENABLE_SUFFIXES)
    assert all(suffix == suffix.lower() for suffix in OPENABLE_SUFFIXES)
