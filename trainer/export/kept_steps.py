"""The steps of a run whose weights were kept, in checkpoints or snapshots, and models with these weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.models.loading import Model
from trainer.config import TrainingConfig, stored_config
from trainer.export.run_record import FILE, RunNotUsable, RunRecord, read_record
from trainer.learning.checkpoint import CheckpointNotUsable, Checkpoints, load_state
from trainer.learning.expansion import load_base_model
from trainer.learning.fingerprint import fingerprint, networks_of
from trainer.learning.lora import has_lora, merge_lora
from trainer.learning.loss import use_zero_terminal_snr
from trainer.learning.networks import prepare_networks
from trainer.learning.snapshots import load_snapshot, saved_snapshots

MOST_STRENGTH = 1.5
"""Largest strength: the change by training, one and a half times."""


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A step whose averaged weights were kept."""

    step: int
    path: Path
    is_snapshot: bool
    """Whether it is only a snapshot, which has the averaged weights alone."""


def kept_steps(run: Path) -> dict[int, KeptStep]:
    """Returns the kept steps in order, checkpoints rather than snapshots. Raises `RunNotUsable` for none."""
    found = {step: KeptStep(step, path, is_snapshot=True) for step, path in saved_snapshots(run).items()}
    for path in Checkpoints(run, keep=-1).saved():
        step = Checkpoints.step_of(path)
        found[step] = KeptStep(step, path, is_snapshot=False)
    if not found:
        raise RunNotUsable(
            "run.no-checkpoints",
            "{folder} contains no checkpoints of a run.",
            "Name the folder that holds the folder “checkpoints”.",
            folder=run,
        )
    return dict(sorted(found.items()))


def find_step(run: Path, step: int | None) -> KeptStep:
    """Returns a kept step, the newest if `step` is None. Raises `RunNotUsable` if it was not kept."""
    kept = kept_steps(run)
    if step is None:
        return kept[max(kept)]
    if step not in kept:
        raise RunNotUsable(
            "run.step-not-kept",
            "{folder} has no checkpoint of step {step}.",
            "It has those of {steps}.",
            folder=run,
            step=step,
            steps=", ".join(map(str, kept)),
        )
    return kept[step]


def run_settings(run: Path, settings: Sequence[str] = ()) -> tuple[TrainingConfig, RunRecord]:
    """Returns the settings of a run, for work on the processor, and its record.

    `settings` are `key=value` and override those of the run. Raises `RunNotUsable` or `ConfigNotValid`.
    """
    record = read_record(run)
    if record is None:
        raise RunNotUsable(
            "run.record-missing",
            "{folder} does not contain {file}, which holds the settings of the run.",
            "Resume the run once, with its own settings: that writes the file.",
            folder=run,
            file=FILE,
        )
    return _on_processor(stored_config(record.settings, settings)), record


def load_start_model(config: TrainingConfig, record: RunRecord, device: torch.device) -> Model:
    """Returns the model that the run began with, in float32.

    Raises `RunNotUsable` if the weights are others now, and `ModelNotUsable`.
    """
    model = load_base_model(config.start_weights, device=device)
    if record.start_weights and record.start_weights != fingerprint(*networks_of(model)):
        raise RunNotUsable(
            "run.start-weights-changed",
            "The run began with other weights than those in {place}.",
            "Add model.unet_config.from_pretrained=… with those of “{kept}”.",
            place=config.start_weights,
            kept=record.start_name,
        )
    return model


def trained_model(start: Model, config: TrainingConfig, kept: KeptStep) -> Model:
    """Returns a model with the averaged weights of a kept step, with LoRAs merged; `start` stays as it is.

    Both share the networks that training does not change. Raises `CheckpointNotUsable`, `SnapshotNotUsable`.
    """
    model = with_own_networks(start, encoders=config.model.cond_stage_trainable)
    if kept.is_snapshot:
        load_snapshot(model, kept.path)
    else:
        _load_averages(model, config, load_state(kept.path, mapped=True))
    if config.model.zero_terminal_snr:
        use_zero_terminal_snr(model)
    model.unet.eval().requires_grad_(False)
    for network in model.text_encoders.networks:  # exports write the encoders that training changes
        network.eval().requires_grad_(config.model.cond_stage_trainable)
    return model


def with_own_networks(start: Model, *, encoders: bool) -> Model:
    """Returns a model with copies of the UNet and, if asked for, of the text encoders."""
    model = replace(start, unet=deepcopy(start.unet), scheduler_config=dict(start.scheduler_config))
    if encoders:
        own = tuple(replace(each, network=deepcopy(each.network)) for each in start.text_encoders.encoders)
        model = replace(model, text_encoders=replace(start.text_encoders, encoders=own))
    return model


@torch.no_grad()
def _load_averages(model: Model, config: TrainingConfig, state: dict[str, Any]) -> None:
    """Puts the averaged weights of a checkpoint into a model that was not trained."""
    averages: Mapping[str, Tensor] = {
        **state.get("weights", {}),
        **state.get("ema", {}).get("average", {}),
    }
    weights = prepare_networks(model, config.model, torch.float32).weights
    shapes = {name: weight.shape for name, weight in weights.items()}
    if {name: averages[name].shape for name in weights if name in averages} != shapes:
        raise CheckpointNotUsable(
            "checkpoint.other-model",
            "The checkpoint is of another model, or of a run that trains other weights.",
            "Choose another exp_manager.exp_dir.",
        )
    for name, weight in weights.items():
        weight.copy_(averages[name])
    if has_lora(model.unet):
        merge_lora(model.unet)


@torch.no_grad()
def set_strength(model: Model, start: Model, strength: float) -> None:
    """Changes the weights of a trained model, in place, to start + strength · (trained − start)."""
    pairs = [(model.unet, start.unet)]
    pairs += list(zip(model.text_encoders.networks, start.text_encoders.networks, strict=True))
    for trained, own in pairs:
        if strength == 1 or trained is own:
            continue
        others = own.state_dict()
        for name, weight in trained.state_dict().items():
            if weight.is_floating_point():
                weight.copy_(torch.lerp(others[name].float(), weight.float(), strength))


def _on_processor(config: TrainingConfig) -> TrainingConfig:
    model = replace(config.model, inductor=False, inductor_cudagraphs=False, channels_last=False)
    model = replace(model, unet_config=replace(model.unet_config, use_flash_attention=False))
    return replace(config, model=model, trainer=replace(config.trainer, precision="32"))
