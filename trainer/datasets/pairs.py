"""What a dataset is made of: pairs of pictures that are opened when they are needed, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from engine.errors import EngineError


class DatasetNotUsable(EngineError):
    """A folder holds no training pairs."""

    kind = "dataset"


class DatasetLayout(StrEnum):
    """How a dataset is arranged."""

    RELEASE = "original release"
    METADATA = "metadata"
    PARQUET = "parquet"
    TWO_FOLDERS = "two folders"
    NAME_ENDINGS = "name endings"


class PairImage(Protocol):
    """A picture that lies somewhere: in a file, in a zip, in a table."""

    @property
    def name(self) -> str:
        """What a person finds it by."""

    def read(self) -> bytes:
        """The bytes of the picture file. Raises `ImageUnreadable`."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One example: the photo, what was asked, and the photo after it."""

    original: PairImage
    edited: PairImage
    instructions: tuple[str, ...]
    """Wordings of the same edit; one is drawn whenever the pair is used."""
    name: str
    """Where the pair stands in its dataset: a line, a folder, a file."""
    scene: str = ""
    """Pairs of one scene are takes of the same edit: one is drawn at a time, and no split divides them."""
    part: str = ""
    """"train", "val" or "test" where the dataset says so itself."""
    block: int = 0
    """Pairs of one block are read together; 0 for pictures that lie by themselves."""
    source: int = 0
    """Which of several folders it comes from."""
    captions: tuple[str, str] | None = None
    """What the original and the edited picture show, where the dataset says so; for evaluation."""

    @property
    def instruction(self) -> str:
        """The first wording."""
        return self.instructions[0]


class SkipReason(StrEnum):
    """Why an entry of a dataset makes no pair."""

    MISSING = "missing"
    UNREADABLE = "unreadable entry"
    NO_INSTRUCTION = "no instruction"


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry that was left out, in a sentence."""

    reason: SkipReason
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Source:
    """A dataset to draw from, and how often in proportion to the others."""

    path: Path
    weight: float | None = None
    """None: as often as it has pairs."""


@dataclass(frozen=True, slots=True)
class PairSet:
    """What was found in one or several datasets."""

    sources: tuple[Source, ...]
    layouts: tuple[DatasetLayout, ...]
    """One for each source."""
    pairs: tuple[Pair, ...]
    skipped: tuple[SkippedEntry, ...] = field(default=())

    @property
    def folder(self) -> Path:
        """The first dataset."""
        return self.sources[0].path

    @property
    def layout(self) -> DatasetLayout:
        return self.layouts[0]

    @property
    def problems(self) -> tuple[str, ...]:
        """One sentence for each entry that was left out."""
        return tuple(skipped.sentence for skipped in self.skipped)

    @property
    def instructions(self) -> tuple[str, ...]:
        """The different instructions, in order of appearance."""
        return tuple(dict.fromkeys(text for pair in self.pairs for text in pair.instructions))

    def with_pairs(self, pairs: Sequence[Pair]) -> PairSet:
        """The same datasets with some of their pairs."""
        return replace(self, pairs=tuple(pairs))
