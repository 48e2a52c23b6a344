"""Names that tell originals from edited images, and the parts of a dataset, in folders, files and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    ("old", "new"),
    ("pre", "post"),
    ("raw", "edited"),
    ("raw", "retouched"),
    ("control", "target"),
    ("conditioning", "target"),
    ("a", "b"),
    ("0", "1"),
)
"""Words for originals and edited images; earlier ones are preferred, and case does not matter."""
ORIGINAL_WORDS = ("before", "original", "originals", "orig", "input", "inputs", "source", "sources", "src")
EDITED_WORDS = (
    *("after", "edited", "edit", "edits", "output", "outputs", "target", "targets", "tgt", "dst"),
    *("result", "results", "modified", "changed"),
)
"""Words that people also mix: `original` and `after`."""
PARTS = {
    **{"train": "train", "training": "train"},
    **{"val": "val", "validation": "val", "valid": "val", "dev": "val", "eval": "val"},
    **{"test": "test", "testing": "test"},
}
"""The part of a dataset by the words for it."""
FILLERS = frozenset(
    (
        *("image", "images", "img", "imgs", "photo", "photos", "picture", "pictures", "pic", "pics"),
        *("file", "files", "filename", "name", "path", "folder", "data"),
    )
)
"""Words beside the side that say nothing."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+")
_GLUED = re.compile(rf"^({'|'.join((*PARTS, *FILLERS))})([ab])$")


def words_of(name: str) -> list[str]:
    """Returns the words of a name in lower case: `trainA`, `Train_a` and `traina` are train and a."""
    words = [word.lower() for word in _WORD.findall(name)]
    return [part for word in words for part in _GLUED.sub(r"\1 \2", word).split()]


def part_of(name: str) -> str:
    """Returns the part of a dataset that a name begins with: "train", "val", "test" or ""."""
    return PARTS.get(next(iter(words_of(name)), ""), "")


def side_of(name: str) -> str:
    """Returns the one word of a folder's or column's name that may be a side; "" if there are several.

    Numbers beside a word say nothing: `01_before`.
    """
    words = [word for word in words_of(name) if word not in FILLERS and word not in PARTS]
    words = [word for word in words if not word.isdigit()] or words
    return words[0] if len(words) == 1 else ""


def chosen_sides(found: Iterable[str]) -> tuple[str, str] | None:
    """Returns the words for originals and edited images among some words; None without both."""
    present = set(found)
    known = next((sides for sides in SIDES if set(sides) <= present), None)
    if known is not None:
        return known
    originals = [word for word in ORIGINAL_WORDS if word in present]
    edited = [word for word in EDITED_WORDS if word in present]
    return (originals[0], edited[0]) if originals and edited else None
