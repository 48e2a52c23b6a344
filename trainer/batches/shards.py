"""Divides pairs that are read in blocks, such as row groups of a table, among those who read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Items = NDArray[np.int64]


class ShardCounts(NamedTuple):
    """How many processes train, and how many of the workers of each read."""

    processes: int = 1
    workers: int = 1


ONE_SHARD = ShardCounts()


def divide_blocks(
    blocks: Sequence[int], weights: Sequence[float], counts: ShardCounts, seed: Sequence[int]
) -> list[list[Items]]:
    """Returns the shards of each process, as indices of items.

    `blocks` are the blocks of the items, 0 for an item of its own; `weights` say how often each is drawn. All
    processes draw equally often, so their parts weigh the same, and may share the block that lies across
    their border. The shards of a process contain whole blocks, and may weigh differently. Empty shards are
    left out; without any block there is one shard.
    """
    numbers, shares = np.asarray(blocks), np.asarray(weights, dtype=np.float64)
    if not numbers.any() or counts == ONE_SHARD:
        return [[np.arange(len(numbers))]]
    labels = np.where(numbers == 0, -1 - np.arange(len(numbers)), numbers)
    kept, inverse = np.unique(labels, return_inverse=True)
    rank = np.random.default_rng(seed).permutation(len(kept))[inverse]
    order = np.argsort(rank, kind="stable")
    middles = np.cumsum(shares[order]) - shares[order] / 2
    parts = (middles / shares.sum() * counts.processes).astype(np.int64)
    return [
        _dealt(order[parts == part], rank, shares, counts.workers)
        for part in range(counts.processes)
        if (parts == part).any()
    ]


def _dealt(items: Items, rank: Items, shares: NDArray[np.float64], workers: int) -> list[Items]:
    """Returns the items in shards of whole blocks, of about equal weight."""
    ends = np.flatnonzero(np.diff(rank[items])) + 1
    blocks = sorted(np.split(items, ends), key=lambda block: -float(shares[block].sum()))
    shards: list[list[Items]] = [[] for _ in range(min(workers, len(blocks)))]
    weights = [0.0] * len(shards)
    for block in blocks:
        lightest = weights.index(min(weights))
        shards[lightest].append(block)
        weights[lightest] += float(shares[block].sum())
    return [np.sort(np.concatenate(shard)) for shard in shards]
