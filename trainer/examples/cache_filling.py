"""Fills caches: each process of a run makes its share of the missing entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.progress import Cancelled, CancelToken
from trainer.distributed.parallel import Processes
from trainer.examples.cache_folder import Cache, Entry, OnCached

Make = Callable[[list[int]], Iterator[tuple[int, Entry]]]
"""Gets indices of keys and yields each with its entry; one that cannot be made is left out."""


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

    def fill(self, make: Make, *, on_cached: OnCached, cancel: CancelToken) -> None:
        """Makes and writes this process's share of the missing entries, and waits for the other processes.

        Raises `OutputNotWritable`, `Cancelled`, or what `make` raises; entries made until then are kept.
        """
        rank, count, total = self._processes.rank, self._processes.count, len(self._keys)
        own = slice(len(self.missing) * rank // count, len(self.missing) * (rank + 1) // count)
        done = total - len(self.missing)
        on_cached(done, total)
        try:
            for place, entry in make(self.missing[own]):
                cancel.raise_if_cancelled()
                self._cache.write(self._keys[place], entry)
                done = min(done + count, total)  # the other processes are about as far
                on_cached(done, total)
        except Cancelled:
            self._processes.gather(True)
            raise
        if any(self._processes.gather(False)):
            raise Cancelled
        if done < total:
            on_cached(total, total)

    def failed(self) -> set[str]:
        """Returns the keys whose entries could not be made."""
        missing: set[str] | None = None
        if self._processes.is_first:
            missing = {
                key for key in (self._keys[place] for place in self.missing) if not self._cache.has(key)
            }
        return self._processes.from_first(missing)
