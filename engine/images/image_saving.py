"""Saves results as PNG, JPEG, WebP or TIFF files, atomically."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from PIL import Image, ImageCms

from engine.errors import InvalidRequest, OutputNotWritable
from engine.files.atomic import atomic_write, check_writable
from engine.files.file_names import first_free
from engine.images.deep_images.png_encoding import deep_png
from engine.images.file_formats.tiff_compression import DIFFERENCES, PREDICTOR, compressed
from engine.images.metadata import PHOTO_PROFILE, output_metadata
from engine.images.transparency import flattened
from engine.request import EditRequest

if TYPE_CHECKING:
    from engine.images.deep_images.deep_pixels import Deep

OUTPUT_FORMATS = {
    **{".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"},
    **{".tif": "TIFF", ".tiff": "TIFF"},
}
"""Pillow's names of the formats, by suffix."""
QUALITIES = range(1, 101)
STANDARD_QUALITY = 95
FORMAT_OPTIONS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"subsampling": "4:4:4"},  # fine colours stay, as the quality promises
    "WEBP": {"exact": True},  # keeps the colours of what is fully transparent
    "TIFF": {"compression": "raw"},  # compressed afterwards
}
LOSSY_FORMATS = ("JPEG", "WEBP")
"""The formats that have a quality."""
DEEP_FORMATS = ("PNG", "TIFF")
"""The formats that can have 16 bits for each colour."""
MAX_SIDE = {"JPEG": 65_500, "WEBP": 16_383}
"""Longest side in pixels of these formats."""
LONGEST_SIDES = range(16, 65_501)
EXISTS = "output.image-exists"
"""Code of the error if a file that must not be replaced exists."""


