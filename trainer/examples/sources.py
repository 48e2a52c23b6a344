"""From the settings of a run to its batches: found, checked, divided, and cached where that is asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from engine.progress import CancelToken
from trainer.batches.buckets import read_sizes
from trainer.check import STAGE, check_pairs, usable_pairs
from trainer.config import TrainingConfig
from trainer.datasets import ColumnNames, DatasetNotUsable, PairSet, Source, find_pairs
from trainer.datasets.splits import Splits, split
from trainer.protocol.events import CachingProgressed, EventStream, PreparationProgressed

if TYPE_CHECKING:
    from engine.models.loading import Model
    from trainer.batches.batch import Examples
    from trainer.examples.replay import Replay

log = logging.getLogger(__name__)

USUAL_EDITED, USUAL_INSTRUCTION = "edited", "edit"
"""NeMo's `first_stage_key` and `cond_stage_key`: whatever the dataset itself calls them."""
TOLD = 50
"""How many events a long preparation sends."""


def sources_of(config: TrainingConfig) -> list[Source]:
    """The datasets of a run with their weights."""
    data = config.data
    if not data.weights:
        return [Source(path) for path in data.paths]
    return [Source(path, weight) for path, weight in zip(data.paths, data.weights, strict=True)]


def columns_of(config: TrainingConfig) -> ColumnNames:
    """The columns a run names, NeMo's keys among them."""
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
    """The pairs of a run's datasets; no picture is opened. Raises `DatasetNotUsable`, or `Cancelled`."""
    found = find_pairs(
        sources_of(config), columns_of(config), instruction=config.data.instruction, cancel=cancel
    )
    for problem in found.problems:
        log.warning("Left out: %s", problem)
    return found


def divide_pairs(
    config: TrainingConfig, found: PairSet, events: EventStream, cancel: CancelToken | None = None
) -> Splits:
    """The pairs that can be used, divided. Raises `DatasetNotUsable` if none is left, or `Cancelled`."""
    if config.data.check:
        report = check_pairs(found, on_checked=with_progress_events(events, STAGE), cancel=cancel)
        for concern in report.concerns:
            log.warning("%s", concern.sentence)
        found = usable_pairs(found, report)
        if not found.pairs:
            raise DatasetNotUsable(
                "dataset.no-usable-pairs",
                "{dataset} contains no pair that can be used for training. {concern}",
                dataset=report.dataset,
                concern=report.concerns[0].sentence,
            )
    shares = config.data.split
    return split(
        found,
        (1 - shares.val - shares.test, shares.val, shares.test),
        shares.by,
        smallest_val=shares.smallest_val,
        on_hashed=with_progress_events(events, "comparing pictures"),
        cancel=cancel,
    )


def make_examples(
    config: TrainingConfig,
    part: PairSet,
    model: Model,
    events: EventStream,
    cancel: CancelToken | None = None,
    replay: Replay | None = None,
) -> Examples:
    """The batches of a part of the pairs; caches are filled first. Raises as `CachedExamples.build`."""
    from trainer.batches.pair_examples import PairExamples
    from trainer.examples.cache_folder import default_cache_folder
    from trainer.examples.cached_examples import CachedExamples, CacheSettings

    data, settings = config.data, config.data.cache
    pictures = read_sizes(part.pairs, cancel) if data.buckets else None
    batch_size, seed = config.model.micro_batch_size, config.model.seed
    if not settings.enable:
        return PairExamples(
            part,
            resolution=data.resolution,
            flip=data.flip,
            batch_size=batch_size,
            seed=seed,
            pictures=pictures,
            size_multiple=model.size_multiple,
        )
    text_encoders = None if config.model.cond_stage_trainable else model.text_encoders
    examples = CachedExamples(
        part,
        CacheSettings(
            folder=Path(settings.folder) if settings.folder else default_cache_folder(),
            variants=settings.variants,
            flip=data.flip,
            limit=int(settings.limit_gb * 10**9),
        ),
        model.vae,
        text_encoders,
        resolution=data.resolution,
        batch_size=batch_size,
        seed=seed,
        pictures=pictures,
        size_multiple=model.size_multiple,
        replay=replay,
    )
    examples.build(
        model.vae,
        text_encoders,
        replay,
        on_cached=with_progress_events(events, "caching", CachingProgressed),
        on_replayed=with_progress_events(events, "rehearsing"),
        cancel=cancel,
    )
    return examples


def with_progress_events(
    events: EventStream, stage: str, kind: type[PreparationProgressed] = PreparationProgressed
) -> Callable[[int, int], None]:
    """Sends progress as events, some of it."""

    def tell(done: int, total: int) -> None:
        if done == total or done % max(1, total // TOLD) == 0:
            events.send(kind(stage=stage, done=done, total=total))

    return tell
