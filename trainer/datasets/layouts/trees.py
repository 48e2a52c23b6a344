"""Access to the files of a dataset in a folder, or in a zip without unpacking it.

Names are relative, with slashes. Members of a zip are never written to disk, so their names cannot do harm.
"""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from engine.errors import ImageUnreadable
from trainer.datasets.pairs import DatasetNotUsable, PairImage

ENCRYPTED = 0x1
"""Flag of a zip's member that is encrypted with a password (APPNOTE 4.4.4)."""
DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""Errors of reading a damaged or unsupported zip."""


class Tree(Protocol):
    """Access to files by their relative names."""

    path: Path

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """Returns the names of a folder's files and, in order, subfolders; empty for a missing folder."""

    def files(self) -> Iterator[str]:
        """Yields the names of all files, in order."""

    def has(self, name: str) -> bool:
        """Returns whether there is a file of this name."""

    def open(self, name: str) -> IO[bytes]:
        """Opens a file for reading and seeking. Raises `OSError`."""

    def image(self, name: str) -> PairImage:
        """Returns the image of this name."""


@dataclass(frozen=True, slots=True)
class FileImage:
    """An image in a file of its own."""

    path: Path

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.path.name

    @property
    def location(self) -> tuple[Path, str]:
        """As `PairImage.location`."""
        return self.path, ""

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise ImageUnreadable(
                "image.unreadable",
                "{file} cannot be read ({reason}).",
                "Check who may read it, and the disk.",
                file=self.path,
                reason=error.strerror or error,
            ) from error


@dataclass(frozen=True, slots=True)
class ZipImage:
    """An image in a zip."""

    archive: Path
    member: str

    @property
    def name(self) -> str:
        """Name of the member without its folders."""
        return PurePosixPath(self.member).name

    @property
    def location(self) -> tuple[Path, str]:
        """As `PairImage.location`."""
        return self.archive, self.member

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""
        try:
            return _shared_zip(self.archive).read(self.member)
        except (*DAMAGED, KeyError) as error:
            raise ImageUnreadable(
                "image.archive-damaged",
                "{file} in {archive} is damaged.",
                "Pack or download the archive again.",
                file=self.member,
                archive=self.archive.name,
            ) from error


def _shared_zip(path: Path) -> zipfile.ZipFile:
    """Returns a zip that is opened once per process; forked processes would share the file position."""
    return _opened_zip(path, os.getpid(), path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened_zip(path: Path, process: int, changed: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


class FolderTree:
    """A folder on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """As `Tree.entries`."""
        try:
            with os.scandir(self.path / folder) as found:
                listed = [(entry.name, entry.is_dir()) for entry in found if not entry.name.startswith(".")]
        except OSError:
            return frozenset(), ()
        return (
            frozenset(name for name, is_folder in listed if not is_folder),
            tuple(sorted(name for name, is_folder in listed if is_folder)),
        )

    def files(self) -> Iterator[str]:
        """As `Tree.files`."""
        for folder, folders, names in os.walk(self.path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            place = Path(folder).relative_to(self.path)
            yield from ((place / name).as_posix() for name in sorted(names) if not name.startswith("."))

    def has(self, name: str) -> bool:
        """As `Tree.has`."""
        try:
            return (self.path / name).is_file()
        except (OSError, ValueError):
            return False

    def open(self, name: str) -> IO[bytes]:
        """As `Tree.open`."""
        return (self.path / name).open("rb")

    def image(self, name: str) -> PairImage:
        """As `Tree.image`."""
        return FileImage(self.path / name)


class OneFile(FolderTree):
    """A single file, without the other files of its folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._name = path.name

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """As `Tree.entries`."""
        return frozenset() if folder else frozenset([self._name]), ()

    def files(self) -> Iterator[str]:
        """As `Tree.files`."""
        return iter([self._name])


class ZipTree:
    """A zip."""

    def __init__(self, path: Path) -> None:
        """Raises `DatasetNotUsable` for a zip that is damaged or encrypted."""
        self.path = path
        try:
            members = [member for member in zipfile.ZipFile(path).infolist() if not member.is_dir()]
        except DAMAGED as error:
            raise DatasetNotUsable(
                "dataset.zip-damaged",
                "{file} is not a readable zip file.",
                "Pack or download it again.",
                file=path.name,
            ) from error
        if any(member.flag_bits & ENCRYPTED for member in members):
            raise DatasetNotUsable(
                "dataset.password",
                "{file} is protected by a password.",
                "Unpack it, and choose the unpacked folder.",
                file=path.name,
            )
        self._members = {member.filename: None for member in members if not _is_hidden(member.filename)}

    @cached_property
    def _folders(self) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
        inside: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}
        for member in self._members:
            *folders, name = member.split("/")
            for depth, folder in enumerate(folders):
                inside.setdefault("/".join(folders[:depth]), (set(), set()))[1].add(folder)
            inside.setdefault("/".join(folders), (set(), set()))[0].add(name)
        return {name: (frozenset(files), tuple(sorted(dirs))) for name, (files, dirs) in inside.items()}

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """As `Tree.entries`."""
        return self._folders.get(folder.rstrip("/"), (frozenset(), ()))

    def files(self) -> Iterator[str]:
        """As `Tree.files`."""
        return iter(sorted(self._members))

    def has(self, name: str) -> bool:
        """As `Tree.has`."""
        return name in self._members

    def open(self, name: str) -> IO[bytes]:
        """As `Tree.open`."""
        try:
            return _shared_zip(self.path).open(name)
        except (*DAMAGED, KeyError) as error:
            raise OSError(f"{name} in {self.path.name} is damaged.") from error

    def image(self, name: str) -> PairImage:
        """As `Tree.image`."""
        return ZipImage(self.path, name)


def _is_hidden(name: str) -> bool:
    """Returns whether a file was added by an operating system: `__MACOSX/…`, `.DS_Store`."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part not in (".", ".."))


def open_tree(path: Path) -> Tree:
    """Opens the folder, zip or parquet file at `path`. Raises `DatasetNotUsable` for anything else."""
    try:
        if path.is_dir():
            os.scandir(path).close()
            return FolderTree(path)
        if path.is_file() and zipfile.is_zipfile(path):
            return ZipTree(path)
        if path.is_file() and path.suffix == ".parquet":
            return OneFile(path)
    except OSError as error:
        raise DatasetNotUsable(
            "dataset.unreadable",
            "{folder} cannot be read ({reason}).",
            "Check the permissions of the folder.",
            folder=path,
            reason=error.strerror,
        ) from error
    if path.is_file():
        raise DatasetNotUsable(
            "dataset.not-a-zip",
            "{file} is not a zip file.",
            "Choose a folder of image pairs, or a zip file of one.",
            file=path.name,
        )
    raise DatasetNotUsable(
        "dataset.not-a-folder",
        "{folder} is not a folder.",
        "Choose the folder that contains the image pairs.",
        folder=path,
    )
