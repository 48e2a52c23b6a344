"""Irregular cells on a fixed, repeating lattice: the stones of a mosaic, the dots of a pointillist.

The sites repeat with a period that is a power of two.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trainer.starter.recipes.pixels import Origin, Pixels, Plane, tiled


@dataclass(frozen=True)
class Cells:
    """Two jittered sites in every square of `spacing` pixels, the same again after `period` pixels."""

    period: int
    spacing: int
    jitter: float
    """Farthest a site lies from its regular place, in pixels and in each direction."""
    seed: int

    @cached_property
    def sites(self) -> NDArray[np.float32]:
        """Places (row, column) in one period, sites x 2."""
        starts = np.arange(0, self.period, self.spacing) + self.spacing / 4
        corners = np.stack(np.meshgrid(starts, starts, indexing="ij"), axis=-1).reshape(-1, 2)
        regular = np.concatenate([corners, corners + self.spacing / 2])
        shifts = np.random.default_rng(self.seed).uniform(-self.jitter, self.jitter, regular.shape)
        return (regular + shifts).astype(np.float32)

    @cached_property
    def _tile(self) -> tuple[NDArray[np.intp], Plane, Plane]:
        """For each pixel of one period: which site (of 9 periods) is nearest, how far it and the next are."""
        around = np.array([(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]) * self.period
        sites = (self.sites[None] + around[:, None]).reshape(-1, 2)
        pixels = np.moveaxis(np.mgrid[: self.period, : self.period], 0, -1)[:, :, None] + 0.5
        distances = np.sqrt(((pixels - sites) ** 2).sum(axis=-1)).astype(np.float32)
        nearest = np.sort(distances, axis=2)
        return distances.argmin(axis=2), nearest[..., 0], nearest[..., 1]

    def distance(self, like: Pixels, origin: Origin) -> Plane:
        """Distance of each pixel from its site, in pixels."""
        return tiled(self._tile[1], like, origin)

    def border_distance(self, like: Pixels, origin: Origin) -> Plane:
        """About the distance of each pixel from the border of its cell, in pixels."""
        return tiled((self._tile[2] - self._tile[1]) / np.float32(2), like, origin)

    def sites_of(self, like: Pixels, origin: Origin) -> NDArray[np.intp]:
        """The number of each pixel's site within the period, height x width."""
        height, width = like.shape[:2]
        rows = (np.arange(height) + origin[0]) % self.period
        columns = (np.arange(width) + origin[1]) % self.period
        return np.asarray(self._tile[0][rows[:, None], columns] % len(self.sites))

    def means(self, pixels: Pixels, origin: Origin) -> Pixels:
        """The picture with each cell in its mean colour."""
        height, width = pixels.shape[:2]
        rows = np.divmod(np.arange(height) + origin[0], self.period)
        columns = np.divmod(np.arange(width) + origin[1], self.period)
        around, site = np.divmod(self._tile[0][rows[1][:, None], columns[1]], len(self.sites))
        tile = (rows[0][:, None] + around // 3) * (columns[0][-1] + 3) + columns[0] + around % 3
        numbers = (tile * len(self.sites) + site).ravel()
        counts = np.maximum(np.bincount(numbers), 1)
        sums = [np.bincount(numbers, pixels[..., i].ravel()) for i in range(3)]
        means = (np.stack(sums, axis=-1) / counts[:, None]).astype(np.float32)
        return np.asarray(means[numbers].reshape(pixels.shape), dtype=np.float32)
