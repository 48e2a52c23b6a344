"""Finds, checks and divides the pairs of a run, and makes its training examples."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.progress import CancelToken
from trainer.batches.buckets import read_sizes
from trainer.check import STAGE, check_pairs, digested_pairs, usable_pairs
from trainer.config import TrainingConfig
from trainer.datasets import ColumnNames, DatasetNotUsable, PairSet, Source, find_pairs
from trainer.datasets.repairs.repaired_pairs import repaired_pairs
from trainer.datasets.repairs.repairs_file import read_repairs
from trainer.datasets.splits import Splits, split
from trainer.protocol.events import (
    CachingProgressed,
    EventStream,
    PreparationProgressed,
    WarningRaised,
    make_warning,
)

if TYPE_CHECKING:
    from engine.models.loading import Model
    from trainer.batches.batch import Examples
    from trainer.batches.shards import ShardCounts
    from trainer.datasets.opening import Size
    from trainer.distributed.parallel import Processes
    from trainer.examples.cache_filling import Retried
    from trainer.examples.cached_examples import CachedExamples
    from trainer.examples.replay import Replay

log = logging.getLogger(__name__)

USUAL_EDITED, USUAL_INSTRUCTION = "edited", "edit"
"""Values of NeMo's `first_stage_key` and `cond_stage_key` that stand for the dataset's own column names."""
REPLAY_STAGE = "replaying"
EVENTS_PER_STAGE = 50
"""How many progress events a long stage sends, about."""


def sources_of(config: TrainingConfig) -> list[Source]:
    """Returns the datasets of a run with their weights."""
    data = config.data
    if not data.weights:
        return [Source(path) for path in data.paths]
    return [Source(path, weight) for path, weight in zip(data.paths, data.weights, strict=True)]


def columns_of(config: TrainingConfig) -> ColumnNames:
    """Returns the column names in the settings, including those under NeMo's keys."""
    columns, model = config.data.columns, config.model
    edited = "" if model.first_stage_key == USUAL_EDITED else model.first_stage_key
    instruction = "" if model.cond_stage_key == USUAL_INSTRUCTION else model.cond_stage_key
    return ColumnNames(
        columns.original,
        columns.edited or edited,
        columns.instruction or instruction,
        columns.inverse_instruction,
    )


def find_training_pairs(config: TrainingConfig, cancel: CancelToken | None = None) -> PairSet:
    """Returns the pairs of a run's datasets, repaired; opens no image.

    Raises `DatasetNotUsable`, `RepairsNotUsable` or `Cancelled`.
    """
    repairs = [read_repairs(file) if file else None for file in config.data.repair_files]
    found = find_pairs(
        sources_of(config), columns_of(config), instruction=config.data.instruction, cancel=cancel
    )
    if repairs:
        found = repaired_pairs(found, repairs)
    for problem in found.problems:
        log.warning("Left out: %s", problem)
    return _with_wordings(found, config.data.wordings)


def _with_wordings(found: PairSet, wordings: Sequence[str]) -> PairSet:
    """Returns the pairs with other wordings of their instructions, each once."""
    if not wordings:
        return found
    return found.with_pairs(
        [
            replace(pair, instructions=tuple(dict.fromkeys((*pair.instructions, *wordings))))
            for pair in found.pairs
        ]
    )


def divide_pairs(
    config: TrainingConfig,
    found: PairSet,
    events: EventStream,
    cancel: CancelToken | None = None,
    processes: Processes | None = None,
    *,
    is_remembered: bool = False,
) -> Splits:
    """Returns the usable pairs, divided. Raises `DatasetNotUsable` if none is left to train on, `Cancelled`.

    With several `processes`, all must call this. If `is_remembered`, what is found out about the pairs is
    kept in the run's folder, and found there. Training does not begin before all pairs are checked: their
    order and their division follow from all that are usable.
    """
    folder = config.run_folder if is_remembered else None
    if config.data.check:
        report = check_pairs(
            found,
            on_checked=progress_callback(events, STAGE),
            cancel=cancel,
            folder=folder,
            processes=processes,
        )
        for concern in report.concerns if processes is None or processes.is_first else ():
            log.warning("%s", concern.sentence)
        found = usable_pairs(found, report)
        if not found.pairs:
            raise DatasetNotUsable(
                "dataset.no-usable-pairs",
                "{dataset} contains no pair that can be used for training. {concern}",
                dataset=report.dataset,
                concern=report.concerns[0].sentence,
            )
    elif (config.data.cache.enable or config.data.buckets) and is_remembered:
        found = digested_pairs(
            found,
            on_checked=progress_callback(events, STAGE),
            cancel=cancel,
            folder=folder,
            processes=processes,
        )
    if left_out := found.left_out:
        events.send(_left_out_warning(left_out))
    shares = config.data.split
    divided = split(
        found,
        (1 - shares.val - shares.test, shares.val, shares.test),
        shares.by,
        smallest_val=shares.smallest_val,
        on_hashed=progress_callback(events, "comparing pictures"),
        cancel=cancel,
    )
    if not divided.train.pairs:
        raise DatasetNotUsable(
            "dataset.no-training-pairs",
            "No usable pair is left for training: the dataset has them all in its validation or test part.",
            "Put pairs into its training part, or rename the folders or splits.",
        )
    return divided


