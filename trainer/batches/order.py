"""The order of examples, as a function of a seed and a number, so that a run can resume anywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

BLOCKS_MIXED = 2
"""Blocks, such as row groups of a table, whose pairs are shuffled together."""
ROUND = 1000
"""Draws in which each weighted stream is drawn exactly as often as its weight demands."""


class Shuffle:
    """An endless stream of items, each once in an epoch, shuffled again in every epoch.

    Items of one block other than 0, which are read together, stay near each other.
    """

    def __init__(self, blocks: Sequence[int], seed: Sequence[int]) -> None:
        self._seed = tuple(seed)
        numbers = np.asarray(blocks)
        self.size = len(numbers)
        self._blocks = [np.flatnonzero(numbers == block) for block in np.unique(numbers[numbers != 0])]
        self._loose = np.flatnonzero(numbers == 0)
        self._epoch = -1
        self._order: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def item(self, number: int) -> int:
        """Returns the item of this number, counted from 0."""
        epoch, index = divmod(number, self.size)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._shuffled(epoch)
        return int(self._order[index])

    def _shuffled(self, epoch: int) -> NDArray[np.int64]:
        rng = np.random.default_rng([*self._seed, epoch])
        if not self._blocks:
            return rng.permutation(self._loose)
        blocks = [self._blocks[place] for place in rng.permutation(len(self._blocks))]
        mixed = [
            rng.permutation(np.concatenate(blocks[first : first + BLOCKS_MIXED]))
            for first in range(0, len(blocks), BLOCKS_MIXED)
        ]
        order = np.concatenate(mixed)
        places = np.sort(rng.integers(len(order) + 1, size=len(self._loose)))
        return np.insert(order, places, rng.permutation(self._loose))


class Alternation:
    """An order of several streams, each drawn as often as its share."""

    def __init__(self, counts: Sequence[int], seed: Sequence[int] | None) -> None:
        """`counts` are the draws of each stream in a round.

        A round is shuffled; without a seed, the draws of each stream are spread evenly.
        """
        self._seed = None if seed is None else tuple(seed)
        self._counts = np.asarray(counts, dtype=np.int64)
        self._turn = -1
        self._streams = self._before = np.empty(0, dtype=np.int64)

    def draw(self, number: int) -> tuple[int, int]:
        """Returns the stream of this draw, and the number of its earlier draws."""
        if len(self._counts) == 1:
            return 0, number
        turn, index = divmod(number, int(self._counts.sum()))
        if turn != self._turn:
            self._turn, (self._streams, self._before) = turn, self._shuffled(turn)
        stream = int(self._streams[index])
        return stream, turn * int(self._counts[stream]) + int(self._before[index])

    def _shuffled(self, turn: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        streams = np.repeat(np.arange(len(self._counts)), self._counts)
        if self._seed is None:
            moments = np.concatenate([(np.arange(count) + 0.5) / count for count in self._counts])
            streams = streams[np.argsort(moments, kind="stable")]
        else:
            streams = np.random.default_rng([*self._seed, turn]).permutation(streams)
        before = np.empty_like(streams)
        for stream, count in enumerate(self._counts.tolist()):
            before[streams == stream] = np.arange(count)
        return streams, before


def round_of(shares: Sequence[float]) -> list[int]:
    """Returns the draws of each stream in a round; whole numbers are divided by their common divisor."""
    if all(float(share).is_integer() for share in shares):
        whole = [int(share) for share in shares]
        divisor = int(np.gcd.reduce(whole))
        return [share // divisor for share in whole]
    total = sum(shares)
    return [max(1, round(ROUND * share / total)) for share in shares]
