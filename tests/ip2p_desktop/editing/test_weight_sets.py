"""Models whose file contains averaged and live weights: the user chooses, and the choice is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from fakes.fake_editor import FakeEditor
from fakes.session_steps import choose_model
from fakes.tiny_editor import save_tiny_editor
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings
from engine.images.image_saving import save_image
from engine.library import ModelCard, read_model_card, write_model_card
from engine.model_options import ModelOptions, WeightSet
from engine.models.loading import load_model
from engine.request import EditRequest
from ip2p_desktop.app import Program, build_program
from ip2p_desktop.base import paths
from ip2p_desktop.base.preferences import Preferences
from trainer.export.original_files import LiveWeights, original_tensors, write_original

TIMEOUT_MS = 60_000
BOTH = (WeightSet.EMA, WeightSet.LIVE)


@pytest.fixture
def two_sets(data_folder: Path) -> ModelCard:
    """A single-file model whose card lists both sets."""
    file = data_folder / "models" / "fog.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"weights")
    card = ModelCard(path=file, name="Fog", suggestions=("make it foggy",), weight_sets=BOTH)
    write_model_card(card)
    return card


def menu_of(program: Program) -> QComboBox:
    return program.window.settings_panel.model_menu.weight_set.findChild(QComboBox)


def choose(qtbot: QtBot, program: Program, key: Qt.Key) -> None:
    """Choose with the arrow keys."""
    qtbot.keyClick(menu_of(program), key)


def edited_with(qtbot: QtBot, program: Program, editor: FakeEditor) -> WeightSet:
    program.document.change(instruction="make it foggy")
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    return editor.requests[-1].model_options.weight_set


def test_only_a_model_with_both_sets_offers_a_choice(two_sets: ModelCard, program: Program) -> None:
    assert not menu_of(program).isVisible()
    choose_model(program, "Fog")
    assert menu_of(program).isVisible()
    assert menu_of(program).currentText() == "Averaged (EMA)"
    choose_model(program, "Postcard")
    assert not menu_of(program).isVisible()


def test_the_choice_edits_and_is_kept_for_this_model(
    qtbot: QtBot,
    two_sets: ModelCard,
    program: Program,
    reload_models: Callable[[], None],
    editor: FakeEditor,
    open_photo: Callable[[], None],
) -> None:
    open_photo()
    choose_model(program, "Fog")
    assert edited_with(qtbot, program, editor) is WeightSet.EMA
    choose(qtbot, program, Qt.Key.Key_Down)
    assert edited_with(qtbot, program, editor) is WeightSet.LIVE
    assert read_model_card(two_sets.path).weight_set is WeightSet.LIVE
    assert program.window.composer.chips.suggestions == ("make it foggy",)
    choose_model(program, "Starter")
    assert edited_with(qtbot, program, editor) is WeightSet.EMA
    choose_model(program, "Fog")
    assert menu_of(program).currentText() == "Live"
    reload_models()
    program.models.selection.choose(two_sets.path)
    assert edited_with(qtbot, program, editor) is WeightSet.LIVE
    choose(qtbot, program, Qt.Key.Key_Up)
    assert read_model_card(two_sets.path).weight_set is WeightSet.EMA


def test_a_result_restores_its_weights_and_keeps_the_stored_choice(
    qtbot: QtBot,
    two_sets: ModelCard,
    program: Program,
    editor: FakeEditor,
    open_photo: Callable[[], None],
) -> None:
    open_photo()
    choose_model(program, "Fog")
    choose(qtbot, program, Qt.Key.Key_Down)
    edited_with(qtbot, program, editor)
    live = program.document.result
    assert live is not None
    choose(qtbot, program, Qt.Key.Key_Up)
    program.history.show_node(live)
    assert menu_of(program).currentText() == "Averaged (EMA)"
    program.window.actions_.use_settings.trigger()
    assert menu_of(program).currentText() == "Live"
    assert edited_with(qtbot, program, editor) is WeightSet.LIVE
    assert read_model_card(two_sets.path).weight_set is WeightSet.EMA


@pytest.mark.parametrize(("sets", "restored"), [(BOTH, WeightSet.LIVE), ((WeightSet.EMA,), WeightSet.EMA)])
def test_a_saved_result_restores_its_weights_if_the_model_has_them(
    qtbot: QtBot,
    two_sets: ModelCard,
    program: Program,
    reload_models: Callable[[], None],
    editor: FakeEditor,
    tmp_path: Path,
    sets: tuple[WeightSet, ...],
    restored: WeightSet,
) -> None:
    request = EditRequest(
        source_image=Image.new("RGB", (64, 48), "teal"),
        instruction="make it foggy",
        model=two_sets.path,
        settings=EditSettings(),
        model_options=ModelOptions(weight_set=WeightSet.LIVE),
    )
    save_image(request.source_image, tmp_path / "made.png", request)
    write_model_card(ModelCard(path=two_sets.path, name="Fog", weight_sets=sets))
    reload_models()
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(tmp_path / "made.png")
    notice = program.window.notice_bar
    assert notice.advice.text().endswith(" · live weights")
    qtbot.mouseClick(notice.action_button, Qt.MouseButton.LeftButton)
    remark = "It was made with the model's live weights, not the averaged ones."
    assert (remark in notice.advice.text()) is (restored is WeightSet.EMA)
    assert edited_with(qtbot, program, editor) is restored


def test_a_folder_that_nobody_may_write_to_keeps_the_choice_until_the_end(
    qtbot: QtBot, two_sets: ModelCard, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_model(program, "Fog")

    def refuse(card: ModelCard) -> None:
        raise PermissionError

    monkeypatch.setattr("ip2p_desktop.editing.weight_sets.write_model_card", refuse)
    choose(qtbot, program, Qt.Key.Key_Down)
    choose_model(program, "Starter")
    choose_model(program, "Fog")
    assert program.document.state.model_options.weight_set is WeightSet.LIVE
    assert menu_of(program).currentText() == "Live"


@pytest.mark.parametrize("sets", ["[3]", '["best"]', "7"])
def test_sets_that_are_not_known_are_as_good_as_none(two_sets: ModelCard, sets: str) -> None:
    card = two_sets.path.with_name("fog.safetensors.ip2p.json")
    card.write_text(f'{{"weight_sets": {sets}}}')
    assert read_model_card(two_sets.path) == ModelCard(path=two_sets.path, name="fog")


@pytest.fixture
def real_files(tmp_path: Path, data_folder: Path) -> dict[str, Path]:
    """Two real models as single files without cards: with both sets, and with one."""
    folder = save_tiny_editor(tmp_path / "tiny")
    model = load_model(folder, device=torch.device("cpu"), dtype=torch.float32)
    live = LiveWeights(model.unet.state_dict(), 0.9999, 3)
    files = {}
    for name, second in (("both", live), ("one", None)):
        files[name] = data_folder / "models" / f"{name}.safetensors"
        files[name].parent.mkdir(parents=True, exist_ok=True)
        tensors = original_tensors(model, model.unet.state_dict(), second)
        write_original(files[name], model, tensors, dtype=torch.float32, step=3)
    return files


@pytest.fixture
def real_program(qtbot: QtBot, qapp: QApplication, real_files: dict[str, Path]) -> Iterator[Program]:
    program = build_program(qapp, Preferences(paths.preferences_file()))
    with qtbot.waitSignal(program.installed.changed):
        program.models.selection.choose(real_files["both"])
    program.window.show()
    yield program
    program.window.close()
    program.shut_down()
    program.window.deleteLater()


def test_files_are_read_after_the_libraries_are_loaded(
    qtbot: QtBot, real_program: Program, real_files: dict[str, Path]
) -> None:
    program, both, one = real_program, real_files["both"], real_files["one"]
    document = program.document
    document.change(num_inference_steps=7)
    assert not menu_of(program).isVisible()
    assert read_model_card(both).weight_sets == ()
    program.client.warm_up()
    qtbot.waitUntil(lambda: menu_of(program).isVisible(), timeout=TIMEOUT_MS)
    assert read_model_card(both).weight_sets == BOTH
    assert document.state.settings.num_inference_steps == 7
    choose_model(program, "one")
    qtbot.waitUntil(lambda: read_model_card(one).weight_sets == (WeightSet.EMA,), timeout=TIMEOUT_MS)
    assert not menu_of(program).isVisible()
    assert [card.path for card in offered(program)] == [paths.starter_model(), both, one]


def offered(program: Program) -> list[ModelCard]:
    return list(program.installed.cards)
