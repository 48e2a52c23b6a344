"""Checkpoints of a run: written atomically, loaded, and pruned."""

from __future__ import annotations

import json
import logging
import math
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import EngineError
from engine.files.atomic import atomic_write, sync_folder
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.disk_space import free_space, size_text
from engine.files.json_record import VERSION_NAME, JsonRecord
from trainer.protocol.event_values import MOST_COUNT
from trainer.protocol.events import WarningRaised, make_warning

log = logging.getLogger(__name__)

STATE_FILE, LOSS_FILE = "state.pt", "validation.json"
VERSION = 1
"""Version of the layout of a state and of its loss file; files without one have the first layout."""
NEWER = ".newer"
"""Suffix of a checkpoint that was written by a newer version of the program and is set aside."""
SPARE = 64 * 1024**2
"""Bytes that a state takes beside its tensors, and that stay free."""
_NAME = re.compile(r"step-(\d+)")


class CheckpointNotUsable(EngineError):
    """A checkpoint could not be written or read."""

    kind = "checkpoint"


class CheckpointNewer(CheckpointNotUsable):
    """A checkpoint was written by a newer version of the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "checkpoint.newer-version",
            "The checkpoint {checkpoint} was written by a newer version of this program.",
            "Update the program, or choose another exp_manager.exp_dir.",
            checkpoint=path,
        )
        self.path = path


class Checkpoints:
    """The checkpoints of one run folder. One process writes, any may read."""

    def __init__(self, run: Path, keep: int) -> None:
        """Keeps the newest `keep` checkpoints, all if that is -1, and always the best one."""
        self.folder = run / "checkpoints"
        self.keep = keep
        self.warnings: list[WarningRaised] = []
        """Warnings about checkpoints that were set aside."""

    def saved(self) -> list[Path]:
        """Returns the complete checkpoints, newest last."""
        return [path for path in self._folders() if (path / STATE_FILE).is_file()]

    @staticmethod
    def step_of(path: Path) -> int:
        """Returns the step of a checkpoint's folder."""
        return int(path.name.rpartition("-")[2])

    def best(self) -> tuple[Path | None, float]:
        """Returns the checkpoint with the lowest validation loss, and that loss; else None and infinity."""
        losses = [(_loss_of(path), path) for path in self.saved()]
        loss, path = min(losses, default=(math.inf, None))
        return (path, loss) if loss < math.inf else (None, math.inf)

    def save(self, state: dict[str, Any], step: int, *, loss: float | None = None) -> Path:
        """Writes the state of a step, with its validation loss if given, and removes surplus checkpoints.

        Returns its folder. Raises `CheckpointNotUsable`; then older checkpoints are kept, and this one is
        removed.
        """
        target = self.folder / f"step-{step:08d}"
        self._make_room(tensor_bytes(state) + SPARE)
        try:
            target.mkdir(parents=True, exist_ok=True)
            if loss is not None and math.isfinite(loss):
                with atomic_write(target / LOSS_FILE) as temporary:
                    temporary.write_text(json.dumps({VERSION_NAME: VERSION, "loss": loss}), encoding="utf-8")
            with atomic_write(target / STATE_FILE) as temporary, temporary.open("wb") as file:
                torch.save(state, file)
            sync_folder(self.folder)
        except (OSError, RuntimeError) as error:  # torch raises the latter for a full disk
            if not (target / STATE_FILE).is_file():
                shutil.rmtree(target, ignore_errors=True)
            raise CheckpointNotUsable(
                "checkpoint.not-written",
                "The checkpoint could not be written to {folder}.",
                "Free some disk space, or choose another folder; earlier checkpoints are kept.",
                folder=self.folder,
            ) from error
        self._prune()
        return target

    def load_newest(self, *, mapped: bool = False) -> dict[str, Any] | None:
        """Returns the newest state that can be read, or None. Runs no code from the file.

        If `mapped`, tensors stay on disk until used, and must be used before the next checkpoint is saved.
        Checkpoints of a newer version of the program are set aside; raises `CheckpointNewer` if there are no
        others.
        """
        newer: list[CheckpointNewer] = []
        for path in reversed(self.saved()):
            try:
                state = load_state(path, mapped=mapped)
            except CheckpointNewer as error:
                newer.append(error)
            except CheckpointNotUsable as error:
                log.warning("Left aside: %s", error.message)
            else:
                self._set_aside(newer, state["step"])
                return state
        if newer:
            raise newer[0]
        return None

    def _set_aside(self, newer: list[CheckpointNewer], step: int) -> None:
        """Renames checkpoints of a newer version, so that pruning neither counts nor removes them."""
        for error in newer:
            with suppress(OSError):  # another process of the run has renamed it
                error.path.rename(error.path.with_name(error.path.name + NEWER))
            self.warnings.append(
                make_warning(
                    "numerics.checkpoint-set-aside",
                    "The checkpoint {checkpoint} was written by a newer version of this program and was set "
                    "aside; the run continues from step {step}.",
                    checkpoint=error.path,
                    step=step,
                )
            )

    def _folders(self) -> list[Path]:
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path for path in found if _NAME.fullmatch(path.name))

    def _make_room(self, needed: int) -> None:
        """Removes all but the newest and the best checkpoint if the disk has no room for another.

        Raises `CheckpointNotUsable`.
        """
        if free_space(self.folder) < needed:
            self._remove_all_but(1)
        free = free_space(self.folder)
        if free < needed:
            raise CheckpointNotUsable(
                "checkpoint.disk-space",
                (
                    "There is not enough disk space for a checkpoint in {folder}: {needed} are needed, "
                    "{free} are free."
                ),
                "Free some disk space, or choose another folder; earlier checkpoints are kept.",
                folder=self.folder,
                needed=size_text(needed),
                free=size_text(free),
            )

    def _prune(self) -> None:
        if self.keep != -1:
            self._remove_all_but(self.keep)

    def _remove_all_but(self, newest: int) -> None:
        """Keeps the newest and the best checkpoint; also removes incomplete ones of killed processes."""
        kept = {*self.saved()[-newest:], self.best()[0]}
        for path in self._folders():
            if path not in kept:
                shutil.rmtree(path, ignore_errors=True)


