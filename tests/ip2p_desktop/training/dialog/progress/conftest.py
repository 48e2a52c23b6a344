"""The page of a run, and the session whose events it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.shown_run import TOTAL, ShownSession
from pytestqt.qtbot import QtBot

from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun


@pytest.fixture
def run(tmp_path: Path) -> TrainingRun:
    folder = tmp_path / "run"
    folder.mkdir()
    plan = TrainingPlan(
        dataset=tmp_path / "pairs",
        base_model=tmp_path / "starter",
        base_model_name="Starter",
        name="Copper",
        steps=TOTAL,
    )
    return TrainingRun(folder=folder, plan=plan)


@pytest.fixture
def session(qtbot: QtBot, run: TrainingRun) -> Iterator[ShownSession]:
    session = ShownSession(run)
    yield session
    session.shut_down()


@pytest.fixture
def make_page(qtbot: QtBot, session: ShownSession) -> Iterator[Callable[..., ProgressPage]]:
    pages: list[ProgressPage] = []

    def make(width: int = 720, height: int = 640) -> ProgressPage:
        pages.append(ProgressPage(session))
        qtbot.addWidget(pages[-1])
        pages[-1].resize(width, height)
        pages[-1].show()
        return pages[-1]

    yield make
    for page in pages:
        page.shut_down()
