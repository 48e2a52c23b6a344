"""The window with the real editor, the shipped starter and the real trainer, used as a person would."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes.training_steps import kill_trainer
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from ip2p_desktop.editing.jobs import JobState
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_phase import TrainingPhase

PAIRS = Path(__file__).resolve().parent.parent / "assets" / "pairs"
TIMEOUT_MS = 300_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication) -> Iterator[Program]:
    program = build_program(qapp, Preferences(paths.preferences_file()))
    program.window.show()
    qtbot.waitUntil(lambda: program.installed.is_known)
    yield program
    program.window.close()
    kill_trainer(program.models.training_action.session)
    program.models.training_action.shut_down()
    program.shut_down()
    program.window.deleteLater()


def open_sample(qtbot: QtBot, program: Program) -> None:
    photo = paths.sample_photos()[0]
    sample = program.window.findChild(QAbstractButton, f"sample_{photo.stem}")
    with qtbot.waitSignal(program.document.source_changed, timeout=TIMEOUT_MS):
        qtbot.mouseClick(sample, LEFT)


def edit(qtbot: QtBot, program: Program, instruction: str) -> Image.Image:
    box = program.window.composer.instruction_box
    qtbot.keyClicks(box, instruction)
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    result = program.document.result
    assert result is not None
    assert program.window.canvas.view.after is result.display_image
    return result.image()


def chroma(image: Image.Image) -> float:
    pixels = np.asarray(image, dtype=np.float32)
    return float((pixels.max(axis=2) - pixels.min(axis=2)).mean())


def test_a_photo_is_edited_as_written(qtbot: QtBot, program: Program) -> None:
    open_sample(qtbot, program)
    source = program.document.source
    assert source is not None
    result = edit(qtbot, program, "make it black and white")
    assert result.width / result.height == pytest.approx(source.image.width / source.image.height, rel=0.01)
    assert chroma(result) < 0.3 * chroma(source.image)


def test_a_sequence_and_a_second_photo_go_through_the_queue(qtbot: QtBot, program: Program) -> None:
    open_sample(qtbot, program)
    first = program.document.source
    assert first is not None
    box = program.window.composer.instruction_box
    program.document.change(resolution=128, variations=2)
    qtbot.keyClicks(box, "make it foggy, then black and white")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    with qtbot.waitSignal(program.document.source_changed, timeout=TIMEOUT_MS):
        program.files.open_file(paths.sample_photos()[1])
    second = program.document.source
    assert second is not None
    program.document.change(variations=1)
    box.clear()
    qtbot.keyClicks(box, "make it sepia")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not program.queue.is_busy, timeout=TIMEOUT_MS)
    assert {job.state for job in program.queue.jobs} == {JobState.DONE}
    made = [node for node in program.tree.listed if isinstance(node, EditedPhoto)]
    of_first = [node.state.instruction for node in made if node.root is first]
    assert sorted(of_first) == ["make it black and white"] * 2 + ["make it foggy"] * 2
    last = [node for node in made if node.state.instruction == "make it black and white"]
    assert [node.root for node in last] == [first, first]
    assert all(chroma(node.image()) < 0.3 * chroma(first.image) for node in last)
    result = program.document.result
    assert result is not None
    assert (result.root, result.state.instruction) == (second, "make it sepia")


def test_a_taught_model_is_listed_and_edits(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    pairs = Path(shutil.copytree(PAIRS, tmp_path / "pairs"))
    qtbot.mouseClick(program.window.findChild(QPushButton, "training_button"), LEFT)
    dialog = program.window.findChild(TrainingDialog)
    dialog.choose_folder(pairs)
    qtbot.waitUntil(lambda: dialog.examples_page.next_button.isEnabled())
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)
    dialog.plan_page.form.name_box.setText("Negatives")
    dialog.plan_page.length.steps = 3
    qtbot.mouseClick(dialog.plan_page.start_button, LEFT)
    qtbot.waitUntil(lambda: not dialog.session.is_running(), timeout=TIMEOUT_MS)
    assert dialog.session.phase == TrainingPhase.DONE
    qtbot.mouseClick(dialog.progress_page.result_button, LEFT)
    qtbot.mouseClick(dialog.result_page.keep_button, LEFT)
    qtbot.waitUntil(lambda: dialog.session.model is not None, timeout=TIMEOUT_MS)
    qtbot.mouseClick(dialog.progress_page.use_button, LEFT)

    qtbot.waitUntil(lambda: program.installed.cards[-1].name == "Negatives")
    model = program.document.model
    assert model is not None
    assert model.name == "Negatives"
    assert [card.name for card in program.installed.cards] == ["Starter", "Negatives"]
    open_sample(qtbot, program)
    edit(qtbot, program, "make it a photographic negative")
    result = program.document.result
    assert result is not None
    assert result.request.model == model.path