def load_state(path: Path, *, mapped: bool = False) -> dict[str, Any]:
    """Returns the state in a checkpoint's folder or file; runs no code. Raises `CheckpointNotUsable`."""
    file = path / STATE_FILE if path.is_dir() else path
    try:
        found: object = torch.load(file, weights_only=True, map_location="cpu", mmap=mapped)
    except Exception as error:  # the errors of a damaged file have no common base class
        raise CheckpointNotUsable(
            "checkpoint.damaged",
            "The checkpoint {checkpoint} is missing or damaged.",
            "Choose another checkpoint.",
            checkpoint=path,
        ) from error
    step = found.get("step") if isinstance(found, dict) else None
    if not isinstance(found, dict) or type(step) is not int or not 0 <= step <= MOST_COUNT:
        raise CheckpointNotUsable(
            "checkpoint.not-a-checkpoint",
            "The file {file} is not a checkpoint.",
            "Choose another checkpoint.",
            file=file,
        )
    state: dict[str, Any] = found
    if JsonRecord(state).version > VERSION:
        raise CheckpointNewer(path)
    return state


def tensor_bytes(state: object) -> int:
    """Returns the bytes of all tensors in nested dictionaries and lists."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    if isinstance(state, dict):
        return sum(map(tensor_bytes, state.values()))
    return sum(map(tensor_bytes, state)) if isinstance(state, list | tuple) else 0


def _loss_of(path: Path) -> float:
    try:
        record = JsonRecord(json.loads(read_bounded(path / LOSS_FILE, JSON_LIMIT)))
    except (OSError, ValueError, RecursionError):
        return math.inf
    return record.get("loss", math.inf) if record.version <= VERSION else math.inf
