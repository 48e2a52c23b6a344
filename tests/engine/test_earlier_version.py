"""What the version before has written is read by this one: saved pictures, model cards, costs of edits."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from engine.edit_settings import Detail, EditSettings, Fit, OutputSize, SchedulerName
from engine.editing.cost_history import CostHistory
from engine.editing.costs import EditKind
from engine.images.edit_record import EditRecord, NamedLora, read_edit_record
from engine.library import ModelCard, WeightFile, read_model_card, write_model_card
from engine.model_options import WeightSet

SAMPLES = Path(__file__).parents[1] / "assets" / "earlier_version"
UNET_SHA256 = "847251bffa9d01f208698379ba0b66c6e555ce2e58f388762608b718296ba148"
RECORD = EditRecord(
    instruction="make it a postcard — 雪",
    settings=EditSettings(
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
    ),
    model="postcard",
    model_name="Postcard",
    model_family="sd1",
    model_sha256=UNET_SHA256,
    negative_instruction="blurry",
    software="IP2P Desktop 0.1.0",
)


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_a_saved_picture_tells_its_edit(suffix: str) -> None:
    assert read_edit_record(SAMPLES / f"postcard.{suffix}") == RECORD


def test_a_saved_picture_tells_all_that_could_be_chosen() -> None:
    assert read_edit_record(SAMPLES / "everything.png") == replace(
        RECORD,
        settings=replace(RECORD.settings, seed=77),
        weight_set=WeightSet.LIVE,
        vae="sharp.safetensors",
        loras=(NamedLora(name="ink.safetensors", weight=-0.5),),
        is_masked=True,
    )


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model_index.json").write_text("{}")
    return folder


def card_of(model: Path, sample: str) -> ModelCard:
    shutil.copy(SAMPLES / f"{sample}-ip2p.json", model / "ip2p.json")
    return read_model_card(model)


def test_the_card_of_a_trained_model_is_read(model: Path) -> None:
    assert card_of(model, "trained") == ModelCard(
        path=model,
        name="Postcard",
        description="Taught on this computer, starting from Starter.",
        suggestions=("make it a photographic negative",),
        recommended=EditSettings(
            num_inference_steps=1,
            text_guidance_scale=1.0,
            image_guidance_scale=1.0,
            scheduler=SchedulerName.DDIM,
        ),
    )


def test_the_card_of_the_starter_is_read(model: Path) -> None:
    card = card_of(model, "starter")
    assert (card.name, len(card.suggestions)) == ("Starter", 23)
    assert card.recommended == EditSettings(
        num_inference_steps=1,
        text_guidance_scale=1.0,
        image_guidance_scale=1.0,
        scheduler=SchedulerName.DDIM,
    )


def test_the_card_of_an_installed_model_is_read(model: Path) -> None:
    card = card_of(model, "installed")
    assert (card.name, card.family, card.licence, card.source) == (
        "Postcard",
        "sd1",
        "MIT",
        "owner/postcard",
    )
    assert card.size == 950_463
    assert card.weights[1] == WeightFile(
        name="unet/diffusion_pytorch_model.safetensors", size=394_312, sha256=UNET_SHA256
    )
    assert card.recommended == EditSettings(num_inference_steps=2, resolution=64)


@pytest.mark.parametrize("sample", ["trained", "starter", "installed"])
def test_a_card_that_is_written_again_says_the_same(model: Path, sample: str) -> None:
    card = card_of(model, sample)
    before = json.loads((model / "ip2p.json").read_text(encoding="utf-8"))
    write_model_card(card)
    after = json.loads((model / "ip2p.json").read_text(encoding="utf-8"))
    recommended = {"detail": "photo", "area": "automatic", **before.pop("recommended")}
    new = {"version": 1, "lists_all_edits": False, "one_edit_at_a_time": False, "useful_ranges": {}}
    new["painted_styles"] = []
    new |= {"looks": [], "trained_from": "", "edit_pack": ""}
    assert after == {**new, **before, "recommended": recommended}
    assert read_model_card(model) == card


def test_the_costs_of_edits_are_read_and_go_on(tmp_path: Path) -> None:
    file = Path(shutil.copy(SAMPLES / "edit-costs.json", tmp_path))
    history = CostHistory(file)
    before = history.read()
    kind = EditKind(
        model="/models/postcard",
        device="cpu",
        dtype="fp32",
        pixels=4096,
        branches=3,
        turbo=True,
        steps=3,
        variations=2,
    )
    assert [each.kind for each in before] == [replace(kind, turbo=False), kind, kind]
    assert before[0].load_seconds == pytest.approx(0.79, abs=0.01)
    assert before[2].peak_bytes == 434_343_936
    estimate = history.estimate(kind)
    assert estimate is not None
    assert estimate.seconds == pytest.approx(0.3, abs=0.1)
    history.add(before[0])
    assert history.read() == [*before, before[0]]
    assert json.loads(file.read_text(encoding="utf-8"))["version"] == 1
