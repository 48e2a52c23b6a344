"""Opens photos in all common formats."""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageCms, ImageOps, PngImagePlugin, UnidentifiedImageError

from engine.errors import ImageUnreadable
from engine.files.bounded_reading import IMAGE_LIMIT, read_bounded
from engine.images.file_formats.camera_raw import develop, is_raw
from engine.images.file_formats.format_names import WITHOUT_PHOTO, begins_as_photo, format_name
from engine.images.file_formats.tiff_files import SIGNED, WHITE_IS_ZERO, TiffPage, deep_image, largest_page
from engine.images.file_metadata.exif import Info, orientation_of
from engine.images.file_metadata.side_data import LARGEST_TEXT, without_side_data
from engine.images.file_metadata.xmp import stored_extension
from engine.images.metadata import kept_metadata
from engine.images.transparency import alpha_of, on_white, opaque

MAX_PIXELS = 500_000_000
"""Larger photos are refused, because decoding needs more memory than most computers have."""
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
PngImagePlugin.MAX_TEXT_CHUNK = LARGEST_TEXT

FORMATS: tuple[str, ...] = (
    *("JPEG", "PNG", "WEBP", "BMP", "DIB", "GIF", "TIFF", "AVIF", "JPEG2000", "PPM", "TGA", "ICO"),
)
"""Formats that are decoded. Pillow knows more, but some, such as EPS, run other programs on the file."""
HEIF_BOX = b"ftyp"
"""Bytes 4 to 8 of a HEIF file, and also of AVIF and some other containers."""

OPENABLE_SUFFIXES = (
    *(".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo", ".webp", ".bmp", ".dib", ".gif"),
    *(".tif", ".tiff", ".heic", ".heif", ".hif", ".avif", ".jp2", ".j2k", ".jpx"),
    *(".ppm", ".pgm", ".pbm", ".pnm", ".tga", ".ico"),
)
"""Lower-case suffixes of photos, for dialogs, dropped files, datasets and the command line."""
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


def open_photo(path: Path) -> Image.Image:
    """The photo in a file: upright, sRGB, first frame or largest page, mode RGB, or RGBA if transparent.

    Its `info` holds the metadata for a result, as `kept_metadata` names it. Raises `ImageUnreadable`.
    """
    data = read_image_file(path)
    image = decode_upright(data, path.name)
    alpha = alpha_of(image)
    if alpha is None:
        return _photo(on_white(image), image, data)
    photo = _photo(opaque(image), image, data)
    photo.putalpha(alpha)
    return photo


def read_image_file(path: Path) -> bytes:
    """The bytes of an image file. Raises `ImageUnreadable` if there is no such file, or nothing in it."""
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
        return read_bounded(path, IMAGE_LIMIT)
    except OSError as error:
        raise ImageUnreadable(
            "image.unreadable",
            "{file} cannot be read ({reason}).",
            "Check who may read it, and the disk.",
            file=path,
            reason=error.strerror or error,
        ) from error


def decode_photo(data: bytes, name: str) -> Image.Image:
    """Like `open_photo`, from the bytes of a file, but mode RGB with what is transparent on white.

    `name` is used in messages.
    """
    image = decode_upright(data, name)
    return _photo(on_white(image), image, data)


def _photo(colours: Image.Image, image: Image.Image, data: bytes) -> Image.Image:
    """The colours of an image of a file in sRGB, with the metadata for a result."""
    photo = _with_profile_applied(colours, image.info.get("icc_profile")).convert("RGB")
    photo.info = kept_metadata(image, data)
    return photo


