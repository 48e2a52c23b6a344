"""Matches files given at once into pairs: by their names as datasets do, or by their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import IO

from engine.files.bounded_reading import TEXT_LIMIT, read_bounded
from engine.images.photo_search import is_photo_name, photos_below
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPair
from trainer.datasets.layouts.named_files import SideFolders, ending_entries, folder_entries, name_endings
from trainer.datasets.layouts.trees import FileImage
from trainer.datasets.pair_writing import AFTER, BEFORE
from trainer.datasets.pairs import Pair, PairImage
from trainer.datasets.sides import EDITED_WORDS, ORIGINAL_WORDS, chosen_sides, side_of

WORDLESS = "\u2063"
"""Stands for the words of pairs that have none, which the search would leave out otherwise."""


class MatchMode(StrEnum):
    """By what files are matched."""

    NAME = "name"
    ORDER = "order"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class MatchedFiles:
    """Two files that are a pair."""

    original: Path
    edited: Path
    words: tuple[str, ...] = ()

    def given(self) -> GivenPair:
        """The pair, to be copied."""
        return GivenPair.of_files(self.original, self.edited, self.words)


@dataclass(frozen=True, slots=True)
class FileMatching:
    """The pairs among files, and the files that are in none."""

    pairs: tuple[MatchedFiles, ...]
    left_over: tuple[Path, ...]

    def swapped(self) -> FileMatching:
        """The same with before and after swapped."""
        pairs = tuple(MatchedFiles(pair.edited, pair.original, pair.words) for pair in self.pairs)
        return FileMatching(pairs, self.left_over)


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """The files to match: originals and edited images apart, or, without `edited`, all together."""

    originals: tuple[Path, ...]
    edited: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    """The folders of the two sides, if they are apart; their texts may have the words."""

    def matched(self, mode: MatchMode) -> FileMatching:
        """Match them. Reads names and texts, by time also when the files were changed. Slow."""
        if mode is MatchMode.NAME:
            return _by_names_apart(self) if self.edited else _by_names_together(self.originals)
        if self.edited:
            return _by_order(_ordered(self.originals, mode), _ordered(self.edited, mode))
        together = _ordered(self.originals, mode)
        return _by_order(together[::2], together[1::2])

    def best(self) -> tuple[MatchMode, FileMatching]:
        """Match by name if that gives pairs, else by order. Slow."""
        by_name = self.matched(MatchMode.NAME)
        if by_name.pairs:
            return MatchMode.NAME, by_name
        return MatchMode.ORDER, self.matched(MatchMode.ORDER)


def files_of_folders(before: Path, after: Path) -> GivenFiles:
    """The photos of two folders, with those in folders below. Slow. Raises `ImageUnreadable`."""
    return GivenFiles(tuple(photos_below(before)), tuple(photos_below(after)), (before, after))


def sides_of_folders(folders: Sequence[Path]) -> tuple[Path, Path]:
    """Two folders as originals and edited images, by their names if they tell, else as they are given."""
    first, second = folders
    by_side = {side_of(folder.name): folder for folder in folders}
    if sides := chosen_sides(by_side):
        return by_side[sides[0]], by_side[sides[1]]
    if side_of(first.name) in EDITED_WORDS or side_of(second.name) in ORIGINAL_WORDS:
        return second, first
    return first, second


def photos_among(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The files among some paths that are photos by their names."""
    return tuple(path for path in paths if is_photo_name(path.name) and not path.is_dir())


def _by_order(originals: Sequence[Path], edited: Sequence[Path]) -> FileMatching:
    count = min(len(originals), len(edited))
    pairs = tuple(map(MatchedFiles, originals[:count], edited[:count]))
    return FileMatching(pairs, (*originals[count:], *edited[count:]))


def _ordered(files: Sequence[Path], mode: MatchMode) -> list[Path]:
    by_name = sorted(files, key=lambda path: (path.name.casefold(), str(path)))
    return sorted(by_name, key=_changed) if mode is MatchMode.TIME else by_name


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _by_names_together(files: Sequence[Path]) -> FileMatching:
    tree = _GivenTree(_unique_names(files))
    endings = name_endings(tree, "")
    if endings is None:
        return FileMatching((), tuple(files))
    pairs = [entry for entry in ending_entries(tree, "", endings, WORDLESS) if isinstance(entry, Pair)]
    return _matching(pairs, {}, files)


def _by_names_apart(given: GivenFiles) -> FileMatching:
    listed: dict[str, Path] = {}
    sides = (BEFORE, given.originals), (AFTER, given.edited)
    for (side, files), folder in zip(sides, given.folders, strict=True):
        together = (*files, *_text_files(folder))
        listed |= {f"{side}/{file.relative_to(folder).as_posix()}": file for file in together}
    tree, folders = _GivenTree(listed), SideFolders("", BEFORE, AFTER)
    found = {
        words: [each for each in folder_entries(tree, "", folders, words) if isinstance(each, Pair)]
        for words in ("", WORDLESS)
    }
    texts = {pair.name: pair.instructions for pair in found[""]}
    return _matching(found[WORDLESS], texts, (*given.originals, *given.edited))


def _matching(
    pairs: Sequence[Pair], texts: Mapping[str, tuple[str, ...]], files: Sequence[Path]
) -> FileMatching:
    matched = [
        MatchedFiles(pair.original.location[0], pair.edited.location[0], texts.get(pair.name, ()))
        for pair in pairs
    ]
    used = {file for pair in matched for file in (pair.original, pair.edited)}
    return FileMatching(tuple(matched), tuple(file for file in files if file not in used))


def _text_files(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.suffix.lower() == ".txt" and each.is_file())
    except OSError:
        return []


def _unique_names(files: Sequence[Path]) -> dict[str, Path]:
    """Files of several folders by their names; of equal names the later ones get their folder before it."""
    listed: dict[str, Path] = {}
    for file in files:
        name = file.name if file.name not in listed else f"{file.parent.name}-{file.name}"
        listed.setdefault(name, file)
    return listed


class _GivenTree:
    """Files of any folders as the `Tree` of a dataset, by other names."""

    path = Path("given")

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = dict(files)
        self._inside: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
        self.strays: set[str] = set()
        for name in files:
            path = PurePosixPath(name)
            self._folder(_prefix(path.parent))[0].add(path.name)

    def _folder(self, folder: str) -> tuple[set[str], set[str]]:
        if folder not in self._inside:
            self._inside[folder] = (set(), set())
            path = PurePosixPath(folder)
            self._folder(_prefix(path.parent))[1].add(path.name)
        return self._inside[folder]

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """As `Tree.entries`."""
        names, folders = self._inside.get(folder, ((), ()))
        return frozenset(names), tuple(sorted(folders))

    def files(self, folder: str = "") -> Iterator[str]:
        """As `Tree.files`."""
        return iter(sorted(name for name in self._files if name.startswith(folder)))

    def has(self, name: str) -> bool:
        """As `Tree.has`."""
        return name in self._files

    def open(self, name: str) -> IO[bytes]:
        """As `Tree.open`."""
        return self._files[name].open("rb")

    def read(self, name: str) -> bytes:
        """As `Tree.read`."""
        return read_bounded(self._files[name], TEXT_LIMIT)

    def image(self, name: str) -> PairImage:
        """As `Tree.image`."""
        return FileImage(self._files[name], name)


def _prefix(folder: PurePosixPath) -> str:
    return "" if str(folder) == "." else f"{folder}/"
