"""Divides pairs into training, validation and test, without leaks between them.

Takes of one scene stay together, and so do pairs whose originals are near-duplicates: otherwise a photo that
was edited twice could be in training and in validation.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.progress import CancelToken
from trainer.datasets.checking.fingerprints import group_near
from trainer.datasets.checking.inspection import original_hash
from trainer.datasets.lookahead import worked_ahead
from trainer.datasets.pairs import DatasetLayout, Pair, PairSet

SHARES = (0.90, 0.05, 0.05)
"""The original's shares of train, val and test."""
LARGE_LAYOUTS = (DatasetLayout.RELEASE, DatasetLayout.PARQUET)
"""Layouts that are divided by order: they have a published order, and are too large to open every image."""
PARTS = ("train", "val", "test")
SMALLEST = 20
"""Number of scenes from which on a twentieth is at least one."""

OnHashed = Callable[[int, int], None]
"""Called with the number of hashed originals and the number of all originals."""


@dataclass(frozen=True, slots=True)
class Splits:
    """The three parts of a dataset; all but the first may be empty."""

    train: PairSet
    val: PairSet
    test: PairSet


def split(
    found: PairSet,
    shares: tuple[float, float, float] = SHARES,
    by: str = "auto",
    *,
    smallest_val: int = 0,
    on_hashed: OnHashed = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> Splits:
    """Divides each dataset by "order", as the original does, or by "content"; "auto" chooses by its layout.

    If a dataset defines its own parts, those are kept. Small shares of small datasets are rounded down to
    zero; `smallest_val` still keeps so many pairs for validation, at most half of all. Division by content
    does not depend on the order of the images. Raises `Cancelled`.
    """
    parts = ["train"] * len(found.pairs)
    pooled: list[int] = []
    for number, layout in enumerate(found.layouts):
        own = [place for place, pair in enumerate(found.pairs) if pair.source == number]
        if {found.pairs[place].part for place in own} & {"val", "test"}:
            for place in own:
                parts[place] = found.pairs[place].part or "train"
        elif by == "order" or (by == "auto" and layout in LARGE_LAYOUTS):
            _divide(_scenes(found.pairs, own), shares, parts, smallest_val)
        else:
            pooled += own
    room = _room(len(pooled), shares, smallest_val)
    if any(room.values()):
        groups = _content_groups(found.pairs, pooled, on_hashed, cancel or CancelToken())
        _fill(groups, room, parts)
    return Splits(
        *(
            found.with_pairs([pair for pair, own in zip(found.pairs, parts, strict=True) if own == part])
            for part in PARTS
        )
    )


def _scenes(pairs: Sequence[Pair], places: Sequence[int]) -> list[list[int]]:
    scenes: dict[object, list[int]] = {}
    for place in places:
        pair = pairs[place]
        scenes.setdefault((pair.source, pair.scene) if pair.scene else place, []).append(place)
    return list(scenes.values())


def _divide(
    scenes: list[list[int]],
    shares: tuple[float, float, float],
    parts: list[str],
    smallest_val: int,
) -> None:
    """Divides by order, at the positions of the original's `EditDataset`; small datasets are not divided."""
    ends = [math.floor(sum(shares[: part + 1]) / sum(shares) * len(scenes) + 1e-9) for part in range(3)]
    if len(scenes) < SMALLEST:
        ends = [len(scenes)] * 3
    wanted = min(smallest_val, len(scenes) // 2)
    if ends[1] - ends[0] < wanted:
        ends[0] = max(0, ends[1] - wanted)
    for number, scene in enumerate(scenes):
        part = PARTS[next(index for index, end in enumerate(ends) if number < end)]
        for place in scene:
            parts[place] = part


def _content_groups(
    pairs: Sequence[Pair], places: list[int], on_hashed: OnHashed, cancel: CancelToken
) -> list[list[int]]:
    """Returns groups of pairs that must stay together, in an order that depends on their images only."""
    hashes = _hashes([pairs[place] for place in places], on_hashed, cancel)
    numbers = {place: number for number, place in enumerate(places)}
    takes = [(numbers[scene[0]], numbers[place]) for scene in _scenes(pairs, places) for place in scene[1:]]
    groups: dict[int, list[int]] = {}
    for number, group in enumerate(group_near(np.array(hashes, dtype=np.uint64), takes)):
        groups.setdefault(group, []).append(number)
    ordered = sorted(groups.values(), key=lambda group: _shuffled(min(hashes[number] for number in group)))
    return [[places[number] for number in group] for group in ordered]


def _hashes(pairs: Sequence[Pair], on_hashed: OnHashed, cancel: CancelToken) -> list[int]:
    hashes: list[int] = []
    unknown = [pair for pair in pairs if _known_hash(pair) is None]
    opened = worked_ahead(_original_hash, unknown, cancel=cancel)
    for place, pair in enumerate(pairs):
        value = _known_hash(pair)
        if value is None:
            value = next(opened)
        # an unreadable image gets a hash that resembles no other
        hashes.append(int.from_bytes(_shuffled(place)[:8], "big") if value is None else value)
        on_hashed(place + 1, len(pairs))
    return hashes


def _known_hash(pair: Pair) -> int | None:
    return pair.facts.original_hash if pair.facts else None


def _original_hash(pair: Pair) -> int | None:
    return original_hash(pair.original)


def _shuffled(value: int) -> bytes:
    return hashlib.blake2b(value.to_bytes(8, "big"), digest_size=16).digest()


def _room(count: int, shares: tuple[float, float, float], smallest_val: int) -> dict[str, int]:
    """Returns how many of so many pairs val and test may take."""
    val, test = (math.floor(share / sum(shares) * count + 1e-9) for share in shares[1:])
    return {"val": max(val, min(smallest_val, count // 2)), "test": test}


def _fill(groups: list[list[int]], room: dict[str, int], parts: list[str]) -> None:
    """Assigns whole groups to val and test as long as they fit, and all others to train."""
    for group in groups:
        part = next((part for part, left in room.items() if len(group) <= left), "train")
        if part != "train":
            room[part] -= len(group)
        for place in group:
            parts[place] = part