def _left_out_warning(left_out: Counter[str]) -> WarningRaised:
    return make_warning(
        "dataset.left-out",
        "Entries of the dataset that are not trained on: {count} ({reasons}).",
        "The check of the dataset names them.",
        count=left_out.total(),
        reasons=", ".join(f"{count} {reason}" for reason, count in left_out.items()),
    )


def make_examples(
    config: TrainingConfig,
    part: PairSet,
    model: Model,
    events: EventStream,
    cancel: CancelToken | None = None,
    replay: Replay | None = None,
    processes: Processes | None = None,
    shards: ShardCounts | None = None,
    retried: Retried | None = None,
) -> Examples:
    """Returns the batches of a part of the pairs; fills caches first. Raises as `CachedExamples.build`.

    With several `processes`, all must call this, and each makes its share of the caches. `shards` are those
    of pairs in tables, without a cache. `retried` writes the entries of caches.
    """
    from trainer.batches.pair_examples import PairExamples
    from trainer.batches.shards import ONE_SHARD

    image_sizes = read_sizes(part.pairs, cancel) if config.data.buckets else None
    if config.data.cache.enable:
        return _make_cached_examples(
            config, part, model, events, image_sizes, cancel, replay, processes, retried
        )
    return PairExamples(
        part,
        resolution=config.data.resolution,
        flip=config.data.flip,
        batch_size=config.model.micro_batch_size,
        seed=config.model.seed,
        image_sizes=image_sizes,
        size_multiple=model.size_multiple,
        shards=shards or ONE_SHARD,
    )


def _make_cached_examples(
    config: TrainingConfig,
    part: PairSet,
    model: Model,
    events: EventStream,
    image_sizes: Sequence[Size] | None,
    cancel: CancelToken | None,
    replay: Replay | None,
    processes: Processes | None,
    retried: Retried | None,
) -> CachedExamples:
    from trainer.examples.cache_filling import once
    from trainer.examples.cached_examples import CachedExamples, CacheSettings

    settings = config.data.cache
    text_encoders = None if config.model.cond_stage_trainable else model.text_encoders
    examples = CachedExamples(
        part,
        CacheSettings(
            folder=cache_folder_of(config),
            variants=settings.variants,
            flip=config.data.flip,
            limit=settings.limit,
        ),
        model.vae,
        text_encoders,
        resolution=config.data.resolution,
        batch_size=config.model.micro_batch_size,
        seed=config.model.seed,
        image_sizes=image_sizes,
        size_multiple=model.size_multiple,
        replay=replay,
    )
    examples.build(
        model.vae,
        text_encoders,
        replay,
        on_cached=progress_callback(events, "caching", CachingProgressed),
        on_replayed=progress_callback(events, REPLAY_STAGE),
        cancel=cancel,
        processes=processes,
        retried=retried or once,
    )
    return examples


def cache_folder_of(config: TrainingConfig) -> Path:
    """Returns the folder of a run's caches."""
    from trainer.examples.cache_folder import default_cache_folder

    named = config.data.cache.folder
    return Path(named) if named else default_cache_folder()


def progress_callback(
    events: EventStream, stage: str, kind: type[PreparationProgressed] = PreparationProgressed
) -> Callable[[int, int], None]:
    """Returns a callback that sends some of its calls as progress events."""

    def send(done: int, total: int) -> None:
        if done == total or done % max(1, total // EVENTS_PER_STAGE) == 0:
            events.send(kind(stage=stage, done=done, total=total))

    return send
