"""The page beside the real trainer, judging and export, from the pictures to a pack on another computer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from fakes.training_steps import kill_trainer, press
from pytestqt.qtbot import QtBot

from engine.edit_packs.pack_installation import install_pack
from engine.library import ModelLibrary, list_models, read_model_card
from ip2p_desktop.base.paths import judging_program, models_folder, starter_model, trainer_program
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.results import result_judging
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan
from ip2p_desktop.training.runs.training_session import TrainingSession

PAIRS = Path(__file__).resolve().parents[4] / "assets" / "pairs"
INSTRUCTION = "make it a photographic negative"
TIMEOUT = 600_000
SMALL = (
    "data.resolution=64",
    "model.micro_batch_size=1",
    "data.replay.pairs=0",
    "data.split.smallest_val=2",
    "trainer.val_check_interval=0",
)
FEW = ("resolution=64", "old_edits=2", "old_photos=1", "old_resolution=64", "threads=1")


@pytest.mark.slow
def test_a_weaker_result_is_judged_exported_and_kept(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(result_judging, "judging_program", lambda: [*judging_program(), *FEW])
    session = TrainingSession(program=trainer_program())
    dialog = TrainingDialog([read_model_card(starter_model())], session=session)
    qtbot.addWidget(dialog)
    dialog.show()
    page, judging = dialog.result_page, dialog.result_page.state.judging
    try:
        session.start(
            TrainingPlan(
                dataset=Path(shutil.copytree(PAIRS, tmp_path / "pairs")),
                base_model=starter_model(),
                base_model_name="Starter",
                name="Negative",
                steps=2,
                settings=SMALL,
            )
        )
        qtbot.waitUntil(lambda: session.phase in (TrainingPhase.DONE, TrainingPhase.FAILED), timeout=TIMEOUT)
        assert session.failure is None
        press(qtbot, dialog, "show_result")
        qtbot.waitUntil(lambda: judging.summary is not None or judging.failure is not None, timeout=TIMEOUT)
        assert judging.failure is None
        assert judging.summary is not None
        assert (judging.summary.pairs, judging.summary.held_back, judging.summary.old) == (2, True, 2)
        assert page.pictures.instruction.text() == f"“{INSTRUCTION}”"

        page.sliders.strength.setValue(50)
        qtbot.waitUntil(lambda: page.state.choice.strength == 0.5, timeout=TIMEOUT)
        qtbot.waitUntil(lambda: judging.summary is not None or judging.failure is not None, timeout=TIMEOUT)
        assert judging.failure is None
        assert judging.is_trial
        qtbot.waitUntil(lambda: not judging.is_running, timeout=TIMEOUT)

        page.name_box.setText("Half a negative")
        page.note_box.setText("For portraits")
        pack = tmp_path / "half.ip2p-edit"
        page.export_menu.chosen.emit("pack", pack)
        qtbot.waitUntil(lambda: not page.state.is_busy, timeout=TIMEOUT)
        assert page.state.failure is None
        assert page.exported.isVisible()

        press(qtbot, dialog, "keep_model")
        qtbot.waitUntil(lambda: session.model is not None or page.state.failure is not None, timeout=TIMEOUT)
        assert page.state.failure is None
        (card,) = list_models(models_folder())
        assert (card.name, card.description) == ("Half a negative", "For portraits")
        assert card.suggestions[0] == INSTRUCTION
        assert card.preview_file is not None
        assert card.preview_file.is_file()

        installed = install_pack(
            pack, ModelLibrary(tmp_path / "elsewhere"), [read_model_card(starter_model())]
        )
        assert (installed.card.name, installed.card.description) == ("Half a negative", "For portraits")
        assert installed.card.looks == card.looks
        stored = json.loads((installed.card.path / "ip2p.json").read_text())
        assert stored["suggestions"][0] == INSTRUCTION
    finally:
        page.shut_down()
        kill_trainer(session)
        session.shut_down()
