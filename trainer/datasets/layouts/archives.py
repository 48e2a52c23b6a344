"""Access to the files of a dataset in a zip or tar without unpacking it.

Members are never written to disk, so their names cannot do harm.
"""

from __future__ import annotations

import errno
import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import IO

from engine.errors import ImageUnreadable
from engine.files.bounded_reading import IMAGE_LIMIT, TEXT_LIMIT
from engine.files.disk_space import size_text
from trainer.datasets.layouts.trees import is_stray
from trainer.datasets.pairs import DatasetNotUsable, PairImage

ENCRYPTED, UTF8 = 0x1, 0x800
"""Flags of a zip's member that is encrypted, and of one whose name is UTF-8 (APPNOTE 4.4.4)."""
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
"""Methods of zips that Python reads. Windows packs large files by another one, Deflate64."""
DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""Errors of reading a damaged or unsupported zip."""


class ArchiveTree:
    """The files of an archive, by names with slashes and without "./"."""

    def __init__(self, path: Path, members: Mapping[str, str]) -> None:
        """`members` are the names in the archive by their clean names."""
        self.path = path
        self.strays = {stray for name in members if (stray := _stray_part(name))}
        self._members = {name: member for name, member in members.items() if not _stray_part(name)}

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

    def files(self, folder: str = "") -> Iterator[str]:
        """As `Tree.files`."""
        return (name for name in sorted(self._members) if name.startswith(folder))

    def has(self, name: str) -> bool:
        """As `Tree.has`."""
        return name in self._members


def _clean(member: str) -> str:
    """Returns a member's name with slashes and without "./"; empty for one that leads out of the archive."""
    parts = [part for part in member.replace("\\", "/").split("/") if part not in ("", ".")]
    return "" if ".." in parts else "/".join(parts)


def _stray_part(name: str) -> str:
    """Returns the uppermost folder or file of a name that an operating system has added; else ""."""
    parts = name.split("/")
    return next(("/".join(parts[: place + 1]) for place, part in enumerate(parts) if is_stray(part)), "")


@dataclass(frozen=True, slots=True)
class ZipImage:
    """An image in a zip."""

    archive: Path
    member: str
    name: str
    """Name relative to the dataset."""

    @property
    def location(self) -> tuple[Path, str]:
        """As `PairImage.location`."""
        return self.archive, self.member

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""
        try:
            return _read_member(self.archive, self.member, IMAGE_LIMIT)
        except (*DAMAGED, KeyError) as error:
            raise _damaged(self.name, self.archive) from error


def _damaged(name: str, archive: Path) -> ImageUnreadable:
    return ImageUnreadable(
        "image.archive-damaged",
        "{file} in {archive} is damaged.",
        "Pack or download the archive again.",
        file=name,
        archive=archive.name,
    )


def _read_member(archive: Path, member: str, limit: int) -> bytes:
    """Returns the bytes of a zip's member. Raises an error of `DAMAGED`, or `KeyError`."""
    opened = _shared_zip(archive)
    if opened.getinfo(member).file_size > limit:
        raise OSError(errno.EFBIG, f"{member} in {archive.name} is larger than {size_text(limit)}")
    return opened.read(member)


def _shared_zip(path: Path) -> zipfile.ZipFile:
    """Returns a zip that is opened once per process; forked processes would share the file position."""
    return _opened_zip(path, os.getpid(), path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _opened_zip(path: Path, process: int, changed: int) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


class ZipTree(ArchiveTree):
    """A zip."""

    def __init__(self, path: Path) -> None:
        """Raises `DatasetNotUsable` for a zip that is damaged, encrypted or packed by a rare method."""
        try:
            members = [member for member in zipfile.ZipFile(path).infolist() if not _is_folder(member)]
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
        if any(member.compress_type not in COMPRESSIONS for member in members):
            raise DatasetNotUsable(
                "dataset.zip-compression",
                "{file} is packed by a method that this program does not open, such as Deflate64.",
                "Unpack it, and choose the unpacked folder.",
                file=path.name,
            )
        names = {name: member.filename for member in members if (name := _clean(_zip_name(member)))}
        super().__init__(path, names)

    def open(self, name: str) -> IO[bytes]:
        """As `Tree.open`."""
        try:
            return _shared_zip(self.path).open(self._members[name])
        except (*DAMAGED, KeyError) as error:
            raise OSError(f"{name} in {self.path.name} is damaged.") from error

    def read(self, name: str) -> bytes:
        """As `Tree.read`."""
        try:
            return _read_member(self.path, self._members[name], TEXT_LIMIT)
        except (*DAMAGED, KeyError) as error:
            raise OSError(errno.EIO, f"{name} in {self.path.name} is damaged or too large") from error

    def image(self, name: str) -> PairImage:
        """As `Tree.image`."""
        return ZipImage(self.path, self._members[name], name)


def _is_folder(member: zipfile.ZipInfo) -> bool:
    return member.filename.endswith(("/", "\\"))


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Returns the name of a member; macOS writes UTF-8 without the flag that says so."""
    if not member.flag_bits & UTF8:
        with suppress(UnicodeError):
            return member.filename.encode("cp437").decode("utf-8")
    return member.filename


@dataclass(frozen=True, slots=True)
class TarImage:
    """An image in a tar."""

    archive: Path
    name: str
    """Name relative to the dataset."""
    start: int
    """Position of its bytes in the archive."""
    length: int

    @property
    def location(self) -> tuple[Path, str]:
        """As `PairImage.location`."""
        return self.archive, self.name

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""
        if self.length > IMAGE_LIMIT:
            raise _damaged(self.name, self.archive)
        try:
            with self.archive.open("rb") as file:
                file.seek(self.start)
                data = file.read(self.length)
        except OSError as error:
            raise _damaged(self.name, self.archive) from error
        if len(data) < self.length:
            raise _damaged(self.name, self.archive)
        return data


class TarTree(ArchiveTree):
    """A tar that is not compressed, such as a shard of a webdataset."""

    def __init__(self, path: Path) -> None:
        """Raises `DatasetNotUsable` for a tar that is damaged or compressed."""
        try:
            with tarfile.open(path, "r:") as archive:
                members = [member for member in archive if member.isreg()]
        except (OSError, tarfile.TarError, ValueError) as error:
            raise DatasetNotUsable(
                "dataset.tar-unreadable",
                "{file} is damaged, or a compressed tar.",
                "Unpack it, and choose the unpacked folder.",
                file=path.name,
            ) from error
        clean = {name: member for member in members if (name := _clean(member.name))}
        super().__init__(path, {name: member.name for name, member in clean.items()})
        self._places = {name: (member.offset_data, member.size) for name, member in clean.items()}

    def open(self, name: str) -> IO[bytes]:
        """As `Tree.open`."""
        return io.BytesIO(self.read(name))

    def read(self, name: str) -> bytes:
        """As `Tree.read`."""
        try:
            return self._image(name).read()
        except (ImageUnreadable, KeyError) as error:
            raise OSError(errno.EIO, f"{name} in {self.path.name} is damaged or too large") from error

    def image(self, name: str) -> PairImage:
        """As `Tree.image`."""
        return self._image(name)

    def _image(self, name: str) -> TarImage:
        return TarImage(self.path, name, *self._places[name])
