"""Carrying an edit up: from the size it was made at to the photo's own size, with the photo's own detail.

The edited picture is enlarged, and what enlarging cannot give is taken from the photo: its finest
detail, brightened, coloured or inverted as the edit did with the next coarser detail thereabouts. How
the edit treats detail is a linear regression in small windows, as in the guided filter (He, Sun, Tang:
Guided Image Filtering, 2010), of the edited picture's detail on that of the photo. Where the one does
not explain the other, as in a sketch or a mosaic, little or nothing is added; nor where the edit softens,
as fog and blur do: what then is left of the coarser detail says too much of the finest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Levels = NDArray[np.float32]
"""A picture or its detail, height × width × 3, in levels of 0 to 255."""
Plane = NDArray[np.float32]
"""One number for every pixel: height × width."""
Maps = NDArray[np.float64]
"""Numbers, vectors or matrices for every pixel: height × width × …."""

DETAIL_RADIUS = 4
"""Detail is what differs from the mean of nearby pixels, of this many to each side, taken twice."""
WINDOW_RADIUS = 8
"""Half side of the windows of the regression: 289 pixels tell three gains."""
EVENNESS = 0.05
"""Variance in squared levels, about half of what rounding to levels leaves; less says nothing of an edit."""
LEAST_EXPLAINED = 0.3
"""Share of the edited detail that the photo's must explain before any of it is added."""
FINE_RADIUS = 2
"""The finest detail at the working size is what differs from the mean of 5 × 5 pixels."""
SOFTENED, KEPT = 0.4, 0.7
"""How much of the finest detail the gains foretell is there where nothing, and where all, is added.

Fog leaves some 0.4, blur 0.1; autoencoders, which soften too, leave 0.6 to 0.9 of an edit of tones.
"""
LARGEST_GAIN = 2.0
BAND_PIXELS = 2_000_000
"""Pixels worked on at a time, so that a photo of any size needs little beside its own pictures."""
MARGIN = 2 * DETAIL_RADIUS + 2 * WINDOW_RADIUS + FINE_RADIUS + 4
"""Rows around a band that have a say in it, at the working size; four for enlarging."""


def carry_up(source: Image.Image, working_source: Image.Image, edited: Image.Image) -> Image.Image:
    """The edited picture at the size of `source`; all of them are RGB.

    `working_source` is `source` scaled to the size of `edited`. A source that is not larger than that
    has no finer detail: then the edited picture is only scaled.
    """
    if source.size == edited.size:
        return edited.copy()
    if source.width < edited.width or source.height < edited.height:
        return edited.resize(source.size, Image.Resampling.LANCZOS)
    carried = Image.new("RGB", source.size)
    for band in _bands(source.size, edited.size):
        carried.paste(_carry_band(band, source, working_source, edited), (0, band.top))
    return carried


@dataclass(frozen=True, slots=True)
class _Band:
    """Some rows of the photo, and the rows of the working pictures that have a say in them."""

    top: int
    size: tuple[int, int]
    around: tuple[int, int, int, int]
    """What is cut from the working pictures."""
    box: tuple[float, float, float, float]
    """Where in that the band itself lies."""

    def enlarged(self, plane: Plane) -> Plane:
        """As Pillow enlarges 8-bit pictures, bounded between the directions, but without rounding."""
        wide = Image.fromarray(plane).resize((self.size[0], len(plane)), Image.Resampling.LANCZOS)
        bounded = Image.fromarray(np.clip(np.asarray(wide), 0, 255))
        box = (0, self.box[1], self.size[0], self.box[3])
        return np.asarray(bounded.resize(self.size, Image.Resampling.LANCZOS, box=box))

    def interpolated(self, plane: Plane) -> Plane:
        return np.asarray(Image.fromarray(plane).resize(self.size, Image.Resampling.BILINEAR, box=self.box))


