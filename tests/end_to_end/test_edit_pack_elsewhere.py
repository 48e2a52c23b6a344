"""An edit that was trained here is dropped on a fresh installation, and edits there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.kept_run import train_tiny
from numpy.typing import NDArray
from PIL import Image, ImageOps
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.editing.editor import Editor
from engine.request import EditRequest
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from trainer.export import pack_export
from trainer.export.__main__ import main as export_main

INSTRUCTION = "turn it into a layered stencil"
TIMEOUT_MS = 300_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four large steps of the shipped starter on a folder of pairs, on the first computer."""
    place = tmp_path_factory.mktemp("here")
    pairs = place / "pairs"
    pairs.mkdir()
    for number, path in enumerate(paths.sample_photos()):
        with Image.open(path) as photo:
            small = photo.convert("RGB").resize((96, 72))
        small.save(pairs / f"{number}-before.png")
        ImageOps.solarize(small, 90).save(pairs / f"{number}-after.png")
    (pairs / "instruction.txt").write_text(INSTRUCTION)
    settings = ("data.resolution=64", "model.optim.lr=0.0005", "model.name=Stencil")
    return train_tiny(place / "run", pairs, paths.starter_model(), *settings)


@pytest.fixture
def program(qtbot: QtBot, qapp: QApplication) -> Iterator[Program]:
    """The second computer: its data folder is new."""
    assert not paths.models_folder().exists()
    program = build_program(qapp, Preferences(paths.preferences_file()))
    program.window.show()
    qtbot.waitUntil(lambda: program.installed.is_known)
    yield program
    program.window.close()
    program.models.training_action.shut_down()
    program.shut_down()
    program.window.deleteLater()


def test_a_pack_that_is_dropped_edits_as_the_trained_model(
    qtbot: QtBot, program: Program, run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_export, "TRIED_SIDE", 64)
    pack = tmp_path / "stencil.ip2p-edit"
    assert export_main([str(run), "--edit-pack", str(pack)]) == 0
    assert pack.stat().st_size < 6_000_000
    data, canvas = QMimeData(), program.window.canvas
    data.setUrls([QUrl.fromLocalFile(str(pack))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(program.edit_packs.installer.installed, timeout=TIMEOUT_MS):
        QApplication.sendEvent(canvas, QDragEnterEvent(QPoint(50, 50), *how))
        QApplication.sendEvent(canvas, QDropEvent(QPointF(50, 50), *how))
    program.window.notice_bar.action_button.click()
    qtbot.waitUntil(lambda: program.document.required_model().name == "Stencil", timeout=TIMEOUT_MS)
    assert program.document.state.instruction == INSTRUCTION
    with qtbot.waitSignal(program.document.source_changed, timeout=TIMEOUT_MS):
        program.files.open_file(paths.sample_photos()[1])
    program.document.change(resolution=128, seed=0)
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS):
        qtbot.keyClick(program.window.composer.instruction_box, Qt.Key.Key_Return)
    result = program.document.result
    assert result is not None
    made = pixels(result.image())
    trained, base = (edited(result.request, model) for model in (run / "model", paths.starter_model()))
    assert psnr(made, trained) > 35
    assert psnr(made, base) < 25


def edited(request: EditRequest, model: Path) -> NDArray[np.float64]:
    """The same edit by another model."""
    return pixels(Editor(device="cpu").edit(replace(request, model=model)).edited_image)


def pixels(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image.convert("RGB"), dtype=np.float64)


def psnr(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(10 * np.log10(255**2 / max(np.mean((one - other) ** 2), 1e-9)))
