"""Settings of the dataset: its folders, splits, crops, caches and replay."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from trainer.config.checks import Checks, ConfigNotValid, at_least, fraction, one_of, positive

SPLIT_RULES = ("auto", "order", "content")


@dataclass
class ColumnsConfig:
    """Names of the columns of a dataset; an empty name takes the usual ones."""

    original: str = ""
    """Column of the images before the edit."""
    edited: str = ""
    """Column of the images after the edit."""
    instruction: str = ""
    """Column of the instructions."""
    inverse_instruction: str = ""
    """Column of instructions that turn the edited image back into the original; naming it doubles the
    pairs."""


@dataclass
class CacheConfig:
    """Caching of latents and text embeddings."""

    enable: bool | None = None
    """Keep latents and text embeddings on disk: faster steps, with a fixed set of crops of each pair; null
    does so if there is replay, which needs it."""
    folder: str = ""
    """The folder of the cache, which runs share; empty takes the user's cache folder."""
    variants: int = 4
    """Crops of each pair; every second one is mirrored if the pair allows it. 1 is the centre, unmirrored."""
    limit_gb: float = 50.0
    """Largest size of the folder in GB; the entries unused for longest are removed first."""

    @property
    def limit(self) -> int:
        """`limit_gb` in bytes."""
        return int(self.limit_gb * 10**9)


@dataclass
class SplitConfig:
    """How pairs are divided into training, validation and test."""

    by: str = "auto"
    """"order", "content" (near-duplicates stay together), or "auto", which chooses by the layout."""
    val: float = 0.05
    """Share of the pairs whose loss is measured during training."""
    test: float = 0.05
    """Share of the pairs that are kept for `trainer.evaluation`."""
    smallest_val: int = 0
    """Least number of validation pairs, even where the share of a small dataset is less."""


@dataclass
class ReplayConfig:
    """Replay of edits that the start weights know, and would forget in training on new edits alone."""

    pairs: int | None = None
    """Number of edits by the start weights of training photos to train on too; 0 for none, null for as many
    as suit the start weights if they name what they know (`trainer.config.replay_defaults`). Each edit is of
    its own crop, and is kept in the cache. A run makes no more edits than it draws."""
    share: float | None = None
    """Share of the examples that are replayed edits; null for what suits the start weights."""
    instructions: list[str] = field(default_factory=list)
    """Instructions of these edits, in turn; empty takes the suggestions on the start weights' card and the
    instructions that their knowledge lists."""


@dataclass
class DataConfig:
    """The dataset, and how pairs become training examples."""

    data_path: Any = MISSING
    """Folder or zip of image pairs, or a list of them."""
    weights: list[float] = field(default_factory=list)
    """How often each of several folders is drawn from; empty draws every pair equally often."""
    instruction: str = ""
    """Instruction of all pairs of a dataset that has no texts; several wordings are lines of it."""
    wordings: list[str] = field(default_factory=list)
    """Other wordings of the instruction of all pairs; one is drawn whenever a pair is used."""
    repairs: Any = ""
    """File of repairs of the pairs, such as the window writes: other instructions, swapped or aligned images,
    pairs left out. For several datasets, a list with a file for each; "" for none."""
    columns: ColumnsConfig = field(default_factory=ColumnsConfig)
    check: bool = True
    """Open every image before training, and leave out pairs that cannot be used."""
    num_workers: int = 1
    """Processes that read and crop images while the UNet trains; each reads row groups of tables of its own,
    in an order that a resumed run keeps."""
    resolution: int = 256
    """Side of the training squares in pixels; with `buckets`, crops have the area of this square."""
    buckets: bool = False
    """Crop by the shape of each image instead of to squares; a batch has one shape."""
    flip: bool = True
    """Mirror half of the pairs, except where the instruction names a side."""
    cache: CacheConfig = field(default_factory=CacheConfig)
    split: SplitConfig = field(default_factory=SplitConfig)
    replay: ReplayConfig = field(default_factory=ReplayConfig)

    @property
    def paths(self) -> list[Path]:
        """The datasets, one or several."""
        listed = self.data_path if isinstance(self.data_path, list) else [self.data_path]
        return [Path(str(path)) for path in listed]

    @property
    def repair_files(self) -> list[Path | None]:
        """The file of repairs of each dataset; None without one. Empty if there are no repairs at all."""
        listed = self.repairs if isinstance(self.repairs, list) else [self.repairs] if self.repairs else []
        return [Path(str(file)) if file else None for file in listed]


def data_checks(data: DataConfig) -> Checks:
    """Yields the checks of the dataset settings."""
    split = data.split
    yield (
        len(data.paths) >= 1,
        ConfigNotValid("configuration.no-dataset", "data.data_path must name at least one folder."),
    )
    yield (
        not data.weights or len(data.weights) == len(data.paths),
        ConfigNotValid(
            "configuration.weight-count",
            "data.weights must have one number for each folder of data.data_path.",
        ),
    )
    yield (
        all(0 < weight < float("inf") for weight in data.weights),
        ConfigNotValid("configuration.weights-not-positive", "All data.weights must be above 0."),
    )
    yield (
        len(data.repair_files) in (0, len(data.paths)),
        ConfigNotValid(
            "configuration.repairs-count",
            "data.repairs must name one file for each folder of data.data_path.",
        ),
    )
    yield from at_least(32, data__resolution=data.resolution)
    yield from at_least(0, data__num_workers=data.num_workers, data__split__smallest_val=split.smallest_val)
    yield from at_least(0, data__replay__pairs=data.replay.pairs or 0)
    yield (
        data.cache.enable is not False or not data.replay.pairs,
        ConfigNotValid(
            "configuration.replay-without-cache",
            "data.replay needs data.cache.enable=True: what the start weights make is kept there.",
        ),
    )
    if data.replay.share is not None:
        yield fraction("data.replay.share", data.replay.share)
    yield from at_least(1, data__cache__variants=data.cache.variants)
    yield positive("data.cache.limit_gb", data.cache.limit_gb)
    yield one_of("data.split.by", split.by, SPLIT_RULES)
    yield (
        min(split.val, split.test) >= 0 and split.val + split.test < 1,
        ConfigNotValid(
            "configuration.split-leaves-nothing",
            "data.split.val and data.split.test must leave something to train on.",
        ),
    )
