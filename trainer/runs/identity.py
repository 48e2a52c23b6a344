"""What makes a run the one it is, so that its folder is continued by the same run only.

A run is resumed with the pairs and the start weights it began with, and with the settings on which its
weights depend. Their last digits depend on more, see `trainer.runs.numerics`; of that, a run only warns.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from trainer.config import TrainingConfig, flat_settings
from trainer.datasets import PairSet
from trainer.export.run_record import FILE, RunNotUsable, RunRecord, read_record
from trainer.learning.checkpoint import Checkpoints, load_state
from trainer.protocol.events import make_warning

MAY_CHANGE = (
    # the pairs and the weights themselves are compared, not how they are found
    *("data.instruction", "data.wordings", "data.columns.*", "data.repairs"),
    *("model.first_stage_key", "model.cond_stage_key"),
    *("data.data_path", "model.unet_config.from_pretrained", "model.ckpt_path"),
    *("model.unet_config.in_channels", "model.parameterization"),
    # length, devices, intervals and files
    *("trainer.*", "validation.*", "export.*", "model.name"),
    *("exp_manager.exp_dir", "exp_manager.name", "exp_manager.explicit_log_dir", "exp_manager.resume_*"),
    *("exp_manager.create_*", "exp_manager.wandb_logger_kwargs.*", "exp_manager.ema.cpu_offload"),
    *("exp_manager.snapshots", "exp_manager.checkpoint_callback_params.*", "model.resume_from_checkpoint"),
    *("data.num_workers", "data.cache.folder", "data.cache.limit_gb"),
    # speed and memory
    *("model.unet_config.use_checkpoint", "model.unet_config.use_flash_attention", "model.channels_last"),
    *("model.inductor", "model.inductor_cudagraphs", "model.gradient_as_bucket_view"),
    *("model.micro_batch_size", "model.global_batch_size"),
    # the steps from now on
    *("model.optim.lr", "model.optim.weight_decay", "model.optim.betas", "model.optim.eps"),
    "model.optim.sched.*",
)
"""Patterns of the settings that a resumed run may change; it takes the new ones."""
MOST_MEASURED = 10_000
"""Number of pairs whose files are looked at, at most; they are spread evenly over all."""
NOT_RECORDED = make_warning(
    "run.not-recorded",
    "An earlier version of this program began this run and did not record its data and settings; it "
    "continues with those given now.",
)
SHOWN = 6
"""Number of differences that a message lists."""


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """What is known of the run that a folder contains already, or from whose checkpoint a new one begins."""

    exists: bool = False
    """Whether the folder contains a run, that is, a checkpoint."""
    record: RunRecord | None = None
    """The record of the run in the folder; None if there is no run, or an earlier version began it."""
    steps_elsewhere: int = 0
    """Number of steps of another run from whose checkpoint this one began or begins."""

    @property
    def settings(self) -> Mapping[str, Any] | None:
        """The settings of the run in the folder; None if there is no run, empty if they are not known."""
        if not self.exists:
            return None
        return self.record.settings if self.record else {}

    def record_of(self, config: TrainingConfig, found: PairSet) -> RunRecord:
        """Returns the record of a run with these settings and pairs; its start weights are not known yet.

        Raises `RunNotUsable` if the folder contains another run.
        """
        start = str(config.start_weights.absolute())
        now = RunRecord(
            pairs=len(found.pairs),
            pairs_hash=pairs_hash(found),
            settings=flat_settings(config) | {"model.unet_config.from_pretrained": start},
            looks=self.record.looks if self.record else None,
            steps_elsewhere=self.steps_elsewhere,
            unknown=self.record.unknown if self.record else {},
        )
        if self.record is not None:
            _check_same_run(config, self.record, now)
        return now

    def check_start_weights(self, config: TrainingConfig, start_weights: str) -> None:
        """Raises `RunNotUsable` if the run, or that of the checkpoint, began with other start weights."""
        kept = self.record if self.exists else _record_beside(config.resumed_checkpoint)
        if kept is None or not kept.start_weights or kept.start_weights == start_weights:
            return
        raise RunNotUsable(
            "run.other-start-weights",
            "The run in {folder} began with other start weights, those of “{kept}” in {place}.",
            "To go on with that run, name them in model.unet_config.from_pretrained. To train from other "
            "weights, begin a new run in another exp_manager.exp_dir.",
            folder=config.run_folder,
            kept=kept.start_name,
            place=kept.settings.get("model.unet_config.from_pretrained", ""),
        )


def earlier_run(config: TrainingConfig) -> EarlierRun:
    """Returns what is known of the run in the folder. Raises `RunNotUsable`, `CheckpointNotUsable`."""
    if Checkpoints(config.run_folder, keep=-1).saved():
        kept = read_record(config.run_folder)
        return EarlierRun(True, kept, kept.steps_elsewhere if kept else 0)
    elsewhere = config.resumed_checkpoint
    steps = int(load_state(elsewhere, mapped=True)["step"]) if elsewhere else 0
    return EarlierRun(steps_elsewhere=steps)


def _check_same_run(config: TrainingConfig, kept: RunRecord, now: RunRecord) -> None:
    """Raises `RunNotUsable` if a run is resumed with other pairs or settings than it began with."""
    differences = [*_other_pairs(kept, now), *_other_settings(kept.settings, now.settings)]
    if not differences:
        return
    more = len(differences) - SHOWN
    shown = "; ".join(differences[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
    raise RunNotUsable(
        "run.differs",
        "{folder} contains another run: {differences}.",
        "To go on with that run, use its dataset and settings. To begin a new one, choose another "
        "exp_manager.exp_dir; with exp_manager.resume_from_checkpoint={checkpoint} it goes on from the "
        "weights of that run.",
        folder=config.run_folder,
        differences=shown,
        checkpoint=Checkpoints(config.run_folder, keep=-1).saved()[-1],
    )


def pairs_hash(found: PairSet) -> str:
    """Returns a hash of all pairs in their order: names of images, instructions, alignment, sizes of files.

    The folders of the files do not matter.
    """
    digest = hashlib.blake2b(digest_size=16)
    every = -(-len(found.pairs) // MOST_MEASURED) or 1
    size = cache(_size)
    for number, pair in enumerate(found.pairs):
        images = (pair.original, pair.edited)
        sizes = [size(image.location[0]) for image in images] if number % every == 0 else []
        own = (repr(pair.alignment),) if pair.alignment is not None else ()
        parts = ([image.name for image in images], sizes, pair.instructions, pair.source, *own)
        digest.update(repr(parts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _record_beside(checkpoint: Path | None) -> RunRecord | None:
    """Returns the record of the run that a checkpoint, its folder or its file, belongs to."""
    folders = checkpoint.absolute().parents if checkpoint is not None else ()
    run = next((folder for folder in list(folders)[:3] if (folder / FILE).is_file()), None)
    return read_record(run) if run is not None else None


def _other_pairs(kept: RunRecord, now: RunRecord) -> Iterator[str]:
    if kept.pairs != now.pairs:
        yield f"its dataset has {kept.pairs} pairs and not {now.pairs}"
    elif kept.pairs_hash != now.pairs_hash:
        yield f"its dataset has {kept.pairs} other pairs"


def _other_settings(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in now:
        is_same = key not in kept or kept[key] == now[key]
        if not is_same and not any(fnmatchcase(key, pattern) for pattern in MAY_CHANGE):
            yield f"{key} is {_shown(kept[key])} there and not {_shown(now[key])}"


def _shown(value: object) -> str:
    text = "empty" if value in ("", None, []) else str(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
