"""Prepares a run: finds pairs, loads libraries and model, fills caches, sets up validation."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.library import read_model_card
from trainer.config import ConfigNotValid, ReadSettings, TrainingConfig
from trainer.config.replay_defaults import with_replay_defaults
from trainer.config.run import ACCELERATORS, FASTEST_THREADS
from trainer.examples.sources import divide_pairs, find_training_pairs, make_examples
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream, PreparationProgressed, WarningRaised, make_warning

if TYPE_CHECKING:
    import torch
    from torch import nn

    from engine.models.loading import Model
    from engine.progress import CancelToken
    from trainer.batches.batch import Examples
    from trainer.batches.shards import ShardCounts
    from trainer.datasets import PairSet
    from trainer.datasets.splits import Splits
    from trainer.distributed.parallel import Processes
    from trainer.examples.replay import Replay
    from trainer.export.run_record import RunRecord
    from trainer.runs.identity import EarlierRun
    from trainer.runs.loop import TrainingLoop
    from trainer.runs.numerics import NumericSettings
    from trainer.runs.pauses import Pauses

log = logging.getLogger(__name__)

EXPORT_LOADS = 2
"""An export takes so many times as long as loading the start model, about: it is also written and tried."""
NO_GPU = make_warning(
    "device.no-gpu",
    "trainer.accelerator asks for a GPU, but torch finds none; the processor is used instead.",
)


def prepare(settings: ReadSettings, events: EventStream, commands: Commands) -> TrainingLoop:
    """Returns the run, ready for its first step. Errors that are quick to find are raised before torch loads.

    Raises `DatasetNotUsable`, `ModelNotUsable`, `ConfigNotValid`, `RunNotUsable`, `OutputNotWritable`, and
    `Cancelled` on a request to stop.
    """
    config = settings.config
    for note in _notes(settings):
        events.send(note)
    events.send(PreparationProgressed(stage="reading dataset"))
    found = find_training_pairs(config, commands.cancel)
    start = read_model_card(config.start_weights)
    events.send(PreparationProgressed(stage="loading libraries"))
    import torch

    from trainer.examples.pair_looks import measure_looks
    from trainer.examples.replay import with_replay
    from trainer.export.run_export import data_facts
    from trainer.runs.numerics import shard_counts, with_numerics
    from trainer.runs.pauses import Pauses

    kept = _kept_numerics(config, events)
    processes, device = _join(config, events, kept)
    config = with_numerics(config, kept, device)
    pauses = Pauses(config, events, commands)
    pauses.processes, cancel = processes, pauses.token
    torch.backends.cudnn.benchmark = config.trainer.benchmark
    is_probe = settings.probe is not None
    earlier = _earlier_run(config, events)
    config = with_replay_defaults(config, start, earlier.settings)
    record = earlier.record_of(config, found)
    divided = divide_pairs(config, found, events, cancel, processes, is_remembered=not is_probe)
    began = time.perf_counter()
    model = _load_model(config, device, events, cancel)
    loading = time.perf_counter() - began
    record = replace(record, data=data_facts(found, divided), instructions=divided.train.instructions)
    if record.looks is None and not is_probe and processes.is_first:
        record = replace(record, looks=measure_looks(divided.train.pairs, cancel))
    if earlier.exists or not is_probe:
        named = replace(record, start_name=start.name)
        _record_run(config, earlier, named, model, processes, is_kept=not is_probe)
    train, replay = divided.train, None
    if config.data.replay.pairs:
        train, replay = with_replay(config, train, model)
        if settings.config.data.replay.pairs is None and earlier.settings is None:
            events.send(_replay_note(config, len(train.pairs) - len(divided.train.pairs)))
    _begin_numerics(config, kept, model, processes, is_kept=not is_probe)
    shards = shard_counts(config, kept, processes.count)
    examples = _training_examples(
        config, train, model, events, pauses, replay, processes, shards, is_probe=is_probe
    )
    training = _training_loop(config, model, examples, divided, record, events, commands, pauses)
    training.export_seconds = EXPORT_LOADS * loading
    return training


def _earlier_run(config: TrainingConfig, events: EventStream) -> EarlierRun:
    """Returns what is known of the run that is resumed; sends a warning if that is nothing."""
    from trainer.runs.identity import NOT_RECORDED, earlier_run

    earlier = earlier_run(config)
    if earlier.exists and earlier.record is None:
        log.warning("%s", NOT_RECORDED.message)
        events.send(NOT_RECORDED)
    return earlier


def _record_run(
    config: TrainingConfig,
    earlier: EarlierRun,
    record: RunRecord,
    model: Model,
    processes: Processes,
    *,
    is_kept: bool,
) -> None:
    """Checks the start weights, and writes the record if `is_kept`.

    Raises `RunNotUsable` or `OutputNotWritable`.
    """
    from trainer.export.run_record import write_record
    from trainer.learning.fingerprint import fingerprint, networks_of

    own = fingerprint(*networks_of(model)) if processes.is_first else ""
    start_weights = processes.gather(own)[0]
    earlier.check_start_weights(config, start_weights)
    if is_kept and processes.is_first:
        write_record(config.run_folder, replace(record, start_weights=start_weights))


def _replay_note(config: TrainingConfig, pairs: int) -> WarningRaised:
    return make_warning(
        "settings.replay-by-default",
        "So that the new model keeps what its start weights know, they make {pairs} edits before the first "
        "step, and {percent} % of the examples are such edits.",
        "data.replay.pairs=0 switches this off: training is faster then, and forgets.",
        pairs=pairs,
        percent=round(100 * (config.data.replay.share or 0)),
    )


def _kept_numerics(config: TrainingConfig, events: EventStream) -> NumericSettings:
    """Returns the numeric settings the run began with; sends warnings. Raises `CheckpointNotUsable`."""
    from trainer.runs.numerics import kept_numerics

    kept, warnings = kept_numerics(config)
    for warning in warnings:
        log.warning("%s", warning.message)
        events.send(warning)
    return kept


def _load_model(
    config: TrainingConfig, device: torch.device, events: EventStream, cancel: CancelToken
) -> Model:
    """Returns the start model, after checking that it can be trained and exported as configured."""
    from trainer.export.export import check_export
    from trainer.learning.expansion import load_base_model

    events.send(PreparationProgressed(stage="loading model"))
    model = load_base_model(config.start_weights, device=device, cancel=cancel)
    _check_resolution(config, model)
    check_export(model, config.export)
    return model


def _training_examples(
    config: TrainingConfig,
    train: PairSet,
    model: Model,
    events: EventStream,
    pauses: Pauses,
    replay: Replay | None,
    processes: Processes,
    shards: ShardCounts,
    *,
    is_probe: bool,
) -> Examples:
    """Returns the batches of the run; a probe fills temporary caches, since it leaves no files behind."""
    from trainer.examples.cache_trial import try_caches

    if config.data.cache.enable and is_probe:
        return try_caches(config, train, model, pauses.token, replay)
    return make_examples(
        config, train, model, events, pauses.token, replay, processes, shards, pauses.retried_if_single
    )


def _training_loop(
    config: TrainingConfig,
    model: Model,
    examples: Examples,
    divided: Splits,
    record: RunRecord,
    events: EventStream,
    commands: Commands,
    pauses: Pauses,
) -> TrainingLoop:
    """Returns the training loop with its validation and export."""
    from trainer.export.run_export import RunExport
    from trainer.learning.offloading import NetworkOffload
    from trainer.runs.loop import TrainingLoop
    from trainer.validation.validation import make_validation

    validation = make_validation(model, config, divided.val, divided.train, events, pauses.retried_if_single)
    training = TrainingLoop(
        config,
        model,
        examples,
        instructions=record.instructions,
        events=events,
        commands=commands,
        processes=pauses.processes,
        pauses=pauses,
        validation=validation,
        encoders=NetworkOffload(_unused_networks(config, model), config.run_folder),
    )
    training.left_out = dict(divided.train.left_out)
    training.exporter = RunExport(
        training.learner,
        training.resumption.history,
        record,
        validation=validation,
        pairs=divided.train.pairs,
    )
    return training


def _begin_numerics(
    config: TrainingConfig,
    kept: NumericSettings,
    model: Model,
    processes: Processes,
    *,
    is_kept: bool,
) -> None:
    """Sets the number of threads that the run began or will begin with, before its results are computed.

    With `is_kept`, a new run stores its numeric settings in its folder. Raises `CheckpointNotUsable`.
    """
    import torch

    from trainer.learning.threads import choose_threads
    from trainer.learning.trial_pass import trial_pass
    from trainer.runs.numerics import numerics_at_start, shard_counts, thread_count, write_numerics

    device, count = model.unet.device, thread_count(config, kept, processes.rank)
    if device.type == "cpu" and count:
        torch.set_num_threads(count)
    elif device.type == "cpu" and config.trainer.threads == FASTEST_THREADS and processes.count == 1:
        choose_threads(trial_pass(model, config))
    counts = tuple(processes.gather(torch.get_num_threads()))
    if is_kept and not kept.threads and processes.is_first:
        start = numerics_at_start(device, config, counts)
        write_numerics(config.run_folder, replace(start, shards=shard_counts(config, kept, processes.count)))


def _check_resolution(config: TrainingConfig, model: Model) -> None:
    """Raises `ConfigNotValid` for squares that cannot be divided into latents; buckets always fit."""
    side, multiple = config.data.resolution, model.vae_scale_factor
    if side % multiple and not config.data.buckets:
        raise ConfigNotValid(
            "configuration.resolution-multiple",
            (
                "data.resolution is {resolution}, but this model needs squares whose side is a "
                "multiple of {multiple} pixels."
            ),
            "Choose {smaller} or {larger}.",
            resolution=side,
            multiple=multiple,
            smaller=side - side % multiple,
            larger=side - side % multiple + multiple,
        )


def _unused_networks(config: TrainingConfig, model: Model) -> list[nn.Module]:
    """Returns the networks whose outputs are cached."""
    if not config.data.cache.enable:
        return []
    texts = () if config.model.cond_stage_trainable else model.text_encoders.networks
    return [model.vae, *texts]


def _notes(settings: ReadSettings) -> Iterator[WarningRaised]:
    yield from settings.notes
    model = settings.config.model
    if not (model.unet_config.from_pretrained or model.ckpt_path):
        yield make_warning(
            "settings.shipped-start-weights",
            "model.unet_config.from_pretrained is empty: training starts from the shipped model “{model}”.",
            model=settings.config.start_weights.name,
        )


def _join(
    config: TrainingConfig, events: EventStream, kept: NumericSettings
) -> tuple[Processes, torch.device]:
    """Returns this process among those of the run, and its device."""
    from trainer.distributed.parallel import join

    device = _device(config, events, kept)
    processes = join(config, device.type)
    return processes, processes.device or device


def _device(config: TrainingConfig, events: EventStream, kept: NumericSettings) -> torch.device:
    """Returns the configured device, else that on which the run began, else the fastest.

    Raises `DeviceNotUsable`.
    """
    from engine.devices.device import DEVICES, choose_device
    from engine.errors import DeviceNotUsable

    configured = ACCELERATORS[config.trainer.accelerator]
    best = choose_device("auto")
    if configured == "auto" and kept.device in DEVICES:
        with suppress(DeviceNotUsable):  # the run warns of the other device when it resumes
            return choose_device(kept.device)
    if configured != "gpu":
        return choose_device(configured)
    if best.type == "cpu":
        events.send(NO_GPU)
    return best
