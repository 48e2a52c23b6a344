"""The state of an edit is one value: it is written, read leniently, and set as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.edit_settings import Detail, EditSettings, Fit, OutputSize, SchedulerName
from engine.errors import NewerVersion
from engine.model_options import Lora, ModelOptions, WeightSet
from ip2p_desktop.app import Program
from ip2p_desktop.session.edit_state import STATE_VERSION, EditState

STATE = EditState(
    instruction="make it “snow” — 雪",
    negative_instruction="rain",
    model=Path("models") / "winter",
    model_options=ModelOptions(
        weight_set=WeightSet.LIVE,
        vae=Path("sharp.safetensors"),
        loras=(Lora(path=Path("ink.safetensors"), weight=-0.5),),
    ),
    settings=EditSettings(
        num_inference_steps=33,
        text_guidance_scale=6.25,
        image_guidance_scale=0.75,
        seed=2**62,
        scheduler=SchedulerName.DPMPP_2M_KARRAS,
        resolution=640,
        fit=Fit.ORIGINAL,
        output_size=OutputSize.WORKING,
        detail=Detail.MODEL,
        turbo=True,
    ),
    variations=3,
    randomises_seed=False,
)


def written(**changes: Any) -> dict[str, Any]:
    """The state as it comes back from a file."""
    values: dict[str, Any] = json.loads(json.dumps(STATE.to_json()))
    return values | changes


def test_a_written_state_is_read_as_it_was() -> None:
    assert EditState.from_json(written()) == STATE
    assert EditState.from_json(json.loads(json.dumps(EditState().to_json()))) == EditState()


def test_what_a_later_version_added_is_kept() -> None:
    state = EditState.from_json(written(mask={"feather": 3}))
    assert state == STATE
    changed = replace(state, instruction="make it warmer").to_json()
    assert (changed["mask"], changed["instruction"]) == ({"feather": 3}, "make it warmer")


@pytest.mark.parametrize("name", STATE.to_json())
def test_what_is_missing_has_its_default(name: str) -> None:
    values = written()
    del values[name]
    state = EditState.from_json(values)
    assert EditState.from_json({}) == EditState()
    standard = EditState().to_json()
    assert state.to_json() == STATE.to_json() | {name: standard[name]}


def test_a_newer_version_is_refused_in_a_sentence() -> None:
    with pytest.raises(NewerVersion) as refused:
        EditState.from_json(written(version=STATE_VERSION + 1))
    assert str(refused.value) == (
        "The edit settings were saved by a newer version of IP2P Desktop. Update IP2P Desktop to use them."
    )


@pytest.mark.parametrize(
    ("name", "damaged"),
    [
        *[("steps", "many"), ("steps", 10**6), ("seed", 1.5), ("turbo", 1), ("scheduler", "heun")],
        *[("text_guidance_scale", True), ("instruction", 3), ("loras", [{}]), ("loras", 5), ("model", 7)],
        *[("variations", None), ("loras", [{"path": "ink", "weight": 10**6}])],
    ],
)
def test_what_is_damaged_has_its_default(name: str, damaged: object) -> None:
    state = EditState.from_json(written(**{name: damaged}))
    assert state.to_json() == STATE.to_json() | {name: EditState().to_json()[name]}


@pytest.mark.parametrize("stored", [None, [], "make it snow", 3])
def test_what_is_no_object_is_refused(stored: object) -> None:
    with pytest.raises(ValueError, match="JSON object"):
        EditState.from_json(stored)


def test_differences_are_the_names_of_the_values() -> None:
    other = STATE.with_values(seed=1, weight_set=WeightSet.EMA, instruction="make it warmer")
    assert STATE.differences(other) == {"seed", "weight_set", "instruction"}
    assert other.differences(STATE) == {"seed", "weight_set", "instruction"}
    assert STATE.differences(replace(STATE)) == frozenset()


def test_many_values_are_set_with_one_signal(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    document = program.document
    document.change(instruction="make it snow", num_inference_steps=12, text_guidance_scale=4.5, turbo=True)
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    result = document.result
    assert result is not None
    document.reset_settings()
    document.change(instruction="make it warmer")
    signals: list[tuple[EditState, EditState]] = []
    models: list[object] = []
    before = document.state
    document.state_changed.connect(lambda state, earlier: signals.append((state, earlier)))
    document.model_changed.connect(models.append)
    document.use_settings_of(result, None)
    assert signals == [(document.state, before)]
    assert document.state == result.state
    (postcard,) = [card for card in program.installed.cards if card.name == "Postcard"]
    document.choose_model(postcard)
    assert len(signals) == 2
    assert models == [postcard]
    assert signals[1][0].model == postcard.path


def test_setting_an_equal_state_emits_nothing(program: Program) -> None:
    signals: list[object] = []
    program.document.state_changed.connect(signals.append)
    program.document.state = replace(program.document.state)
    program.document.change(seed=program.document.state.settings.seed)
    assert signals == []


def test_a_result_knows_the_state_that_made_it(
    qtbot: QtBot, program: Program, open_photo: Callable[[], None]
) -> None:
    open_photo()
    program.document.change(instruction=" make it snow ", seed=7, randomises_seed=False, variations=2)
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    first, second = program.tree.listed[1:]
    assert first.state is not None
    assert second.state is not None
    assert (first.state.instruction, first.state.variations) == ("make it snow", 1)
    assert [node.state.settings.seed for node in (first, second)] == [7, 8]
    assert EditState.from_json(first.state.to_json()) == first.state