def decode_upright(data: bytes, name: str) -> Image.Image:
    """The image in the bytes of a file, upright, with 8 bits, in its own colours and transparency.

    Its `info` and `format` are those of the file. Raises `ImageUnreadable`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decoded(data, name)
    except ImageUnreadable:
        raise
    except UnidentifiedImageError as error:
        raise (_damaged(name) if begins_as_photo(data) else _unknown_format(data, name)) from error
    except (MemoryError, Image.DecompressionBombError) as error:
        raise ImageUnreadable(
            "image.too-large", "{file} is too large to be opened.", "Scale it down first.", file=name
        ) from error
    except Exception as error:  # Pillow raises nearly everything for damaged files
        raise _damaged(name) from error


def _damaged(name: str) -> ImageUnreadable:
    return ImageUnreadable(
        "image.damaged",
        "{file} is damaged or incomplete.",
        "Choose another copy of the photo.",
        file=name,
    )


def _unknown_format(data: bytes, name: str) -> ImageUnreadable:
    form = format_name(data)
    if form in WITHOUT_PHOTO:
        return ImageUnreadable(
            "image.something-else",
            "{file} is not a photo; it is {form}.",
            "Copy or download the photo itself again.",
            file=name,
            form=form,
        )
    if form:
        return ImageUnreadable(
            "image.other-format",
            "{file} is not a photo in a supported format; it is {form}.",
            "Export it as JPEG, PNG or TIFF, and open that.",
            file=name,
            form=form,
        )
    return ImageUnreadable(
        "image.unknown-format",
        "{file} is not a photo in a supported format.",
        "Choose a JPEG, PNG, WebP, HEIC, AVIF or TIFF file.",
        file=name,
    )


def _decoded(data: bytes, name: str) -> Image.Image:
    page = largest_page(data)
    if page is not None:
        _check_size((page.width, page.height), name)
    if is_raw(data) or (page is not None and page.is_raw):
        developed = develop(data, name)
        _describe(developed, page.info if page is not None else {})
        return developed
    if page is not None:
        return _decoded_page(page, name)
    image = _loaded(data, name)
    if extension := stored_extension(image):
        image.info["xmp_extension"] = extension
    return _turned(_eight_bit(image), orientation_of(image))


def _decoded_page(page: TiffPage, name: str) -> Image.Image:
    deep = _deep_image(page) if page.is_deep else None
    if deep is not None:
        image = _turned(deep, page.orientation)
    else:
        # Pillow itself turns the image, by the orientation of its page only
        turn = 1 if page.has_own_orientation else page.orientation
        image = _turned(_eight_bit(_page_as_pillow_reads_it(page, name), page), turn)
    _describe(image, page.info)
    return image


def _deep_image(page: TiffPage) -> Image.Image | None:
    """The pixels as tifffile reads them; None if it cannot, for Pillow knows other compressions."""
    try:
        return deep_image(page)
    except MemoryError:
        raise
    except Exception:
        return None


def _page_as_pillow_reads_it(page: TiffPage, name: str) -> Image.Image:
    try:
        return _loaded(page.file, name)
    except UnidentifiedImageError as error:
        raise ImageUnreadable(
            "image.rare-tiff",
            "{file} is a rare kind of TIFF file: {samples} × {bits} bits, compression {compression}.",
            "Save it without compression, or as PNG.",
            file=name,
            samples=page.samples,
            bits=page.bits,
            compression=page.compression,
        ) from error


def _describe(image: Image.Image, info: Info) -> None:
    """Sets the metadata of an image of a TIFF file."""
    image.format, image.info = "TIFF", info


def _loaded(data: bytes, name: str) -> Image.Image:
    """The image as Pillow decodes it, without damaged metadata where it is that which hinders."""
    try:
        return _loaded_whole(data, name)
    except (ImageUnreadable, MemoryError, Image.DecompressionBombError):
        raise
    except Exception:  # Pillow raises nearly everything for damaged files
        plain = without_side_data(data)
        if plain == data:
            raise
        with suppress(Exception):
            return _loaded_whole(plain, name)
        raise


def _loaded_whole(data: bytes, name: str) -> Image.Image:
    formats = FORMATS
    if data[4:8] == HEIF_BOX:
        import pillow_heif  # loads large libraries that most photos do not need

        pillow_heif.register_heif_opener()
        formats = (*FORMATS, "HEIF")
    with Image.open(io.BytesIO(data), formats=formats) as image:
        _check_size(image.size, name)
        image.load()
    return image


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageUnreadable(
            "image.too-many-pixels",
            "{file} is {width} × {height} pixels, which is too large to be opened.",
            "Scale it down first.",
            file=name,
            width=width,
            height=height,
        )


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """The image upright."""
    turn = UPRIGHT.get(orientation)
    if turn is None:
        return image
    upright = image.transpose(turn)
    upright.format = image.format
    return upright


def _eight_bit(image: Image.Image, page: TiffPage | None = None) -> Image.Image:
    """The image, converted to mode L or LA if its greys have more than 8 bits."""
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    import numpy as np  # rarely needed, and delays the start of the window

    from engine.images.file_formats.bit_depth import SIXTEEN_BITS, pixel_values, to_eight_bits

    if page is None:  # Pillow scales the greys of all other formats to 16 bits
        values = pixel_values(image, bits=16)
        greys = Image.fromarray(to_eight_bits(values, 0 if image.mode == "F" else SIXTEEN_BITS))
    else:
        values = pixel_values(image, is_signed=page.sample_format == SIGNED, bits=page.bits)
        greys = Image.fromarray(to_eight_bits(values, page.declared_white))
        if page.photometric == WHITE_IS_ZERO:
            greys = ImageOps.invert(greys)
    greys.format, greys.info = image.format, dict(image.info)
    if (clear := greys.info.pop("transparency", None)) is not None:
        greys.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    return greys


def _with_profile_applied(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours converted from the embedded profile to sRGB; an invalid profile is ignored."""
    if not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image.convert("L") if source.profile.xcolor_space.strip() == "GRAY" else image,
            source,
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image
