"""Fills caches: each process of a run makes its share of the missing entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from engine.progress import Cancelled, CancelToken
from trainer.distributed.parallel import Processes
from trainer.examples.cache_folder import Cache, Entry, OnCached

Make = Callable[[list[int]], Iterator[tuple[int, Entry]]]
"""Gets indices of keys and yields each with its entry; one that cannot be made is left out."""

Retried = Callable[[Callable[[], Any]], Any]
"""Returns the result of some work, and may do it again after an error; threads may share it."""

_Result = TypeVar("_Result")

ROUND = 256
"""Entries that each process makes before all learn whether one of them was asked to stop."""


def once(work: Callable[[], _Result]) -> _Result:
    """Returns the result of some work, which is done once."""
    return work()


class CacheFilling:
    """The entries of one cache that a run needs, of which some are missing."""

    def __init__(self, cache: Cache, keys: Sequence[str], processes: Processes) -> None:
        """All processes must create it, and call each of its methods."""
        self._cache, self._keys, self._processes = cache, keys, processes
        self.missing = processes.from_first(self._missing() if processes.is_first else None)
        """Indices of the keys without an entry; of equal keys only the first."""

    def _missing(self) -> list[int]:
        places: dict[str, int] = {}
        for place, key in enumerate(self._keys):
            places.setdefault(key, place)
        missing = [place for key, place in places.items() if not self._cache.has(key)]
        self._cache.touch(list(places))
        return missing

    def fill(self, make: Make, *, on_cached: OnCached, cancel: CancelToken, retried: Retried = once) -> None:
        """Makes and writes this process's share of the missing entries, and waits for the other processes.

        X
        """
        there, total = len(self._keys) - len(self.missing), len(self._keys)
        on_cached(there, total)
        if self._processes.count == 1:
            self._write(make(self.missing), there, on_cached, cancel, retried)
            return
        size = ROUND * self._processes.count
        for first in range(0, len(self.missing), size):
            self._fill_round(self.missing[first : first + size], make, cancel)
            on_cached(min(there + first + size, total), total)

    def _fill_round(self, missing: list[int], make: Make, cancel: CancelToken) -> None:
        rank, count = self._processes.rank, self._processes.count
        own = missing[len(missing) * rank // count : len(missing) * (rank + 1) // count]
        is_cancelled = False
        try:
            self._write(make(own), 0, lambda done, total: None, cancel)
        except Cancelled:
            is_cancelled = True
        if any(self._processes.gather(is_cancelled)):
            raise Cancelled

    def _write(
        self,
        made: Iterator[tuple[int, Entry]],
        there: int,
        on_cached: OnCached,
        cancel: CancelToken,
        retried: Retried = once,
    ) -> None:
        for done, (place, entry) in enumerate(made, there + 1):
            cancel.raise_if_cancelled()
            retried(partial(self._cache.write, self._keys[place], entry))
            on_cached(done, len(self._keys))

    def failed(self) -> set[str]:
        """Returns the keys whose entries could not be made."""
        missing: set[str] | None = None
        if self._processes.is_first:
            missing = {
                key for key in (self._keys[place] for place in self.missing) if not self._cache.has(key)
            }
        return self._processes.from_first(missing)
