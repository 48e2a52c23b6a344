"""Refines a map between two images by the enhanced correlation coefficient.

The algorithm is that of Evangelidis and Psarakis (2008), forward additive, for affine maps. The coefficient
is the correlation of the two images where they overlap, so it does not depend on brightness and contrast.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
Warp = NDArray[np.float64]
"""2 x 3: from pixels (x, y, 1) of the first image to pixels of the second."""

SMALLEST_STEP = 0.02
"""Change in pixels of the corners at which the refinement ends."""
MARGIN = 0.03
"""Share of the longer side along the border of the first image that is not compared: the second one may be
blank beyond it, and such an edge would pull."""
FEWEST_PIXELS = 200
"""Fewer pixels in which the images overlap say nothing."""


def refined_warp(first: Grey, second: Grey, warp: Warp, rounds: int) -> Warp | None:
    """Returns the warp at the nearest maximum of the correlation; None if it leads nowhere."""
    height, width = first.shape
    margin = max(3, round(MARGIN * max(width, height)))
    first = first[margin:-margin, margin:-margin]
    rows, columns = np.mgrid[margin : height - margin, margin : width - margin].astype(np.float64) + 0.5
    centre, half = np.array([width / 2, height / 2]), max(width, height) / 2
    x, y = ((columns - centre[0]) / half).ravel(), ((rows - centre[1]) / half).ravel()
    template = first.ravel().astype(np.float64)
    down, across = np.gradient(second.astype(np.float64))
    images = np.stack([second.astype(np.float64), across, down])
    # about the centre and in units of half the image, which keeps the equations well conditioned
    linear, offset = warp[:, :2] * half, warp[:, :2] @ centre + warp[:, 2]
    for _ in range(rounds):
        at = linear @ np.stack([x, y]) + offset[:, None]
        inside = _inside(at, second.shape)
        if inside.sum() < FEWEST_PIXELS:
            return None
        step = _step(images, at[:, inside], template[inside], x[inside], y[inside])
        if step is None:
            return None
        linear, offset = linear + step[:, :2], offset + step[:, 2]
        if np.abs(step).sum() < SMALLEST_STEP:
            break
    matrix = linear / half
    return np.column_stack([matrix, offset - matrix @ centre])


def _inside(at: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    height, width = shape
    margin = 1.5  # gradients at the border are of no use
    inside: NDArray[np.bool_] = (
        (at[0] > margin) & (at[0] < width - margin) & (at[1] > margin) & (at[1] < height - margin)
    )
    return inside


def _step(
    images: NDArray[np.float64],
    at: NDArray[np.float64],
    template: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.float64] | None:
    """Returns the change of the warp that raises the coefficient most; None if there is none."""
    moved, across, down = _sampled(images, at)
    slopes = np.stack([across * x, across * y, across, down * x, down * y, down])
    template, moved = template - template.mean(), moved - moved.mean()
    try:
        inverse = np.linalg.inv(slopes @ slopes.T)
    except np.linalg.LinAlgError:
        return None
    onto_template, onto_moved = slopes @ template, slopes @ moved
    upper = moved @ moved - onto_moved @ inverse @ onto_moved
    lower = template @ moved - onto_template @ inverse @ onto_moved
    if lower <= 0:  # the images do not resemble each other
        return None
    step: NDArray[np.float64] = (inverse @ (slopes @ ((upper / lower) * template - moved))).reshape(2, 3)
    return step


def _sampled(images: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns images (C, height, width) at places (2, N) inside them, bilinearly: (C, N)."""
    places = at - 0.5
    low = np.floor(places).astype(np.intp)
    right, lower = places - low
    x, y = low
    above = images[:, y, x] * (1 - right) + images[:, y, x + 1] * right
    below = images[:, y + 1, x] * (1 - right) + images[:, y + 1, x + 1] * right
    sampled: NDArray[np.float64] = above * (1 - lower) + below * lower
    return sampled
