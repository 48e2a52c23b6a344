"""The starter trained by the window's own defaults: the edits it knew are alive, and lost without replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from benchmarks.invented_edits import INVENTED_EDITS
from benchmarks.measuring import psnr
from fakes.training_steps import kill_trainer
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.editing.editor import Editor
from engine.instructions import Verdict
from engine.instructions.reader import read_instruction
from engine.library import ModelCard, read_model_card
from engine.request import EditRequest
from ip2p_desktop.base.paths import sample_photos, starter_model
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase

NEW = INVENTED_EDITS["stencil"]
OLD = (
    "make it black and white",
    "make it night",
    "add some fog",
    "turn it into a pencil sketch",
    "make it sepia",
)
SIDE, STEPS = 256, 30
TIMEOUT = 900_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[TrainingDialog]:
    dialog = TrainingDialog([read_model_card(starter_model())])
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    kill_trainer(dialog.session)
    dialog.shut_down()


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    folder = tmp_path / "stencils"
    folder.mkdir()
    lines = []
    for number, path in enumerate(sample_photos()):
        with Image.open(path) as opened:
            photo = opened.convert("RGB")
        photo.thumbnail((SIDE, SIDE))
        photo.save(folder / f"{number}-before.png")
        NEW.recipe(photo).save(folder / f"{number}-after.png")
        names = {"original_image": f"{number}-before.png", "edited_image": f"{number}-after.png"}
        lines.append(json.dumps({**names, "edit_instruction": NEW.instruction}))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def trained(qtbot: QtBot, dialog: TrainingDialog, pairs: Path, *, keeps_edits: bool = True) -> ModelCard:
    """What comes of the defaults, but for the number of steps and, where it is said, what is kept."""
    dialog.choose_folder(pairs)
    qtbot.waitUntil(dialog.examples_page.next_button.isEnabled)
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)
    dialog.plan_page.length.steps = STEPS
    if not keeps_edits:
        dialog.plan_page.form.keep_choice.keeps_edits = False
    qtbot.mouseClick(dialog.plan_page.start_button, LEFT)
    qtbot.waitUntil(lambda: not dialog.session.is_running(), timeout=TIMEOUT)
    assert dialog.session.phase == TrainingPhase.DONE, dialog.session.failure
    dialog.session.keep()
    qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT)
    assert dialog.session.model is not None
    return dialog.session.model


def results(card: ModelCard) -> list[Image.Image]:
    """Two photos edited in all that was known."""
    editor, made = Editor(), []
    settings = replace(card.recommended, resolution=SIDE)
    for path in sample_photos()[:2]:
        with Image.open(path) as opened:
            photo = opened.convert("RGB")
        photo.thumbnail((SIDE, SIDE))
        for text in OLD:
            request = EditRequest(source_image=photo, instruction=text, model=card.path, settings=settings)
            made.append(editor.edit(request).edited_image)
    return made


def test_old_edits_are_alive_and_would_be_lost_without_replay(
    qtbot: QtBot, dialog: TrainingDialog, pairs: Path
) -> None:
    base = read_model_card(starter_model())
    kept = trained(qtbot, dialog, pairs)
    assert kept.suggestions == (NEW.instruction, *base.suggestions)
    for text in (NEW.instruction, *OLD, "let it snow heavily"):
        assert read_instruction(text, kept).verdict is Verdict.KNOWN
    lost = trained(qtbot, dialog, pairs, keeps_edits=False)
    assert lost.suggestions == (NEW.instruction,)
    before = results(base)
    alike = [  # in dB; 33 and 23 where this was written
        float(np.mean([psnr(*both) for both in zip(results(card), before, strict=True)]))
        for card in (kept, lost)
    ]
    assert alike[0] > 28
    assert alike[1] < alike[0] - 6