def _bands(size: tuple[int, int], working: tuple[int, int]) -> Iterator[_Band]:
    width, height = size
    rows, scale = max(1, BAND_PIXELS // width), working[1] / height
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        first = max(0, int(top * scale) - MARGIN)
        last = min(working[1], int(bottom * scale) + 1 + MARGIN)
        box = (0.0, top * scale - first, float(working[0]), min(bottom * scale, last) - first)
        yield _Band(top, (width, bottom - top), (0, first, working[0], last), box)


def _carry_band(
    band: _Band, source: Image.Image, working_source: Image.Image, edited: Image.Image
) -> Image.Image:
    coarse, small = (_levels(picture.crop(band.around)) for picture in (working_source, edited))
    detail = _levels(source.crop((0, band.top, band.size[0], band.top + band.size[1])))
    carried = np.empty_like(detail)
    for channel in range(3):
        detail[..., channel] -= band.enlarged(coarse[..., channel])
        carried[..., channel] = band.enlarged(small[..., channel])
    gains = _gains(coarse, small)
    for channel, part in np.ndindex(3, 3):
        gain = band.interpolated(gains[..., channel, part])
        carried[..., channel] += gain * detail[..., part]
    return Image.fromarray(np.clip(np.rint(carried), 0, 255).astype(np.uint8))


def _levels(picture: Image.Image) -> Levels:
    return np.array(picture, dtype=np.float32)


def _gains(source: Levels, edited: Levels) -> NDArray[np.float32]:
    """How much each edited channel (3) takes of each of the photo's (3): height × width × 3 × 3."""
    before, after = _detail(source), _detail(edited)
    covariance = _window_means(_products(before, before), WINDOW_RADIUS)
    shared = _window_means(_products(before, after), WINDOW_RADIUS)
    gains = np.linalg.solve(covariance + EVENNESS * np.eye(3), shared).swapaxes(-1, -2)
    total = _window_means((after**2).sum(axis=-1), WINDOW_RADIUS)
    # of the sum of squares |after - gains·before|², which the ridge leaves short of least squares
    explained = np.sum(gains * (2 * shared.swapaxes(-1, -2) - gains @ covariance), axis=(-2, -1))
    share = _ramp(explained / (total + 3 * EVENNESS), LEAST_EXPLAINED, 1)
    share *= _ramp(_fine_share(after, (gains @ before[..., None])[..., 0]), SOFTENED, KEPT)
    bounded = np.clip(gains, -LARGEST_GAIN, LARGEST_GAIN)
    return np.asarray(bounded * share[..., None, None], dtype=np.float32)


def _fine_share(after: Maps, foretold: Maps) -> Maps:
    """How much of the finest detail that is foretold is there: a regression in the same windows."""
    there, wanted = (detail - _window_means(detail, FINE_RADIUS) for detail in (after, foretold))
    shared, total = (_window_means((wanted * other).sum(axis=-1), WINDOW_RADIUS) for other in (there, wanted))
    return np.asarray(shared / (total + EVENNESS))


def _ramp(values: Maps, low: float, high: float) -> Maps:
    """0 up to `low`, 1 from `high`, straight between."""
    return np.clip((values - low) / (high - low), 0, 1)


def _detail(picture: Levels) -> Maps:
    return picture - _window_means(_window_means(picture, DETAIL_RADIUS), DETAIL_RADIUS)


def _products(first: Maps, second: Maps) -> Maps:
    """Every channel of the one times every channel of the other: height × width × 3 × 3."""
    return first[..., :, None] * second[..., None, :]


def _window_means(values: NDArray[np.floating], radius: int) -> Maps:
    """Means over squares around every pixel, of as much of them as lies in the picture."""
    along_columns = _running_means(values, radius)
    return _running_means(along_columns.swapaxes(0, 1), radius).swapaxes(0, 1)


def _running_means(values: NDArray[np.floating], radius: int) -> Maps:
    """Means over `radius` rows to each side of every row, by differences of sums."""
    rows = len(values)
    sums = np.zeros((rows + 1, *values.shape[1:]))
    np.cumsum(values, axis=0, dtype=np.float64, out=sums[1:])
    last = np.minimum(np.arange(rows) + radius + 1, rows)
    first = np.maximum(np.arange(rows) - radius, 0)
    counts = (last - first).reshape(-1, *[1] * (values.ndim - 1))
    return np.asarray((sums[last] - sums[first]) / counts)
