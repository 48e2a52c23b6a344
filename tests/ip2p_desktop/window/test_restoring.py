"""A saved result that is opened offers its settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.fake_editor import FakeEditor
from PIL import Image, PngImagePlugin
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.edit_settings import Detail, EditSettings, Fit, OutputSize, SchedulerName
from engine.images.edit_record import METADATA_KEY, EditRecord
from engine.images.image_saving import save_image
from engine.library import ModelCard, WeightFile
from engine.model_options import Lora, ModelOptions, WeightSet
from engine.request import EditRequest
from ip2p_desktop.app import Program
from ip2p_desktop.window.wiring.restore_controller import find_model

Save = Callable[..., Path]
EARLIER_VERSION = Path(__file__).parents[2] / "assets" / "earlier_version"
SETTINGS = EditSettings(
    num_inference_steps=12,
    text_guidance_scale=6.5,
    image_guidance_scale=1.25,
    seed=77,
    scheduler=SchedulerName.UNIPC,
    resolution=384,
    output_size=OutputSize.WORKING,
    turbo=True,
)


@pytest.fixture
def save(tmp_path: Path, trained_model: ModelCard) -> Save:
    """Saves a result of another model than the chosen one."""

    def save(name: str = "made.png", **options: object) -> Path:
        request = EditRequest(
            source_image=Image.new("RGB", (64, 48), "teal"),
            instruction="make it a postcard",
            model=trained_model.path,
            settings=SETTINGS,
            negative_instruction="blurry",
        )
        save_image(request.source_image, tmp_path / name, replace(request, **options))  # type: ignore[arg-type]
        return tmp_path / name

    return save


def open_it(qtbot: QtBot, program: Program, path: Path) -> None:
    with qtbot.waitSignal(program.document.source_changed):
        program.files.open_file(path)


def accept(qtbot: QtBot, program: Program) -> None:
    qtbot.mouseClick(program.window.notice_bar.action_button, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("name", ["made.png", "made.jpg", "made.webp"])
def test_the_offer_restores_all_settings(
    qtbot: QtBot, program: Program, editor: FakeEditor, save: Save, name: str
) -> None:
    open_it(qtbot, program, save(name))
    notice = program.window.notice_bar
    assert notice.message.text() == "This picture was made with “make it a postcard”."
    assert notice.advice.text() == ("Postcard · text guidance 6.5 · image guidance 1.25 · steps 12 · seed 77")
    assert notice.action_button.text() == "Use these settings"
    accept(qtbot, program)
    assert notice.message.text() == "Settings applied."
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    request = editor.requests[0]
    assert request.settings == SETTINGS
    assert (request.instruction, request.negative_instruction) == ("make it a postcard", "blurry")
    assert program.document.model is not None
    assert request.model == program.document.model.path
    assert program.document.model.name == "Postcard"
    assert program.window.settings_panel.model_menu.menu.currentText() == "Postcard"


def test_a_plain_photo_offers_nothing(qtbot: QtBot, program: Program, photo: Path) -> None:
    open_it(qtbot, program, photo)
    assert not program.window.notice_bar.isVisible()


def test_the_offer_changes_nothing_until_it_is_taken_and_goes_with_the_next_edit(
    qtbot: QtBot, program: Program, editor: FakeEditor, save: Save
) -> None:
    before = program.document.state.settings
    open_it(qtbot, program, save())
    assert program.document.state.settings == before
    program.document.change(instruction="make it snow")
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    assert not program.window.notice_bar.isVisible()
    assert replace(editor.requests[0].settings, seed=0) == replace(before, seed=0)


def test_a_missing_model_is_reported(
    qtbot: QtBot,
    program: Program,
    save: Save,
    trained_model: ModelCard,
    reload_models: Callable[[], None],
) -> None:
    options = ModelOptions(
        vae=Path("sharp.safetensors"),
        loras=(Lora(path=Path("ink.safetensors")),),
        weight_set=WeightSet.LIVE,
    )
    path = save(model_options=options, mask=Image.new("L", (64, 48), 255))
    (trained_model.path / "model_index.json").unlink()
    reload_models()
    open_it(qtbot, program, path)
    accept(qtbot, program)
    assert program.window.notice_bar.advice.text() == (
        "Its model, “Postcard”, is not on this computer; the one chosen now stays. "
        "It was also made with sharp.safetensors, ink.safetensors, which this window leaves out. "
        "It was made with the model's live weights, not the averaged ones. "
        "Only a part of it was edited; now all of the photo will be."
    )
    assert program.document.model is not None
    assert program.document.model.name == "Starter"
    assert program.document.state.settings.seed == 77


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_result_of_the_version_before_restores_all_settings(
    qtbot: QtBot, program: Program, editor: FakeEditor, trained_model: ModelCard, suffix: str
) -> None:
    open_it(qtbot, program, EARLIER_VERSION / f"postcard.{suffix}")
    notice = program.window.notice_bar
    assert notice.message.text() == "This picture was made with “make it a postcard — 雪”."
    assert notice.advice.text() == "Postcard · text guidance 6.25 · image guidance 1.75 · steps 3 · seed 78"
    accept(qtbot, program)
    assert notice.message.text() == "Settings applied."
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    request = editor.requests[0]
    assert request.settings == EditSettings(
        num_inference_steps=3,
        text_guidance_scale=6.25,
        image_guidance_scale=1.75,
        seed=78,
        scheduler=SchedulerName.DPMPP_2M_KARRAS,
        resolution=64,
        fit=Fit.ORIGINAL,
        output_size=OutputSize.SOURCE,
        detail=Detail.MODEL,
        turbo=True,
    )
    assert (request.instruction, request.negative_instruction) == ("make it a postcard — 雪", "blurry")
    assert request.model == trained_model.path


def with_record(path: Path, save: Save, **changes: object) -> Path:
    """A saved result with a changed record; a field set to None is removed."""
    with Image.open(save()) as picture:
        values = json.loads(picture.info[METADATA_KEY]) | changes
        text = PngImagePlugin.PngInfo()
        kept = {name: value for name, value in values.items() if value is not None}
        text.add_itxt(METADATA_KEY, json.dumps(kept))
        picture.save(path, pnginfo=text)
    return path


def test_a_record_without_some_fields_restores_the_others(
    qtbot: QtBot, program: Program, editor: FakeEditor, save: Save, tmp_path: Path
) -> None:
    missing = {"turbo": None, "resolution": None, "model": None, "model_name": None, "loras": None}
    open_it(qtbot, program, with_record(tmp_path / "bare.png", save, steps="twelve", **missing))
    notice = program.window.notice_bar
    assert notice.advice.text() == "text guidance 6.5 · image guidance 1.25 · steps 20 · seed 77"
    accept(qtbot, program)
    assert notice.advice.text() == "It does not name its model; the one chosen now stays."
    with qtbot.waitSignal(program.edits.finished):
        program.edits.start()
    standard = EditSettings()
    assert editor.requests[0].settings == replace(
        SETTINGS,
        turbo=standard.turbo,
        resolution=standard.resolution,
        num_inference_steps=standard.num_inference_steps,
    )


def test_a_result_of_a_newer_version_is_opened_without_its_settings(
    qtbot: QtBot, program: Program, save: Save, tmp_path: Path
) -> None:
    open_it(qtbot, program, with_record(tmp_path / "newer.png", save, version=2))
    notice = program.window.notice_bar
    assert notice.isVisible()
    assert notice.message.text() == (
        "The edit settings in newer.png were saved by a newer version of IP2P Desktop."
    )
    assert notice.advice.text() == "Update IP2P Desktop to use them."
    assert not notice.action_button.isVisible()
    assert program.document.source is not None
    assert program.document.source.name == "newer.png"


def test_a_model_is_known_by_its_weights_before_its_name(tmp_path: Path) -> None:
    def card(folder: str, name: str, sha256: str = "") -> ModelCard:
        weights = (WeightFile(name="unet/weights.safetensors", size=1, sha256=sha256),) if sha256 else ()
        return ModelCard(path=tmp_path / folder, name=name, weights=weights)

    record = EditRecord(
        instruction="x", settings=SETTINGS, model="snow", model_name="Snow", model_sha256="a" * 64
    )
    renamed, taken = card("ice", "Ice", "a" * 64), card("snow", "Snow", "b" * 64)
    unhashed, called = card("snow", "Old"), card("snow-2", "Snow")
    assert find_model(record, [taken, unhashed, renamed]) is renamed
    assert find_model(record, [taken, called, unhashed]) is unhashed
    assert find_model(record, [taken, called]) is called
    assert find_model(record, [taken]) is None
