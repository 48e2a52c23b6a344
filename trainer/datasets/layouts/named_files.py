"""The layouts without metadata: two folders with equal names, or names that end in `_before` and `_after`.

The instructions come from a text file for each pair (beside an image, or in a folder of its own), from one
text file for all, where each line is a wording of the same edit, or from the settings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import combinations
from pathlib import PurePosixPath
from typing import NamedTuple

from trainer.datasets.layouts.instruction_texts import (
    TEXT_FOLDERS,
    InstructionTexts,
    TextNotReadable,
    is_image,
)
from trainer.datasets.layouts.matching import NameMatch, SideFile, matched
from trainer.datasets.layouts.name_lookup import folded
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import Pair, SkippedEntry, SkipReason
from trainer.datasets.sides import (
    EDITED_WORDS,
    ORIGINAL_WORDS,
    SIDES,
    chosen_sides,
    part_of,
    side_of,
)

LONE_ENDINGS = tuple(("", word) for word in ("edited", "edit", "after", "output", "target", "result"))
"""Endings for originals without one: `cat.jpg` and `cat_edited.jpg`."""
ALL_ENDINGS = (
    *SIDES,
    *LONE_ENDINGS,
    *((original, edited) for original in ORIGINAL_WORDS for edited in EDITED_WORDS),
)
READINGS = (
    ("end", re.compile(r"^(?P<stem>.*?)[\s._(\[-]+(?P<side>[A-Za-z0-9]+)[)\]]?$")),
    ("end", re.compile(r"^(?P<stem>.*[a-z0-9])(?P<side>[A-Z][a-z]+)$")),
    ("end", re.compile(r"^(?P<stem>.*[0-9])(?P<side>[a-z]+)$")),
    ("start", re.compile(r"^(?P<side>[A-Za-z]+)(?:[\s._\\-]+|(?=[0-9(\[]))(?P<stem>.+)$")),
    ("start", re.compile(r"^(?P<side>[a-z]+)(?P<stem>[A-Z].*)$")),
)
"""How a name is divided into a side and the rest: `cat_after`, `catAfter`, `01after`, `after_cat`, `after01`.

A backslash is in names of files that a program has unpacked from a zip of PowerShell as they were written.
"""


class SideFolders(NamedTuple):
    """The folders of originals and of edited images, of one part of the dataset."""

    part: str
    original: str
    edited: str


def two_folders(tree: Tree, root: str) -> list[SideFolders]:
    """Returns the pairs of folders with originals and with edited images: `before` and `after`, `testA` …"""
    names, folders = tree.entries(root)
    found: dict[str, dict[str, str]] = {}
    for folder in folders:
        found.setdefault(part_of(folder), {}).setdefault(side_of(folder), folder)
    chosen = ((part, sides, chosen_sides(sides)) for part, sides in found.items())
    pairs = [SideFolders(part, sides[words[0]], sides[words[1]]) for part, sides, words in chosen if words]
    if pairs:
        used = {folder for pair in pairs for folder in pair[1:]}
        unused = (name for name in folders if name not in used and name.lower() not in TEXT_FOLDERS)
        tree.strays.update(root + name for name in (*unused, *filter(is_image, names)))
    return pairs


def equal_folders(tree: Tree, root: str) -> tuple[str, str] | None:
    """Returns two folders whose images have equal names, of whatever name they are; None without them."""
    _, folders = tree.entries(root)
    if len(folders) == 1:
        return equal_folders(tree, f"{root}{folders[0]}/")
    names = {folder: filter(is_image, tree.entries(f"{root}{folder}/")[0]) for folder in folders}
    images = {folder: {folded(PurePosixPath(name).stem) for name in own} for folder, own in names.items()}
    return next((two for two in combinations(folders, 2) if images[two[0]] & images[two[1]]), None)


def folder_entries(
    tree: Tree, root: str, folders: SideFolders, instruction: str
) -> Iterator[Pair | SkippedEntry]:
    """Yields pairs of images with equal names, also in subfolders; their suffixes may differ."""
    sides = f"{root}{folders.original}/", f"{root}{folders.edited}/"
    texts = InstructionTexts(tree, root, sides[::-1], instruction)
    originals, edited = (
        [_side_file(name, side) for name in tree.files(side) if is_image(name)] for side in sides
    )
    if not {folded(file.key) for file in originals} & {folded(file.key) for file in edited}:
        originals = [_without_side(file, side_of(folders.original), ORIGINAL_WORDS) for file in originals]
        edited = [_without_side(file, side_of(folders.edited), EDITED_WORDS) for file in edited]
    for match in matched(originals, edited):
        has, lacks = folders[1:] if match.originals else (folders.edited, folders.original)
        yield _entry(tree, match, texts, f"is in {has} but not in {lacks}", folders.part)
        if match.is_pair and match.name != match.key:
            sentence = (
                f"{match.name}: there are images of this name with other suffixes, which are other pairs."
            )
            yield SkippedEntry(SkipReason.SAME_NAME, match.name, sentence)


def _side_file(name: str, folder: str) -> SideFile:
    path = PurePosixPath(name.removeprefix(folder))
    return SideFile(name, str(path.with_suffix("")), path.suffix)


def _without_side(file: SideFile, own: str, words: Collection[str]) -> SideFile:
    """Returns the file with a key without the word for its side, the folder's `own` or one of `words`."""
    folder, slash, name = file.key.rpartition("/")
    rests = {side: stem for _, side, stem in _readings(name + file.suffix, is_alone=False) if side}
    rest = next((rests[word] for word in (own, *words) if word in rests), name)
    return file._replace(key=folder + slash + rest)


