"""Transparency of photos: found in files, laid on white for the model, and given back to results."""

from __future__ import annotations

from PIL import Image, ImageStat

INVISIBLE = 1
"""Highest opacity of 255 that nobody sees; programs that know opacity as 0 or 1 write 1 for all of it."""
ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")
OPAQUE = 255


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
        return flattened(with_alpha(image))
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


def alpha_of(image: Image.Image) -> Image.Image | None:
    """The alpha channel, mode "L"; None if nothing of the image is transparent."""
    if not is_transparent(image):
        return None
    alpha = with_alpha(image).getchannel("A")
    return alpha if alpha.getextrema() != (OPAQUE, OPAQUE) else None


def flattened(image: Image.Image) -> Image.Image:
    """A photo of mode "RGBA" on white, which is how a model sees it; an image of another mode itself."""
    if image.mode != "RGBA":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
