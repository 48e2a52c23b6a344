"""Image pairs from a folder, cut and mirrored alike on both sides."""

from __future__ import annotations

import re

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from engine.image_files import open_photo
from trainer.examples import Batch
from trainer.pairs import Pair, PairListing

SIDES = re.compile(r"\b(left|right)\b", re.IGNORECASE)


class PairExamples:
    """Random squares of the pairs, shuffled anew in every epoch."""

    def __init__(
        self, listing: PairListing, *, resolution: int, flip: bool, batch_size: int, seed: int
    ) -> None:
        self.pairs = listing.pairs
        self.size = len(listing.pairs)
        self.resolution = resolution
        self.flip = flip
        self.batch_size = batch_size
        self.seed = seed

    def batch(self, number: int) -> Batch:
        chosen = [self._pair(number * self.batch_size + place) for place in range(self.batch_size)]
        rng = np.random.default_rng([self.seed, number])
        cut = [self._cut(pair, rng) for pair in chosen]
        return Batch(
            torch.stack([original for original, _ in cut]),
            torch.stack([edited for _, edited in cut]),
            [pair.instruction for pair in chosen],
        )

    def _pair(self, place: int) -> Pair:
        epoch, index = divmod(place, self.size)
        order = np.random.default_rng([self.seed, 1, epoch]).permutation(self.size)
        return self.pairs[int(order[index])]

    def _cut(self, pair: Pair, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """One square of both pictures (3, resolution, resolution), at the same place and size."""
        original = open_photo(pair.original)
        edited = open_photo(pair.edited).resize(original.size, Image.Resampling.LANCZOS)
        shortest = min(original.size)
        side = shortest * rng.uniform(0.8, 1.0)
        left = rng.uniform(0, original.width - side)
        top = rng.uniform(0, original.height - side)
        box = (left, top, left + side, top + side)
        mirror = self.flip and rng.random() < 0.5 and not SIDES.search(pair.instruction)
        return self._square(original, box, mirror), self._square(edited, box, mirror)

    def _square(self, image: Image.Image, box: tuple[float, float, float, float], mirror: bool) -> Tensor:
        size = (self.resolution, self.resolution)
        pixels = np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=box))
        if mirror:
            pixels = pixels[:, ::-1]
        return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float().div_(127.5).sub_(1)
