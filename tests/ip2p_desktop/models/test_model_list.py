"""The list of models: the starter, then the library, also if that was moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.library import ModelCard, ModelLibrary
from ip2p_desktop.app import Program
from ip2p_desktop.base import paths
from ip2p_desktop.models.model_list import read_models


def test_single_files_are_offered_and_damaged_models_are_not(
    starter: ModelCard, trained_model: ModelCard, caplog: pytest.LogCaptureFixture
) -> None:
    (paths.models_folder() / "ice.safetensors").write_bytes(b"weights")
    (paths.models_folder() / "empty.ckpt").touch()
    assert [card.name for card in read_models().cards] == ["Starter", "ice", "Postcard"]
    assert "empty.ckpt is empty" in caplog.text


def test_a_moved_library_is_found_again(starter: ModelCard, trained_model: ModelCard, tmp_path: Path) -> None:
    ModelLibrary(paths.models_folder()).move_to(tmp_path / "moved", remember=paths.remember_models_folder)
    assert paths.models_folder() == tmp_path / "moved"
    assert [card.path for card in read_models().cards] == [starter.path, tmp_path / "moved" / "postcard"]


@pytest.mark.parametrize("choice", ["", "{", "[]", '{"folder": 3}'])
def test_a_damaged_choice_counts_as_none(data_folder: Path, choice: str) -> None:
    data_folder.mkdir()
    (data_folder / "library.json").write_text(choice)
    assert paths.models_folder() == data_folder / "models"


def test_the_menu_offers_a_single_file(qtbot: QtBot, program: Program) -> None:
    file = paths.models_folder() / "ice.safetensors"
    file.write_bytes(b"weights")
    with qtbot.waitSignal(program.installed.changed):
        program.models.selection.choose(file)
    menu = program.window.settings_panel.model_menu
    assert menu.value is not None
    assert (menu.value.name, program.document.model) == ("ice", menu.value)
    assert menu.menu.toolTip() == str(file)
