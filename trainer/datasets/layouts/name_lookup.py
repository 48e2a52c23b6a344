"""Finds files by names that were written differently: other slashes, case, Unicode form or percent signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import unquote

from trainer.datasets.layouts.trees import Tree

SAME_SUFFIXES = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif"}
"""Other suffixes of a format, in lower case, with the usual one."""
LONGEST_SHOWN, CUT = 500, 60
CODE_PAGES = ("cp1252", "gbk", "cp932", "cp949", "big5", "cp866", "cp1251")
"""Encodings of names in zips that do not say theirs, and are then read as IBM's code page 437."""
ABSOLUTE = re.compile(r"[A-Za-z]:/|/|file://")


class _Names(NamedTuple):
    """Names in a folder, those written alike together."""

    exact: frozenset[str]
    alike: dict[str, list[str]]

    def of(self, name: str) -> list[str]:
        return [name] if name in self.exact else self.alike.get(folded(name), [])


def folded(name: str) -> str:
    """Returns a form that is equal for names which people and file systems take for the same."""
    stem, dot, suffix = unicodedata.normalize("NFKC", name.strip()).casefold().rpartition(".")
    return stem + dot + SAME_SUFFIXES.get(suffix, suffix)


def shown(written: str) -> str:
    """Returns a written name for a message; longer ones, such as encoded images, are cut."""
    return written if len(written) <= LONGEST_SHOWN else f"{written[:CUT]}…"


class NameLookup:
    """Finds files of a tree by their written names; remembers the folders it has read."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._files: dict[str, _Names] = {}
        self._folders: dict[str, _Names] = {}

    def find(self, root: str, written: str) -> tuple[str, ...]:
        """Returns the names of files that can be meant: one, none, or several that differ in writing only.

        `root` is "" or ends in a slash; `written` is relative to it. A file of exactly this name is the
        only one. A name may begin with the folder's own name. An absolute name that does not exist here is
        looked for by its last parts.
        """
        for text in dict.fromkeys((written, unquote(written), *_misread(written))):
            path = text.replace("\\", "/")
            parts = [part for part in path.split("/") if part not in ("", ".")]
            if parts and ".." not in parts:
                is_absolute = ABSOLUTE.match(path) is not None
                most = len(parts) if is_absolute else 2 if self._is_own(root, parts[0]) else 1
                for start in range(most):
                    if found := self._matching(root, parts[start:]):
                        return found
        return (root + written,) if self.tree.has(root + written) else ()

    def _is_own(self, root: str, folder: str) -> bool:
        """Returns whether a folder is the one that names are relative to, seen from outside."""
        own = root.rstrip("/").rpartition("/")[2] or self.tree.path.name
        return folded(folder) == folded(own)

    def _matching(self, root: str, parts: list[str]) -> tuple[str, ...]:
        *parents, name = parts
        folders = [root]
        for parent in parents:
            folders = [f"{folder}{each}/" for folder in folders for each in self._read(folder)[1].of(parent)]
        return tuple(folder + each for folder in folders for each in self._read(folder)[0].of(name))

    def _read(self, folder: str) -> tuple[_Names, _Names]:
        if folder not in self._files:
            files, folders = self.tree.entries(folder)
            self._files[folder], self._folders[folder] = _names(files), _names(frozenset(folders))
        return self._files[folder], self._folders[folder]


def _misread(name: str) -> Iterator[str]:
    """Yields how a name looks whose bytes were read in another encoding when a zip was opened or unpacked."""
    if name.isascii():
        return
    for page in ("utf-8", *CODE_PAGES):
        with suppress(UnicodeError):
            yield unicodedata.normalize("NFC", name).encode(page).decode("cp437")


def _names(exact: frozenset[str]) -> _Names:
    alike: dict[str, list[str]] = {}
    for name in sorted(exact):
        alike.setdefault(folded(name), []).append(name)
    return _Names(exact, alike)
