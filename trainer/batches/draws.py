"""Draws the pairs of a batch and their wordings, which follow from the seed and the batch's number alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.batches.buckets import assign_buckets
from trainer.batches.order import Alternation, Shuffle, round_of
from trainer.batches.shards import ONE_SHARD, ShardCounts, divide_blocks
from trainer.datasets.opening import Size
from trainer.datasets.pairs import Pair, PairSet

BUCKETS, SOURCES, ITEMS, EXAMPLES, SHARDS = 1, 2, 3, 4, 5
"""Parts of the seeds that keep the random numbers of each purpose independent."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One example of a batch."""

    place: int
    """Index of the pair."""
    instruction: str
    size: Size
    """Width and height after cutting."""
    rng: np.random.Generator
    """Generator of all further random choices about this example."""


class Draws:
    """Draws batches of one size each; the weight of its source determines how often a pair is drawn.

    Pairs that are read in blocks are divided into shards: the pairs of a batch are of one shard.
    """

    def __init__(
        self,
        found: PairSet,
        *,
        batch_size: int,
        seed: int,
        sizes: Sequence[Size],
        image_sizes: Sequence[Size] | None = None,
        shards: ShardCounts = ONE_SHARD,
    ) -> None:
        """`sizes` are the buckets. With several, `image_sizes` must be the sizes of all originals."""
        self._pairs = found.pairs
        self._batch_size = batch_size
        self._scenes = _scenes(found.pairs)
        self.count = len(self._scenes)
        """Examples in an epoch: pairs, or scenes, of each of which one take is drawn."""
        firsts = [found.pairs[places[0]] for places in self._scenes]
        weights = _weights(found, [pair.source for pair in firsts])
        blocks = [pair.block * len(found.sources) + pair.source if pair.block else 0 for pair in firsts]
        parts = divide_blocks(blocks, [weights[pair.source] for pair in firsts], shards, (seed, SHARDS))
        shard_count = sum(len(part) for part in parts)
        if image_sizes is None:
            chosen = [0] * self.count
        else:
            own_sizes = [image_sizes[places[0]] for places in self._scenes]
            chosen = assign_buckets(own_sizes, sizes, batch_size * shard_count)
        self.sizes = [sizes[0]] * len(found.pairs)
        """The size that each pair is cut to."""
        for scene, bucket in zip(self._scenes, chosen, strict=True):
            for place in scene:
                self.sizes[place] = sizes[bucket]
        self._parts = [
            [
                _Shard(
                    items.tolist(),
                    chosen,
                    sizes,
                    firsts,
                    weights,
                    (seed,) if shard_count == 1 else (seed, SHARDS, number, own),
                )
                for own, items in enumerate(part)
            ]
            for number, part in enumerate(parts)
        ]
        self.shards = shard_count
        """Number of shards; those of one process are next to each other."""
        self._turns = [Alternation(round_of([shard.share for shard in part]), None) for part in self._parts]

    def shard(self, number: int) -> int:
        """Returns the shard that a batch is drawn from."""
        part = number % len(self._parts)
        own, _ = self._turns[part].draw(number // len(self._parts))
        return sum(len(before) for before in self._parts[:part]) + own

    def batch(self, number: int) -> list[Draw]:
        """Returns the draws of a batch, counted from 0."""
        part = number % len(self._parts)
        own, turn = self._turns[part].draw(number // len(self._parts))
        shard = self._parts[part][own]
        which, before = shard.draw(turn)
        # seeded by place and not by batch: two processes with half the batch draw the same examples
        return [
            self._draw(shard.buckets[which], index, (*shard.seed, EXAMPLES, which, index))
            for index in range(before * self._batch_size, (before + 1) * self._batch_size)
        ]

    def _draw(self, bucket: _Bucket, index: int, seed: tuple[int, ...]) -> Draw:
        rng = np.random.default_rng(seed)
        takes = self._scenes[bucket.item(index)]
        place = takes[int(rng.integers(len(takes)))]
        return self.drawn(place, bucket.size, rng)

    def drawn(self, place: int, size: Size, rng: np.random.Generator) -> Draw:
        """Returns the draw of a given pair, with one of its wordings."""
        wordings = self._pairs[place].instructions
        return Draw(place, wordings[int(rng.integers(len(wordings)))], size, rng)


class _Shard:
    """The buckets of pairs that are read together, and the alternation between the buckets."""

    def __init__(
        self,
        items: list[int],
        chosen: list[int],
        sizes: Sequence[Size],
        pairs: list[Pair],
        weights: dict[int, float],
        seed: tuple[int, ...],
    ) -> None:
        """`chosen` are the numbers of the buckets of all items, of which the shard has `items`."""
        self.seed = seed
        by_bucket: dict[int, list[int]] = {}
        for item in items:
            by_bucket.setdefault(chosen[item], []).append(item)
        self.buckets = [
            _Bucket(sizes[bucket], own, pairs, weights, (*seed, bucket))
            for bucket, own in sorted(by_bucket.items())
        ]
        shares = [bucket.share for bucket in self.buckets]
        self.share = sum(shares)
        self._alternation = Alternation(round_of(shares), (*seed, BUCKETS))

    def draw(self, number: int) -> tuple[int, int]:
        """Returns the bucket of a batch of this shard, and the number of earlier batches of that bucket."""
        return self._alternation.draw(number)


class _Bucket:
    """The items of one size: a shuffled stream for each source, and the alternation between the streams."""

    def __init__(
        self,
        size: Size,
        items: list[int],
        pairs: list[Pair],
        weights: dict[int, float],
        seed: tuple[int, ...],
    ) -> None:
        self.size = size
        by_source: dict[int, list[int]] = {}
        for item in items:
            by_source.setdefault(pairs[item].source, []).append(item)
        shares = [weights[source] * len(own) for source, own in by_source.items()]
        self.share = sum(shares)
        self._items = list(by_source.values())
        self._streams = [
            Shuffle([pairs[item].block for item in own], (*seed, ITEMS, source))
            for source, own in by_source.items()
        ]
        self._alternation = Alternation(round_of(shares), (*seed, SOURCES))

    def item(self, number: int) -> int:
        stream, before = self._alternation.draw(number)
        return self._items[stream][self._streams[stream].item(before)]


def _scenes(pairs: Sequence[Pair]) -> list[list[int]]:
    """Returns groups of pairs, of each of which one pair is drawn at a time."""
    scenes: dict[object, list[int]] = {}
    for place, pair in enumerate(pairs):
        scenes.setdefault((pair.source, pair.scene) if pair.scene else place, []).append(place)
    return list(scenes.values())


def _weights(found: PairSet, sources: list[int]) -> dict[int, float]:
    """Returns how often an item of each source is drawn; 1 if the sources have no weights."""
    given = [source.weight for source in found.sources]
    if any(weight is None for weight in given):
        return dict.fromkeys(sources, 1.0)
    return {source: float(given[source] or 0) / sources.count(source) for source in set(sources)}
