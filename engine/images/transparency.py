"""Transparency of opened and pasted images."""

from __future__ import annotations

from PIL import Image, ImageStat

INVISIBLE = 1
"""Highest opacity of 255 that nobody sees; programs that know opacity as 0 or 1 write 1 for all of it."""
ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")


def has_alpha(image: Image.Image) -> bool:
    """Whether an image has an alpha channel or a transparent colour."""
    return image.mode in ALPHA_MODES or "transparency" in image.info


def is_transparent(image: Image.Image) -> bool:
    """Whether parts of an image are transparent, or its alpha channel means anything at all.

    Programs leave the channel 0 everywhere, or 1, where they do not use it. Only an image without any
    colour is then an empty one.
    """
    if not has_alpha(image):
        return False
    rgba = with_alpha(image)
    *colours, (_, most) = ImageStat.Stat(rgba).extrema
    return most > INVISIBLE or all(highest == 0 for _, highest in colours)


def on_white(image: Image.Image) -> Image.Image:
    """The image without transparency and palette, in mode "L", "RGB" or "CMYK"."""
    if is_transparent(image):
        rgba = with_alpha(image)
        return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image if image.mode in ("RGB", "CMYK", "L") else opaque(image)


def opaque(image: Image.Image) -> Image.Image:
    """The colours of an image in mode "RGB", as if nothing were transparent."""
    if image.mode in ALPHA_MODES:
        return with_alpha(image).convert("RGB")
    plain = image.copy() if "transparency" in image.info else image
    plain.info.pop("transparency", None)
    return plain.convert("RGB")


def with_alpha(image: Image.Image) -> Image.Image:
    """The image in mode "RGBA"."""
    return (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
