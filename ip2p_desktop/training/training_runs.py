"""Training runs on disk: what was planned, how far it came, and where the finished model goes.

A run is a folder below `paths.runs_folder()`. The trainer keeps its checkpoints there; a small
`teaching.json` beside them says what is needed to go on after the app was closed.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import unicodedata
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from engine.errors import OutputNotWritable
from engine.library import ModelCard, read_model_card
from trainer.protocol.events import WarningRaised

log = logging.getLogger(__name__)

DESCRIPTION_NAME = "teaching.json"
LONGEST_SLUG = 40
CHECKPOINT_EVERY = 100
"""Steps; what is lost if the power fails is at most so much."""
ASIDE_NAME = ".part"
"""Folder below the models in which a model is put together; no model itself, so no menu lists it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingPlan:
    """What is to be taught: from which pairs, on top of which model, for how long."""

    dataset: Path
    base_model: Path
    base_model_name: str
    """Finds the model again if the app has moved."""
    name: str
    steps: int
    settings: tuple[str, ...] = ()
    """What else the trainer is told; kept, so that a run goes on as it began."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingRun:
    """A plan and how far it came."""

    folder: Path
    plan: TrainingPlan
    step: int = 0
    """Step of the last checkpoint."""
    warnings: tuple[WarningRaised, ...] = ()
    """What the trainer warned of, each once."""

    def with_warning(self, warning: WarningRaised) -> TrainingRun:
        return self if warning in self.warnings else replace(self, warnings=(*self.warnings, warning))

    def settings(self) -> list[str]:
        """The words the trainer is started with."""
        return [
            f"data.data_path={_quoted(self.plan.dataset)}",
            f"model.unet_config.from_pretrained={_quoted(self.plan.base_model)}",
            f"model.name={_quoted(self.plan.name)}",
            f"trainer.max_steps={self.plan.steps}",
            f"exp_manager.exp_dir={_quoted(self.folder)}",
            f"exp_manager.checkpoint_callback_params.every_n_train_steps={CHECKPOINT_EVERY}",
            *self.plan.settings,
        ]

    def lock(self) -> QLockFile:
        """Held while a trainer works on the run, so that no second window resumes it."""
        lock = QLockFile(str(self.folder.with_suffix(".lock")))
        lock.setStaleLockTime(0)
        return lock


def _quoted(value: object) -> str:
    """A text the trainer reads back letter by letter: its settings are YAML with `${…}` references."""
    escaped = re.sub(r"(\\*)\$\{", lambda found: f"{found[1] * 2}\\${{", str(value))
    return json.dumps(escaped, ensure_ascii=False)


def slug_of(name: str, moment: datetime) -> str:
    """A folder name from a name and a time, fit for every file system."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-")
    return f"{words or 'model'}-{moment:%Y%m%d-%H%M%S}"


def new_run(plan: TrainingPlan, runs: Path, moment: datetime) -> TrainingRun:
    """A run in a folder of its own, created and described. Raises `OutputNotWritable`."""
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
    except OSError as error:
        raise _not_writable(folder, error) from error
    return run


def _not_writable(folder: Path, error: OSError) -> OutputNotWritable:
    return OutputNotWritable(
        f"{folder} cannot be written ({error.strerror or error}).",
        "Free some disk space, or check who may write there.",
    )


def write_description(run: TrainingRun) -> None:
    """Written aside, then renamed. Raises `OSError`."""
    plan = {key: str(value) if isinstance(value, Path) else value for key, value in asdict(run.plan).items()}
    target = run.folder / DESCRIPTION_NAME
    aside = target.with_suffix(".part")
    warnings = [asdict(warning) for warning in run.warnings]
    aside.write_text(json.dumps({**plan, "step": run.step, "warnings": warnings}, indent=2), encoding="utf-8")
    aside.replace(target)


def read_run(folder: Path) -> TrainingRun | None:
    """The run of a folder, or None if there is no readable one."""
    try:
        values = json.loads((folder / DESCRIPTION_NAME).read_text(encoding="utf-8"))
        plan = TrainingPlan(
            dataset=Path(values["dataset"]),
            base_model=Path(values["base_model"]),
            base_model_name=str(values["base_model_name"]),
            name=str(values["name"]),
            steps=int(values["steps"]),
            settings=tuple(map(str, values.get("settings", ()))),
        )
        warnings = tuple(WarningRaised(**warning) for warning in values.get("warnings", ()))
        return TrainingRun(folder=folder, plan=plan, step=int(values["step"]), warnings=warnings)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def resumable_runs(runs: Path) -> list[TrainingRun]:
    """Unfinished runs with a checkpoint on which nobody works, the latest first."""
    folders = [child for child in runs.iterdir() if child.is_dir()] if runs.is_dir() else []
    found = [run for folder in folders if (run := read_run(folder)) is not None]
    usable = [run for run in found if run.step > 0 and not is_in_use(run)]
    return sorted(usable, key=lambda run: (run.folder / DESCRIPTION_NAME).stat().st_mtime, reverse=True)


def is_in_use(run: TrainingRun) -> bool:
    lock = run.lock()
    if not lock.tryLock(0):
        return True
    lock.unlock()
    return False


def forget_run(run: TrainingRun) -> None:
    """Removes checkpoints and description; what cannot be removed is left and logged."""
    (run.folder / DESCRIPTION_NAME).unlink(missing_ok=True)
    shutil.rmtree(run.folder, onerror=lambda _, path, error: log.warning("%s stays: %s", path, error[1]))


def keep_model(run: TrainingRun, model: Path, models: Path, *, step: int) -> ModelCard:
    """Moves the exported model among the installed ones; a run with all steps done is removed.

    Raises `ModelNotUsable` or `OutputNotWritable`; then the model stays with its run.
    """
    card = read_model_card(model)
    try:
        installed = install_model(model, models / run.folder.name)
    except OSError as error:
        raise _not_writable(models, error) from error
    if step >= run.plan.steps:
        forget_run(run)
    return replace(card, path=installed)


def install_model(model: Path, target: Path) -> Path:
    """Moves a model folder to `target`, or beside it if the model there is in use; never half of one."""
    aside = target.parent / ASIDE_NAME / target.name
    shutil.rmtree(aside, ignore_errors=True)
    aside.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(model, aside)
    replaced = aside.with_suffix(".old")
    if target.exists():
        try:
            target.replace(replaced)
        except OSError as error:
            log.warning("%s is in use: %s", target, error)
            target = target.with_name(f"{target.name}-{datetime.now():%H%M%S}")
    aside.replace(target)
    shutil.rmtree(replaced, ignore_errors=True)
    return target
