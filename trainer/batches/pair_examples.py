"""Batches of random crops of pairs, mirrored at random."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import torch
from PIL import Image

from engine.errors import ImageUnreadable
from trainer.batches.batch import Batch
from trainer.batches.buckets import bucket_sizes
from trainer.batches.cutting import cut_out, random_cut
from trainer.batches.draws import Draw, Draws
from trainer.batches.mirroring import may_be_mirrored
from trainer.batches.shards import ONE_SHARD, ShardCounts
from trainer.datasets.opening import PairNotUsable, Size, open_pair
from trainer.datasets.pairs import DatasetNotUsable, Pair, PairSet

log = logging.getLogger(__name__)

MOST_REPLACED = 32
"""Pairs in a row that may be unreadable before the dataset counts as missing."""


class PairExamples:
    """Random cuts of the pairs, shuffled again in every epoch."""

    def __init__(
        self,
        found: PairSet,
        *,
        resolution: int,
        flip: bool,
        batch_size: int,
        seed: int,
        image_sizes: Sequence[Size] | None = None,
        size_multiple: int = 64,
        shards: ShardCounts = ONE_SHARD,
    ) -> None:
        """With `image_sizes`, those of all originals (`read_sizes`), batches have the sizes of buckets,
        whose sides are multiples of `size_multiple`; else all are squares of `resolution` pixels. Pairs that
        are read in blocks are divided into `shards`.
        """
        sizes = bucket_sizes(resolution, size_multiple) if image_sizes else ((resolution, resolution),)
        self._pairs = found.pairs
        self._draws = Draws(
            found, batch_size=batch_size, seed=seed, sizes=sizes, image_sizes=image_sizes, shards=shards
        )
        self._flip = flip
        self._unreadable: set[int] = set()
        self.size = self._draws.count
        self.shards = self._draws.shards

    def shard(self, number: int) -> int:
        """Returns the shard that a batch is read from."""
        return self._draws.shard(number)

    def batch(self, number: int) -> Batch:
        """Returns the images of B pairs as pixels (B, 3, h, w). Raises `DatasetNotUsable` if all are gone."""
        opened = [self._opened(draw) for draw in self._draws.batch(number)]
        cut = [
            random_cut(original.size, draw.size, draw.rng, mirrored=self._is_mirrored(draw))
            for draw, original, _ in opened
        ]
        return Batch(
            torch.stack([cut_out(original, at) for (_, original, _), at in zip(opened, cut, strict=True)]),
            torch.stack([cut_out(edited, at) for (_, _, edited), at in zip(opened, cut, strict=True)]),
            [draw.instruction for draw, _, _ in opened],
            unusable=tuple(self._pairs[place].name for place in sorted(self._unreadable)),
        )

    def _is_mirrored(self, draw: Draw) -> bool:
        mirrored = bool(draw.rng.random() < 0.5)
        return mirrored and self._flip and may_be_mirrored(self._pairs[draw.place].instructions)

    def _opened(self, draw: Draw) -> tuple[Draw, Image.Image, Image.Image]:
        """Returns the images of a draw; a pair that cannot be used is replaced by the next usable one."""
        known = set(self._unreadable)
        for step in range(min(MOST_REPLACED, len(self._pairs))):
            place = (draw.place + step) % len(self._pairs)
            try:
                images = open_pair(self._pairs[place])
            except (ImageUnreadable, PairNotUsable) as error:
                self._warn(self._pairs[place], place, error.message)
                continue
            return (self._draws.drawn(place, draw.size, draw.rng) if step else draw), *images
        self._unreadable = known  # none of them is damaged
        raise DatasetNotUsable(
            "dataset.disappeared",
            "The images of the dataset can no longer be read.",
            "Check that its drive is connected.",
        )

    def _warn(self, pair: Pair, place: int, reason: str) -> None:
        if place not in self._unreadable:
            self._unreadable.add(place)
            log.warning("Another pair is used instead of %s: %s", pair.name, reason)
