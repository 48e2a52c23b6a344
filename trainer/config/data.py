"""Settings of the dataset: where it lies, how it is divided, cut and kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from omegaconf import MISSING

from trainer.config.checks import Checks, ConfigNotValid, at_least, fraction, one_of, positive

SPLIT_RULES = ("auto", "order", "content")


@dataclass
class ColumnsConfig:
    """Names of columns in a dataset that uses none of the usual ones; empty takes the usual ones."""

    original: str = ""
    edited: str = ""
    instruction: str = ""
    inverse_instruction: str = ""
    """What leads from the edited picture back to the original; named, it doubles the pairs."""


@dataclass
class CacheConfig:
    enable: bool = False
    """Keep latents and text embeddings on disk: faster steps, with a fixed set of cuts of each pair."""
    folder: str = ""
    """Where they are kept and shared between runs; empty takes the user's cache folder."""
    variants: int = 4
    """Cuts of each pair, half of them mirrored where that may be; 1 is the middle, never mirrored."""
    limit_gb: float = 50.0
    """Size the folder is kept below; what was not used for longest is removed."""


@dataclass
class SplitConfig:
    by: str = "auto"
    """"order", "content" (near-duplicates stay together), or "auto": what suits the layout."""
    val: float = 0.05
    test: float = 0.05
    smallest_val: int = 0
    """Pairs to keep for validation even where a share of a small dataset comes to less."""


@dataclass
class ReplayConfig:
    """What the start weights can do already is forgotten when only new edits are practised."""

    pairs: int = 0
    """Edits that the start weights make of the training photos, to be trained on too; 0 for none. Each
    is of a cut of its own, and kept in the cache. A run that draws fewer makes no more than it draws."""
    share: float = 0.5
    """Share of the examples that is taken from them."""
    instructions: list[str] = field(default_factory=list)
    """What is asked for in them, in turn; empty takes the suggestions on the start weights' card and the
    instructions that its knowledge lists."""


@dataclass
class DataConfig:
    data_path: Any = MISSING
    """Folder or zip of image pairs, or a list of them."""
    weights: list[float] = field(default_factory=list)
    """How often each of several folders is drawn from; empty draws every pair equally often."""
    instruction: str = ""
    """For datasets of pictures alone: what was done to all of them."""
    columns: ColumnsConfig = field(default_factory=ColumnsConfig)
    check: bool = True
    """Look into every picture before training, and leave out what cannot be used."""
    num_workers: int = 1
    """Processes that read and cut pictures while the UNet trains."""
    resolution: int = 256
    """Side of the training squares in pixels; of squares of the same area with `buckets`."""
    buckets: bool = False
    """Cut by the shape of each picture instead of squares; a batch has one shape."""
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


def data_checks(data: DataConfig) -> Checks:
    """What must hold for a dataset to be read."""
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
    yield from at_least(32, data__resolution=data.resolution)
    yield from at_least(0, data__num_workers=data.num_workers, data__split__smallest_val=split.smallest_val)
    yield from at_least(0, data__replay__pairs=data.replay.pairs)
    yield (
        data.cache.enable or not data.replay.pairs,
        ConfigNotValid(
            "configuration.replay-without-cache",
            "data.replay needs data.cache.enable=True: what the start weights make is kept there.",
        ),
    )
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
