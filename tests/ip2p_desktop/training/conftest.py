"""A folder of pairs, a base model, and programs that replace the trainer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.training.dialog.result import choice_sliders
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.results import result_export, result_judging
from ip2p_desktop.training.runs import open_run, run_attachment
from ip2p_desktop.training.runs.trainer_launch import LaunchedTrainer, launch_trainer
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

HERE = Path(__file__).resolve().parent
PAIRS = HERE.parent.parent / "assets" / "pairs"


@pytest.fixture(autouse=True)
def american_numbers() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at runs more often, and takes a slider as at rest sooner: nobody watches these windows."""
    monkeypatch.setattr(run_attachment, "INTERVAL_MS", 40)
    monkeypatch.setattr(choice_sliders, "REST_MS", 60)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PAIRS, tmp_path / "negative pairs"))


@pytest.fixture
def zipped_pairs(pairs: Path) -> Path:
    return Path(shutil.make_archive(str(pairs), "zip", pairs.parent, pairs.name))


@pytest.fixture
def models(tmp_path: Path) -> list[ModelCard]:
    folder = tmp_path / "starter"
    folder.mkdir()
    return [ModelCard(path=folder, name="Starter")]


@pytest.fixture
def plan(pairs: Path, models: list[ModelCard]) -> TrainingPlan:
    return TrainingPlan(
        dataset=pairs, base_model=models[0].path, base_model_name="Starter", name="Negative", steps=5
    )


@pytest.fixture
def end_trainers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ends the trainers that go on after their sessions; they also find the packages that are tested."""
    monkeypatch.setenv("PYTHONPATH", str(HERE.parents[2]))
    launched: list[LaunchedTrainer] = []

    def record(*arguments: Any, **named: Any) -> LaunchedTrainer:
        launched.append(launch_trainer(*arguments, **named))
        return launched[-1]

    monkeypatch.setattr(open_run, "launch_trainer", record)
    yield
    for trainer in launched:
        trainer._process.kill()
        trainer._process.wait()


@pytest.fixture
def make_session(qtbot: QtBot, end_trainers: None) -> Iterator[Callable[[str], TrainingSession]]:
    created: list[TrainingSession] = []

    def make(behaviour: str) -> TrainingSession:
        created.append(
            TrainingSession(program=[sys.executable, str(HERE / "scripted_trainer.py"), behaviour])
        )
        return created[-1]

    yield make
    for session in created:
        session.shut_down()


@pytest.fixture
def make_dialog(
    qtbot: QtBot, make_session: Callable[[str], TrainingSession], models: list[ModelCard]
) -> Callable[[str], TrainingDialog]:
    def make(behaviour: str = "train") -> TrainingDialog:
        dialog = TrainingDialog(models, session=make_session(behaviour))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


@pytest.fixture
def judge_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Chooses what the program does that judges a result."""
    return partial(_replace_program, monkeypatch, result_judging, "judging_program", "scripted_judging.py")


@pytest.fixture
def export_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Chooses what the program does that exports a result."""
    return partial(_replace_program, monkeypatch, result_export, "export_program", "scripted_export.py")


def _replace_program(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, function: str, script: str, behaviour: str
) -> None:
    monkeypatch.setattr(module, function, lambda: [sys.executable, str(HERE / script), behaviour])
