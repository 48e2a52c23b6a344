"""Opens photos in all common formats, and saves results atomically."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageCms, PngImagePlugin, UnidentifiedImageError

from engine.errors import ImageUnreadable, OutputNotWritable
from engine.files.atomic import atomic_write, check_writable
from engine.images.edit_record import METADATA_KEY, SOFTWARE, EditRecord, record_in_comment
from engine.images.exif import camera_exif, output_exif
from engine.request import EditRequest

MAX_PIXELS = 500_000_000
"""Larger photos are refused, because decoding needs more memory than most computers have."""
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

FORMATS: tuple[str, ...] = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "AVIF", "JPEG2000", "PPM", "TGA")
"""Formats that are decoded. Pillow knows more, but some, such as EPS, run other programs on the file."""
HEIF_BOX = b"ftyp"
"""Bytes 4 to 8 of a HEIF file, and also of AVIF and some other containers."""

OUTPUT_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
OPENABLE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
    *(".heic", ".heif", ".avif", ".jp2", ".ppm", ".tga"),
)
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""The transposition that turns a photo upright, by its EXIF orientation."""
SAVE_OPTIONS: dict[str, dict[str, Any]] = {"PNG": {}, "JPEG": {"quality": 95}, "WEBP": {"quality": 95}}
MAX_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
"""Longest side in pixels of these formats."""
LIKELY_DPI = (1, 100_000)
"""Lowest and highest plausible resolution of a photo."""


def open_photo(path: Path) -> Image.Image:
    """The photo in a file: upright, sRGB, mode RGB, first frame, transparency on white.

    Its `info` holds the metadata for a result, where the file has it: the camera's "exif", "dpi", and as
    "icc_profile" that of sRGB if the file had a profile. Raises `ImageUnreadable`.
    """
    try:
        if path.is_dir():
            raise ImageUnreadable(
                "image.is-a-folder", "{file} is a folder, not a photo.", "Choose a file in it.", file=path
            )
        if not path.exists():
            raise ImageUnreadable("image.not-found", "{file} does not exist.", "Check the name.", file=path)
        if path.stat().st_size == 0:
            raise ImageUnreadable(
                "image.empty", "{file} is empty (0 bytes).", "Choose another copy of the photo.", file=path
            )
        data = path.read_bytes()
    except OSError as error:
        raise ImageUnreadable(
            "image.unreadable",
            "{file} cannot be read ({reason}).",
            "Check who may read it, and the disk.",
            file=path,
            reason=error.strerror or error,
        ) from error
    return decode_photo(data, path.name)


def decode_photo(data: bytes, name: str) -> Image.Image:
    """Like `open_photo`, from the bytes of a file; `name` is used in messages."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _open_bounded(data, name)
            with image:
                image.load()
                return _as_srgb(image)
    except UnidentifiedImageError as error:
        raise ImageUnreadable(
            "image.unknown-format",
            "{file} is not a photo in a supported format.",
            "Choose a JPEG, PNG, WebP, HEIC, AVIF or TIFF file.",
            file=name,
        ) from error
    except (MemoryError, Image.DecompressionBombError) as error:
        raise ImageUnreadable(
            "image.too-large", "{file} is too large to be opened.", "Scale it down first.", file=name
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, RuntimeError) as error:
        raise ImageUnreadable(
            "image.damaged",
            "{file} is damaged or incomplete.",
            "Choose another copy of the photo.",
            file=name,
        ) from error


def _open_bounded(data: bytes, name: str) -> Image.Image:
    formats = FORMATS
    if data[4:8] == HEIF_BOX:
        import pillow_heif  # loads large libraries that most photos do not need

        pillow_heif.register_heif_opener()
        formats = (*FORMATS, "HEIF")
    image = Image.open(io.BytesIO(data), formats=formats)
    if image.width * image.height > MAX_PIXELS:
        raise ImageUnreadable(
            "image.too-many-pixels",
            "{file} is {width} × {height} pixels, which is too large to be opened.",
            "Scale it down first.",
            file=name,
            width=image.width,
            height=image.height,
        )
    return image


def _as_srgb(image: Image.Image) -> Image.Image:
    turn = UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    upright = image if turn is None else image.transpose(turn)
    if upright.mode.startswith("I") or upright.mode == "F":
        photo = _to_eight_bit(upright).convert("RGB")
    else:
        photo = _with_profile_applied(_opaque(upright), upright.info.get("icc_profile")).convert("RGB")
    photo.info = _kept_info(image)
    return photo


def _kept_info(image: Image.Image) -> dict[str | tuple[int, int], Any]:
    kept: dict[str | tuple[int, int], Any] = {}
    if exif := camera_exif(image):
        kept["exif"] = exif
    if dpi := _likely_dpi(image.info.get("dpi")):
        kept["dpi"] = dpi
    if image.info.get("icc_profile"):
        kept["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return kept


def _likely_dpi(dpi: object) -> tuple[float, float] | None:
    """Horizontal and vertical pixels per inch; None if the value in the file is not plausible."""
    try:
        x, y = (float(value) for value in dpi)  # type: ignore[attr-defined]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    lowest, highest = LIKELY_DPI
    return (x, y) if lowest < x < highest and lowest < y < highest else None


def _opaque(image: Image.Image) -> Image.Image:
    """The image without transparency (on white) and palette, in a mode that colour profiles support."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")


