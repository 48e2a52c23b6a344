"""Access to the files of a dataset in a folder. Names are relative, with slashes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from engine.errors import ImageUnreadable
from engine.files.bounded_reading import IMAGE_LIMIT, TEXT_LIMIT, read_bounded
from trainer.datasets.pairs import PairImage

SYSTEM_NAMES = frozenset(
    (
        *("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin"),
        *("system volume information", "lost+found", "@eadir", "__pycache__"),
    )
)
"""Names in lower case of files and folders that operating systems and programs add to folders."""


def is_stray(name: str) -> bool:
    """Returns whether an operating system or a program has added a file or folder of this name."""
    return name.startswith((".", "~$")) or name.lower() in SYSTEM_NAMES


class Tree(Protocol):
    """Access to files by their relative names; folders are "" or end in a slash."""

    path: Path
    strays: set[str]
    """Names of files and folders that were skipped so far, since they are no part of a dataset."""

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """Returns the names of a folder's files and, in order, subfolders; empty for a missing folder."""

    def files(self, folder: str = "") -> Iterator[str]:
        """Yields the names of all files in a folder and its subfolders, in order."""

    def has(self, name: str) -> bool:
        """Returns whether there is a file of this name."""

    def open(self, name: str) -> IO[bytes]:
        """Opens a file for reading and seeking. Raises `OSError`."""

    def read(self, name: str) -> bytes:
        """Returns the bytes of a file that holds text. Raises `OSError`, also for one that is too large."""

    def image(self, name: str) -> PairImage:
        """Returns the image of this name."""


@dataclass(frozen=True, slots=True)
class FileImage:
    """An image in a file of its own."""

    path: Path
    name: str
    """Name relative to the dataset."""

    @property
    def location(self) -> tuple[Path, str]:
        """As `PairImage.location`."""
        return self.path, ""

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""
        try:
            return read_bounded(self.path, IMAGE_LIMIT)
        except OSError as error:
            raise ImageUnreadable(
                "image.unreadable",
                "{file} cannot be read ({reason}).",
                "Check who may read it, and the disk.",
                file=self.path,
                reason=error.strerror or error,
            ) from error


class FolderTree:
    """A folder on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.strays: set[str] = set()

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """As `Tree.entries`."""
        files: list[str] = []
        folders: list[str] = []
        try:
            with os.scandir(self.path / folder) as found:
                for entry in found:
                    if is_stray(entry.name) or (entry.is_symlink() and self._is_circular(folder, entry)):
                        self.strays.add(folder + entry.name)
                    elif entry.is_dir():
                        folders.append(entry.name)
                    elif entry.is_file():
                        files.append(entry.name)
                    else:  # a link to nothing, or a pipe, which would never end
                        self.strays.add(folder + entry.name)
        except OSError:
            return frozenset(), ()
        return frozenset(files), tuple(sorted(folders))

    def files(self, folder: str = "") -> Iterator[str]:
        """As `Tree.files`."""
        names, folders = self.entries(folder)
        yield from (folder + name for name in sorted(names))
        for inside in folders:
            yield from self.files(f"{folder}{inside}/")

    def has(self, name: str) -> bool:
        """As `Tree.has`."""
        try:
            return (self.path / name).is_file()
        except (OSError, ValueError):
            return False

    def open(self, name: str) -> IO[bytes]:
        """As `Tree.open`."""
        return (self.path / name).open("rb")

    def read(self, name: str) -> bytes:
        """As `Tree.read`."""
        return read_bounded(self.path / name, TEXT_LIMIT)

    def image(self, name: str) -> PairImage:
        """As `Tree.image`."""
        return FileImage(self.path / name, name)

    def _is_circular(self, folder: str, link: os.DirEntry[str]) -> bool:
        """Returns whether a link in a folder leads to a folder that it was reached through."""
        place = self.path / folder
        passed = (place, *place.parents[: folder.count("/")])
        try:
            target = Path(link.path).resolve()
            return target in place.resolve().parents or any(target == each.resolve() for each in passed)
        except (OSError, RuntimeError):  # a link to itself; RuntimeError before Python 3.13
            return True


class OneFile(FolderTree):
    """A single file, without the other files of its folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._name = path.name

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """As `Tree.entries`."""
        return frozenset() if folder else frozenset([self._name]), ()