class ColourProfile(StrEnum):
    """The colours of a file."""

    SRGB = "srgb"
    PHOTO = "photo"
    """Those of the photo's own profile; sRGB if it had none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SaveOptions:
    """How a result is written. Raises `InvalidRequest` for a value out of range."""

    quality: int = STANDARD_QUALITY
    """Of JPEG and WebP, 1 to 100."""
    keeps_metadata: bool = True
    """Whether camera data, and the edit record to repeat the edit, are in the file."""
    profile: ColourProfile = ColourProfile.SRGB
    longest_side: int | None = None
    """In pixels, to make it smaller; None for its own size."""
    is_deep: bool = False
    """Whether the file gets 16 bits for each colour, if the result and the format have them."""

    def __post_init__(self) -> None:
        for noun, value, values in (
            ("quality", self.quality, QUALITIES),
            ("longest side", self.longest_side, LONGEST_SIDES),
        ):
            if value is not None and value not in values:
                raise InvalidRequest(
                    "request.save-option-out-of-range",
                    "The {noun} must be from {minimum} to {maximum}, not {value}.",
                    noun=noun,
                    minimum=values[0],
                    maximum=values[-1],
                    value=value,
                )


STANDARD = SaveOptions()


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
        raise _not_written(path, error) from error


def keeps_transparency(path: Path) -> bool:
    """Whether the format of a file to be written has transparency."""
    return OUTPUT_FORMATS.get(path.suffix.lower()) != "JPEG"


def save_image(
    image: Image.Image,
    path: Path,
    request: EditRequest | None = None,
    seed: int | None = None,
    options: SaveOptions = STANDARD,
    *,
    deep: Deep | None = None,
    replaces: bool = True,
) -> None:
    """Saves an image atomically; what is transparent lies on white in a format without transparency.

    `deep` is the image with 16 bits for each colour, if there is one.

    With its request, the edit record and the photo's metadata are written into the file; `seed` is the
    image's own, if it is not the first of several. Raises `OutputNotWritable`; then `path` is unchanged.
    With `replaces=False`, that has the code `EXISTS` if there is a file of this name.
    """
    check_output(path)
    kind = OUTPUT_FORMATS[path.suffix.lower()]
    prepared = _scaled(_in_format(image, kind), options.longest_side)
    if max(prepared.size) > MAX_SIDE.get(kind, max(prepared.size)):
        raise OutputNotWritable(
            "output.too-large-for-format",
            "{file} would be {width} × {height} pixels, more than its format allows.",
            "Use a name that ends in .png.",
            file=path.name,
            width=prepared.width,
            height=prepared.height,
        )
    in_srgb = prepared
    prepared, values = _in_profile(prepared, kind, request, seed, options)
    deep = _deep_for(kind, deep, prepared, options)
    if deep is not None and prepared is not in_srgb:
        deep = _in_colours_of(deep, prepared)
    try:
        with atomic_write(path, replaces=replaces) as temporary, temporary.open("wb") as file:
            _encode(prepared, file, kind, values, deep)
    except FileExistsError as error:
        raise OutputNotWritable(
            EXISTS, "{file} exists already.", "Choose another name.", file=path.name
        ) from error
    except OSError as error:
        raise _not_written(path, error) from error


def save_numbered(image: Image.Image, path: Path, request: EditRequest | None = None) -> Path:
    """Saves an image like `save_image`, under `path` or the first numbered name that no file has."""
    while True:
        free = first_free(path)
        try:
            save_image(image, free, request, replaces=False)
        except OutputNotWritable as error:
            if error.code != EXISTS:  # otherwise another program has written it meanwhile
                raise
        else:
            return free


def encoded_size(image: Image.Image, kind: str, options: SaveOptions, deep: Deep | None = None) -> int:
    """Bytes of the file that the image would become, without metadata; `kind` is Pillow's name of a format.

    As slow as saving it. Raises `OSError` if the format cannot hold it.
    """
    file = io.BytesIO()
    scaled = _scaled(_in_format(image, kind), options.longest_side)
    _encode(scaled, file, kind, _format_options(kind, options), _deep_for(kind, deep, scaled, options))
    return file.tell()


def _deep_for(kind: str, deep: Deep | None, image: Image.Image, options: SaveOptions) -> Deep | None:
    """The pixels with 16 bits for each colour at the size of the image; None if the file gets 8 bits."""
    if deep is None or not options.is_deep or kind not in DEEP_FORMATS or image.mode != "RGB":
        return None
    if (deep.shape[1], deep.shape[0]) == image.size:
        return deep
    from engine.images.deep_images.deep_pixels import scaled_deep  # imports torch

    return scaled_deep(deep, image.size)


def _in_colours_of(deep: Deep, image: Image.Image) -> Deep:
    from engine.images.deep_images.deep_pixels import in_colours_of  # imports torch

    return in_colours_of(deep, image)


def _encode(
    image: Image.Image, file: IO[bytes], kind: str, values: dict[str, Any], deep: Deep | None = None
) -> None:
    if deep is not None and kind == "PNG":
        file.write(deep_png(deep, values))
        return
    if kind != "TIFF":
        image.save(file, format=kind, **values)
        return
    tags = values.get("exif") or Image.Exif()
    tags[PREDICTOR] = DIFFERENCES
    raw = io.BytesIO()
    image.save(raw, format=kind, **values | {"exif": tags})
    file.write(compressed(raw.getvalue(), image, deep))


def _not_written(path: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(
        "output.not-written",
        "{file} cannot be written ({reason}).",
        "Choose another place, or check who may write there.",
        file=path,
        reason=error.strerror or error,
    )


def _scaled(image: Image.Image, longest_side: int | None) -> Image.Image:
    """The image with no side longer than so many pixels."""
    if longest_side is None or max(image.size) <= longest_side:
        return image
    share = longest_side / max(image.size)
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    return image.resize(size, Image.Resampling.LANCZOS)


def _in_format(image: Image.Image, kind: str) -> Image.Image:
    """The image as a format can hold it: in JPEG without transparency."""
    return flattened(image) if kind == "JPEG" else image


def _format_options(kind: str, options: SaveOptions) -> dict[str, Any]:
    values = dict(FORMAT_OPTIONS[kind])
    return values | {"quality": options.quality} if kind in LOSSY_FORMATS else values


def _in_profile(
    image: Image.Image, kind: str, request: EditRequest | None, seed: int | None, options: SaveOptions
) -> tuple[Image.Image, dict[str, Any]]:
    """The image in the colours of the file, and Pillow's options to save it with."""
    values = _format_options(kind, options)
    if request is None:
        return image, values
    metadata = output_metadata(kind, request, seed, image.size)
    if not options.keeps_metadata:  # the colours stay described: without, they would be shown wrongly
        metadata = {name: metadata[name] for name in ("icc_profile",) if name in metadata}
    profile = request.source_image.info.get(PHOTO_PROFILE)
    if options.profile is ColourProfile.PHOTO and profile and (own := _converted(image, profile)):
        image, metadata["icc_profile"] = own, profile
    return image, values | metadata


def _converted(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The sRGB image in the colours of a profile, with its transparency; None if that is not possible."""
    try:
        target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        colours = ImageCms.profileToProfile(
            image.convert("RGB"), ImageCms.createProfile("sRGB"), target, outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    if colours is not None and image.mode == "RGBA":
        colours.putalpha(image.getchannel("A"))
    return colours
