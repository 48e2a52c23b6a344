"""A folder of pairs, a model to start from, and stand-ins for the trainer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from pytestqt.qtbot import QtBot

from engine.library import ModelCard
from ip2p_desktop.training.runs import TeachingPlan
from ip2p_desktop.training.teach_dialog import TeachDialog
from ip2p_desktop.training.teaching import Teaching

HERE = Path(__file__).resolve().parent
PAIRS = HERE.parent.parent / "assets" / "pairs"


@pytest.fixture(autouse=True)
def american_numbers() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


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
def plan(pairs: Path, models: list[ModelCard]) -> TeachingPlan:
    return TeachingPlan(
        dataset=pairs, base_model=models[0].path, base_model_name="Starter", name="Negative", steps=5
    )


@pytest.fixture
def make_teaching(qtbot: QtBot) -> Iterator[Callable[[str], Teaching]]:
    made: list[Teaching] = []

    def make(behaviour: str) -> Teaching:
        made.append(Teaching(program=[sys.executable, str(HERE / "scripted_trainer.py"), behaviour]))
        return made[-1]

    yield make
    for teaching in made:
        teaching.shutdown()


@pytest.fixture
def make_dialog(
    qtbot: QtBot, make_teaching: Callable[[str], Teaching], models: list[ModelCard]
) -> Callable[[str], TeachDialog]:
    def make(behaviour: str = "learn") -> TeachDialog:
        dialog = TeachDialog(models, teaching=make_teaching(behaviour))
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make
