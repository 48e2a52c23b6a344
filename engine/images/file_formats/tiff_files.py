"""TIFF files: the largest of their pages, and pixels deeper than 8 bits."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import ExifTags, Image

from engine.images.file_formats.camera_raw import SENSOR_COMPRESSIONS, SENSOR_PIXELS
from engine.images.file_metadata.exif import Info
from engine.images.file_metadata.tiff_directories import Directory, TiffBlock

if TYPE_CHECKING:
    from engine.images.file_formats.bit_depth import Values

Base = ExifTags.Base
SUB_DIRECTORIES, SUBFILE_TYPE, SAMPLE_FORMAT, EXTRA_SAMPLES, HIGHEST_SAMPLE = 330, 254, 339, 338, 281
XMP, PROFILE = 700, 34675
CENTIMETRES, CM_PER_INCH = 3, 2.54
MASK, DEPTH_MAP, SEMANTIC_MASK = 4, 51177, 52527
"""Photometric interpretations of what is not a picture."""
WHITE_IS_ZERO, GREY, RGB = 0, 1, 2
UNSIGNED, SIGNED = 1, 2
MULTIPLIED_ALPHA, ALPHA = 1, 2
"""Kinds of extra samples."""
UNCOMPRESSED, MOST_PACKED = 1, 1100
"""A compression, and how many times its size a compressed file can hold at most."""
FULL_TYPES = (8, 16, 32, 64)
"""Bits of samples that fill their number type."""
MAX_PAGES = 1000


@dataclass(frozen=True, slots=True)
class TiffPage:
    """One page of a TIFF file, as a file of which it is the first page."""

    file: bytes
    width: int
    height: int
    bits: int
    sample_format: int
    """1 unsigned, 2 signed, 3 float."""
    samples: int
    """Channels, alpha included."""
    compression: int
    photometric: int
    is_raw: bool
    """Whether it holds a camera sensor's pixels."""
    declared_white: int
    """The sample value that the file declares to be white; 0 without one."""
    extra_sample: int
    """1 alpha that the colours are multiplied by, 2 alpha, 0 none."""
    orientation: int
    """EXIF orientation of the page, else of the file."""
    has_own_orientation: bool
    info: Info
    """Colour profile, XMP packet and resolution, as Pillow names them."""

    @property
    def is_deep(self) -> bool:
        """Whether its samples are greys or colours with more than 8 bits, or colours multiplied by alpha.

        Pillow would divide the latter by an alpha of 0, and make them black.
        """
        is_plain = self.photometric in (WHITE_IS_ZERO, GREY, RGB)
        is_multiplied = self.photometric == RGB and self.bits == 8 and self.extra_sample == MULTIPLIED_ALPHA
        return is_plain and (self.bits > 8 or self.sample_format != UNSIGNED or is_multiplied)

    @property
    def byte_count(self) -> int:
        """Bytes of all its pixels."""
        return self.width * self.height * self.samples * self.bits // 8


def largest_page(data: bytes) -> TiffPage | None:
    """The first of the largest pages, also of sub-directories; None if `data` is not a TIFF file."""
    try:
        block = TiffBlock(data)
    except ValueError:
        return None
    pages = list(_pages(block))
    if not pages:
        return None
    place, entries = max(pages, key=lambda page: _area(block, page[1]))
    first, _ = block.directory(block.first)
    photometric = block.number(entries.get(Base.PhotometricInterpretation), GREY)
    compression = block.number(entries.get(Base.Compression), UNCOMPRESSED)
    bits = block.number(entries.get(Base.BitsPerSample), 1)
    return TiffPage(
        file=data if place == block.first else block.beginning_with(place),
        width=block.number(entries.get(Base.ImageWidth)),
        height=block.number(entries.get(Base.ImageLength)),
        bits=bits,
        sample_format=block.number(entries.get(SAMPLE_FORMAT), UNSIGNED),
        samples=block.number(entries.get(Base.SamplesPerPixel), 1),
        compression=compression,
        photometric=photometric,
        is_raw=photometric in SENSOR_PIXELS or compression in SENSOR_COMPRESSIONS,
        declared_white=_declared_white(block.number(entries.get(HIGHEST_SAMPLE)), bits),
        extra_sample=block.number(entries.get(EXTRA_SAMPLES)),
        orientation=block.number(entries.get(Base.Orientation) or first.get(Base.Orientation), 1),
        has_own_orientation=Base.Orientation in entries,
        info=_info(block, first, entries),
    )


