"""Every declared setting is in the panel, the command line, the metadata and the state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine.edit_settings import EditSettings
from engine.errors import InvalidRequest
from engine.images.edit_record import EditRecord
from engine.model_options import ModelOptions
from engine.request import SETTINGS, EditRequest
from engine.settings_table import Setting, SettingValue
from ip2p_desktop.app import Program
from ip2p_desktop.cli.edit_command import make_parser
from ip2p_desktop.cli.edit_requests import read_requests
from ip2p_desktop.session.edit_state import EditState

every_setting = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)


def another(setting: Setting) -> SettingValue:
    """A value that is neither the default nor that of a new window."""
    first = EditState().value(setting.name)
    if issubclass(setting.kind, StrEnum):
        return next(choice for choice in reversed(setting.kind) if choice is not first)
    if setting.kind is bool:
        return not setting.default
    if setting.kind is str:
        return "blurry"
    assert setting.minimum is not None
    return next(setting.kind(value) for value in (3, 256) if setting.minimum <= value != first)


def request_with(state: EditState, folder: Path) -> EditRequest:
    return replace(state, instruction="make it snow").request(Image.new("RGB", (8, 8)), folder / "model")


def test_every_field_of_the_settings_is_declared() -> None:
    declared = [setting.name for setting in SETTINGS]
    assert [each.name for each in fields(EditSettings)] == declared[: len(fields(EditSettings))]
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)
    assert len({flag for setting in SETTINGS for flag in setting.flags}) > len(SETTINGS)


@every_setting
def test_it_has_texts_and_a_default_in_its_range(setting: Setting) -> None:
    assert setting.label
    assert setting.help.endswith((".", ").", "”."))
    assert setting.noun
    if setting.minimum is not None:
        setting.check(setting.default)
    if setting.choices:
        assert setting.default in setting.choices


@every_setting
def test_a_number_out_of_its_range_is_refused(setting: Setting, tmp_path: Path) -> None:
    if setting.minimum is None or setting.maximum is None:
        assert setting.kind in (bool, str) or issubclass(setting.kind, StrEnum)
        return
    for value in (setting.minimum - 1, setting.maximum + 1):
        with pytest.raises(InvalidRequest, match=setting.noun):
            request_with(EditState().with_values(**{setting.name: value}), tmp_path)


@every_setting
def test_it_is_written_into_states_and_saved_results(setting: Setting, tmp_path: Path) -> None:
    state = EditState().with_values(**{setting.name: another(setting)})
    assert state != EditState()
    assert EditState.from_json(state.to_json()) == state
    assert setting.key in state.to_json()
    record = EditRecord.of(request_with(state, tmp_path), state.settings.seed)
    again = EditRecord.from_json(record.to_json())
    assert again == record
    if setting.name != "variations":  # a record is of one picture
        plain = EditRecord.of(request_with(EditState(), tmp_path), EditState().settings.seed)
        assert again != plain


@every_setting
def test_the_command_line_takes_it(setting: Setting, photo: Path, starter: object) -> None:
    value = another(setting)
    given = [setting.flags[-1]] if setting.kind is bool else [setting.flags[-1], str(value)]
    arguments = [
        "edit",
        "--input",
        photo,
        "--output",
        photo.with_name("out.png"),
        "--edit",
        "make it snow",
        *given,
    ]
    parser = make_parser()
    (request,) = read_requests(parser.parse_args([str(each) for each in arguments]))
    assert EditState.of_request(request).value(setting.name) == value
    edit = next(action for action in parser._actions if action.dest == "command").choices["edit"]
    assert " ".join(setting.help.split()) in " ".join(edit.format_help().replace("-\n", "-").split())


def controls(program: Program) -> dict[str, Any]:
    """Those of the panel, and that of the area, which stands beside the instruction."""
    window = program.window
    return window.settings_panel.controls | {"area": window.composer.area_button}


@every_setting
def test_the_panel_shows_it_and_the_queue_hands_it_on(
    qtbot: QtBot, program: Program, editor: FakeEditor, open_photo: Callable[[], None], setting: Setting
) -> None:
    open_photo()
    control = controls(program)[setting.name]
    parts = [control, *control.findChildren(QWidget)]
    names = {widget.accessibleName() for widget in parts}
    helps = {widget.accessibleDescription() for widget in parts}
    assert setting.label in names
    assert setting.help in helps
    document = program.document
    before = document.state
    assert control.value == before.value(setting.name)
    document.change(**{setting.name: another(setting)})
    assert control.value == another(setting)
    control.value = before.value(setting.name)
    assert document.state == before
    control.value = another(setting)
    document.change(instruction="make it snow", randomises_seed=False)
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    assert EditState.of_request(editor.requests[-1]).value(setting.name) == another(setting)


def test_there_is_a_control_for_each_and_for_nothing_else(program: Program) -> None:
    assert "area" not in program.window.settings_panel.controls
    assert controls(program).keys() == {setting.name for setting in SETTINGS}


def test_what_is_declared_of_a_model_reaches_its_options() -> None:
    state = EditState().with_values(**{setting.name: another(setting) for setting in SETTINGS})
    assert state.model_options != ModelOptions()
