"""Opening any photo a person may have, and writing results so that no file is ever half there."""

from __future__ import annotations

import io
import json
import os
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, PngImagePlugin, UnidentifiedImageError

from engine.errors import ImageUnreadable, OutputNotWritable
from engine.request import EditRequest

MAX_PIXELS = 500_000_000
"""Larger files are refused: decoding one takes more memory than most machines have."""

OUTPUT_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
OPENABLE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
    *(".heic", ".heif", ".avif", ".jp2", ".ppm", ".tga"),
)
METADATA_KEY = "ip2p_request"
SAVE_OPTIONS: dict[str, dict[str, Any]] = {"PNG": {}, "JPEG": {"quality": 95}, "WEBP": {"quality": 95}}


def open_photo(path: Path) -> Image.Image:
    """The photo as people see it: upright, sRGB, mode RGB, first frame, transparency on white.

    Raises `ImageUnreadable` with a sentence for everything that is not such a photo.
    """
    if path.is_dir():
        raise ImageUnreadable(f"{path} is a folder, not a photo.", "Choose a file in it.")
    if not path.exists():
        raise ImageUnreadable(f"{path} does not exist.", "Check the name.")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ImageUnreadable(f"{path} cannot be read ({error.strerror}).") from error
    if size == 0:
        raise ImageUnreadable(f"{path} is empty (0 bytes).", "Choose another copy of the photo.")
    try:
        return decode_photo(path.read_bytes(), path.name)
    except OSError as error:
        raise ImageUnreadable(f"{path} cannot be read ({error.strerror or error}).") from error


def decode_photo(data: bytes, name: str) -> Image.Image:
    """Like `open_photo`, from the bytes of a file; `name` is used in messages."""
    _register_heif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = _open_bounded(data, name)
            with image:
                image.load()
                return _as_srgb(image)
    except UnidentifiedImageError as error:
        raise ImageUnreadable(
            f"{name} is not a photo in a known format.", "Choose a JPEG, PNG, WebP, HEIC, AVIF or TIFF file."
        ) from error
    except MemoryError as error:
        raise ImageUnreadable(f"{name} is too large for the memory of this machine.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise ImageUnreadable(
            f"{name} is damaged or incomplete.", "Choose another copy of the photo."
        ) from error


def _register_heif() -> None:
    import pillow_heif

    pillow_heif.register_heif_opener()


def _open_bounded(data: bytes, name: str) -> Image.Image:
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        image = Image.open(io.BytesIO(data))
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    if image.width * image.height > MAX_PIXELS:
        raise ImageUnreadable(
            f"{name} is {image.width} × {image.height} pixels, more than can be opened here.",
            "Scale it down first.",
        )
    return image


def _as_srgb(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or upright.mode == "F":
        return _sixteen_to_eight_bit(upright).convert("RGB")
    has_alpha = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    if has_alpha:
        opaque = upright.convert("RGBA")
        white = Image.new("RGBA", opaque.size, "white")
        return _with_profile_applied(Image.alpha_composite(white, opaque).convert("RGB"), upright)
    if upright.mode in ("RGB", "CMYK"):
        return _with_profile_applied(upright, upright).convert("RGB")
    return upright.convert("RGB")


def _sixteen_to_eight_bit(image: Image.Image) -> Image.Image:
    low, high = image.getextrema()
    if not isinstance(low, (int, float)) or not isinstance(high, (int, float)):
        return image.convert("L")
    full_scale = 1.0 if image.mode == "F" and high <= 1 else 255.0 if high <= 255 else 65535.0
    return image.convert("F").point(lambda value: value * (255.0 / full_scale) + 0.5).convert("L")


def _with_profile_applied(image: Image.Image, source: Image.Image) -> Image.Image:
    """Colours brought from the embedded profile to sRGB; a broken or foreign profile is left aside."""
    profile = source.info.get("icc_profile")
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


def describe_request(request: EditRequest) -> dict[str, Any]:
    """The request as plain values, without the photo: what is stored with a picture."""
    settings = request.settings
    return {
        "instruction": request.instruction,
        "model": request.model.name,
        "steps": settings.num_inference_steps,
        "text_guidance_scale": settings.text_guidance_scale,
        "image_guidance_scale": settings.image_guidance_scale,
        "seed": settings.seed,
        "scheduler": settings.scheduler.value,
        "resolution": settings.resolution,
        "fit": settings.fit.value,
    }


def check_output(path: Path) -> None:
    """Raises `OutputNotWritable` if a picture could not be written to `path`."""
    if path.suffix.lower() not in OUTPUT_FORMATS:
        known = ", ".join(OUTPUT_FORMATS)
        raise OutputNotWritable(
            f"{path.name} has no known picture type.", f"Use a name that ends in one of {known}."
        )
    if path.is_dir():
        raise OutputNotWritable(f"{path} is a folder.", "Add a file name.")
    parent = path.absolute().parent
    if not parent.is_dir():
        raise OutputNotWritable(f"The folder {parent} does not exist.", "Create it or choose another one.")
    if not os.access(parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise OutputNotWritable(f"{path} cannot be written.", "Choose a place you may write to.")


def save_picture(image: Image.Image, path: Path, request: EditRequest | None = None) -> None:
    """Write the picture aside and rename it. A PNG carries its request as text.

    Raises `OutputNotWritable`; then `path` is as it was before.
    """
    check_output(path)
    options = dict(SAVE_OPTIONS[OUTPUT_FORMATS[path.suffix.lower()]])
    if request is not None and path.suffix.lower() == ".png":
        text = PngImagePlugin.PngInfo()
        text.add_itxt(METADATA_KEY, json.dumps(describe_request(request), ensure_ascii=False))
        options["pnginfo"] = text
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        image.save(aside, format=OUTPUT_FORMATS[path.suffix.lower()], **options)
        aside.replace(path)
    except OSError as error:
        raise OutputNotWritable(
            f"{path} cannot be written ({error.strerror or error}).", "Choose another place."
        ) from error
    finally:
        aside.unlink(missing_ok=True)
