"""Pictures that are given for pairs: files, or images in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image

from engine.images.image_files import OPENABLE_SUFFIXES, decode_photo, read_image_file
from trainer.datasets.opening import upright_size


class GivenPicture(Protocol):
    """One picture of a pair, to be copied."""

    @property
    def name(self) -> str:
        """What the user calls it."""

    @property
    def suffix(self) -> str:
        """The suffix of its copy."""

    def write(self, target: Path) -> None:
        """Write its copy. Slow. Raises `ImageUnreadable` or `OSError`."""

    def decode(self) -> Image.Image:
        """The picture, mode RGB. Slow. Raises `ImageUnreadable`."""


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file, copied as it is."""

    path: Path

    @property
    def name(self) -> str:
        """As `GivenPicture.name`."""
        return self.path.name

    @property
    def suffix(self) -> str:
        """As `GivenPicture.suffix`."""
        suffix = self.path.suffix.lower()
        return suffix if suffix in OPENABLE_SUFFIXES else ".png"

    def write(self, target: Path) -> None:
        """As `GivenPicture.write`; a format that datasets do not have is written as PNG."""
        data = read_image_file(self.path)
        if self.suffix != self.path.suffix.lower():
            decode_photo(data, self.name).save(target, format="PNG", compress_level=1)
            return
        upright_size(data, self.name)  # raises for what is no picture
        target.write_bytes(data)

    def decode(self) -> Image.Image:
        """As `GivenPicture.decode`."""
        return decode_photo(read_image_file(self.path), self.name)


@dataclass(frozen=True, slots=True)
class GivenImage:
    """An image of the session, written without loss."""

    name: str
    read: Callable[[], Image.Image]
    """Returns the image; slow, and may raise `ImageUnreadable`."""
    suffix: str = ".png"

    def write(self, target: Path) -> None:
        """As `GivenPicture.write`."""
        self.read().save(target, format="PNG", compress_level=1)

    def decode(self) -> Image.Image:
        """As `GivenPicture.decode`."""
        return self.read().convert("RGB")


@dataclass(frozen=True, slots=True)
class GivenPair:
    """A pair that is to be added."""

    original: GivenPicture
    edited: GivenPicture
    words: tuple[str, ...] = ()

    @classmethod
    def of_files(cls, original: Path, edited: Path, words: tuple[str, ...] = ()) -> GivenPair:
        """A pair of two files."""
        return cls(GivenFile(original), GivenFile(edited), words)