class NameEndings(NamedTuple):
    """What originals and edited images have at the "end" or "start" of their names; the first may be ""."""

    place: str
    original: str
    edited: str


def name_endings(tree: Tree, root: str) -> NameEndings | None:
    """Returns the two endings that make most pairs in a folder; None if none make a pair."""
    stems: dict[tuple[str, str], set[str]] = {}
    names = [name for name in tree.entries(root)[0] if is_image(name)]
    for name in names:
        for place, side, stem in _readings(name, is_alone=len(names) == 2):
            stems.setdefault((place, side), set()).add(folded(stem))
    nothing: set[str] = set()
    complete = {
        NameEndings(place, *sides): len(
            stems.get((place, sides[0]), nothing) & stems.get((place, sides[1]), nothing)
        )
        for place in ("end", "start")
        for sides in ALL_ENDINGS
    }
    best = max(complete, key=lambda endings: complete[endings])
    return best if complete[best] else None


def _readings(name: str, *, is_alone: bool) -> Iterator[tuple[str, str, str]]:
    """Yields place, side and rest of an image's name in all ways: `cat_after` has “after” or nothing.

    Only where two images are alone in a folder may a name be the side itself: `before.jpg`.
    """
    whole = PurePosixPath(name).stem
    for place, pattern in READINGS:
        if found := pattern.match(whole):
            yield place, found["side"].lower(), found["stem"]
    if is_alone and len(whole) > 1:
        yield "end", side_of(whole), ""
    yield "end", "", whole
    yield "start", "", whole


def ending_entries(
    tree: Tree, root: str, endings: NameEndings, instruction: str
) -> Iterator[Pair | SkippedEntry]:
    """Yields pairs of images whose names differ in their endings only."""
    names = sorted(name for name in tree.entries(root)[0] if is_image(name))
    sides: dict[str, list[SideFile]] = {endings.original: [], endings.edited: []}
    for name in names:
        readings = _readings(name, is_alone=len(names) == 2)
        read = next((read for read in readings if read[0] == endings.place and read[1] in sides), None)
        if read is None:
            tree.strays.add(root + name)
        else:
            sides[read[1]].append(SideFile(root + name, read[2], PurePosixPath(name).suffix))
    texts = InstructionTexts(tree, root, (), instruction)
    for match in matched(sides[endings.original], sides[endings.edited]):
        ending = endings.edited if match.originals else endings.original
        lacks = f"there is none that {endings.place}s in “{ending}”" if ending else "there is no original"
        yield _entry(tree, match, texts, lacks.replace("starts in", "starts with"), "")


def _entry(
    tree: Tree, match: NameMatch, texts: InstructionTexts, lacks: str, part: str
) -> Pair | SkippedEntry:
    files = *match.originals, *match.edited
    name = match.name or PurePosixPath(files[0]).parent.name or PurePosixPath(files[0]).stem
    if not (match.originals and match.edited):
        return SkippedEntry(SkipReason.MISSING, name, f"{name}: {lacks}.")
    if not match.is_pair:
        sentence = f"{name}: it is not clear which of {', '.join(files)} belong together."
        return SkippedEntry(SkipReason.AMBIGUOUS, name, sentence)
    try:
        instructions = texts.of(match.key, files)
    except TextNotReadable as error:
        return SkippedEntry(SkipReason.UNREADABLE, name, f"{name}: {error} is not UTF-8 text.")
    if not instructions:
        sentence = f"{name}: no text file says what was done to it."
        return SkippedEntry(SkipReason.NO_INSTRUCTION, name, sentence)
    original, edited = map(tree.image, files)
    folder, slash, _ = match.key.partition("/")
    return Pair(original, edited, instructions, name, part=part or (part_of(folder) if slash else ""))
