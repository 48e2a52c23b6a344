"""A saved picture reloads into the edit it came from, and nothing in a file can do harm."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from engine.edit_settings import Detail, EditSettings, Fit, OutputSize, SchedulerName
from engine.errors import ImageUnreadable, NewerVersion
from engine.images.edit_record import (
    MAX_RECORD_CHARACTERS,
    METADATA_KEY,
    EditRecord,
    NamedLora,
    read_edit_record,
)
from engine.images.file_metadata.exif import output_exif
from engine.images.image_saving import save_image
from engine.model_options import Lora, ModelOptions, WeightSet
from engine.request import EditRequest

PICTURE = Image.effect_noise((40, 30), 60).convert("RGB")
SETTINGS = EditSettings(
    num_inference_steps=33,
    text_guidance_scale=6.25,
    image_guidance_scale=0.75,
    seed=2**62,
    scheduler=SchedulerName.DPMPP_2M_KARRAS,
    resolution=640,
    fit=Fit.ORIGINAL,
    output_size=OutputSize.SOURCE,
    detail=Detail.MODEL,
    turbo=True,
)


def test_a_record_from_before_the_choice_of_detail_is_read() -> None:
    record = EditRecord.of(make_request(), 5)
    values = json.loads(record.to_json())
    del values["detail"]
    earlier = EditRecord.from_json(json.dumps(values))
    assert earlier == replace(record, settings=replace(record.settings, detail=Detail.PHOTO))


def make_request() -> EditRequest:
    return EditRequest(
        source_image=PICTURE,
        instruction="make it “snow” — 雪\non two lines",
        model=Path("/home/somebody/models/winter.safetensors"),
        settings=SETTINGS,
        negative_instruction="Überbelichtung",
        mask=Image.new("L", PICTURE.size, 255),
        variations=3,
        model_options=ModelOptions(
            weight_set=WeightSet.LIVE,
            vae=Path("/home/somebody/vae.safetensors"),
            loras=(Lora(path=Path("/home/somebody/ink.safetensors"), weight=-0.5),),
        ),
    )


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "webp"])
def test_a_saved_picture_tells_its_edit(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"edited.{suffix}"
    save_image(PICTURE, path, make_request(), seed=2**62 + 2)
    record = read_edit_record(path)
    assert record is not None
    assert record == EditRecord.of(make_request(), 2**62 + 2)
    assert record.settings == replace(SETTINGS, seed=2**62 + 2)
    assert record.instruction == make_request().instruction
    assert record.negative_instruction == "Überbelichtung"
    assert (record.model, record.vae) == ("winter.safetensors", "vae.safetensors")
    assert record.loras == (NamedLora(name="ink.safetensors", weight=-0.5),)
    assert record.weight_set is WeightSet.LIVE
    assert record.is_masked


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_saved_picture_tells_no_place_of_this_computer(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"edited.{suffix}"
    save_image(PICTURE, path, make_request())
    assert b"somebody" not in path.read_bytes()


def test_the_first_picture_has_the_seed_of_the_request(tmp_path: Path) -> None:
    save_image(PICTURE, tmp_path / "edited.png", make_request())
    record = read_edit_record(tmp_path / "edited.png")
    assert record is not None
    assert record.settings.seed == 2**62


def test_an_installed_model_is_told_by_name_family_and_hash(tmp_path: Path) -> None:
    model = tmp_path / "winter"
    (model / "unet").mkdir(parents=True)
    (model / "model_index.json").write_text("{}")
    weights = [
        {"name": "vae/a.safetensors", "size": 1, "sha256": "0" * 64},
        {"name": "unet/b.safetensors", "size": 1, "sha256": "5" * 64},
    ]
    card = {"name": "Winter pictures", "family": "sd1", "weights": weights}
    (model / "ip2p.json").write_text(json.dumps(card))
    record = EditRecord.of(replace(make_request(), model=model), 1)
    assert (record.model, record.model_name, record.model_family) == ("winter", "Winter pictures", "sd1")
    assert record.model_sha256 == "5" * 64


def test_a_png_tells_people_too(tmp_path: Path) -> None:
    save_image(PICTURE, tmp_path / "edited.png", make_request())
    with Image.open(tmp_path / "edited.png") as saved:
        lines = str(saved.info["Description"]).splitlines()
    assert lines[0] == "Instruction: make it “snow” — 雪 on two lines"
    assert "Text guidance: 6.25" in lines
    assert "LoRAs: ink.safetensors (-0.5)" in lines


def png_with(text: str) -> bytes:
    buffer, chunks = io.BytesIO(), PngImagePlugin.PngInfo()
    chunks.add_itxt(METADATA_KEY, text)
    PICTURE.save(buffer, "PNG", pnginfo=chunks)
    return buffer.getvalue()


def changed(**values: Any) -> str:
    return json.dumps({**json.loads(EditRecord.of(make_request(), 1).to_json()), **values})


FOREIGN = {
    "no JSON": "make it snow",
    "cut": changed()[:-20],
    "a list": "[1, 2]",
    "null": "null",
    "empty": "{}",
    "too deep": "[" * 20_000,
    "too long": changed(instruction="x" * MAX_RECORD_CHARACTERS),
    "seed of many digits": changed(steps="@").replace('"@"', "9" * 5000),
    "instruction is a list": changed(instruction=["x"]),
    "instruction is empty": changed(instruction=" "),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_makes_no_sense_is_no_record(tmp_path: Path, name: str) -> None:
    path = tmp_path / "foreign.png"
    path.write_bytes(png_with(FOREIGN[name]))
    assert read_edit_record(path) is None


@pytest.mark.parametrize("comment", ["holiday", METADATA_KEY, f"{METADATA_KEY} {{}}", "ip2px {}"])
def test_a_foreign_comment_is_no_record(tmp_path: Path, comment: str) -> None:
    path = tmp_path / "foreign.jpg"
    PICTURE.save(path, exif=output_exif(b"", comment=comment))
    assert read_edit_record(path) is None


STANDARD = EditSettings()
OTHER_KIND: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "endless guidance": (
        {"text_guidance_scale": float("inf")},
        {"text_guidance_scale": STANDARD.text_guidance_scale},
    ),
    "guidance in words": (
        {"image_guidance_scale": "7.5"},
        {"image_guidance_scale": STANDARD.image_guidance_scale},
    ),
    "a number too large": (
        {"text_guidance_scale": 10**400},
        {"text_guidance_scale": STANDARD.text_guidance_scale},
    ),
    "steps by the million": ({"steps": 10**6}, {"num_inference_steps": STANDARD.num_inference_steps}),
    "half a step": ({"steps": 2.5}, {"num_inference_steps": STANDARD.num_inference_steps}),
    "steps of truth": ({"steps": True}, {"num_inference_steps": STANDARD.num_inference_steps}),
    "unknown scheduler": ({"scheduler": "heun"}, {"scheduler": STANDARD.scheduler}),
    "fit is a list": ({"fit": ["keep"]}, {"fit": STANDARD.fit}),
    "turbo is a number": ({"turbo": 1}, {"turbo": STANDARD.turbo}),
}


@pytest.mark.parametrize("name", OTHER_KIND)
def test_a_setting_of_another_kind_has_its_default_and_the_others_stay(tmp_path: Path, name: str) -> None:
    stored, expected = OTHER_KIND[name]
    path = tmp_path / "foreign.png"
    path.write_bytes(png_with(changed(**stored)))
    record = EditRecord.of(make_request(), 1)
    assert read_edit_record(path) == replace(record, settings=replace(record.settings, **expected))


def test_loras_that_are_none_are_left_out() -> None:
    assert EditRecord.from_json(changed(loras="ink")).loras == ()
    assert EditRecord.from_json(changed(loras=[{"name": "ink"}, {"weight": 2}, "x"])).loras == (
        NamedLora(name="ink", weight=1.0),
    )


def test_every_field_but_the_instruction_may_be_missing() -> None:
    whole = json.loads(changed())
    for name in whole:
        values = {key: value for key, value in whole.items() if key != name}
        if name == "instruction":
            with pytest.raises(ValueError, match="no instruction"):
                EditRecord.from_json(json.dumps(values))
        else:
            record = EditRecord.from_json(json.dumps(values))
            assert record.instruction == make_request().instruction
            again = json.loads(record.to_json())
            assert {key: again[key] for key in values} == values
    bare = EditRecord.from_json('{"instruction": "make it snow"}')
    assert bare == EditRecord(instruction="make it snow", settings=EditSettings(), software="")


def test_what_other_versions_add_is_kept_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "later.png"
    path.write_bytes(png_with(changed(magic={"strength": [1, 2]})))
    record = read_edit_record(path)
    assert record == replace(EditRecord.of(make_request(), 1), unknown_fields={"magic": {"strength": [1, 2]}})
    assert json.loads(record.to_json()) == json.loads(changed(magic={"strength": [1, 2]}))


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_record_of_a_newer_layout_is_reported_in_a_sentence(tmp_path: Path, suffix: str) -> None:
    path, text = tmp_path / f"newer.{suffix}", changed(version=2, instruction={"en": "make it snow"})
    if suffix == "png":
        path.write_bytes(png_with(text))
    else:
        PICTURE.save(path, exif=output_exif(b"", comment=f"{METADATA_KEY} {text}"))
    with pytest.raises(NewerVersion) as refusal:
        read_edit_record(path)
    assert str(refusal.value) == (
        f"The edit settings in newer.{suffix} were saved by a newer version of IP2P Desktop. "
        "Update IP2P Desktop to use them."
    )


def test_a_plain_photo_has_no_record(tmp_path: Path) -> None:
    PICTURE.save(tmp_path / "photo.jpg")
    assert read_edit_record(tmp_path / "photo.jpg") is None


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_what_is_no_picture_is_refused_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "text.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageUnreadable, match=r"text\.png cannot be read as an image\. Choose a PNG"):
        read_edit_record(path)
