"""The inspections of all pairs: remembered, or made by all processes of a run, each its share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from engine.progress import Cancelled, CancelToken
from trainer.datasets.checking.inspection import PairInspection, inspect_pair
from trainer.datasets.checking.pair_record import PairRecord
from trainer.datasets.lookahead import WorkerPool, cores_to_use, worked_ahead
from trainer.datasets.pairs import Pair

if TYPE_CHECKING:
    from trainer.distributed.parallel import Processes

Inspect = Callable[[Pair], PairInspection]

ROUND = 2048
"""Pairs for each core before the processes exchange what they have found."""
KEPT = 256
"""Pairs after which what was found is remembered."""
GROUP = 32
"""Pairs in files of their own that a worker process takes at a time."""
FEWEST_FOR_WORKERS = 512
"""Pairs from which on starting worker processes takes less time than they save."""
FEWEST_ASIDE, GROUP_ASIDE = 64, 2
"""The same for one process beside a window, which takes so few pairs at a time that it can be ended soon."""


def inspections_of(
    pairs: Sequence[Pair],
    record: PairRecord,
    *,
    cancel: CancelToken,
    inspect: Inspect = inspect_pair,
    workers: int | None = None,
    processes: Processes | None = None,
    is_aside: bool = False,
) -> Iterator[tuple[bytes, PairInspection]]:
    """Yields the key in the record and the inspection of each pair, in order.

    With several `processes`, all must iterate, and only the first one gets anything. `workers` are threads;
    None takes all cores of this process, and worker processes if there are many pairs. With `is_aside`, one
    core is used, and of many pairs one worker process, so that this process stays responsive. Raises
    `Cancelled`, in all processes if one of them is asked to stop.
    """
    cores = 1 if is_aside else cores_to_use()
    workers = 1 if is_aside else workers
    with WorkerPool(cores, is_background=is_aside) as pool:
        size = ROUND * (processes.from_first(cores) * processes.count if processes else cores)
        for first in range(0, len(pairs), size):
            some = pairs[first : first + size]
            yield from _Round(some, record, pool, inspect, cancel, workers, is_aside).inspections(processes)


class _Round:
    """Some of the pairs, and those of them that are not remembered."""

    def __init__(
        self,
        pairs: Sequence[Pair],
        record: PairRecord,
        pool: WorkerPool,
        inspect: Inspect,
        cancel: CancelToken,
        workers: int | None,
        is_aside: bool,
    ) -> None:
        self._pairs, self._record, self._pool, self._inspect = pairs, record, pool, inspect
        self._cancel, self._workers, self._is_aside = cancel, workers, is_aside

    def inspections(self, processes: Processes | None) -> Iterator[tuple[bytes, PairInspection]]:
        if processes is None or processes.count == 1:
            keys, known, missing = self._look_up()
            yield from self._merged(keys, known, self._inspected(missing))
            return
        keys, known, missing = self._look_up() if processes.is_first else ([], {}, [])
        missing = processes.from_first(missing)
        try:
            own = self._own_share(missing, processes)
            made: list[PairInspection] | None = list(self._inspected(own))
            self._cancel.raise_if_cancelled()
        except Cancelled:
            made = None
        gathered = processes.gather(made)
        if any(part is None for part in gathered):
            raise Cancelled
        fresh = (inspection for part in gathered for inspection in part or ())
        if processes.is_first:
            yield from self._merged(keys, known, fresh)

    def _look_up(self) -> tuple[list[bytes], dict[bytes, PairInspection], list[int]]:
        """Returns the keys, the remembered inspections, and the places of the other pairs."""
        keys = [self._record.key(pair) for pair in self._pairs]
        known = self._record.known(keys)
        return keys, known, [place for place, key in enumerate(keys) if key not in known]

    def _merged(
        self, keys: list[bytes], known: dict[bytes, PairInspection], fresh: Iterator[PairInspection]
    ) -> Iterator[tuple[bytes, PairInspection]]:
        """Yields the inspections in order, and adds the fresh ones to the record, also when stopped."""
        added: list[tuple[bytes, PairInspection]] = []
        try:
            for key in keys:
                inspection = known.get(key)
                if inspection is None:
                    inspection = next(fresh)
                    added.append((key, inspection))
                    if len(added) == KEPT:
                        self._record.add(added)
                        added.clear()
                yield key, inspection
        finally:
            self._record.add(added)

    def _inspected(self, places: Sequence[int]) -> Iterator[PairInspection]:
        pairs = [self._pairs[place] for place in places]
        if self._is_aside and len(pairs) >= FEWEST_ASIDE:
            return self._pool.map(self._inspect, _groups(pairs, GROUP_ASIDE), self._cancel)
        if self._workers is None and len(pairs) >= FEWEST_FOR_WORKERS:
            return self._pool.map(self._inspect, _groups(pairs), self._cancel)
        return worked_ahead(self._inspect, pairs, cancel=self._cancel, workers=self._workers)

    def _own_share(self, places: Sequence[int], processes: Processes) -> list[int]:
        """Returns this process's part of the places, in order, with whole blocks as far as possible."""
        size = max(1, min(GROUP, len(places) // processes.count))
        share: list[int] = []
        done = 0
        for group in _groups([self._pairs[place] for place in places], size):
            if done * processes.count // len(places) == processes.rank:
                share += places[done : done + len(group)]
            done += len(group)
        return share


def _groups(pairs: Sequence[Pair], few: int = GROUP) -> list[list[Pair]]:
    """Returns the pairs in order: those of a block together, and others a few at a time."""
    groups = []
    for block, together in groupby(pairs, key=lambda pair: (pair.source, pair.block)):
        own = list(together)
        size = len(own) if block[1] else few
        groups += [own[first : first + size] for first in range(0, len(own), size)]
    return groups
