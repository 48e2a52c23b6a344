"""What cannot be asked for, and how that is said."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.edit_settings import MAX_SEED, EditSettings, Fit, SchedulerName
from engine.editing.sweep import sweep
from engine.errors import InvalidRequest
from engine.model_options import Lora
from engine.request import EditRequest


def request(**changes: Any) -> EditRequest:
    values: dict[str, Any] = {
        "source_image": Image.new("RGB", (8, 8)),
        "instruction": "make it snow",
        "model": Path("model"),
        "settings": EditSettings(),
    }
    return EditRequest(**{**values, **changes})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"num_inference_steps": 0}, "The number of steps must be from 1 to 1000, not 0."),
        ({"num_inference_steps": -3}, "The number of steps must be from 1 to 1000, not -3."),
        ({"num_inference_steps": 1001}, "The number of steps must be from 1 to 1000, not 1001."),
        ({"text_guidance_scale": -0.1}, "The text guidance scale must be from 0 to 50, not -0.1."),
        ({"text_guidance_scale": 50.5}, "The text guidance scale must be from 0 to 50, not 50.5."),
        ({"text_guidance_scale": math.nan}, "The text guidance scale must be from 0 to 50, not nan."),
        ({"text_guidance_scale": math.inf}, "The text guidance scale must be from 0 to 50, not inf."),
        ({"image_guidance_scale": -1.0}, "The image guidance scale must be from 0 to 50, not -1."),
        ({"image_guidance_scale": math.nan}, "The image guidance scale must be from 0 to 50, not nan."),
        ({"image_guidance_scale": -math.inf}, "The image guidance scale must be from 0 to 50, not -inf."),
        ({"seed": -1}, f"The seed must be from 0 to {MAX_SEED}, not -1."),
        ({"seed": MAX_SEED + 1}, f"The seed must be from 0 to {MAX_SEED}, not {MAX_SEED + 1}."),
        ({"resolution": 63}, "The resolution must be from 64 to 4096 pixels, not 63."),
        ({"resolution": 10_000_000}, "The resolution must be from 64 to 4096 pixels, not 10000000."),
    ],
)
def test_a_setting_out_of_range_is_refused_in_one_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        EditSettings(**change)
    assert str(refusal.value) == sentence


def test_the_bounds_themselves_are_fine() -> None:
    EditSettings(num_inference_steps=1, text_guidance_scale=0, image_guidance_scale=0, seed=0, resolution=64)
    EditSettings(
        num_inference_steps=1000,
        text_guidance_scale=50,
        image_guidance_scale=50,
        seed=MAX_SEED,
        resolution=4096,
    )


def test_defaults_are_the_originals_scales_and_sampler() -> None:
    settings = EditSettings()
    assert (settings.text_guidance_scale, settings.image_guidance_scale) == (7.5, 1.5)
    assert settings.scheduler is SchedulerName.EULER_ANCESTRAL
    assert settings.fit is Fit.KEEP


@pytest.mark.parametrize("instruction", ["", " ", "\t \n"])
def test_an_instruction_without_words_is_refused(instruction: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        request(instruction=instruction)
    assert refusal.value.message == "The instruction is empty."
    assert "make it black and white" in refusal.value.advice


@pytest.mark.parametrize("changes", [{"instruction": "make \udcff it"}, {"negative_instruction": "\ud800"}])
def test_an_instruction_that_is_no_text_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match=r"contains characters that are not text"):
        request(**changes)


def test_an_instruction_may_be_in_any_writing() -> None:
    request(instruction="雪を降らせて 🌨", negative_instruction="e\u0301")


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1)])
def test_a_photo_of_one_pixel_a_side_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        request(source_image=Image.new("RGB", size))
    assert str(refusal.value) == f"The photo is only {size[0]} × {size[1]} pixels. Choose a larger one."


def test_two_pixels_a_side_are_enough() -> None:
    request(source_image=Image.new("RGB", (2, 2)))


def test_variations_have_the_seeds_that_follow() -> None:
    assert request(settings=EditSettings(seed=7), variations=3).seeds == (7, 8, 9)
    assert request(settings=EditSettings(seed=MAX_SEED)).seeds == (MAX_SEED,)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"variations": 0}, "The number of variations must be from 1 to 64, not 0."),
        ({"variations": 65}, "The number of variations must be from 1 to 64, not 65."),
        (
            {"variations": 2, "settings": EditSettings(seed=MAX_SEED)},
            "The seeds of the variations become too large. Choose a smaller seed.",
        ),
        (
            {"mask": Image.new("L", (8, 9))},
            "The mask is 8 × 9 pixels, the photo 8 × 8. Draw the mask on this photo.",
        ),
        (
            {"mask": Image.new("RGB", (8, 8))},
            "The mask is not a grey image. Save it as an 8-bit grey image.",
        ),
    ],
)
def test_variations_and_masks_that_cannot_be_are_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        request(**changes)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("weight", [math.nan, math.inf, 4.5, -4.5])
def test_a_lora_of_a_weight_that_makes_no_sense_is_refused(weight: float) -> None:
    with pytest.raises(InvalidRequest, match="from -4 to 4"):
        Lora(path=Path("style.safetensors"), weight=weight)


def test_a_sweep_has_every_pair_of_scales_and_nothing_else_changed() -> None:
    asked = request(settings=EditSettings(seed=3), negative_instruction="blurry")
    swept = sweep(asked, [3.0, 7.5], [1.0, 1.2, 1.5])
    scales = [(each.settings.text_guidance_scale, each.settings.image_guidance_scale) for each in swept]
    assert scales == [(3.0, 1.0), (3.0, 1.2), (3.0, 1.5), (7.5, 1.0), (7.5, 1.2), (7.5, 1.5)]
    assert {replace(each, settings=asked.settings) == asked for each in swept} == {True}
    with pytest.raises(InvalidRequest):
        sweep(asked, [3.0], [51.0])
