"""All settings of the trainer on the plan page: search, editing, checks, reset."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.plan.advanced_settings import AdvancedSettings
from ip2p_desktop.training.dialog.plan.setting_row import SettingRow
from ip2p_desktop.training.plans.settings_sheet import SET_BY_PAGE, SET_BY_WINDOW, check_words
from ip2p_desktop.widgets.controls.switch_control import Switch
from trainer.config import flat_settings, read_config
from trainer.config.settings_help import setting_helps

LEFT = Qt.MouseButton.LeftButton
PLAN = ("data.resolution=192", 'model.timestep_sampling="few_steps"', "model.optim.lr=1.5e-4")


@pytest.fixture
def settings(qtbot: QtBot) -> Iterator[AdvancedSettings]:
    background = Background()
    view = AdvancedSettings(background)
    qtbot.addWidget(view)
    view.show_plan(PLAN)
    view.show()
    qtbot.mouseClick(view.button, LEFT)
    qtbot.waitUntil(view.is_complete, timeout=30_000)
    yield view
    background.close()


def line(view: AdvancedSettings, key: str) -> QLineEdit:
    field = view.rows[key].field
    assert isinstance(field, QLineEdit)
    return field


def type_into(qtbot: QtBot, view: AdvancedSettings, key: str, text: str) -> None:
    field = line(view, key)
    field.selectAll()
    qtbot.keyClicks(field, text)


def shown(view: AdvancedSettings) -> list[str]:
    return [key for key, row in view.rows.items() if row.isVisible()]


def test_every_setting_has_a_row_with_the_help_of_the_command_line(settings: AdvancedSettings) -> None:
    helps = {setting.key: setting for setting in setting_helps()}
    assert list(settings.rows) == list(helps)
    assert set(helps) == set(flat_settings(read_config(["data.data_path=pairs"])))
    for key, row in settings.rows.items():
        assert row.caption.text() == key
        assert row.hint.text().startswith(helps[key].meaning)


def test_values_are_those_of_the_plan_else_the_defaults(settings: AdvancedSettings) -> None:
    assert line(settings, "data.resolution").text() == "192"
    assert line(settings, "model.lora.rank").text() == "16"
    menu = settings.rows["model.timestep_sampling"].field
    assert isinstance(menu, QComboBox)
    assert menu.currentText() == "few_steps"
    assert settings.changes == {}


def test_changed_settings_are_marked_and_become_arguments(qtbot: QtBot, settings: AdvancedSettings) -> None:
    type_into(qtbot, settings, "model.lora.rank", "8")
    switch = settings.rows["data.flip"].field
    assert isinstance(switch, Switch)
    qtbot.mouseClick(switch, LEFT)
    menu = settings.rows["model.optim.name"].field
    assert isinstance(menu, QComboBox)
    menu.setCurrentText("adam")
    menu.activated.emit(menu.currentIndex())
    assert settings.words() == ("model.lora.rank=8", "data.flip=False", "model.optim.name=adam")
    assert [key for key, row in settings.rows.items() if row.is_changed] == [
        "data.flip",
        "model.lora.rank",
        "model.optim.name",
    ]
    assert settings.button.text().startswith("Advanced: 3 ")
    read_config(["data.data_path=pairs", *settings.words()])


def test_texts_are_quoted_for_the_trainer(qtbot: QtBot, settings: AdvancedSettings) -> None:
    type_into(qtbot, settings, "data.cache.folder", "[odd] null")
    assert read_config(["data.data_path=pairs", *settings.words()]).data.cache.folder == "[odd] null"


def test_one_setting_or_all_are_reset(qtbot: QtBot, settings: AdvancedSettings) -> None:
    type_into(qtbot, settings, "model.lora.rank", "8")
    type_into(qtbot, settings, "data.resolution", "128")
    qtbot.mouseClick(settings.rows["data.resolution"].reset_button, LEFT)
    assert line(settings, "data.resolution").text() == "192", "the value of the plan"
    assert set(settings.changes) == {"model.lora.rank"}
    qtbot.mouseClick(settings.reset_button, LEFT)
    assert settings.changes == {}
    assert settings.button.text() == "Advanced"
    assert not settings.reset_button.isEnabled()


def test_the_value_of_the_plan_is_no_change(qtbot: QtBot, settings: AdvancedSettings) -> None:
    type_into(qtbot, settings, "data.resolution", "128")
    type_into(qtbot, settings, "data.resolution", "192")
    assert settings.changes == {}
    type_into(qtbot, settings, "data.resolution", "128")
    settings.show_plan(("data.resolution=128",))
    assert settings.changes == {}
    assert not settings.rows["data.resolution"].is_changed


def test_the_search_looks_into_names_and_help(qtbot: QtBot, settings: AdvancedSettings) -> None:
    qtbot.keyClicks(settings.search, "lora")
    assert shown(settings)
    assert all(
        "lora" in row.setting.key or "lora" in row.setting.details.lower() for row in visible(settings)
    )
    settings.search.clear()
    qtbot.keyClicks(settings.search, "Memory checkpointing")
    assert shown(settings) == ["model.unet_config.use_checkpoint"]
    settings.search.clear()
    qtbot.keyClicks(settings.search, "quantum")
    assert shown(settings) == []
    assert settings.nothing_found.isVisible()
    assert "quantum" in settings.nothing_found.text()
    settings.search.clear()
    assert shown(settings) == list(settings.rows)
    assert not settings.nothing_found.isVisible()


def visible(view: AdvancedSettings) -> list[SettingRow]:
    return [row for row in view.rows.values() if row.isVisible()]


def test_what_the_window_sets_cannot_be_changed(settings: AdvancedSettings) -> None:
    known = {key: row for key, row in settings.rows.items() if key in (*SET_BY_PAGE, *SET_BY_WINDOW)}
    assert "exp_manager.exp_dir" in known
    assert not any(row.field.isEnabled() for row in known.values())
    assert "The window sets it." in known["exp_manager.exp_dir"].hint.text()
    assert all(row.field.isEnabled() for key, row in settings.rows.items() if key not in known)


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("model.lora.rank=0", "model.lora.rank"),
        ("model.optim.lr=abc", "model.optim.lr"),
        ("model.optim.betas=[1]", "model.optim.betas"),
        ("model.global_batch_size=5", "model.global_batch_size"),
        ("trainer.max_time=5", "trainer.max_time"),
    ],
)
def test_what_the_trainer_refuses_is_said_in_its_row(settings: AdvancedSettings, word: str, key: str) -> None:
    problem = check_words(["data.data_path=pairs", word])
    assert problem is not None
    settings.show_problem(problem)
    assert [each for each, row in settings.rows.items() if row.problem.isVisible()] == [key]
    assert problem.report.message in settings.rows[key].problem.text()
    assert not settings.notice.isVisible()
    settings.show_problem(None)
    assert not any(row.problem.isVisible() for row in settings.rows.values())


def test_a_problem_without_a_setting_is_said_above_all(settings: AdvancedSettings) -> None:
    problem = check_words(["data.data_path=pairs", "model.nonsense=1"])
    assert problem is not None
    assert problem.key == ""
    settings.show_problem(problem)
    assert settings.notice.isVisible()
    assert check_words(["data.data_path=pairs", *PLAN]) is None
