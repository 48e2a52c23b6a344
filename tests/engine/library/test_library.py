"""Model cards: written, read back, and damaged; and single files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.edit_settings import EditSettings, Fit, OutputSize, SchedulerName
from engine.errors import ModelNotUsable
from engine.library import ModelCard, ModelLibrary, WeightFile, list_models, read_model_card, write_model_card


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_model_folder(tmp_path / "models" / "snow")


def make_model_folder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    return folder


def test_a_card_comes_back_as_it_was_written(folder: Path) -> None:
    card = ModelCard(
        path=folder,
        name="Schnee · 雪",
        description="Winter, in every sense.",
        suggestions=("make it snow", "add “frost”"),
        recommended=EditSettings(
            num_inference_steps=7,
            text_guidance_scale=2.5,
            image_guidance_scale=1.0,
            scheduler=SchedulerName.DPMPP_2M,
            resolution=256,
            fit=Fit.ORIGINAL,
            output_size=OutputSize.SOURCE,
            turbo=True,
        ),
        family="sd1",
        licence="MIT",
        source="owner/snow",
        preview="snow.png",
        size=123,
        weights=(WeightFile(name="unet/weights.safetensors", size=100, sha256="0" * 64),),
    )
    write_model_card(card)
    assert read_model_card(folder) == card
    assert sorted(path.name for path in folder.iterdir()) == ["ip2p.json", "model_index.json"]


def test_a_card_recommends_no_seed(folder: Path) -> None:
    write_model_card(ModelCard(path=folder, name="Snow", recommended=EditSettings(seed=5)))
    assert read_model_card(folder).recommended.seed == EditSettings().seed


def test_a_folder_without_a_card_is_named_after_itself(folder: Path) -> None:
    assert read_model_card(folder) == ModelCard(path=folder, name="snow")


def test_what_another_version_added_is_kept_when_the_card_is_written_again(folder: Path) -> None:
    added = {"colour": "blue", "recommended": {"sharpness": 3}}
    weights = [{"name": "a.safetensors", "size": 3, "sha256": "", "dtype": "fp16"}]
    (folder / "ip2p.json").write_text(json.dumps({"name": "Snow", "weights": weights, **added}))
    card = read_model_card(folder)
    assert card == ModelCard(path=folder, name="Snow", weights=card.weights, unknown_fields=added)
    write_model_card(replace(card, name="Frost"))
    written = json.loads((folder / "ip2p.json").read_text())
    assert (written["name"], written["colour"], written["version"]) == ("Frost", "blue", 1)
    assert written["weights"] == weights
    assert written["recommended"]["sharpness"] == 3
    assert written["recommended"]["resolution"] == EditSettings().resolution
    assert read_model_card(folder) == replace(card, name="Frost")


def test_a_card_of_a_newer_layout_is_left_as_it_is_and_reported(folder: Path) -> None:
    content = '{"version": 2, "name": {"de": "Schnee"}}'
    (folder / "ip2p.json").write_text(content)
    with pytest.raises(ModelNotUsable) as refusal:
        read_model_card(folder)
    assert refusal.value.message == f"{folder / 'ip2p.json'} was written by a newer version of IP2P Desktop."
    assert refusal.value.advice == "Update IP2P Desktop to use this model."
    (damaged,) = ModelLibrary(folder.parent).damaged()
    assert damaged.report == refusal.value.report()
    assert (folder / "ip2p.json").read_text() == content


@pytest.mark.parametrize(
    "values",
    [
        {"recommended": [1]},
        {"recommended": {"num_inference_steps": "many"}},
        {"recommended": {"num_inference_steps": 6.5}},
        {"recommended": {"num_inference_steps": 0}},
        {"recommended": {"text_guidance_scale": float("nan")}},
        {"recommended": {"scheduler": "heun"}},
        {"recommended": {"fit": "stretch"}},
        {"suggestions": 3},
        {"size": "large"},
        {"weights": "many"},
        {"weight_set": "best"},
        {"weight_sets": ["best"]},
        {"weight_sets": ["ema", "best"]},
        {"lists_all_edits": "yes"},
        {"version": "first"},
        {"licence": None},
    ],
)
def test_a_value_of_another_kind_has_its_default(folder: Path, values: dict[str, Any]) -> None:
    others = {"num_inference_steps": 7, "resolution": 256}
    recommended = values.get("recommended", {})
    if isinstance(recommended, dict):
        values = {**values, "recommended": {**others, **recommended}}
    (folder / "ip2p.json").write_text(json.dumps({"name": "Snow", **values}))
    expected = EditSettings() if isinstance(recommended, list) else EditSettings(resolution=256)
    if "num_inference_steps" not in recommended and isinstance(recommended, dict):
        expected = replace(expected, num_inference_steps=7)
    assert read_model_card(folder) == ModelCard(path=folder, name="Snow", recommended=expected)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelNotUsable, match=r"is not a model folder: it has no model_index\.json\."):
        read_model_card(tmp_path)
    with pytest.raises(ModelNotUsable, match="is not a model folder"):
        read_model_card(tmp_path / "nowhere")


DAMAGED_CARDS = {
    "empty": b"",
    "cut": b'{"name": "Sn',
    "a list": b"[]",
    "not text": b"\xff\xfe\x00\x01",
    "nested without end": b"[" * 100_000,
    "weights are nameless": b'{"weights": [{"size": 3, "sha256": ""}]}',
    "weights are elsewhere": b'{"weights": [{"name": "../secret", "size": 3, "sha256": ""}]}',
    "weights without size": b'{"weights": [{"name": "a.safetensors", "size": "large"}]}',
}


@pytest.mark.parametrize("card", DAMAGED_CARDS.values(), ids=DAMAGED_CARDS.keys())
def test_a_damaged_card_is_refused_by_name(folder: Path, card: bytes) -> None:
    (folder / "ip2p.json").write_bytes(card)
    with pytest.raises(ModelNotUsable, match=r"ip2p\.json cannot be read") as refusal:
        read_model_card(folder)
    assert refusal.value.advice == "Restore or delete that file."


def test_models_are_listed_by_name_and_damaged_ones_left_out(tmp_path: Path) -> None:
    for name in ("zebra", "Apple", "damaged", "middle"):
        make_model_folder(tmp_path / name)
    (tmp_path / "damaged" / "ip2p.json").write_text("{")
    (tmp_path / "middle" / "ip2p.json").write_text(json.dumps({"name": "Quince"}))
    (tmp_path / "no model").mkdir()
    (tmp_path / "a file.txt").write_text("hello")
    assert [card.name for card in list_models(tmp_path)] == ["Apple", "Quince", "zebra"]


def test_a_library_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list_models(tmp_path / "models") == []


def test_a_single_file_has_its_card_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "snow.v2.safetensors"
    file.write_bytes(b"weights")
    assert read_model_card(file) == ModelCard(path=file, name="snow.v2")
    card = ModelCard(path=file, name="Snow", licence="MIT")
    write_model_card(card)
    assert read_model_card(file) == card
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "snow.v2.safetensors",
        "snow.v2.safetensors.ip2p.json",
    ]
    assert list_models(tmp_path) == [card]


def test_the_name_of_a_file_says_nothing_about_it(tmp_path: Path) -> None:
    blob = tmp_path / "5f1e0c.incomplete"
    blob.write_bytes(b"weights")
    card = read_model_card(blob)
    assert card == ModelCard(path=blob, name="5f1e0c")
    assert card.is_file
    assert list_models(tmp_path) == []


def test_a_preview_is_only_ever_beside_its_model(folder: Path) -> None:
    (folder.parent / "secret.png").write_bytes(b"picture")
    (folder / "snow.png").write_bytes(b"picture")
    (folder / "ip2p.json").write_text('{"preview": "../secret.png"}')
    assert read_model_card(folder).preview_file is None
    (folder / "ip2p.json").write_text('{"preview": "snow.png"}')
    assert read_model_card(folder).preview_file == folder / "snow.png"
