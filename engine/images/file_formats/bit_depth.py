"""Conversion of deeper images to 8 bits: 12, 16 and 32 bits, signed and unsigned, and floats.

The range is that of the number type where it has one. For the others it comes from percentiles, so that a few
odd pixels decide nothing.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Values = NDArray[Any]
Number = TypeVar("Number", bound=np.integer[Any])

SIXTEEN_BITS = 65_535
NARROW_ENDS = (255, 1023, 4095)
"""Ends of the ranges of 8, 10 and 12 bits, which cameras and scanners also store in 16."""
BRIGHT, BRIGHTEST = 95.0, 99.0
"""Percentiles: of the values that a photo shows as white at most, and of those that tell the range."""
OVEREXPOSED = 8.0
"""The `BRIGHT` percentile of floats above which they do not go from 0 to 1, not even in an HDR photo."""
BAND = 256
"""Rows that are converted at a time, to save memory."""
SAMPLES = 1_000_000
"""Values that percentiles are measured on, about."""


def pixel_values(image: Image.Image, *, is_signed: bool = False, bits: int = 32) -> Values:
    """The values of a grey image with mode "I", "I;16…" or "F", in the number type that its file has."""
    values = np.asarray(image)
    if image.mode == "F":
        return values
    if image.mode.startswith("I;16"):
        return values.astype(np.uint16)
    if bits == 16:
        return values.clip(-32_768, 32_767).astype(np.int16) if is_signed else values.astype(np.uint16)
    return values if is_signed else values.view(np.uint32)


def to_eight_bits(values: Values, declared_white: int = 0) -> NDArray[np.uint8]:
    """Values of any number type as 8 bits; the first black is 0, and what is not a number is black.

    White is `declared_white`, if that is not 0, else the end of the type's range. 32-bit numbers and floats
    may also go to 255 or 65535, floats to 1, and 16-bit numbers to the end of 8, 10 or 12 bits.
    """
    if values.dtype == np.uint8:
        return values
    return _scaled(values, declared_white, np.empty(values.shape, np.uint8))


def to_sixteen_bits(values: Values, declared_white: int = 0) -> NDArray[np.uint16]:
    """Like `to_eight_bits`, with 16 bits."""
    return _scaled(values, declared_white, np.empty(values.shape, np.uint16))


def _scaled(values: Values, declared_white: int, result: NDArray[Number]) -> NDArray[Number]:
    """The values from black to white in the range of the type of `result`, which is filled."""
    end, white = np.iinfo(result.dtype).max, np.float32(declared_white or _white(values))
    for top in range(0, len(values), BAND):
        shares = values[top : top + BAND].astype(np.float32) * (np.float32(end) / white)
        np.nan_to_num(shares, copy=False, nan=0.0, posinf=end, neginf=0.0)
        result[top : top + BAND] = shares.round(out=shares).clip(0, end, out=shares)
    return result


def _white(values: Values) -> float:
    sample = values.reshape(-1)[:: max(1, values.size // SAMPLES)]
    if values.dtype.kind == "f":
        return _white_of_floats(sample[np.isfinite(sample)].astype(np.float64))
    highest = np.iinfo(values.dtype).max
    if values.dtype.itemsize == 2:
        return _white_of_sixteen_bits(sample, highest)
    if values.dtype.itemsize == 1:
        return float(highest)
    return _white_of_whole_numbers(sample, highest)


def _white_of_sixteen_bits(sample: Values, highest: int) -> float:
    """The end of fewer bits for a photo of so many, which would otherwise be almost black.

    Its values reach the upper half of that range. A dark photo of 16 bits stays dark.
    """
    most, brightest = sample.max(initial=0), np.percentile(sample, BRIGHTEST) if sample.size else 0
    return next((end for end in NARROW_ENDS if most <= end and brightest > end / 2), highest)


def _white_of_whole_numbers(sample: Values, highest: float) -> float:
    brightest = float(np.percentile(sample, BRIGHTEST)) if sample.size else 0.0
    for white in (255.0, float(SIXTEEN_BITS)):
        if brightest <= white:
            return white
    return max(brightest, highest) if brightest > highest / 256 else brightest


def _white_of_floats(sample: NDArray[np.float64]) -> float:
    """1 for floats from 0 to 1, also with highlights above; where these are many, so that they fit in."""
    bright, brightest = np.percentile(sample, (BRIGHT, BRIGHTEST)).tolist() if sample.size else (0.0, 0.0)
    has_fractions = bool((sample != sample.round()).any())
    if brightest <= 1 or (has_fractions and bright <= OVEREXPOSED):
        return max(1.0, bright)
    return _white_of_whole_numbers(sample, bright)
