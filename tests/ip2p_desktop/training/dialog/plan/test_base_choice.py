"""The model to start from: installed editors, and files of the user's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.shared_folder import shared_folder
from fakes.tiny_editor import save_tiny_editor
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from engine.devices.free_memory import DeviceMemory
from engine.edit_settings import EditSettings
from engine.library import ModelCard
from ip2p_desktop.training.dialog.plan.base_choice import LINE_ROLE, BaseChoice
from ip2p_desktop.training.dialog.plan.plan_page import PlanPage
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.runs.training_runs import TrainingRun
from trainer.config import read_config

MakeDialog = Callable[[str], TrainingDialog]
TIMEOUT = 60_000
GB = 10**9


@pytest.fixture
def dialog(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> TrainingDialog:
    dialog = make_dialog("hang")
    dialog.choose_folder(pairs)
    qtbot.waitUntil(dialog.examples_page.next_button.isEnabled)
    qtbot.mouseClick(dialog.examples_page.next_button, Qt.MouseButton.LeftButton)
    return dialog


@pytest.fixture
def page(dialog: TrainingDialog) -> PlanPage:
    return dialog.plan_page


def save_painter(folder: Path) -> Path:
    return save_tiny_editor(folder, in_channels=4)


def line(choice: BaseChoice, row: int) -> str:
    return str(choice.menu.itemData(row, LINE_ROLE))


def is_offered(choice: BaseChoice, row: int) -> bool:
    items = choice.menu.model()
    assert isinstance(items, QStandardItemModel)
    return items.item(row).isEnabled()


@pytest.mark.slow
def test_a_text_to_image_model_becomes_an_editor(
    qtbot: QtBot, page: PlanPage, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    painter = Path(
        shutil.copytree(shared_folder(tmp_path_factory, "painter", save_painter), tmp_path / "painter")
    )
    (painter / "ip2p.json").unlink()
    choice = page.form.base_choice
    choice.choose(painter)
    qtbot.waitUntil(lambda: choice.menu.currentText() == "painter", timeout=TIMEOUT)
    assert "becomes an editor" in choice.hint.text()
    assert not page.form.keep_choice.keep_button.isVisible()
    assert "cannot edit yet" in page.form.keep_choice.reason_label.text()
    plan = page.plan()
    assert plan is not None
    assert plan.base_model == painter
    config = read_config(TrainingRun(folder=tmp_path / "run", plan=plan).settings())
    assert config.data.replay.pairs == 0
    assert config.model.timestep_sampling == "uniform"
    choice.menu.setCurrentIndex(0)
    assert page.form.keep_choice.keep_button.isVisible()


def test_another_file_is_refused_and_the_choice_stays(qtbot: QtBot, page: PlanPage, tmp_path: Path) -> None:
    file = tmp_path / "notes.safetensors"
    file.write_text("words")
    choice = page.form.base_choice
    choice.choose(file)
    qtbot.waitUntil(choice.notice.isVisible, timeout=TIMEOUT)
    assert choice.notice.message.text()
    assert choice.menu.currentText() == "Starter"
    assert choice.hint.text().startswith("Licence not known")
    assert page.start_button.isEnabled()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_the_buttons_open_dialogs_for_a_file_and_a_folder(
    qtbot: QtBot, page: PlanPage, tmp_path: Path
) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    choice, modes = page.form.base_choice, []
    for action in choice.choose_button.menu().actions():
        action.trigger()
        file_dialog = choice.findChild(QFileDialog)
        assert isinstance(file_dialog, QFileDialog)
        modes.append(file_dialog.fileMode())
        file_dialog.fileSelected.emit(str(tmp_path / "missing"))
        file_dialog.close()
        file_dialog.setParent(None)
    assert modes == [QFileDialog.FileMode.ExistingFile, QFileDialog.FileMode.Directory]
    qtbot.waitUntil(choice.notice.isVisible, timeout=TIMEOUT)


def test_each_model_says_its_licence_and_whether_it_fits(
    qtbot: QtBot, dialog: TrainingDialog, models: list[ModelCard], tmp_path: Path
) -> None:
    slow = EditSettings(num_inference_steps=20)
    others = [
        ModelCard(path=tmp_path / family, name=family, licence="MIT", family=family, recommended=slow)
        for family in ("sd1", "sdxl", "cosxl")
    ]
    page, choice = dialog.plan_page, dialog.plan_page.form.base_choice
    dialog.show_models([*models, *others])
    qtbot.waitUntil(lambda: choice.bases[2].parameters is not None, timeout=TIMEOUT)
    page._on_memory(DeviceMemory(free=8 * GB, total=9 * GB))
    assert [is_offered(choice, row) for row in range(4)] == [True, True, False, False]
    assert line(choice, 1).startswith("Licence: MIT · fits only with Little memory: about")
    assert line(choice, 2) == "Licence: MIT · needs about 74.9 GB of memory, this computer has 9.0 GB"
    assert line(choice, 3) == "Licence: MIT · cannot be trained here"
    page._on_memory(DeviceMemory(free=20 * GB, total=64 * GB))
    assert line(choice, 1) == "Licence: MIT · needs about 25.3 GB of memory, 20.0 GB are free now"
    page._on_memory(DeviceMemory(free=60 * GB, total=64 * GB))
    assert line(choice, 1) == "Licence: MIT · fits: needs about 25.3 GB of memory, not measured yet"


def test_the_chosen_model_stays_when_the_list_changes(
    dialog: TrainingDialog, models: list[ModelCard], tmp_path: Path
) -> None:
    choice = dialog.plan_page.form.base_choice
    dialog.show_models([ModelCard(path=tmp_path, name="A" * 80), *models])
    assert choice.menu.currentText() == "Starter"
    dialog.show_models([])
    assert choice.base is None
    assert "no model to start from" in choice.hint.text()
    assert not dialog.plan_page.start_button.isEnabled()
    dialog.show_models(models)
    assert dialog.plan_page.start_button.isEnabled()
