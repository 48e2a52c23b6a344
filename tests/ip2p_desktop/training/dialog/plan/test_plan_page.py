"""The plan page: what it proposes, measures and starts."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QProcess, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engine.devices.free_memory import DeviceMemory
from engine.edit_settings import EditSettings
from engine.library import ModelCard, read_model_card
from ip2p_desktop.base.paths import runs_folder, starter_model
from ip2p_desktop.training.dialog.plan.advanced_settings import AdvancedSettings
from ip2p_desktop.training.dialog.plan.plan_page import PlanPage
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
from ip2p_desktop.training.plans.presets import Preset
from ip2p_desktop.training.runs.trainer_process import TrainerProcess
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingRun
from ip2p_desktop.training.runs.training_session import TrainingPhase
from trainer.config import TrainingConfig, read_config

MakeDialog = Callable[[str], TrainingDialog]
OpenPage = Callable[[str], PlanPage]
TIMEOUT = 60_000
LEFT = Qt.MouseButton.LeftButton
MEASURING = "Measuring how long it takes on this computer…"
GB = 10**9


def process_of(qtbot: QtBot, probe: TrainingProbe) -> QProcess:
    """The latest process, after it has started."""
    qtbot.waitUntil(probe.is_running, timeout=TIMEOUT)
    process = probe.findChildren(TrainerProcess)[-1]._process
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.Running)
    return process


def ends(qtbot: QtBot, process: QProcess) -> None:
    qtbot.waitUntil(lambda: process.state() == QProcess.ProcessState.NotRunning, timeout=TIMEOUT)


@pytest.fixture
def open_page(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> OpenPage:
    dialogs: list[TrainingDialog] = []  # else Qt deletes them

    def open_with(behaviour: str) -> PlanPage:
        dialogs.append(make_dialog(behaviour))
        return show_plan(qtbot, dialogs[-1], pairs)

    return open_with


def show_plan(qtbot: QtBot, dialog: TrainingDialog, pairs: Path) -> PlanPage:
    dialog.choose_folder(pairs)
    qtbot.waitUntil(dialog.examples_page.next_button.isEnabled)
    qtbot.mouseClick(dialog.examples_page.next_button, LEFT)
    return dialog.plan_page


def text(page: PlanPage, name: str) -> str:
    label = page.findChild(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def measured(qtbot: QtBot, page: PlanPage) -> str:
    """The text on the page after all presets were measured."""
    qtbot.waitUntil(lambda: text(page, "training_estimate") == MEASURING, timeout=TIMEOUT)
    qtbot.waitUntil(lambda: not any(map(page.measurements.is_measuring, Preset)), timeout=TIMEOUT)
    return text(page, "training_estimate")


def times(page: PlanPage) -> list[str]:
    return [card.state.time for card in page.form.presets.cards.values()]


def config_of(page: PlanPage, tmp_path: Path) -> TrainingConfig:
    plan = page.plan()
    assert plan is not None
    return read_config(TrainingRun(folder=tmp_path / "run", plan=plan).settings())


def test_presets_are_measured_and_each_shows_what_it_takes(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page("train")
    assert text(page, "training_estimate") == "More steps take longer."
    sentence = measured(qtbot, page)
    assert sentence == "About 8 minutes on this computer. It needs 1.2 GB of memory and 2.1 GB of disk space."
    assert times(page) == ["about 3 minutes", "about 8 minutes", "about 30 minutes", "about 8 minutes"]
    assert {card.state.sizes for card in page.form.presets.cards.values()} == {"1.2 GB memory\n2.1 GB disk"}
    assert text(page, "base_hint") == "Licence not known · fits: 0.7 s a step, measured here"
    assert "Takes about 24 s more" in text(page, "keep_hint")
    page.length.steps = 10
    assert text(page, "training_estimate").startswith("Less than a minute on this computer.")
    assert not runs_folder().exists()


def test_what_was_measured_is_remembered_by_the_next_dialog(
    qtbot: QtBot, make_dialog: MakeDialog, open_page: OpenPage, pairs: Path
) -> None:
    dialog = make_dialog("train")
    sentence = measured(qtbot, show_plan(qtbot, dialog, pairs))
    dialog.shut_down()
    page = open_page("hang")
    qtbot.waitUntil(lambda: text(page, "training_estimate") == sentence, timeout=TIMEOUT)
    assert not any(map(page.measurements.is_measuring, Preset))
    qtbot.mouseClick(page.length.again_button, LEFT)
    assert text(page, "training_estimate") == MEASURING


def test_a_run_that_does_not_fit_on_the_disk_is_marked_and_can_be_started(
    qtbot: QtBot, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ip2p_desktop.training.runs.plan_measurements.free_space", lambda folder: GB)
    page = open_page("train")
    assert measured(qtbot, page) == "Does not fit: 2.1 GB of free disk space are needed."
    reasons = {card.state.reason for card in page.form.presets.cards.values()}
    assert reasons == {"Does not fit: 2.1 GB of free disk space are needed."}
    assert page.start_button.isEnabled()


def test_too_little_memory_fits_no_preset(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page("starve")
    assert measured(qtbot, page).startswith("Does not fit: this computer has too little memory")
    assert not any(card.isEnabled() for card in page.form.presets.cards.values())
    assert not page.start_button.isEnabled()
    assert text(page, "start_hint") == "This model does not fit. Choose another one to start from."


def test_what_needs_more_memory_than_there_is_is_greyed_and_not_measured(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path, tmp_path: Path
) -> None:
    large = ModelCard(
        path=tmp_path / "large",
        name="Large",
        licence="MIT",
        family="sd1",
        recommended=EditSettings(num_inference_steps=20),
    )
    dialog = make_dialog("train")
    dialog.show_models([large])
    page = show_plan(qtbot, dialog, pairs)
    page._on_memory(DeviceMemory(free=7 * GB, total=8 * GB))
    qtbot.waitUntil(lambda: page.form.presets.preset is Preset.LITTLE_MEMORY, timeout=TIMEOUT)
    cards = page.form.presets.cards
    assert [card.isEnabled() for card in cards.values()] == [False, False, False, True]
    assert cards[Preset.BALANCED].state.reason == "Does not fit: needs about 25.3 GB, there are 8.0 GB"
    qtbot.waitUntil(lambda: "measured" in text(page, "base_hint"), timeout=TIMEOUT)
    assert page.measurements.estimate(Preset.BALANCED) is None


def test_a_failed_probe_leaves_the_page_unchanged(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page("crash")
    assert measured(qtbot, page) == "How long it takes could not be measured. More steps take longer."
    assert page.length.again_button.isVisible()
    assert times(page) == [""] * 4
    assert page.start_button.isEnabled()


def test_starting_a_run_ends_the_probe(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("hang")
    page = show_plan(qtbot, dialog, pairs)
    process = process_of(qtbot, dialog.session.probe)
    page.length.steps = 5
    qtbot.mouseClick(page.start_button, LEFT)
    ends(qtbot, process)
    qtbot.waitUntil(dialog.session.is_running)
    assert not dialog.session.probe.is_running()
    qtbot.waitUntil(lambda: dialog.session.phase == TrainingPhase.DONE, timeout=TIMEOUT)


def test_closing_the_dialog_ends_the_probe_and_opening_it_starts_another(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path
) -> None:
    dialog = make_dialog("hang")
    show_plan(qtbot, dialog, pairs)
    process = process_of(qtbot, dialog.session.probe)
    dialog.close()
    assert not dialog.session.probe.is_running()
    ends(qtbot, process)
    dialog.show()
    qtbot.waitUntil(dialog.session.probe.is_running)


def test_another_base_model_is_measured_again(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path, models: list[ModelCard], tmp_path: Path
) -> None:
    dialog = make_dialog("hang")
    dialog.show_models([*models, ModelCard(path=tmp_path, name="Another")])
    page = show_plan(qtbot, dialog, pairs)
    first = process_of(qtbot, dialog.session.probe)
    page.form.base_choice.menu.setCurrentIndex(1)
    ends(qtbot, first)
    qtbot.waitUntil(dialog.session.probe.is_running)


def test_another_dataset_ends_the_probe(qtbot: QtBot, make_dialog: MakeDialog, pairs: Path) -> None:
    dialog = make_dialog("hang")
    page = show_plan(qtbot, dialog, pairs)
    process = process_of(qtbot, dialog.session.probe)
    dialog.choose_folder(pairs)
    ends(qtbot, process)
    qtbot.waitUntil(lambda: text(page, "training_estimate") == "More steps take longer.")
    assert not dialog.session.probe.is_running()


def test_a_chosen_preset_gives_the_length_which_can_be_changed(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path, tmp_path: Path
) -> None:
    dialog = make_dialog("hang")
    dialog.show_models([read_model_card(starter_model())])
    page = show_plan(qtbot, dialog, pairs)
    qtbot.mouseClick(page.form.presets.cards[Preset.LITTLE_MEMORY], LEFT)
    page.length.steps = 77
    config = config_of(page, tmp_path)
    assert config.model.lora.enable
    assert config.trainer.max_steps == 77
    assert page.form.presets.preset is Preset.LITTLE_MEMORY


def test_only_this_edit_has_no_replay(qtbot: QtBot, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page("hang")
    assert config_of(page, tmp_path).data.replay.pairs
    only = page.form.keep_choice.only_button
    qtbot.mouseClick(only, LEFT, pos=QPoint(8, only.height() // 2))
    assert config_of(page, tmp_path).data.replay.pairs == 0


def test_pairs_are_held_back_and_previews_made_as_the_window_shows_them(
    qtbot: QtBot, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("hang")
    split = config_of(page, tmp_path).data.split
    assert (split.val, split.test, split.smallest_val) == (0, 0, 2)
    qtbot.mouseClick(page.form.held_back.more, LEFT)
    config = config_of(page, tmp_path)
    assert config.data.split.smallest_val == 3
    assert config.validation.every_minutes == 2
    assert config.exp_manager.snapshots == 6
    assert page.form.held_back.field.maximum() == 4, "half of the pairs"


def test_wordings_are_suggested_and_given_to_the_trainer(
    qtbot: QtBot, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("hang")
    assert config_of(page, tmp_path).data.wordings == []
    qtbot.mouseClick(page.form.wordings.suggest_button, LEFT)
    page.form.wordings.field.appendPlainText('a "negative", [please]')
    wordings = config_of(page, tmp_path).data.wordings
    assert "turn it into a photographic negative" in wordings
    assert wordings[-1] == 'a "negative", [please]'
    assert "make it a photographic negative" not in wordings


def test_a_name_that_is_taken_gets_a_number(
    qtbot: QtBot, make_dialog: MakeDialog, pairs: Path, models: list[ModelCard], tmp_path: Path
) -> None:
    dialog = make_dialog("hang")
    taken = "Make it a photographic negative"
    dialog.show_models([*models, ModelCard(path=tmp_path, name=taken)])
    page = show_plan(qtbot, dialog, pairs)
    assert page.form.name_box.text() == f"{taken} 2"
    page.form.name_box.setText(taken.upper())
    assert "The new one is called" in text(page, "name_hint")
    plan = page.plan()
    assert plan is not None
    assert plan.name == f"{taken.upper()} 2"


def open_advanced(qtbot: QtBot, page: PlanPage) -> AdvancedSettings:
    advanced = page.form.advanced
    qtbot.mouseClick(advanced.button, LEFT)
    qtbot.waitUntil(advanced.is_complete, timeout=TIMEOUT)
    return advanced


def type_value(qtbot: QtBot, advanced: AdvancedSettings, key: str, value: str) -> None:
    field = advanced.rows[key].field
    assert isinstance(field, QLineEdit)
    field.selectAll()
    qtbot.keyClicks(field, value)


def test_a_changed_setting_is_part_of_the_plan_and_measured(
    qtbot: QtBot, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page("train")
    measured(qtbot, page)
    advanced = open_advanced(qtbot, page)
    type_value(qtbot, advanced, "data.num_workers", "0")
    assert config_of(page, tmp_path).data.num_workers == 0
    qtbot.waitUntil(lambda: page.measurements.is_measuring(Preset.BALANCED), timeout=TIMEOUT)
    qtbot.mouseClick(page.form.presets.cards[Preset.QUICK], LEFT)
    assert config_of(page, tmp_path).data.num_workers == 0, "a change stays with another preset"


def test_a_setting_that_the_trainer_refuses_keeps_the_run_from_starting(
    qtbot: QtBot, open_page: OpenPage
) -> None:
    page = open_page("hang")
    advanced = open_advanced(qtbot, page)
    type_value(qtbot, advanced, "model.lora.rank", "0")
    problem = advanced.rows["model.lora.rank"].problem
    qtbot.waitUntil(lambda: bool(problem.text()), timeout=TIMEOUT)
    assert problem.text() == "model.lora.rank must be at least 1."
    assert not page.start_button.isEnabled()
    assert text(page, "start_hint") == "A setting under Advanced is not valid."
    qtbot.mouseClick(advanced.reset_button, LEFT)
    qtbot.waitUntil(page.start_button.isEnabled, timeout=TIMEOUT)
    assert problem.text() == ""


def test_return_in_a_setting_starts_nothing(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page("hang")
    advanced = open_advanced(qtbot, page)
    with qtbot.assertNotEmitted(page.start_requested):
        qtbot.keyClick(advanced.search, Qt.Key.Key_Return)
        qtbot.keyClick(advanced.rows["model.lora.rank"].field, Qt.Key.Key_Return)


def test_the_command_of_the_very_run_is_copied(qtbot: QtBot, open_page: OpenPage) -> None:
    page = open_page("hang")
    page.length.steps = 321
    plan = page.plan()
    assert plan is not None
    actions = {action.text(): action for action in page.copy_button.menu().actions()}
    for name, program in (("For this computer", "python"), ("For several GPUs, with torchrun", "torchrun")):
        actions[name].trigger()
        words = shlex.split(QGuiApplication.clipboard().text())
        assert program in words[0]
        settings = read_config([word for word in words if "=" in word and not word.startswith("--")])
        assert settings.trainer.max_steps == 321
        assert settings.model.name == plan.name
        assert settings.data.data_path == str(plan.dataset)
        given = read_config(TrainingRun(folder=settings.run_folder, plan=plan).settings())
        assert settings == given
    assert page.copy_button.text() == "Copied"
