"""Applies the repairs of datasets to their pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from trainer.datasets.pairs import DatasetNotUsable, Pair, PairSet, SkippedEntry, SkipReason
from trainer.datasets.repairs.pair_repair import PairRepair
from trainer.datasets.repairs.repairs_file import Repairs


def repaired_pairs(found: PairSet, repairs: Sequence[Repairs | None]) -> PairSet:
    """Returns the datasets with the repairs of each, in their order; None leaves a dataset as it is.

    Excluded pairs, and repairs whose pair is gone, are listed as skipped. Raises `DatasetNotUsable` if no
    pair is left.
    """
    by_source = [_by_pair(found, number, own) for number, own in enumerate(repairs)]
    kept: list[Pair] = []
    skipped: list[SkippedEntry] = []
    for pair in found.pairs:
        own = by_source[pair.source] if pair.source < len(by_source) else {}
        repair = own.get(pair.name)
        if repair is None:
            kept.append(pair)
        elif repair.exclude:
            skipped.append(SkippedEntry(SkipReason.EXCLUDED, pair.name, f"{pair.name} was left out."))
        else:
            kept.append(repair.applied_to(pair))
    if not kept:
        raise DatasetNotUsable(
            "dataset.all-excluded",
            "All pairs of {folder} are left out.",
            "Put some of them back.",
            folder=found.folder,
        )
    skipped += _without_pair(by_source, repairs)
    return replace(found, pairs=tuple(kept), skipped=(*found.skipped, *skipped))


def repair_of_each(found: PairSet, repairs: Repairs) -> dict[str, PairRepair]:
    """Returns the repairs of one dataset by the names that their pairs have now.

    The names of a pair's images go before its own name, which changes where lines or files were added.
    """
    return _by_pair(found, 0, repairs)


def _by_pair(found: PairSet, source: int, repairs: Repairs | None) -> dict[str, PairRepair]:
    if repairs is None or not repairs.pairs:
        return {}
    pairs = [pair for pair in found.pairs if pair.source == source]
    own = {
        pair.name: repair
        for pair in pairs
        if (repair := repairs.pairs.get(pair.name)) is not None and repair.belongs_to(pair)
    }
    elsewhere = {name: repair for name, repair in repairs.pairs.items() if name not in own}
    moved = {repair.images: repair for repair in elsewhere.values() if any(repair.images)}
    if moved:
        for pair in pairs:
            repair = moved.get((pair.original.name, pair.edited.name))
            if repair is not None and pair.name not in own:
                own[pair.name] = repair
    return own


def _without_pair(
    by_source: Sequence[Mapping[str, PairRepair]], repairs: Sequence[Repairs | None]
) -> list[SkippedEntry]:
    return [
        SkippedEntry(SkipReason.REPAIR_UNUSED, name, f"{name} was repaired, but is no longer there.")
        for used, own in zip(by_source, repairs, strict=True)
        if own is not None
        for name, repair in own.pairs.items()
        if not any(repair is other for other in used.values())
    ]
