"""Training runs on disk: the plan, and what the window notes of a run.

A run is a folder, of this window's runs one below `paths.runs_folder()`. The trainer writes its events, its
checkpoints and the exported model there; the file `teaching.json` beside them describes the plan, so that the
run can be resumed after a restart.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from engine.errors import OutputNotWritable, plain_values
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from ip2p_desktop.training.pictures.dataset_memory import DatasetMemory, repairs_of_run
from ip2p_desktop.training.plans.setting_words import quoted
from trainer.protocol.event_values import MOST_COUNT
from trainer.protocol.events import WarningRaised

log = logging.getLogger(__name__)

DESCRIPTION_NAME = "teaching.json"
DESCRIPTION_VERSION = 1
_CHECKPOINT = re.compile(r"step-(\d{1,10})")
LONGEST_SLUG = 40
CHECKPOINT_EVERY = 100
"""Number of steps between checkpoints: at most so many are lost in a power failure."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingPlan:
    """The settings of a training run: dataset, base model, name, steps and others."""

    dataset: Path
    base_model: Path
    base_model_name: str
    """Used to find the base model if its folder has moved."""
    name: str
    steps: int
    settings: tuple[str, ...] = ()
    """Further arguments of the trainer; stored, so that the run is resumed with the same ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRun:
    """A training run: its plan and its progress."""

    folder: Path
    plan: TrainingPlan
    step: int = 0
    """Step of the last checkpoint."""
    warnings: tuple[WarningRaised, ...] = ()
    """The warnings of the trainer, each once."""
    kept: Path | None = None
    """Folder of the installed model of a run that was kept to be trained further; None if there is none."""
    is_seen: bool = False
    """Whether the user has seen how the run ended."""
    is_own: bool = True
    """Whether this window made the run; one made elsewhere has no description, and gets none."""
    unknown: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Fields written by other versions of the program; they are written again."""

    def settings(self) -> list[str]:
        """The arguments of the trainer."""
        repairs = repairs_of_run(self.plan.dataset, self.folder)
        return [
            f"data.data_path={quoted(self.plan.dataset)}",
            *([f"data.repairs={quoted(repairs)}"] if repairs else []),
            f"model.unet_config.from_pretrained={quoted(self.plan.base_model)}",
            f"model.name={quoted(self.plan.name)}",
            f"trainer.max_steps={self.plan.steps}",
            f"exp_manager.exp_dir={quoted(self.folder)}",
            f"exp_manager.checkpoint_callback_params.every_n_train_steps={CHECKPOINT_EVERY}",
            *self.plan.settings,
        ]

    def lock(self) -> QLockFile:
        """The lock of the window that shows the run: no other window resumes, stops or deletes it."""
        lock = QLockFile(str(self.folder.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        return lock


def slug_of(name: str, moment: datetime) -> str:
    """A folder name from a name and a time; valid on every file system."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-")
    return f"{words or 'model'}-{moment:%Y%m%d-%H%M%S}"


def new_run(plan: TrainingPlan, runs: Path, moment: datetime) -> TrainingRun:
    """Create a run with its folder and description, and with what is known of its pairs.

    Raises `OutputNotWritable`.
    """
    slug = slug_of(plan.name, moment)
    folder = next(
        candidate
        for number in range(1, 1000)
        if not (candidate := runs / (slug if number == 1 else f"{slug}-{number}")).exists()
    )
    run = TrainingRun(folder=folder, plan=plan)
    try:
        folder.mkdir(parents=True)
        write_description(run)
        DatasetMemory(plan.dataset).hand_over(folder)
    except OSError as error:
        raise run_not_written(folder, error) from error
    return run


def run_not_written(folder: Path, error: OSError) -> OutputNotWritable:
    """The error of a folder of a run that cannot be written."""
    return OutputNotWritable(
        "output.folder-not-written",
        "{folder} cannot be written ({reason}).",
        "Free some disk space, or check who may write there.",
        folder=folder,
        reason=error.strerror or error,
    )


def write_description(run: TrainingRun) -> None:
    """Write plan, progress and warnings to the folder of the run. Raises `OSError`."""
    plan = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(run.plan).items()}
    warnings = [asdict(warning) for warning in run.warnings]
    values = {
        VERSION_NAME: DESCRIPTION_VERSION,
        **plan,
        "step": run.step,
        "warnings": warnings,
        "kept": str(run.kept or ""),
        "seen": run.is_seen,
    }
    text = json.dumps(with_unknown(values, run.unknown), indent=2)
    with atomic_write(run.folder / DESCRIPTION_NAME) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _warning_of(record: JsonRecord) -> WarningRaised:
    values: dict[str, object] = record.get("values", {})
    return WarningRaised(
        kind=record.get("kind", ""),
        message=record.get("message", ""),
        advice=record.get("advice", ""),
        code=record.get("code", ""),
        values=plain_values(values),
    )


def read_run(folder: Path) -> TrainingRun | None:
    """The run in a folder; None if there is none, it is damaged, or it is of a newer version."""
    try:
        record = JsonRecord(json.loads(read_bounded(folder / DESCRIPTION_NAME, JSON_LIMIT)))
    except (OSError, ValueError, RecursionError):
        return None
    if record.version > DESCRIPTION_VERSION:
        log.warning("The run in %s was written by a newer version of this program; it is not listed.", folder)
        return None
    texts = {name: record.get(name, "") for name in ("dataset", "base_model", "base_model_name", "name")}
    steps, step, kept = record.get("steps", 0), record.get("step", 0), record.get("kept", "")
    if not (texts["dataset"] and texts["base_model"] and 0 < steps <= MOST_COUNT and 0 <= step <= MOST_COUNT):
        return None
    plan = TrainingPlan(
        dataset=Path(texts["dataset"]),
        base_model=Path(texts["base_model"]),
        base_model_name=texts["base_model_name"],
        name=texts["name"],
        steps=steps,
        settings=record.texts("settings"),
    )
    return TrainingRun(
        folder=folder,
        plan=plan,
        step=saved_step(folder) or step,
        warnings=tuple(map(_warning_of, record.records("warnings"))),
        kept=Path(kept) if kept else None,
        is_seen=record.get("seen", False),
        unknown=record.unknown(),
    )


def saved_step(folder: Path) -> int:
    """The step of the newest checkpoint in the folder of a run; 0 if there is none."""
    try:
        names = [child.name for child in (folder / "checkpoints").iterdir()]
    except OSError:
        return 0
    return max((int(found[1]) for name in names if (found := _CHECKPOINT.fullmatch(name))), default=0)


def is_in_use(run: TrainingRun) -> bool:
    """Whether another window shows the run; none where the disk cannot be written."""
    lock = run.lock()
    if not lock.tryLock(0):
        return lock.error() == QLockFile.LockError.LockFailedError
    lock.unlock()
    return False
