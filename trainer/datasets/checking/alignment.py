"""Detects whether the edited image is shifted against the original.

Phase correlation proposes a shift, which counts only if the edges of both images agree much better with it
than without. Edges survive most changes of style; where they do not, no shift is found.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]

SMALLEST_SHIFT = 3
"""Smallest shift in pixels of the small copies; a smaller one may be an effect of the edit."""
LARGEST_SHARE = 0.25
"""Largest shift, as a share of a side."""
AGREEMENT = 0.35
"""Least correlation of the edges of images that show the same thing."""
MARGIN = 0.2
"""How much higher the correlation must be with the shift than without."""

SHAPES = 32
"""Shapes of images for which what does not depend on the pixels is kept; datasets have few."""


def find_shift(original: Grey, edited: Grey) -> tuple[float, float] | None:
    """Returns the shift (right, down) of the edited image as shares of width and height; None without one.

    Both are grey images (height, width) of the same size, whose longer side is about 128 pixels.
    """
    first, second = edges_of(original), edges_of(edited)
    if min(first.std(), second.std()) < 1e-3:
        return None
    across, down = likely_shift(first, second)
    if max(abs(across), abs(down)) < SMALLEST_SHIFT:
        return None
    shifted, unshifted = best_agreement(first, second, across, down), best_agreement(first, second, 0, 0)
    if shifted < AGREEMENT or shifted < unshifted + MARGIN:
        return None
    height, width = original.shape
    return across / width, down / height


def edges_of(grey: Grey) -> Grey:
    """Returns the size of the gradient at each pixel; 0 at the border, which frames and padding change."""
    across = np.zeros_like(grey)
    down = np.zeros_like(grey)
    across[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    down[1:-1] = grey[2:] - grey[:-2]
    return np.sqrt(np.hypot(across, down))


def likely_shift(first: Grey, second: Grey) -> tuple[int, int]:
    """Returns the shift at the highest peak of the phase correlation (Kuglin and Hines, 1975)."""
    height, width = first.shape
    window = _window(height, width)
    spectra = [np.fft.rfft2((image - image.mean()) * window) for image in (first, second)]
    product = np.conj(spectra[0]) * spectra[1]
    response = np.fft.irfft2(product / (np.abs(product) + 1e-9) * _low_pass(height, width), s=(height, width))
    near = _near(height, width)
    down, across = np.unravel_index(np.argmax(np.where(near, response, -np.inf)), response.shape)
    return _signed(int(across), width), _signed(int(down), height)


@lru_cache(maxsize=SHAPES)
def _window(height: int, width: int) -> NDArray[np.float64]:
    return np.outer(np.hanning(height), np.hanning(width))


@lru_cache(maxsize=SHAPES)
def _low_pass(height: int, width: int) -> NDArray[np.float64]:
    """Returns a filter of high frequencies, which contain grain and brush strokes rather than the scene."""
    squares = np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width)[None] ** 2
    low: NDArray[np.float64] = np.exp(-squares / (2 * 0.15**2))
    return low


@lru_cache(maxsize=SHAPES)
def _near(height: int, width: int) -> NDArray[np.bool_]:
    return np.outer(_within_reach(height), _within_reach(width))


def _within_reach(side: int) -> NDArray[np.bool_]:
    places = np.arange(side)
    return np.minimum(places, side - places) <= side * LARGEST_SHARE


def _signed(place: int, side: int) -> int:
    return place - side if place > side // 2 else place


def best_agreement(first: Grey, second: Grey, across: int, down: int) -> float:
    """Returns the highest correlation of the edges at this shift or one pixel beside it."""
    steps = (-1, 0, 1)
    return max(agreement_at(first, second, across + x, down + y) for x in steps for y in steps)


def agreement_at(first: Grey, second: Grey, across: int, down: int) -> float:
    """Returns the correlation of the edges where both images overlap, the second moved back by the shift."""
    height, width = first.shape
    rows, columns = _overlap(height, down), _overlap(width, across)
    here, there = first[rows[0], columns[0]], second[rows[1], columns[1]]
    here, there = here - here.mean(), there - there.mean()
    norm = float(np.sqrt((here**2).sum() * (there**2).sum()))
    return float((here * there).sum()) / norm if norm > 0 else 0.0


def _overlap(side: int, shift: int) -> tuple[slice, slice]:
    """Returns the overlapping part of a side, of the first image and of the second."""
    return (
        slice(max(0, -shift), side - max(0, shift)),
        slice(max(0, shift), side - max(0, -shift)),
    )
