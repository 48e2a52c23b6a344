"""The window shows the cost of the next edit, estimated from earlier ones."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor, Gate
from fakes.tiny_editor import save_tiny_editor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.denoising.branches import guidance_branches
from engine.edit_settings import EditSettings, Fit
from engine.editing.cost_history import CostHistory
from engine.editing.costs import EditKind, Measurement
from engine.library import ModelCard, read_model_card
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences

TIMEOUT_MS = 60_000


def measured(model: Path, *, load: float = 8.0, peak: int | None = 1_400_000_000) -> Measurement:
    """20 steps of half a second at 512 × 384 pixels, the frame of a photo of 3 by 2."""
    return Measurement(
        kind=EditKind(model=str(model), device="cpu", dtype="fp32", pixels=512 * 384, branches=3),
        load_seconds=load,
        reading_seconds=1.0,
        step_seconds=0.5,
        decode_seconds=1.0,
        peak_bytes=peak,
    )


@pytest.fixture
def history() -> CostHistory:
    return CostHistory(paths.edit_costs_file())


def shown(program: Program) -> str:
    label = program.window.composer.estimate
    return label.text() if label.isVisible() else ""


def wait_for(qtbot: QtBot, program: Program, text: str) -> None:
    qtbot.waitUntil(lambda: shown(program) == text, timeout=TIMEOUT_MS)


def test_the_estimate_follows_photo_settings_and_model(
    qtbot: QtBot,
    program: Program,
    open_photo: Callable[[], None],
    history: CostHistory,
    starter: ModelCard,
) -> None:
    history.add(measured(starter.path))
    document = program.document
    document.change(num_inference_steps=10)
    assert shown(program) == ""
    document.change(num_inference_steps=20)
    open_photo()
    wait_for(qtbot, program, "About 20 s · 1.4 GB")
    document.change(num_inference_steps=40)
    wait_for(qtbot, program, "About 30 s · 1.4 GB")
    document.change(variations=4)
    wait_for(qtbot, program, "About 2 min · 1.4 GB")
    document.change(variations=1)
    document.change(image_guidance_scale=1.0)
    wait_for(qtbot, program, "About 23 s · 1.4 GB")
    document.change(resolution=1024)
    wait_for(qtbot, program, "About 1 min · 5.1 GB")
    document.change(turbo=True)
    wait_for(qtbot, program, "")
    document.change(turbo=False)
    wait_for(qtbot, program, "About 1 min · 5.1 GB")
    menu = program.window.settings_panel.model_menu
    menu.menu.setCurrentIndex(1)
    wait_for(qtbot, program, "")


def test_many_changes_at_once_are_estimated_once(
    qtbot: QtBot,
    program: Program,
    open_photo: Callable[[], None],
    history: CostHistory,
    starter: ModelCard,
) -> None:
    history.add(measured(starter.path))
    open_photo()
    wait_for(qtbot, program, "About 20 s · 1.4 GB")
    signals: list[object] = []
    program.document.estimate_changed.connect(signals.append)
    for steps in range(21, 41):
        program.document.change(num_inference_steps=steps)
    wait_for(qtbot, program, "About 30 s · 1.4 GB")
    assert len(signals) == 1


def test_a_loaded_model_need_not_be_loaded(
    qtbot: QtBot,
    program: Program,
    open_photo: Callable[[], None],
    history: CostHistory,
    starter: ModelCard,
    editor: FakeEditor,
) -> None:
    history.add(measured(starter.path))
    open_photo()
    wait_for(qtbot, program, "About 20 s · 1.4 GB")
    assert "Loading the model" in program.window.composer.estimate.toolTip()
    program.document.change(instruction="make it snow")
    editor.step_gates[1] = gate = Gate()
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    assert shown(program) == ""
    program.document.change(num_inference_steps=40)
    with qtbot.waitSignal(program.edits.finished):
        gate.open()
    # the photo is encoded, too
    wait_for(qtbot, program, "About 21 s · 1.4 GB")
    assert "Loading the model" not in program.window.composer.estimate.toolTip()


def test_a_model_whose_loading_was_stopped_is_still_to_be_loaded(
    qtbot: QtBot,
    program: Program,
    open_photo: Callable[[], None],
    history: CostHistory,
    starter: ModelCard,
    editor: FakeEditor,
) -> None:
    history.add(measured(starter.path, peak=None))
    open_photo()
    program.document.change(instruction="make it snow")
    program.document.change(num_inference_steps=20)
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    wait_for(qtbot, program, "About 11 s")
    editor.load_gate = gate = Gate()
    program.edits.start()
    qtbot.waitUntil(lambda: gate.is_reached)
    qtbot.waitUntil(lambda: program.window.composer.progress_row.label.text() == "Loading the model")
    program.edits.cancel()
    wait_for(qtbot, program, "About 20 s")


def test_without_an_estimate_none_is_shown(history: CostHistory, starter: ModelCard) -> None:
    history.add(measured(starter.path))
    narrow = (4, 40_000)
    assert history.forecast(starter, narrow, EditSettings(fit=Fit.KEEP)) is not None
    assert history.forecast(starter, narrow, EditSettings(fit=Fit.ORIGINAL, resolution=4096)) is None
    (starter.path / "unet").mkdir()
    (starter.path / "unet" / "config.json").write_text("[]")
    assert history.forecast(starter, (96, 64), EditSettings()) is None


@pytest.mark.parametrize("text", [0.0, 1.0, 1.5, 7.5])
@pytest.mark.parametrize("image", [0.0, 1.0, 1.5, 7.5])
def test_branches_are_counted_as_the_engine_evaluates_them(
    history: CostHistory, starter: ModelCard, text: float, image: float
) -> None:
    history.add(measured(starter.path))
    scales = EditSettings(text_guidance_scale=text, image_guidance_scale=image)
    estimate = history.forecast(starter, (96, 64), scales)
    assert estimate is not None
    branches = max(1, len(guidance_branches(text, image)))
    assert estimate.seconds == pytest.approx(2.0 + 20 * branches * 0.5 / 3)


def test_a_smaller_photo_takes_no_less_than_the_smallest_measured(
    history: CostHistory, starter: ModelCard
) -> None:
    history.add(measured(starter.path, peak=5_000_000_000))
    history.add(measured(starter.path, peak=1_400_000_000))
    history.add(measured(starter.path, peak=None))
    for resolution, peak in ((512, 1_400_000_000), (256, 1_400_000_000), (1024, 5_600_000_000)):
        estimate = history.forecast(starter, (96, 72), EditSettings(resolution=resolution))
        assert estimate is not None
        assert estimate.peak_bytes == peak


@pytest.fixture
def tiny(tmp_path: Path, data_folder: Path) -> ModelCard:
    return read_model_card(save_tiny_editor(data_folder / "models" / "tiny"))


@pytest.fixture
def real_program(qtbot: QtBot, qapp: QApplication, tiny: ModelCard) -> Iterator[Program]:
    """The window around the real editor, with a real model chosen."""
    program = build_program(qapp, Preferences(paths.preferences_file()))
    with qtbot.waitSignal(program.installed.changed):
        program.models.selection.choose(tiny.path)
    program.window.show()
    qtbot.waitExposed(program.window)
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


def test_edits_of_window_and_command_line_are_written_into_one_history(
    qtbot: QtBot, real_program: Program, tiny: ModelCard, photo: Path, history: CostHistory
) -> None:
    program = real_program
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(photo)
    program.document.change(instruction="make it snow")
    program.document.change(num_inference_steps=2)
    program.document.change(resolution=100)
    with qtbot.waitSignal(program.edits.finished, timeout=TIMEOUT_MS):
        program.edits.start()
    (first,) = history.read()
    assert first.kind.model == str(tiny.path)
    qtbot.waitUntil(lambda: shown(program).startswith("About "))
    estimate_before = history.forecast(tiny, (96, 64), program.document.state.settings)
    assert estimate_before == history.estimate(first.kind)
    command = [sys.executable, "-m", "ip2p_desktop", "edit", "--input", photo, "--edit", "make it snow"]
    options = ["--output", photo.with_name("out.png"), "--model", tiny.path, "--steps", "2"]
    sized = ["--resolution", "100", "--dtype", "fp32", "--device", "cpu"]
    subprocess.run([*command, *options, *sized], check=True, capture_output=True)
    assert [each.kind.model for each in history.read()] == [str(tiny.path)] * 2
