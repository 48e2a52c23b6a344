"""Light copies of the averaged weights of a run, for comparing its steps: `snapshots/step-N.safetensors`.

They hold what is trained, in float16: of a LoRA run the LoRA only. A run cannot be resumed from them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.errors import EngineError
from engine.files.atomic import atomic_write
from engine.files.disk_space import check_free_space
from engine.files.json_record import VERSION_NAME, JsonRecord
from engine.models.loading import Model
from trainer.learning.checkpoint import SPARE
from trainer.learning.learner import Learner
from trainer.learning.lora import changes, has_lora

FOLDER = "snapshots"
VERSION = 1
METADATA = "ip2p"
"""Name of our metadata in the file: a JSON object with version, step, and whether it is a LoRA."""
DOWN, UP = ".lora_down", ".lora_up"
FINEST = 8
"""The first snapshots of a run are so many times as close as the last ones, so that a run that is stopped
early has some to choose from too."""
_NAME = re.compile(r"step-(\d+)\.safetensors")


class SnapshotNotUsable(EngineError):
    """A snapshot cannot be written; or it is missing, damaged, or of another model."""

    kind = "snapshot"


def saved_snapshots(run: Path) -> dict[int, Path]:
    """Returns the snapshots in the folder of a run by their steps, the earliest first."""
    folder = run / FOLDER
    found = folder.iterdir() if folder.is_dir() else ()
    named = ((_NAME.fullmatch(path.name), path) for path in found)
    return dict(sorted((int(name[1]), path) for name, path in named if name))


def is_snapshot_due(step: int, total: int, most: int) -> bool:
    """Returns whether a run of `total` steps that keeps at most `most` snapshots makes one of this step.

    They are spread evenly over the steps so far: each time the run has doubled its length, they are half as
    dense. The last step of a run is due whenever that is.
    """
    if not most or step in (0, total):
        return bool(most)
    halvings = min(math.log2(FINEST), math.floor(math.log2(total / step))) if step < total else 0
    interval = total / max(1, most - 1) / 2**halvings
    return math.floor(step / interval) > math.floor((step - 1) / interval)


def snapshots_due(step: int, total: int, most: int) -> int:
    """Returns how many snapshots are due after a step, up to the last step."""
    count = 0
    for halvings in range(int(math.log2(FINEST)) + 1 if most else 0):
        interval = total / max(1, most - 1) / 2**halvings
        first = max(step, total / 2 ** (halvings + 1) if halvings < math.log2(FINEST) else 0)
        count += max(0, math.floor(total / 2**halvings / interval) - math.floor(first / interval))
    return count


def surplus_snapshots(steps: list[int], most: int) -> list[int]:
    """Returns the steps of the snapshots to remove, so that the others are spread evenly.

    The first and the last stay, unless only one may.
    """
    kept = sorted(steps)
    while len(kept) > max(2, most):
        half = (kept[-1] - kept[0]) / len(kept) / 2  # of a mean gap: gaps differ by the rounding of steps
        inner = range(1, len(kept) - 1)
        kept.pop(min(inner, key=lambda place: round((kept[place + 1] - kept[place - 1]) / half)))
    kept = kept[-most:] if most < len(kept) else kept
    return [step for step in sorted(steps) if step not in kept]


class Snapshots:
    """The snapshots of one run."""

    def __init__(self, learner: Learner) -> None:
        self._learner = learner
        self._run = learner.config.run_folder
        self._most = learner.config.exp_manager.snapshots

    def begin(self) -> None:
        """Removes the snapshots of steps that the run takes again."""
        for step, path in saved_snapshots(self._run).items():
            if self._most and step > self._learner.step:
                with suppress(OSError):
                    path.unlink()

    def is_due(self, *, is_last: bool = False) -> bool:
        """Returns whether one of the current step should be made and there is none.

        `is_last` if the run ends with this step, whichever it is.
        """
        step = self._learner.step
        is_due = is_snapshot_due(step, self._learner.config.trainer.max_steps, self._most)
        return (is_due or (is_last and self._most > 0)) and step not in saved_snapshots(self._run)

    def save(self) -> Path:
        """Writes the averaged weights of the current step and removes surplus snapshots; returns the file.

        Raises `SnapshotNotUsable` or `OutputNotWritable`; there is no such file then.
        """
        step, folder = self._learner.step, self._run / FOLDER
        path = folder / f"step-{step:08d}.safetensors"
        check_free_space(folder, snapshot_bytes(self._learner) + SPARE)
        values = {VERSION_NAME: VERSION, "step": step, "lora": has_lora(self._learner.loss.model.unet)}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as temporary:
                save_file(_tensors(self._learner), temporary, metadata={METADATA: json.dumps(values)})
        except (OSError, SafetensorError) as error:  # the library raises its own error for a full disk
            raise SnapshotNotUsable(
                "snapshot.not-written",
                "The snapshot could not be written to {folder}.",
                "Free some disk space, or set exp_manager.snapshots=0.",
                folder=folder,
            ) from error
        saved = saved_snapshots(self._run)
        for surplus in surplus_snapshots(list(saved), self._most):
            with suppress(OSError):
                saved[surplus].unlink()
        return path


def _tensors(learner: Learner) -> dict[str, Tensor]:
    """Returns the averaged weights in float16 on the CPU."""
    with learner.ema.applied():
        unet = learner.loss.model.unet
        if has_lora(unet):
            made: dict[str, Tensor] = {}
            for change in changes(unet):
                made |= {f"unet.{change.module}{DOWN}": change.down, f"unet.{change.module}{UP}": change.up}
        else:
            made = {name: weight.detach() for name, weight in learner.weights.items()}
        return {
            name: tensor.to("cpu", torch.float16, copy=True).contiguous() for name, tensor in made.items()
        }


def snapshot_bytes(learner: Learner) -> int:
    """Returns the bytes of a snapshot, about."""
    count: int = sum(weight.numel() for weight in learner.weights.values())
    return count * torch.float16.itemsize


@torch.no_grad()
def load_snapshot(model: Model, path: Path) -> None:
    """Puts the weights of a snapshot into the start model of its run, in place. Runs no code of the file.

    The model is as `load_base_model` returns it, in any float type and on any device. A LoRA is merged into
    its weights, so each needs a fresh start model. Raises `SnapshotNotUsable`; the model is unchanged then.
    """
    tensors = _read(path)
    encoders = zip(("text_encoder", "text_encoder_2"), model.text_encoders.networks, strict=False)
    parts: dict[str, nn.Module] = {"unet": model.unet, **dict(encoders)}
    own = {
        f"{part}.{name}": weight for part, each in parts.items() for name, weight in each.named_parameters()
    }
    lora = {name.removesuffix(UP) for name in tensors if name.endswith(UP)}
    changed: dict[str, Tensor] = {}
    for module in lora:
        weight = own.get(f"{module}.weight")
        down, up = tensors.get(f"{module}{DOWN}"), tensors[f"{module}{UP}"]
        if weight is None or down is None or not _fits_lora(weight, down, up):
            raise _of_another_model(path)
        changed[f"{module}.weight"] = weight + _product(down, up).reshape(weight.shape).to(weight)
    for name, tensor in tensors.items():
        if name.endswith((DOWN, UP)):
            continue
        if name not in own or own[name].shape != tensor.shape:
            raise _of_another_model(path)
        changed[name] = tensor
    for name, tensor in changed.items():
        own[name].copy_(tensor)


def _product(down: Tensor, up: Tensor) -> Tensor:
    return up.float().flatten(1) @ down.float().flatten(1)


def _fits_lora(weight: Tensor, down: Tensor, up: Tensor) -> bool:
    outputs, inputs = weight.flatten(1).shape if weight.ndim > 1 else (0, 0)
    is_product = down.ndim > 1 and up.ndim > 1 and up.flatten(1).shape[1] == down.shape[0]
    return is_product and (up.shape[0], down.flatten(1).shape[1]) == (outputs, inputs)


def _read(path: Path) -> Mapping[str, Tensor]:
    try:
        with safe_open(path, framework="pt") as file:
            values = JsonRecord(json.loads((file.metadata() or {}).get(METADATA, "{}")))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise SnapshotNotUsable(
            "snapshot.damaged",
            "The snapshot {snapshot} is missing or damaged.",
            "Choose another step.",
            snapshot=path,
        ) from error
    if values.version > VERSION:
        raise SnapshotNotUsable(
            "snapshot.newer-version",
            "The snapshot {snapshot} was written by a newer version of this program.",
            "Update the program.",
            snapshot=path,
        )
    return tensors


def _of_another_model(path: Path) -> SnapshotNotUsable:
    return SnapshotNotUsable(
        "snapshot.other-model",
        "The snapshot {snapshot} is of another model.",
        "Choose the model that its run began with.",
        snapshot=path,
    )
