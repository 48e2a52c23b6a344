"""Exports a kept step of a run as a model, at any strength."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from engine.files.json_record import JsonRecord
from trainer.config import TrainingConfig
from trainer.distributed.parallel import Processes
from trainer.export.export import export_model
from trainer.export.kept_steps import (
    KeptStep,
    find_step,
    load_start_model,
    run_settings,
    set_strength,
    trained_model,
)
from trainer.export.model_card import TrainingRecord
from trainer.export.run_export import RunExport, hardware_name
from trainer.export.run_record import RunRecord
from trainer.learning.checkpoint import CheckpointNotUsable, Checkpoints, load_state
from trainer.learning.history import History
from trainer.learning.learner import Learner

CPU = torch.device("cpu")


def export_step(
    run: Path, step: int | None, target: Path, settings: Sequence[str] = (), *, strength: float = 1.0
) -> Path:
    """Exports a kept step, the newest if it is None, as a model in the folder `target`; returns `target`.

    `settings` are `key=value` and override those of the run. The start weights are loaded on the processor.
    Raises `RunNotUsable`, `CheckpointNotUsable`, `SnapshotNotUsable`, `ModelNotUsable`, `ConfigNotValid` and
    as `export_model`.
    """
    kept = find_step(run, step)
    config, record = run_settings(run, settings)
    if kept.is_snapshot or strength != 1:
        return _export_weights(run, kept, config, record, target, strength)
    state = load_state(kept.path)
    model = load_start_model(config, record, CPU)
    learner, history = Learner(model, config, Processes()), History()
    state.pop("optimizer", None)  # exports do not need it
    learner.load_state_dict(state)
    history.load_state_dict(state.get("history"))
    export = RunExport(learner, history, record, hardware=_hardware(state))
    with learner.ema.applied():
        return export(target)


def _export_weights(
    run: Path, kept: KeptStep, config: TrainingConfig, record: RunRecord, target: Path, strength: float
) -> Path:
    """Exports the averaged weights alone; the single files have no others then."""
    start = load_start_model(config, record, CPU)
    model = trained_model(start, config, kept)
    set_strength(model, start, strength)
    history, hardware = _history(run, kept)
    return export_model(
        model,
        target,
        name=config.model_name,
        instructions=record.instructions,
        looks=record.looks or (),
        config=config.export,
        record=TrainingRecord(
            config=config,
            data=record.data,
            history=history,
            steps=kept.step,
            examples_seen=kept.step * config.step_size,
            hardware=hardware,
            steps_elsewhere=record.steps_elsewhere,
        ),
    )


def _history(run: Path, kept: KeptStep) -> tuple[History, str]:
    """Returns the losses until a step and the hardware, as the newest checkpoint has them."""
    history, hardware = History(), ""
    for path in reversed(Checkpoints(run, keep=-1).saved()):
        with suppress(CheckpointNotUsable):
            state = load_state(path, mapped=True)
            history.load_state_dict(state.get("history"))
            hardware = _hardware(state)
            break
    history.losses = history.losses[: kept.step]
    history.validations = [each for each in history.validations if each[0] <= kept.step]
    return history, hardware or hardware_name(CPU)


def _hardware(state: dict[str, Any]) -> str:
    """Returns the hardware that the run trained on; empty if it is not known."""
    numerics: object = state.get("numerics")
    return JsonRecord(numerics if isinstance(numerics, dict) else {}).get("hardware", "")
