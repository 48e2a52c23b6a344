"""The layouts without metadata: two folders with equal names, or names that end in `_before` and `_after`.

The instructions come from a text file for each pair (beside an image, or in a folder of its own), from one
text file for all, where each line is a wording of the same edit, or from the settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from engine.images.image_files import OPENABLE_SUFFIXES
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import Pair, SkippedEntry, SkipReason

SIDES = (
    ("before", "after"),
    ("original", "edited"),
    ("originals", "edits"),
    ("input", "output"),
    ("inputs", "outputs"),
    ("source", "target"),
    ("sources", "targets"),
    ("src", "tgt"),
    ("src", "dst"),
    ("in", "out"),
    ("from", "to"),
    ("a", "b"),
    ("0", "1"),
)
"""Names of originals and edited images, as folders or endings of file names; case does not matter."""
LONE_ENDINGS = (("", "edited"), ("", "edit"), ("", "after"), ("", "output"), ("", "target"))
"""Endings for originals without one: `cat.jpg` and `cat_edited.jpg`."""
ENDING = re.compile(r"^(?P<stem>.*?)[\s._-]+(?P<side>[A-Za-z0-9]+)$")
PREFIXES = ("train", "images", "image", "img")
"""Prefixes of a folder's name before the side: `trainA`, `images_before`."""
TEXT_FOLDERS = ("instructions", "instruction", "edits", "texts", "text", "prompts", "captions")
TEXT_FILES = ("instruction.txt", "instructions.txt", "edit.txt", "prompt.txt")
OTHER = re.compile("readme|licen[cs]e|credits", re.IGNORECASE)
"""Text files that are not instructions."""

ImageFiles = dict[str, str]
"""File names by the part that the two sides of a pair share."""


def two_folders(tree: Tree, root: str) -> tuple[str, str] | None:
    """Returns the folders of originals and of edited images; None without them."""
    _, folders = tree.entries(root)
    by_side = {_side_of(name): name for name in folders}
    for original, edited in SIDES:
        if original in by_side and edited in by_side:
            return by_side[original], by_side[edited]
    return None


def _side_of(folder: str) -> str:
    name = folder.lower()
    for prefix in PREFIXES:
        if name.startswith(prefix) and (rest := name.removeprefix(prefix).strip(" ._-")):
            return rest
    return name


def folder_entries(
    tree: Tree, root: str, folders: tuple[str, str], instruction: str
) -> Iterator[Pair | SkippedEntry]:
    """Yields pairs of images with equal names; their suffixes may differ."""
    original, edited = (_images_in(tree, f"{root}{folder}/") for folder in folders)
    words = _Instructions(tree, root, instruction)
    for name in sorted(original.keys() | edited.keys()):
        if name not in original or name not in edited:
            has, lacks = folders if name in original else folders[::-1]
            sentence = f"{name}: is in {has} but not in {lacks}."
            yield SkippedEntry(SkipReason.MISSING, name, sentence)
            continue
        yield _pair(tree, (original[name], edited[name]), name, words)


def _images_in(tree: Tree, folder: str) -> ImageFiles:
    names, _ = tree.entries(folder)
    return {
        str(PurePosixPath(name).with_suffix("")): folder + name for name in sorted(names) if _is_image(name)
    }


def _is_image(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in OPENABLE_SUFFIXES


def name_endings(tree: Tree, root: str) -> tuple[str, str] | None:
    """Returns the two endings that make most pairs in a folder; None if none make a pair."""
    stems: dict[str, set[str]] = {}
    for name in tree.entries(root)[0]:
        for stem, ending in _readings(name):
            stems.setdefault(ending, set()).add(stem)
    complete = {
        endings: len(stems.get(endings[0], set()) & stems.get(endings[1], set()))
        for endings in (*SIDES, *LONE_ENDINGS)
    }
    best = max(complete, key=lambda endings: complete[endings])
    return best if complete[best] else None


def _readings(name: str) -> list[tuple[str, str]]:
    """Returns possible stems and endings of an image's name: `cat_after` ends in “after” or in nothing."""
    if not _is_image(name):
        return []
    whole = str(PurePosixPath(name).with_suffix(""))
    match = ENDING.match(whole)
    return [*([(match["stem"], match["side"].lower())] if match else []), (whole, "")]


def ending_entries(
    tree: Tree, root: str, endings: tuple[str, str], instruction: str
) -> Iterator[Pair | SkippedEntry]:
    """Yields pairs of images whose names differ in their endings only."""
    found: dict[str, ImageFiles] = {}
    for name in sorted(tree.entries(root)[0]):
        stem, ending = next((read for read in _readings(name) if read[1] in endings), ("", None))
        if ending is not None:
            found.setdefault(stem, {})[ending] = root + name
    words = _Instructions(tree, root, instruction)
    for stem, sides in found.items():
        missing = [ending for ending in endings if ending not in sides]
        if missing:
            lacks = f"none that ends in “{missing[0]}”" if missing[0] else "no original"
            yield SkippedEntry(SkipReason.MISSING, stem, f"{stem}: there is {lacks}.")
            continue
        yield _pair(tree, (sides[endings[0]], sides[endings[1]]), stem, words)


def _pair(tree: Tree, files: tuple[str, str], name: str, words: _Instructions) -> Pair | SkippedEntry:
    instructions = words.of(name, files)
    if not instructions:
        sentence = f"{name}: no text file says what was done to it."
        return SkippedEntry(SkipReason.NO_INSTRUCTION, name, sentence)
    return Pair(tree.image(files[0]), tree.image(files[1]), instructions, name)


class _Instructions:
    """Finds the instructions of a pair: its own, else those for all pairs."""

    def __init__(self, tree: Tree, root: str, instruction: str) -> None:
        self._tree, self._root = tree, root
        _, folders = tree.entries(root)
        self._folders = [f"{root}{name}/" for name in folders if name.lower() in TEXT_FOLDERS]
        self._for_all = (instruction,) if instruction.strip() else self._common()

    def of(self, name: str, files: tuple[str, str]) -> tuple[str, ...]:
        places = [f"{self._root}{name}.txt"]
        places += [str(PurePosixPath(file).with_suffix(".txt")) for file in files]
        places += [f"{folder}{name}.txt" for folder in self._folders]
        own = next((place for place in places if self._tree.has(place)), None)
        return (self._lines(own) if own else ()) or self._for_all

    def _common(self) -> tuple[str, ...]:
        names, _ = self._tree.entries(self._root)
        texts = sorted(name for name in names if name.lower().endswith(".txt") and not OTHER.match(name))
        known = [name for name in texts if name.lower() in TEXT_FILES]
        if not known and len(texts) == 1 and not any(map(_is_image, names)):
            known = texts
        return self._lines(self._root + known[0]) if known else ()

    def _lines(self, name: str) -> tuple[str, ...]:
        try:
            with self._tree.open(name) as file:
                text = file.read().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return ()
        return tuple(line.strip() for line in text.splitlines() if line.strip())
