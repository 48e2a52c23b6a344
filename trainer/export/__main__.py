"""`python -m trainer.export RUN --step N [--output FOLDER] [key=value …]`: exports a kept checkpoint.

RUN is the folder of a run. Without `--step` the steps are listed of which the run has a checkpoint. The model
is exported with the settings of the run; others, such as `export.original_layout=ckpt`, or
`model.unet_config.from_pretrained=FOLDER` for start weights that have moved, can be given at the end.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from engine.console import run_program
from engine.errors import EngineError
from engine.files.json_record import JsonRecord
from engine.models.loading import Model
from trainer.config import TrainingConfig, stored_config
from trainer.distributed.parallel import Processes
from trainer.export.run_export import RunExport
from trainer.export.run_record import FILE, RunNotUsable, RunRecord, read_record
from trainer.learning.checkpoint import Checkpoints, load_state
from trainer.learning.expansion import load_base_model
from trainer.learning.fingerprint import fingerprint, networks_of
from trainer.learning.history import History
from trainer.learning.learner import Learner

DONE, FAILED = 0, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Exports the checkpoint and prints the folder of the model, or lists the steps; returns 0, or 2."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.export",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", type=Path, help="folder of a run")
    parser.add_argument("--step", type=int, help="step of the checkpoint; lists all steps if left out")
    parser.add_argument("--output", type=Path, help="folder of the model; by default RUN/model-step-N")
    parser.add_argument("settings", nargs="*", help="settings of the run that are others now")
    options = parser.parse_intermixed_args(arguments)
    try:
        if options.step is None:
            sys.stdout.write(_listed(options.run))
            return DONE
        target = options.output or options.run / f"model-step-{options.step}"
        made = export_step(options.run, options.step, target, options.settings)
    except EngineError as error:
        sys.stderr.write(f"{error.report()}\n")
        return FAILED
    sys.stdout.write(f"{made}\n")
    return DONE


def export_step(run: Path, step: int, target: Path, settings: Sequence[str] = ()) -> Path:
    """Exports the checkpoint of a step as a model in the folder `target`; returns `target`.

    `settings` are `key=value` and override those of the run. The start weights are loaded on the processor.
    Raises `RunNotUsable`, `CheckpointNotUsable`, `ModelNotUsable`, `ConfigNotValid` and as `export_model`.
    """
    state = load_state(_checkpoint(run, step))
    record = read_record(run)
    if record is None:
        raise RunNotUsable(
            "run.record-missing",
            "{folder} does not contain {file}, which holds the settings of the run.",
            "Resume the run once, with its own settings: that writes the file.",
            folder=run,
            file=FILE,
        )
    config = _on_processor(stored_config(record.settings, settings))
    model = load_base_model(config.start_weights, device=torch.device("cpu"))
    _check_start_weights(model, config, record)
    learner, history = Learner(model, config, Processes()), History()
    state.pop("optimizer", None)  # exports do not need it
    learner.load_state_dict(state)
    history.load_state_dict(state.get("history"))
    export = RunExport(learner, history, record, hardware=_hardware(state))
    with learner.ema.applied():
        return export(target)


def _check_start_weights(model: Model, config: TrainingConfig, record: RunRecord) -> None:
    """Raises `RunNotUsable` if the model is not the one that the run began with."""
    if record.start_weights and record.start_weights != fingerprint(*networks_of(model)):
        raise RunNotUsable(
            "run.start-weights-changed",
            "The run began with other weights than those in {place}.",
            "Add model.unet_config.from_pretrained=… with those of “{kept}”.",
            place=config.start_weights,
            kept=record.start_name,
        )


def _on_processor(config: TrainingConfig) -> TrainingConfig:
    model = replace(config.model, inductor=False, inductor_cudagraphs=False, channels_last=False)
    model = replace(model, unet_config=replace(model.unet_config, use_flash_attention=False))
    return replace(config, model=model, trainer=replace(config.trainer, precision="32"))


def _hardware(state: dict[str, Any]) -> str:
    """Returns the hardware that the run trained on; empty if it is not known."""
    numerics: object = state.get("numerics")
    return JsonRecord(numerics if isinstance(numerics, dict) else {}).get("hardware", "")


def _checkpoint(run: Path, step: int) -> Path:
    """Returns the checkpoint of a step. Raises `RunNotUsable`."""
    kept = _kept_steps(run)
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


def _kept_steps(run: Path) -> dict[int, Path]:
    """Returns the checkpoints of a run by their steps. Raises `RunNotUsable` if there are none."""
    kept = {Checkpoints.step_of(path): path for path in Checkpoints(run, keep=-1).saved()}
    if not kept:
        raise RunNotUsable(
            "run.no-checkpoints",
            "{folder} contains no checkpoints of a run.",
            "Name the folder that holds the folder “checkpoints”.",
            folder=run,
        )
    return kept


def _listed(run: Path) -> str:
    best, loss = Checkpoints(run, keep=-1).best()
    lines = []
    for step, path in _kept_steps(run).items():
        note = f"  the lowest validation loss, {loss:.4f}" if path == best else ""
        lines.append(f"{step}{note}\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(run_program(main))
