"""The arguments of the trainer by default, and without replay."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings
from engine.library import ModelCard, read_model_card
from ip2p_desktop.base.paths import starter_model
from ip2p_desktop.training.default_settings import COMMON_INSTRUCTIONS, default_settings
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.training_runs import TrainingPlan, TrainingRun, new_run, read_run
from trainer.config import TrainingConfig, read_config

MakeDialog = Callable[[str], TrainingDialog]
TIMEOUT = 60_000
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
    assert page.keep_box.isVisible()
    assert page.keep_box.isChecked()
    assert "keeps what this one can do" in hint.text()
    plan = page.plan()
    assert plan is not None
    data = config_of(plan, tmp_path).data
    assert data.cache.enable
    assert data.replay.pairs > 0
    assert data.replay.share >= 0.5

    qtbot.mouseClick(
        page.keep_box, LEFT, pos=page.keep_box.rect().center() - page.keep_box.rect().center() / 2
    )
    page.keep_box.setChecked(False)
    assert "may forget" in hint.text()
    plan = page.plan()
    assert plan is not None
    data = config_of(plan, tmp_path).data
    assert data.cache.enable
    assert data.replay.pairs == 0


def test_another_choice_of_replay_is_measured_again(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("train")
    show_plan(qtbot, dialog, pairs)
    probe = dialog.session.probe
    qtbot.waitUntil(lambda: probe.estimate is not None, timeout=TIMEOUT)
    dialog.plan_page.keep_box.setChecked(False)
    qtbot.waitUntil(probe.is_running, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: probe.estimate is not None, timeout=TIMEOUT)


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
    assert 0 < slow.data.replay.pairs < fast.data.replay.pairs
    assert slow.model.timestep_sampling == "uniform"


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
    assert read_config(found.settings()).data.replay.pairs == 0
