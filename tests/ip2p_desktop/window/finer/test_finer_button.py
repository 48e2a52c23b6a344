"""An edit is made again at a higher resolution with one click, and a notice says what that brought."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.editing.cost_history import CostHistory
from engine.editing.costs import EditKind, Measurement
from engine.library import ModelCard
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.window.finer.finer_controller import offer_of

SIZE = (900, 600)


@pytest.fixture
def grainy(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    """A photo with fine detail is open."""
    file = tmp_path / "grain.png"
    ground = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    Image.blend(ground, Image.effect_noise(SIZE, 60).convert("RGB"), 0.5).save(file)
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(file)


def edit(qtbot: QtBot, program: Program) -> None:
    program.document.change(instruction="make it foggy")
    with qtbot.waitSignal(program.queue.is_busy_changed, check_params_cb=lambda busy: not busy):
        program.edits.start()


def test_a_painted_result_is_made_finer_with_the_same_seed(
    qtbot: QtBot, program: Program, editor: FakeEditor, grainy: None, starter: ModelCard
) -> None:
    kind = EditKind(model=str(starter.path), device="cpu", dtype="fp32", pixels=512 * 344, branches=3)
    seconds = {"load_seconds": 8.0, "reading_seconds": 1.0, "step_seconds": 0.1, "decode_seconds": 1.0}
    CostHistory(paths.edit_costs_file()).add(Measurement(kind=kind, peak_bytes=None, **seconds))
    editor.painted_at = 0
    edit(qtbot, program)
    button = program.window.composer.finer_button
    qtbot.waitUntil(lambda: button.isVisible())
    assert button.text() == "Finer (768, about 9 s)"
    coarse = program.document.result
    assert coarse is not None
    program.document.change(instruction="something else")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    notice = program.window.notice_bar
    qtbot.waitUntil(lambda: notice.message.text().startswith("Finer: ") and notice.isVisible())
    assert notice.message.text().endswith(" times as much fine detail.")
    first, second = editor.requests
    assert (second.instruction, second.settings.seed) == (first.instruction, first.settings.seed)
    assert (first.settings.resolution, second.settings.resolution) == (512, 768)
    fine = program.document.result
    assert fine is not coarse
    assert fine is not None
    assert fine.source is coarse.source
    assert not button.isVisible(), "the photo has no more"


@pytest.mark.parametrize(("peak", "is_offered"), [(10**6, True), (10**15, False)])
def test_only_what_fits_into_memory_is_offered(
    qtbot: QtBot,
    program: Program,
    editor: FakeEditor,
    grainy: None,
    starter: ModelCard,
    peak: int,
    is_offered: bool,
) -> None:
    kind = EditKind(model=str(starter.path), device="cpu", dtype="fp32", pixels=512 * 344, branches=3)
    seconds = {"load_seconds": 8.0, "reading_seconds": 1.0, "step_seconds": 0.1, "decode_seconds": 1.0}
    history = CostHistory(paths.edit_costs_file())
    history.add(Measurement(kind=kind, peak_bytes=peak, **seconds))
    editor.painted_at = 0
    edit(qtbot, program)
    result = program.document.result
    assert result is not None
    assert (offer_of(result, history) is not None) is is_offered


def test_an_edit_of_tone_is_not_offered_again(
    qtbot: QtBot, program: Program, editor: FakeEditor, grainy: None
) -> None:
    edit(qtbot, program)
    result = program.document.result
    assert result is not None
    assert offer_of(result, CostHistory(paths.edit_costs_file())) is None


def test_no_difference_is_said_too(qtbot: QtBot, program: Program, editor: FakeEditor, grainy: None) -> None:
    editor.painted_at = 0
    edit(qtbot, program)
    button = program.window.composer.finer_button
    qtbot.waitUntil(lambda: button.isVisible())
    coarse = program.document.result
    assert coarse is not None
    editor.painted_at = 512
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    notice = program.window.notice_bar
    qtbot.waitUntil(lambda: notice.message.text() == "No visible difference.")
