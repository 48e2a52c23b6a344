"""Resumable states of a run: saved aside and renamed, found again, pruned."""

from __future__ import annotations

import logging
import os
import re
import shutil
from pathlib import Path
from typing import Any

import torch

from engine.errors import EngineError

log = logging.getLogger(__name__)

STATE_FILE = "state.pt"
_NAME = re.compile(r"step-(\d+)")


class CheckpointNotUsable(EngineError):
    """A checkpoint could not be written or read."""

    kind = "checkpoint"


class Checkpoints:
    """The checkpoints of one run folder, newest last."""

    def __init__(self, run: Path, keep: int) -> None:
        self.folder = run / "checkpoints"
        self.keep = keep

    def saved(self) -> list[Path]:
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(path for path in found if _NAME.fullmatch(path.name) and (path / STATE_FILE).is_file())

    def save(self, state: dict[str, Any], step: int) -> Path:
        """Writes the state of a step and drops the oldest. Raises `CheckpointNotUsable`."""
        target = self.folder / f"step-{step:08d}"
        aside = target.with_suffix(".part")
        try:
            shutil.rmtree(aside, ignore_errors=True)
            aside.mkdir(parents=True)
            with (aside / STATE_FILE).open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            shutil.rmtree(target, ignore_errors=True)
            aside.rename(target)
        except (OSError, RuntimeError) as error:  # torch words a full disk as the latter
            shutil.rmtree(aside, ignore_errors=True)
            raise CheckpointNotUsable(
                f"The checkpoint could not be written to {self.folder}.",
                "Free some disk space, or choose another folder.",
            ) from error
        self._prune()
        return target

    def load_newest(self) -> dict[str, Any] | None:
        """The newest state that can be read, or None. Runs no code from the file."""
        for path in reversed(self.saved()):
            try:
                state: dict[str, Any] = torch.load(path / STATE_FILE, weights_only=True, map_location="cpu")
            except Exception as error:  # torch names no common base for what a damaged file raises
                log.warning("Checkpoint %s is damaged and left aside: %s", path, error)
                continue
            return state
        return None

    def _prune(self) -> None:
        for path in self.saved()[: -self.keep]:
            shutil.rmtree(path, ignore_errors=True)
