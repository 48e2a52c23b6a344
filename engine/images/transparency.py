"""Transparency of photos: found in files, laid on white for the model, and given back to results."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageStat

INVISIBLE = 1
"""Highest opacity of 255 that nobody sees; programs that know opacity as 0 or 1 write 1 for all of it."""
ALPHA_MODES = ("RGBA", "LA", "PA", "RGBa", "La")
OPAQUE = 255
BAND = 256
"""Rows that are computed at a time, so that a large photo needs little additional memory."""


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


def with_alpha_of(photo: Image.Image, edited: Image.Image) -> Image.Image:
    """The edited image, mode "RGB", with the alpha of its photo, mode "RGBA"; other photos change nothing.

    The edit was made on white. What it changed there is added to the photo's own colours: opaque pixels
    become those of the edited image, and the colours of unchanged and of fully transparent pixels stay. A
    photo of another size is scaled.
    """
    if photo.mode != "RGBA":
        return edited
    if photo.size != edited.size:
        photo = photo.resize(edited.size, Image.Resampling.LANCZOS)
    result = Image.new("RGBA", edited.size)
    for top in range(0, edited.height, BAND):
        box = (0, top, edited.width, min(top + BAND, edited.height))
        result.paste(_band_with_alpha(photo.crop(box), edited.crop(box)), box)
    return result


def _band_with_alpha(photo: Image.Image, edited: Image.Image) -> Image.Image:
    own, seen, alpha = photo.convert("RGB"), flattened(photo), photo.getchannel("A")
    darkened = ImageChops.subtract(own, ImageChops.subtract(seen, edited))
    colours = ImageChops.add(darkened, ImageChops.subtract(edited, seen))
    colours.paste(own, mask=alpha.point([OPAQUE, *[0] * OPAQUE]))
    colours.putalpha(alpha)
    return colours
