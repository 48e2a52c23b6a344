"""Compresses TIFF files that Pillow has written uncompressed.

Pillow compresses with libtiff, which cannot write the camera's data, as they lie in directories of their own.
Source: TIFF 6.0, sections 2, 14 (differencing) and Adobe's TIFF Technical Notes of 2002 (deflate).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from PIL import ExifTags, Image

from engine.images.bands import bands
from engine.images.file_metadata.tiff_directories import LONG, SHORT, TiffBlock, TiffEntry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PREDICTOR, DIFFERENCES = 317, 2
"""A tag, and its value where each pixel is stored as its difference to the one at its left."""
DEFLATE = 8


def compressed(file: bytes, image: Image.Image, deep: NDArray[np.uint16] | None = None) -> bytes:
    """A TIFF file with the same tags and pixels, deflated.

    `file` is what Pillow wrote for `image` with `compression="raw"` and the tag `PREDICTOR`: one strip, at
    the end. `deep` are other pixels of the same size, with 16 bits for each colour. Raises `ValueError` if it
    is not like that.
    """
    pixels = _deflated(image, deep, file[:2])
    block = TiffBlock(file)
    entries, _ = block.directory(block.first)
    begin = block.number(entries.get(ExifTags.Base.StripOffsets))
    size = block.number(entries.get(ExifTags.Base.StripByteCounts))
    if not begin or begin + size != len(file):
        raise ValueError("not one strip at the end")
    head = bytearray(file[:begin])
    _put(head, block, entries.get(ExifTags.Base.Compression), DEFLATE)
    _put(head, block, entries.get(ExifTags.Base.StripByteCounts), len(pixels))
    if deep is not None:
        depths = entries[ExifTags.Base.BitsPerSample]
        struct.pack_into(
            f"{block.order}{depths.count}H", head, depths.place, *(16 for _ in range(depths.count))
        )
    return bytes(head) + pixels


def _put(head: bytearray, block: TiffBlock, entry: TiffEntry | None, value: int) -> None:
    if entry is None or entry.count != 1 or entry.kind not in (SHORT, LONG):
        raise ValueError("no entry of one number")
    struct.pack_into(f"{block.order}{'H' if entry.kind == SHORT else 'I'}", head, entry.place, value)


def _deflated(image: Image.Image, deep: NDArray[np.uint16] | None, order: bytes) -> bytes:
    import numpy as np  # delays the start of the window

    packer = zlib.compressobj()
    parts = []
    for box in bands(image.size):
        values = np.asarray(image.crop(box)) if deep is None else deep[box[1] : box[3]]
        values = values.reshape(*values.shape[:2], -1)
        differences = values.copy()
        differences[:, 1:] -= values[:, :-1]  # modulo 256 or 65536
        ordered = differences.astype(differences.dtype.newbyteorder("<" if order == b"II" else ">"))
        parts.append(packer.compress(ordered.tobytes()))
    return b"".join([*parts, packer.flush()])
