"""Statistics of images in cells, squares of 4 × 4 pixels, for quantities that vary slowly.

Images are levels (C, H, W); planes on the grid of cells are (…, h, w), one value for each cell, the last
row and column for what is left of the image there. All are float32.
"""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d, max_pool2d

CELL = 4


def cell_mean(image: Tensor, cell: int = CELL) -> Tensor:
    """The mean of every cell (C, h, w), a square of `cell` pixels to each side."""
    return avg_pool2d(image[None], cell, ceil_mode=True, count_include_pad=False)[0]


def window_mean(planes: Tensor, radius: int) -> Tensor:
    """The mean over windows of `radius` cells to each side; at the borders over the part within the image."""
    stacked = planes.reshape(1, -1, *planes.shape[-2:])
    rows, columns = (min(radius, side - 1) for side in stacked.shape[-2:])
    stacked = avg_pool2d(stacked, (2 * rows + 1, 1), 1, (rows, 0), count_include_pad=False)
    stacked = avg_pool2d(stacked, (1, 2 * columns + 1), 1, (0, columns), count_include_pad=False)
    return stacked.reshape(planes.shape)


def window_maximum(plane: Tensor, radius: int) -> Tensor:
    """The largest value of a plane (h, w) in windows of `radius` cells to each side."""
    rows, columns = (min(radius, side - 1) for side in plane.shape)
    return max_pool2d(plane[None, None], (2 * rows + 1, 2 * columns + 1), 1, (rows, columns))[0, 0]


def regression(
    inputs: Tensor,
    outputs: Tensor,
    radius: int,
    ridge: float,
    *,
    cell: int = CELL,
    largest_gain: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Gains (C, 3, h, w) and offsets (C, h, w) that give `outputs` (C, H, W) from the image `inputs`.

    Ridge regression in windows of `radius` cells, smoothed over as many, as in the guided filter with a
    colour guide (He, Sun, Tang: Guided Image Filtering, 2010, equations 19 to 21). `ridge` is a variance in
    squared levels: where the inputs vary less, the gains are small. None is larger than `largest_gain`, so
    that an edge in the outputs does not magnify the noise of even inputs.
    """

    def mean_products(first: Tensor, second: Tensor) -> Tensor:
        """Window means (c, 3, h, w) of the products of every channel of `first` and of `second`."""
        products = window_mean(cell_mean(torch.cat([channel * second for channel in first]), cell), radius)
        return products.reshape(len(first), 3, *products.shape[1:])

    mean_in, mean_out = (window_mean(cell_mean(image, cell), radius) for image in (inputs, outputs))
    covariance = mean_products(inputs, inputs) - mean_in[:, None] * mean_in[None]
    shared = mean_products(outputs, inputs) - mean_out[:, None] * mean_in[None]
    covariance += ridge * torch.eye(3)[:, :, None, None]
    gains = torch.einsum("oihw,ijhw->ojhw", shared, _inverse(covariance)).clamp(-largest_gain, largest_gain)
    offsets = mean_out - transformed(gains, mean_in)
    return window_mean(gains, radius), window_mean(offsets, radius)


def transformed(gains: Tensor, planes: Tensor) -> Tensor:
    """Planes (C, H, W): `gains` (C, 3, H, W), a matrix for each pixel, times `planes` (3, H, W)."""
    rows = []
    for gain in gains:
        row = gain[0] * planes[0]
        rows.append(row.addcmul_(gain[1], planes[1]).addcmul_(gain[2], planes[2]))
    return torch.stack(rows)


def enlarged(
    planes: Tensor,
    size: tuple[int, int],
    rows: tuple[int, int],
    grid: tuple[float, float],
    *,
    resampling: Image.Resampling = Image.Resampling.BILINEAR,
) -> Tensor:
    """Rows (first, end) of planes (…, h, w) resized to an image of `size`, width and height: (…, rows, W).

    `grid` is the width and height of the image on the grid of the planes. Where the image is smaller than
    the grid, all cells that a pixel covers contribute to it.
    """
    (width, height), (grid_width, grid_height) = size, grid
    top, bottom = (row * grid_height / height for row in rows)
    box = (0.0, top, grid_width, min(bottom, grid_height))
    return resized(planes, (width, rows[1] - rows[0]), box, resampling=resampling)


def resized(
    planes: Tensor,
    size: tuple[int, int],
    box: tuple[float, float, float, float] | None = None,
    *,
    resampling: Image.Resampling = Image.Resampling.BILINEAR,
) -> Tensor:
    """Planes (…, h, w), or the part in `box` (left, top, right, bottom), resized to `size`, width and height.

    A part is the same as that part of the resized whole.
    """
    pieces = [
        np.asarray(Image.fromarray(plane).resize(size, resampling, box=box))
        for plane in planes.reshape(-1, *planes.shape[-2:]).numpy()
    ]
    return torch.from_numpy(np.stack(pieces)).reshape(*planes.shape[:-2], size[1], size[0])


def _inverse(matrices: Tensor) -> Tensor:
    """Inverses of symmetric positive definite matrices (3, 3, h, w), by cofactors."""
    a, b, c, d, e, f = (matrices[row, column] for row in range(3) for column in range(row, 3))
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    fourth, fifth, sixth = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * first + b * second + c * third
    cofactors = (first, second, third, second, fourth, fifth, third, fifth, sixth)
    return torch.stack(cofactors).reshape(matrices.shape) / determinant
