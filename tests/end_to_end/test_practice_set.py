"""A practice set made in the dialog of six photos, and trained on with the real trainer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.giving_pictures import drop_files, found, press
from pytestqt.qtbot import QtBot

from engine.library import read_model_card
from ip2p_desktop.base.paths import sample_photos, starter_model, trainer_program
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_session import TrainingPhase, TrainingSession

SMALL = ["model.micro_batch_size=1", "data.replay.pairs=0"]
TIMEOUT = 600_000


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[TrainingDialog]:
    session = TrainingSession(program=[*trainer_program(), *SMALL])
    dialog = TrainingDialog([read_model_card(starter_model())], session=session)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.shut_down()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*QDrag")
def test_six_photos_and_a_recipe_become_a_model(qtbot: QtBot, dialog: TrainingDialog, tmp_path: Path) -> None:
    for photo in sample_photos()[:6]:
        shutil.copy(photo, tmp_path)
    press(qtbot, dialog, "way_practice")
    form = dialog.examples_page.sources.practice
    assert drop_files(form.photos, sorted(tmp_path.glob("*.jpg")))
    qtbot.waitUntil(lambda: form.photos_label.text().startswith("6 photo"))
    form.recipes.choose("vignette", True)
    press(qtbot, dialog, "make_practice")
    assert found(qtbot, dialog) == 24
    press(qtbot, dialog, "next")
    dialog.plan_page.form.keep_choice.keeps_edits = False
    dialog.plan_page.length.steps = 2
    press(qtbot, dialog, "start")
    qtbot.waitUntil(lambda: not dialog.session.is_running(), timeout=TIMEOUT)
    assert dialog.session.failure is None
    assert dialog.session.phase == TrainingPhase.DONE
    assert dialog.session.progress.step == 2