def _to_eight_bit(image: Image.Image) -> Image.Image:
    """The grey image of 16-bit, 32-bit or float values; the range of the latter two is guessed."""
    import numpy as np  # rarely needed, and delays the start of the window

    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    full_scale = 65535.0
    if image.mode in ("I", "F") and values.max() <= 255:
        full_scale = 1.0 if image.mode == "F" and values.max() <= 1 else 255.0
    return Image.fromarray((values * (255 / full_scale)).round().clip(0, 255).astype(np.uint8))


def _with_profile_applied(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours converted from the embedded profile to sRGB; an invalid profile is ignored."""
    if not profile:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image


def check_output(path: Path) -> None:
    """Raises `OutputNotWritable` if an image could not be written to `path`."""
    if path.suffix.lower() not in OUTPUT_FORMATS:
        known = ", ".join(OUTPUT_FORMATS)
        raise OutputNotWritable(
            "output.unknown-format",
            "{file} does not end in a known image format.",
            "Use a name that ends in one of {known}.",
            file=path.name,
            known=known,
        )
    parent = path.absolute().parent
    try:
        if path.is_dir():
            raise OutputNotWritable(
                "output.is-a-folder", "{folder} is a folder.", "Add a file name.", folder=path
            )
        if not parent.is_dir():
            raise OutputNotWritable(
                "output.folder-not-found",
                "The folder {folder} does not exist.",
                "Create it or choose another one.",
                folder=parent,
            )
        if path.exists() and not os.access(path, os.W_OK):
            raise OutputNotWritable(
                "output.write-protected", "{file} is write-protected.", "Choose another name.", file=path
            )
        check_writable(path)
    except OSError as error:
        raise OutputNotWritable(
            "output.not-written",
            "{file} cannot be written ({reason}).",
            "Choose another place, or check who may write there.",
            file=path,
            reason=error.strerror or error,
        ) from error


def save_image(
    image: Image.Image, path: Path, request: EditRequest | None = None, seed: int | None = None
) -> None:
    """Saves an image atomically.

    With its request, the edit record and the photo's camera data are written into the file; `seed` is the
    image's own, if it is not the first of several. Raises `OutputNotWritable`; then `path` is unchanged.
    """
    check_output(path)
    kind = OUTPUT_FORMATS[path.suffix.lower()]
    if max(image.size) > MAX_SIDE.get(kind, max(image.size)):
        raise OutputNotWritable(
            "output.too-large-for-format",
            "{file} would be {width} × {height} pixels, more than its format allows.",
            "Use a name that ends in .png.",
            file=path.name,
            width=image.width,
            height=image.height,
        )
    options = {**SAVE_OPTIONS[kind], **(_metadata_options(kind, request, seed) if request else {})}
    try:
        with atomic_write(path) as temporary:
            image.save(temporary, format=kind, **options)
    except OSError as error:
        raise OutputNotWritable(
            "output.not-written",
            "{file} cannot be written ({reason}).",
            "Choose another place, or check who may write there.",
            file=path,
            reason=error.strerror or error,
        ) from error


def _metadata_options(kind: str, request: EditRequest, seed: int | None) -> dict[str, Any]:
    """Pillow's save options for edit record, camera data, colour profile and dpi."""
    record = EditRecord.of(request, request.settings.seed if seed is None else seed)
    info = request.source_image.info
    dpi = info.get("dpi")
    options: dict[str, Any] = {name: info[name] for name in ("dpi", "icc_profile") if name in info}
    comment = "" if kind == "PNG" else record_in_comment(record)
    options["exif"] = output_exif(info.get("exif", b""), software=SOFTWARE, comment=comment, dpi=dpi)
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_itxt(METADATA_KEY, record.to_json())
        text.add_itxt("Description", record.lines())
        text.add_text("Software", SOFTWARE)
        options["pnginfo"] = text
    return options
