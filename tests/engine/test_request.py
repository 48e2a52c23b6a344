"""What cannot be asked for, and how that is said."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from engine.errors import InvalidRequest
from engine.request import MAX_SEED, EditRequest, EditSettings, Fit, SchedulerName


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


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1)])
def test_a_photo_of_one_pixel_a_side_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        request(source_image=Image.new("RGB", size))
    assert str(refusal.value) == f"The photo is only {size[0]} × {size[1]} pixels. Choose a larger one."


def test_two_pixels_a_side_are_enough() -> None:
    request(source_image=Image.new("RGB", (2, 2)))
