"""The arguments of the trainer by default, and without replay."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from fakes.shared_folder import shared_folder
from fakes.tiny_editor import save_tiny_editor
from fakes.trainer_programs import CAN_FORK, DieSending, FastestThreads, run_trainer
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings
from engine.library import ModelCard, read_model_card
from ip2p_desktop.base.paths import starter_model
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.plans.default_settings import COMMON_INSTRUCTIONS, default_settings
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, new_run, read_run
from trainer.config import TrainingConfig, read_config
from trainer.learning.checkpoint import Checkpoints
from trainer.runs.numerics import read_numerics

MakeDialog = Callable[[str], TrainingDialog]
LEFT = Qt.MouseButton.LeftButton


def config_of(plan: TrainingPlan, tmp_path: Path) -> TrainingConfig:
    return read_config(TrainingRun(folder=tmp_path / "run", plan=plan).settings())


def show_plan(qtbot: QtBot, dialog: TrainingDialog, pairs: Path) -> None:
    dialog.choose_folder(pairs)
    qtbot.waitUntil(dialog.examples_page.next_button.isEnabled)
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)


def test_the_dialog_uses_replay_by_default(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path, tmp_path: Path
) -> None:
    dialog = make_dialog("hang")
    dialog.show_models([read_model_card(starter_model())])
    show_plan(qtbot, dialog, pairs)
    page, hint = dialog.plan_page, dialog.plan_page.findChild(QLabel, "keep_hint")
    assert isinstance(hint, QLabel)
    keep = page.form.keep_choice
    assert keep.keep_button.isChecked()
    assert "edits that the model can make already" in hint.text()
    plan = page.plan()
    assert plan is not None
    data = config_of(plan, tmp_path).data
    assert data.cache.enable
    assert data.replay.pairs > 0
    assert data.replay.share >= 0.5

    qtbot.mouseClick(keep.only_button, LEFT, pos=QPoint(8, keep.only_button.height() // 2))
    assert not keep.keeps_edits
    plan = page.plan()
    assert plan is not None
    data = config_of(plan, tmp_path).data
    assert data.cache.enable
    assert data.replay.pairs == 0


def test_a_model_with_suggestions_is_replayed_with_them(plan: TrainingPlan, tmp_path: Path) -> None:
    card = read_model_card(starter_model())
    chosen = replace(plan, settings=default_settings(card, keeps_edits=True))
    config = config_of(chosen, tmp_path)
    assert config.data.replay.instructions == []
    assert config.model.timestep_sampling == "few_steps"


@pytest.mark.parametrize("steps", [1, 20])
def test_a_model_without_suggestions_is_replayed_with_common_edits(
    plan: TrainingPlan, tmp_path: Path, steps: int
) -> None:
    card = ModelCard(path=tmp_path, name="Silent", recommended=EditSettings(num_inference_steps=steps))
    chosen = replace(plan, settings=default_settings(card, keeps_edits=True))
    replayed = config_of(chosen, tmp_path).data.replay
    assert tuple(replayed.instructions) == COMMON_INSTRUCTIONS
    assert replayed.pairs >= len(COMMON_INSTRUCTIONS)


def test_a_model_with_many_steps_has_less_replay_and_trains_at_all_timesteps(
    plan: TrainingPlan, tmp_path: Path
) -> None:
    configs = []
    for steps in (1, 20):
        card = ModelCard(path=tmp_path, name="Any", recommended=EditSettings(num_inference_steps=steps))
        chosen = replace(plan, settings=default_settings(card, keeps_edits=True))
        configs.append(config_of(chosen, tmp_path))
    fast, slow = configs
    assert [config.model.min_snr_gamma for config in configs] == [0.0, 0.0], "it does not suit few steps"
    assert 0 < slow.data.replay.pairs < fast.data.replay.pairs
    assert slow.model.timestep_sampling == "uniform"


@pytest.mark.skipif(not CAN_FORK, reason="nothing is killed so there")
def test_threads_are_tried_once_for_a_run(
    plan: TrainingPlan, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """Other programs leave it other cores each time; the estimate tries for itself and leaves nothing."""
    model = shared_folder(tmp_path_factory, "editor", save_tiny_editor)
    settings = default_settings(read_model_card(model), keeps_edits=True)
    chosen = replace(plan, base_model=model, steps=1, settings=settings)
    run = TrainingRun(folder=tmp_path / "run", plan=chosen)
    small = ["data.resolution=64", "data.num_workers=0", "model.micro_batch_size=2", "validation.edits=0"]
    words = [*run.settings(), *small, f"data.cache.folder={tmp_path / 'cache'}"]
    logs = tmp_path / "logs"
    code, events, errors = run_trainer(["--probe=1", *words], logs, before=FastestThreads(3))
    assert code == 0, errors
    assert next(event for event in events if event["type"] == "probe")["threads"] == 3
    assert not run.folder.exists()

    killed = FastestThreads(2, DieSending("caching"))  # long before the first checkpoint
    code, _, errors = run_trainer(words, logs, before=killed)
    assert code == -signal.SIGKILL, errors
    assert read_numerics(run.folder)[0].threads == (2,)
    code, events, errors = run_trainer(words, logs, before=FastestThreads(1))
    assert code == 0, errors
    assert not [event for event in events if event.get("kind") == "numerics"]
    assert read_numerics(run.folder)[0].threads == (2,)
    state = Checkpoints(run.folder, keep=2).load_newest()
    assert state is not None
    assert (state["step"], state["numerics"]["threads"]) == (1, [2])


def test_a_run_goes_on_with_the_settings_it_began_with(
    plan: TrainingPlan, models: list[ModelCard], tmp_path: Path
) -> None:
    chosen = replace(plan, settings=default_settings(models[0], keeps_edits=True))
    run = new_run(chosen, tmp_path / "runs", datetime(2026, 8, 1))
    assert read_run(run.folder) == run
    description = run.folder / "teaching.json"
    values = json.loads(description.read_text(encoding="utf-8"))
    del values["settings"]  # as an earlier version wrote it
    description.write_text(json.dumps(values), encoding="utf-8")
    found = read_run(run.folder)
    assert found is not None
    assert found.plan == replace(chosen, settings=())
    assert read_config(found.settings()).data.replay.pairs is None, "the trainer knows whether it had replay"
