"""Matches the files of two sides by what their names share, the most exact agreement first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from trainer.datasets.layouts.name_lookup import folded


class SideFile(NamedTuple):
    """A file of one side."""

    file: str
    key: str
    """What its name shares with the other side, without its suffix."""
    suffix: str


class NameMatch(NamedTuple):
    """Files of both sides with one key: one of each is a pair."""

    name: str
    """The key, with a suffix where several files have this key."""
    key: str
    originals: tuple[str, ...]
    edited: tuple[str, ...]

    @property
    def is_pair(self) -> bool:
        """Whether there is one file of each side."""
        return len(self.originals) == len(self.edited) == 1


LEVELS: tuple[Callable[[SideFile], str], ...] = (
    lambda file: file.key + file.suffix,
    lambda file: file.key,
    lambda file: folded(file.key),
)


def matched(originals: Iterable[SideFile], edited: Iterable[SideFile]) -> Iterator[NameMatch]:
    """Yields all files in the order of their keys: pairs, files without a partner, and ambiguous ones."""
    left = list(originals), list(edited)
    shared = {key for side in left for key, count in Counter(file.key for file in side).items() if count > 1}
    found: list[NameMatch] = []
    for level in LEVELS:
        groups = _grouped(left, level)
        pairs = [(one[0], other[0]) for one, other in groups if len(one) == len(other) == 1]
        found += [NameMatch(_name(one, shared), one.key, (one.file,), (other.file,)) for one, other in pairs]
        taken = {file for pair in pairs for file in pair}
        left = (
            [file for file in left[0] if file not in taken],
            [file for file in left[1] if file not in taken],
        )
    for one, other in _grouped(left, LEVELS[-1]):
        if one and other:
            key = one[0].key
            found.append(NameMatch(key, key, tuple(f.file for f in one), tuple(f.file for f in other)))
        else:
            found += [NameMatch(_name(file, shared), file.key, (file.file,), ()) for file in one]
            found += [NameMatch(_name(file, shared), file.key, (), (file.file,)) for file in other]
    return iter(sorted(found))


def _name(file: SideFile, shared: set[str]) -> str:
    return file.key + file.suffix if file.key in shared else file.key


def _grouped(
    sides: tuple[list[SideFile], list[SideFile]], level: Callable[[SideFile], str]
) -> list[tuple[list[SideFile], list[SideFile]]]:
    groups: dict[str, tuple[list[SideFile], list[SideFile]]] = {}
    for number, side in enumerate(sides):
        for file in side:
            groups.setdefault(level(file), ([], []))[number].append(file)
    return list(groups.values())
