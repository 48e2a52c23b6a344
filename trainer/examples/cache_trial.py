"""Measures on a few pairs how long filling the caches of a run takes; keeps no files."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError, OutputNotWritable
from engine.progress import CancelToken
from trainer.batches.batch import Batch
from trainer.config import TrainingConfig
from trainer.datasets import PairSet
from trainer.examples.cache_folder import Cache
from trainer.examples.encoding import MOST_PAIRS, MOST_TEXTS, pairs_at_once
from trainer.examples.sources import REPLAY_STAGE, cache_folder_of, make_examples
from trainer.protocol.events import Event, EventStream, PreparationProgressed

if TYPE_CHECKING:
    from engine.models.loading import Model
    from trainer.examples.replay import Replay

TRIED_PAIRS, TRIED_EDITS, TRIED_SLOW_EDITS = 2 * MOST_PAIRS, 5, 3
"""Numbers of pairs, of replayed edits, and of replayed edits in several steps that are measured. The first
batch of pairs and the first edit are not timed, and edits may be made two at a time."""
TRIED_BATCHES = 4
UNLIMITED = 1e6
"""Limit of the temporary caches in GB; that of the run is compared with what all pairs take."""


class CacheTrial:
    """Batches of a few cached pairs, in memory, with time and disk space that caching all pairs takes."""

    def __init__(
        self,
        batches: Sequence[Batch],
        size: int,
        *,
        seconds: float,
        edit_seconds: float,
        disk: int,
        problem: EngineError | None = None,
    ) -> None:
        self._batches = batches
        self.size = size
        """Number of examples of the whole run."""
        self.seconds = seconds
        """Seconds for caching the pairs and instructions of the whole run, starting with empty caches."""
        self.edit_seconds = edit_seconds
        """Seconds for each replayed edit."""
        self.disk = disk
        """Bytes of the caches."""
        self.problem = problem
        """Why the run could not make its caches; None if it could."""

    def batch(self, number: int) -> Batch:
        """Returns one of the few batches; they repeat."""
        return self._batches[number % len(self._batches)]


def try_caches(
    config: TrainingConfig,
    train: PairSet,
    model: Model,
    cancel: CancelToken | None = None,
    replay: Replay | None = None,
) -> CacheTrial:
    """Fills caches for a few pairs in a temporary folder, and measures that. Raises as `make_examples`."""
    made = [pair for pair in train.pairs if replay is not None and pair.source == replay.source]
    given = [pair for pair in train.pairs if replay is None or pair.source != replay.source]
    is_slow = replay is not None and not replay.has_noise
    tried_pairs, tried_edits = given[:TRIED_PAIRS], made[: TRIED_SLOW_EDITS if is_slow else TRIED_EDITS]
    few = train.with_pairs([*tried_pairs, *tried_edits])
    timer = _StageTimer()
    with tempfile.TemporaryDirectory(prefix="ip2p-probe-") as name:
        folder = Path(name)
        cache = replace(config.data.cache, folder=name, limit_gb=UNLIMITED)
        trial = replace(config, data=replace(config.data, cache=cache))
        examples = make_examples(trial, few, model, timer, cancel, replay)
        batches = [examples.batch(number) for number in range(TRIED_BATCHES)]
        each = {kind: _bytes_each(folder, kind) for kind in ("latents", "replayed", "text")}
        missing = _missing_share(folder, cache_folder_of(config))
    tried = 0 if config.model.cond_stage_trainable else len(few.instructions)
    texts = 0 if config.model.cond_stage_trainable else len(train.instructions)
    side, device = config.data.resolution, model.vae.device.type
    first_batch = pairs_at_once(config.data.cache.variants, side, side, device)
    seconds = len(given) * timer.seconds_each("caching", first=tried + first_batch - 1)
    if tried:  # from the start, since all may be in one batch, which was filled up
        seconds_of_texts = tried * timer.seconds_each("caching", first=-1, end=tried)
        seconds += math.ceil(texts / MOST_TEXTS) * seconds_of_texts / math.ceil(tried / MOST_TEXTS)
    disk = len(made) * each["replayed"] + len(given) * each["latents"] + texts * each["text"]
    return CacheTrial(
        batches,
        len(train.pairs),
        seconds=seconds,
        edit_seconds=timer.seconds_each(REPLAY_STAGE),
        disk=disk,
        problem=_room_problem(config, int(disk * missing)),
    )


def _missing_share(tried: Path, used: Path) -> float:
    """Returns the share of the tried entries that the folder which the run uses does not contain yet."""
    entries = [path.relative_to(tried) for path in tried.glob("*/*/*")]
    missing = sum(not (used / entry).exists() for entry in entries)
    return missing / max(1, len(entries))


def _room_problem(config: TrainingConfig, needed: int) -> EngineError | None:
    """Returns the error with which a run that caches `needed` bytes would end; None if there is room."""
    try:
        Cache(cache_folder_of(config), "", config.data.cache.limit).check_room(needed)
    except OutputNotWritable as error:
        return error
    return None


def _bytes_each(folder: Path, kind: str) -> int:
    """Returns the mean bytes of the entries of caches whose names begin with `kind`; 0 without any."""
    sizes = [path.stat().st_size for path in folder.glob(f"{kind}-*/*/*")]
    return sum(sizes) // max(1, len(sizes))


class _StageTimer(EventStream):
    """Records the progress of each stage over time, and sends no events."""

    def __init__(self) -> None:
        super().__init__(is_silent=True)
        self._times: dict[str, list[tuple[int, float]]] = {}

    def send(self, event: Event) -> None:
        if isinstance(event, PreparationProgressed):
            self._times.setdefault(event.stage, []).append((event.done, time.perf_counter()))

    def seconds_each(self, stage: str, *, first: int = 0, end: int | None = None) -> float:
        """Returns the mean seconds per entry after number `first` up to number `end`; 0 if none were made."""
        times: dict[int, float] = {}
        for done, moment in self._times.get(stage, []):
            if done > first and (end is None or done <= end):
                times.setdefault(done, moment)
        if len(times) < 2:
            return 0.0
        (before, started), *_, (after, ended) = times.items()
        return (ended - started) / (after - before)
