"""Where datasets lie: a folder, or a zip that is read as it is.

Names are relative, with slashes. Nothing of a zip is ever written, so its names lead nowhere.
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
"""Flag of a zip's member that asks for a password (APPNOTE 4.4.4)."""
DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading a damaged or odd zip ends with."""


class Tree(Protocol):
    """Files by their relative names."""

    path: Path

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        """Names of the files right in a folder, and of its folders in order; empty if there is none."""

    def files(self) -> Iterator[str]:
        """Every file below, in order."""

    def has(self, name: str) -> bool:
        """Whether there is such a file."""

    def open(self, name: str) -> IO[bytes]:
        """A file to read and seek in. Raises `OSError`."""

    def picture(self, name: str) -> PairImage:
        """The picture of this name."""


@dataclass(frozen=True, slots=True)
class FileImage:
    """A picture in a file of its own."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    def read(self) -> bytes:
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
    """A picture in a zip."""

    archive: Path
    member: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.member).name

    def read(self) -> bytes:
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
    """A zip, opened once in each process, for a forked one must not share the place in the file."""
    return _opened_zip(path, os.getpid(), path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened_zip(path: Path, process: int, changed: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


class FolderTree:
    """A folder on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
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
        for folder, folders, names in os.walk(self.path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            place = Path(folder).relative_to(self.path)
            yield from ((place / name).as_posix() for name in sorted(names) if not name.startswith("."))

    def has(self, name: str) -> bool:
        try:
            return (self.path / name).is_file()
        except (OSError, ValueError):
            return False

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")

    def picture(self, name: str) -> PairImage:
        return FileImage(self.path / name)


class OneFile(FolderTree):
    """A single file, without what lies beside it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.parent)
        self._name = path.name

    def entries(self, folder: str = "") -> tuple[frozenset[str], tuple[str, ...]]:
        return frozenset() if folder else frozenset([self._name]), ()

    def files(self) -> Iterator[str]:
        return iter([self._name])


class ZipTree:
    """A zip. Raises `DatasetNotUsable` for one that is damaged or asks for a password."""

    def __init__(self, path: Path) -> None:
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
        return self._folders.get(folder.rstrip("/"), (frozenset(), ()))

    def files(self) -> Iterator[str]:
        return iter(sorted(self._members))

    def has(self, name: str) -> bool:
        return name in self._members

    def open(self, name: str) -> IO[bytes]:
        try:
            return _shared_zip(self.path).open(name)
        except (*DAMAGED, KeyError) as error:
            raise OSError(f"{name} in {self.path.name} is damaged.") from error

    def picture(self, name: str) -> PairImage:
        return ZipImage(self.path, name)


def _is_hidden(name: str) -> bool:
    """What systems add of their own: `__MACOSX/…`, `.DS_Store`."""
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/") if part not in (".", ".."))


def open_tree(path: Path) -> Tree:
    """The folder or zip at `path`. Raises `DatasetNotUsable` if there is neither."""
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
