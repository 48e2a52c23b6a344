"""Pairs of images with their instructions; images are opened only when needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from engine.errors import EngineError
from trainer.datasets.affine_map import AffineMap


class DatasetNotUsable(EngineError):
    """A dataset cannot be read, or contains no usable pairs."""

    kind = "dataset"
    is_wrong_input = True


class DatasetLayout(StrEnum):
    """How the files of a dataset are arranged."""

    RELEASE = "original release"
    METADATA = "metadata"
    PARQUET = "parquet"
    ARROW = "arrow"
    TWO_FOLDERS = "two folders"
    NAME_ENDINGS = "name endings"


class PairImage(Protocol):
    """An image in a file, a zip or a table."""

    @property
    def name(self) -> str:
        """Name by which a user finds the image."""

    @property
    def location(self) -> tuple[Path, str]:
        """The file on disk, and the part of it that is the image; "" if it is the whole file."""

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""


@dataclass(frozen=True, slots=True)
class PairFacts:
    """What a check has found out about the images of a pair, so that they need not be read again for it."""

    digests: bytes
    """BLAKE2b of the file of the original, then of that of the edited image; 64 bytes each."""
    size: tuple[int, int] | None = None
    """Upright width and height of the original; None if it is not known."""
    original_hash: int | None = None
    """Perceptual hash of the original; None if it was not decoded."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One example: the original, the instruction, and the edited image."""

    original: PairImage
    edited: PairImage
    instructions: tuple[str, ...]
    """Wordings of the same edit; one is drawn whenever the pair is used."""
    name: str
    """Place of the pair in its dataset: a line, a folder, a file."""
    scene: str = ""
    """Pairs of one scene are takes of the same edit: one is drawn at a time, and splits keep them
    together."""
    part: str = ""
    """"train", "val" or "test" if the dataset defines its own parts."""
    block: int = 0
    """Pairs of one block are read together; 0 for images in files of their own."""
    source: int = 0
    """Index of the dataset that contains the pair."""
    captions: tuple[str, str] | None = None
    """Captions of original and edited image if the dataset has them; for evaluation."""
    alignment: AffineMap | None = None
    """Where the edited image shows what the original shows; None if they have the same frame."""
    facts: PairFacts | None = field(default=None, compare=False, repr=False)
    """None if the pair was not checked."""

    @property
    def instruction(self) -> str:
        """The first wording."""
        return self.instructions[0]


class SkipReason(StrEnum):
    """Why an entry of a dataset is skipped."""

    MISSING = "missing"
    UNREADABLE = "unreadable entry"
    AMBIGUOUS = "ambiguous name"
    NO_INSTRUCTION = "no instruction"
    STRAY = "other file"
    """It is no part of a pair, such as what an operating system adds to folders."""
    SAME_NAME = "same name"
    """It is used, although other images of its name have other suffixes."""
    EXCLUDED = "excluded"
    """The user has left it out."""
    REPAIR_UNUSED = "unused repair"
    """It was repaired, but is no longer in the dataset."""


NOTES = (SkipReason.STRAY, SkipReason.SAME_NAME, SkipReason.EXCLUDED, SkipReason.REPAIR_UNUSED)
"""Reasons that are reported, but cost no pair."""


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """A skipped entry, with a sentence about it."""

    reason: str
    """A `SkipReason`, or the kind of a finding of the check."""
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset to draw from, with its weight relative to the others."""

    path: Path
    weight: float | None = None
    """None for a weight equal to the number of pairs."""


@dataclass(frozen=True, slots=True)
class PairSet:
    """The pairs of one or several datasets."""

    sources: tuple[Source, ...]
    layouts: tuple[DatasetLayout, ...]
    """One for each source."""
    pairs: tuple[Pair, ...]
    skipped: tuple[SkippedEntry, ...] = field(default=())

    @property
    def folder(self) -> Path:
        """Folder or file of the first dataset."""
        return self.sources[0].path

    @property
    def layout(self) -> DatasetLayout:
        """Layout of the first dataset."""
        return self.layouts[0]

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each skipped entry that costs a pair."""
        return tuple(entry.sentence for entry in self.skipped if entry.reason not in NOTES)

    @property
    def left_out(self) -> Counter[str]:
        """How many entries are left out of training, by reason."""
        return Counter(str(entry.reason) for entry in self.skipped if entry.reason not in NOTES)

    @property
    def instructions(self) -> tuple[str, ...]:
        """The different instructions, in order of appearance."""
        return tuple(dict.fromkeys(text for pair in self.pairs for text in pair.instructions))

    def with_pairs(self, pairs: Sequence[Pair]) -> PairSet:
        """Returns the same datasets with other pairs."""
        return replace(self, pairs=tuple(pairs))
