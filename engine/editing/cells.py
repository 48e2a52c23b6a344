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


def cell_mean(image: Tensor) -> Tensor:
    """The mean of every cell (C, h, w)."""
    return avg_pool2d(image[None], CELL, ceil_mode=True, count_include_pad=False)[0]


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


def regression(inputs: Tensor, outputs: Tensor, radius: int, ridge: float) -> tuple[Tensor, Tensor]:
    """Gains (3, 3, h, w) and offsets (3, h, w) that give the image `outputs` from the image `inputs`.

    Ridge regression in windows of `radius` cells, smoothed over as many, as in the guided filter with a
    colour guide (He, Sun, Tang: Guided Image Filtering, 2010, equations 19 to 21). `ridge` is a variance in
    squared levels: where the inputs vary less, the gains are small. None is beyond -1 to 1, so that an edge
    in the outputs does not magnify the noise of even inputs.
    """
    mean_in, mean_out = (window_mean(cell_mean(image), radius) for image in (inputs, outputs))
    covariance = _mean_products(inputs, inputs, radius) - mean_in[:, None] * mean_in[None]
    shared = _mean_products(outputs, inputs, radius) - mean_out[:, None] * mean_in[None]
    covariance += ridge * torch.eye(3)[:, :, None, None]
    gains = torch.einsum("oihw,ijhw->ojhw", shared, _inverse(covariance)).clamp(-1, 1)
    offsets = mean_out - transformed(gains, mean_in)
    return window_mean(gains, radius), window_mean(offsets, radius)


def transformed(gains: Tensor, planes: Tensor) -> Tensor:
    """Planes (3, H, W), each pixel multiplied by its own matrix of `gains` (3, 3, H, W)."""
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
    shape = (width, rows[1] - rows[0])
    box = (0.0, top, grid_width, min(bottom, grid_height))
    pieces = [
        np.asarray(Image.fromarray(plane).resize(shape, resampling, box=box))
        for plane in planes.reshape(-1, *planes.shape[-2:]).numpy()
    ]
    return torch.from_numpy(np.stack(pieces)).reshape(*planes.shape[:-2], shape[1], shape[0])


def _mean_products(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """Window means (3, 3, h, w) of the products of every channel of `first` and every channel of `second`."""
    products = window_mean(cell_mean(torch.cat([channel * second for channel in first])), radius)
    return products.reshape(3, 3, *products.shape[1:])


def _inverse(matrices: Tensor) -> Tensor:
    """Inverses of symmetric positive definite matrices (3, 3, h, w), by cofactors."""
    a, b, c, d, e, f = (matrices[row, column] for row in range(3) for column in range(row, 3))
    first, second, third = d * f - e * e, c * e - b * f, b * e - c * d
    fourth, fifth, sixth = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * first + b * second + c * third
    cofactors = (first, second, third, second, fourth, fifth, third, fifth, sixth)
    return torch.stack(cofactors).reshape(matrices.shape) / determinant