def _info(block: TiffBlock, first: Directory, page: Directory) -> Info:
    """What Pillow would find: the profile of the page, the rest of the file's first page."""
    profile, packet = page.get(PROFILE) or first.get(PROFILE), first.get(XMP)
    dpi = tuple(block.fraction(first.get(tag)) for tag in (Base.XResolution, Base.YResolution))
    scale = CM_PER_INCH if block.number(first.get(Base.ResolutionUnit)) == CENTIMETRES else 1.0
    return {
        **({"icc_profile": profile.value} if profile else {}),
        **({"xmp": packet.value} if packet else {}),
        **({"dpi": (dpi[0] * scale, dpi[1] * scale)} if all(dpi) else {}),
    }


def _declared_white(highest: int, bits: int) -> int:
    """The end of a range that is smaller than the number type: of its bits, or of the highest sample.

    The latter may also be the brightest pixel; only one below a power of two is the end of a range.
    """
    if bits not in FULL_TYPES:
        return (1 << bits) - 1
    return highest if highest >= 2**8 and highest & (highest + 1) == 0 and highest < (1 << bits) - 1 else 0


def _pages(block: TiffBlock) -> Iterator[tuple[int, Directory]]:
    """Places and directories of all pictures, the main pages before those in their sub-directories."""
    waiting, seen = [block.first], set[int]()
    while waiting and len(seen) < MAX_PAGES:
        place = waiting.pop(0)
        if place in seen or not place:
            continue
        seen.add(place)
        entries, following = block.directory(place)
        waiting.insert(0, following)
        waiting += block.numbers(entries.get(SUB_DIRECTORIES))[:MAX_PAGES]
        photometric = block.number(entries.get(Base.PhotometricInterpretation), GREY)
        is_mask = block.number(entries.get(SUBFILE_TYPE)) & MASK
        if photometric not in (MASK, DEPTH_MAP, SEMANTIC_MASK) and not is_mask and _area(block, entries):
            yield place, entries


def _area(block: TiffBlock, entries: Directory) -> int:
    return block.number(entries.get(Base.ImageWidth)) * block.number(entries.get(Base.ImageLength))


def deep_image(page: TiffPage) -> Image.Image:
    """The pixels of a deep page with 8 bits, in mode L, RGB or RGBA. Raises what `tifffile` raises."""
    import numpy as np  # rarely needed, and delays the start of the window

    from engine.images.file_formats.bit_depth import to_eight_bits

    values, colours = page_values(page), 3 if page.photometric == RGB else 1
    pixels = to_eight_bits(values[:, :, :colours], page.declared_white)
    if page.photometric == WHITE_IS_ZERO:
        pixels = 255 - pixels
    if page.extra_sample in (MULTIPLIED_ALPHA, ALPHA) and values.shape[2] > colours:
        alpha = to_eight_bits(values[:, :, colours], page.declared_white)
        is_multiplied = page.extra_sample == MULTIPLIED_ALPHA and alpha.any()
        mode = "RGBa" if is_multiplied else "RGBA"
        rgba = np.dstack([np.broadcast_to(pixels, (*alpha.shape, 3)), alpha])
        return Image.frombytes(mode, alpha.shape[::-1], rgba.tobytes()).convert("RGBA")
    return Image.fromarray(pixels[:, :, 0] if colours == 1 else pixels)


def page_values(page: TiffPage) -> Values:
    """The samples of a deep page (H, W, samples), as its file has them. Raises what `tifffile` raises."""
    import numpy as np  # rarely needed, and delays the start of the window
    import tifffile

    if page.byte_count > len(page.file) * (1 if page.compression == UNCOMPRESSED else MOST_PACKED):
        raise ValueError("more pixels than the file can hold")
    logging.getLogger("tifffile").disabled = True  # what is wrong is told in our words
    with tifffile.TiffFile(io.BytesIO(page.file)) as file:
        opened = file.pages.first
        values, axes = opened.asarray(), opened.axes
    if axes == "SYX":
        values = np.moveaxis(values, 0, -1)
    elif axes not in ("YX", "YXS"):
        raise ValueError("no flat image")
    return values.reshape(*values.shape[:2], -1)
