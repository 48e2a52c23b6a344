"""Reads a run that this window has not made: its plan comes from the trainer's own record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import JsonRecord
from ip2p_desktop.training.plans.setting_words import quoted
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, saved_step
from trainer.protocol.event_values import MOST_COUNT

RECORD_NAME, RECORD_VERSION = "run.json", 1
"""The trainer's record of a run, of `trainer.export.run_record`, whose libraries no window loads."""
DATASET, BASE_MODEL = "data.data_path", "model.unet_config.from_pretrained"
NAME, STEPS = "model.name", "trainer.max_steps"
PLACES = ("exp_manager.exp_dir", "exp_manager.name", "exp_manager.explicit_log_dir")
CHECKPOINTS = "exp_manager.checkpoint_callback_params.every_n_train_steps"


def read_foreign_run(folder: Path) -> TrainingRun | None:
    """The run in a folder; None if there is none, its record is damaged or of a newer version."""
    try:
        record = JsonRecord(json.loads(read_bounded(folder / RECORD_NAME, JSON_LIMIT)))
    except (OSError, ValueError, RecursionError):
        return None
    settings: dict[str, Any] = record.get("settings", {})
    dataset, base_model, steps = settings.get(DATASET), settings.get(BASE_MODEL), settings.get(STEPS)
    if isinstance(dataset, list):
        dataset = next((each for each in dataset if isinstance(each, str)), None)
    if not (isinstance(dataset, str) and isinstance(base_model, str) and isinstance(steps, int)):
        return None
    if record.version > RECORD_VERSION or not 0 < steps <= MOST_COUNT:
        return None
    given = {BASE_MODEL, NAME, STEPS, CHECKPOINTS, *PLACES}
    if isinstance(settings[DATASET], str):
        given.add(DATASET)
    plan = TrainingPlan(
        dataset=Path(dataset),
        base_model=Path(base_model),
        base_model_name=record.get("start_name", ""),
        name=str(settings.get(NAME) or Path(dataset).stem),
        steps=steps,
        settings=tuple(f"{key}={_text(value)}" for key, value in settings.items() if key not in given),
    )
    return TrainingRun(folder=folder, plan=plan, step=saved_step(folder), is_own=False)


def _text(value: object) -> str:
    return quoted(value) if isinstance(value, str) else json.dumps(value)
