"""Which settings have no effect, compared with what the engine computes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.edit_settings import EditSettings, OutputSize, SchedulerName
from engine.editing.editor import Editor
from engine.library import ModelCard, read_model_card
from engine.library.setting_effects import setting_effects
from engine.library.useful_ranges import UsefulRanges, ValueRange
from engine.request import EditRequest
from ip2p_desktop.base.paths import starter_model

CARD = ModelCard(path=Path("model"), name="Model")
SEEDED = ModelCard(
    path=Path("model"),
    name="Model",
    seeded_edits=("snowy",),
    useful_ranges=UsefulRanges(num_inference_steps=ValueRange(1, 4)),
)


def settings(**values: object) -> EditSettings:
    usual = {"num_inference_steps": 20, "output_size": OutputSize.SOURCE}
    return EditSettings(**{**usual, **values})


def test_usual_settings_need_no_remark() -> None:
    assert setting_effects(CARD, settings()) == {}
    assert setting_effects(None, settings()) == {}


@pytest.mark.parametrize(
    ("text", "image", "has_effect"), [(1, 1, False), (1, 1.5, True), (1.5, 1, True), (7.5, 7.5, True)]
)
def test_avoid_has_an_effect_if_the_engine_evaluates_a_branch_with_it(
    text: float, image: float, has_effect: bool
) -> None:
    chosen = settings(text_guidance_scale=text, image_guidance_scale=image)
    assert ("negative_instruction" not in setting_effects(CARD, chosen)) == has_effect


@pytest.mark.parametrize(("steps", "has_effect"), [(1, False), (7, False), (8, True), (20, True)])
def test_turbo_needs_eight_steps(steps: int, has_effect: bool) -> None:
    assert ("turbo" not in setting_effects(CARD, settings(num_inference_steps=steps))) == has_effect


def test_detail_is_for_results_as_large_as_the_photo() -> None:
    assert list(setting_effects(CARD, settings(output_size=OutputSize.WORKING))) == ["detail"]


def test_without_text_guidance_the_instruction_is_ignored_but_the_scale_can_be_raised() -> None:
    remark = setting_effects(CARD, settings(text_guidance_scale=0))["text_guidance_scale"]
    assert remark.has_effect


def test_the_seed_has_no_effect_on_edits_known_to_be_the_same_with_every_seed() -> None:
    one_step = settings(num_inference_steps=1)
    assert {"seed", "variations"} <= setting_effects(SEEDED, one_step, ("sepia",)).keys()
    assert "seed" not in setting_effects(SEEDED, one_step, ("sepia", "snowy"))
    assert "seed" not in setting_effects(SEEDED, one_step), "the edit is not known"
    assert "seed" not in setting_effects(SEEDED, settings(num_inference_steps=2), ("sepia",))
    assert "seed" not in setting_effects(CARD, one_step, ("sepia",)), "it was never measured"


def test_steps_beyond_what_helps_are_remarked_and_stay_possible() -> None:
    assert "num_inference_steps" not in setting_effects(SEEDED, settings(num_inference_steps=4))
    remark = setting_effects(SEEDED, settings(num_inference_steps=5))["num_inference_steps"]
    assert remark.has_effect
    assert remark.sentence.format(**remark.values) == "More than 4 steps bring nothing with this model."


def edited(editor: Editor, instruction: str, **values: object) -> np.ndarray:
    """The starter's result at a small size, with its recommended settings apart from `values`."""
    photo = Image.radial_gradient("L").resize((64, 64)).convert("RGB")
    request = EditRequest(
        source_image=photo,
        instruction=instruction,
        model=starter_model(),
        settings=EditSettings(
            num_inference_steps=1,
            text_guidance_scale=1,
            image_guidance_scale=1,
            scheduler=SchedulerName.DDIM,
            resolution=64,
        ),
    )
    fields = {name: values.pop(name) for name in ("negative_instruction",) if name in values}
    request = replace(request, settings=replace(request.settings, **values), **fields)
    return np.asarray(editor.edit(request).edited_image, np.float32)


def test_the_remarks_on_the_starter_are_true() -> None:
    card = read_model_card(starter_model())
    editor = Editor(device="cpu", dtype="fp32")
    remarks = setting_effects(card, card.recommended, ("sepia",))
    assert {"negative_instruction", "seed", "turbo"} <= remarks.keys()
    plain = edited(editor, "make it sepia")
    assert np.array_equal(plain, edited(editor, "make it sepia", negative_instruction="make it night"))
    assert np.array_equal(plain, edited(editor, "make it sepia", turbo=True))
    assert np.abs(plain - edited(editor, "make it sepia", seed=5)).mean() < 2.5
    raised = edited(editor, "make it sepia", image_guidance_scale=1.2)
    avoiding = edited(editor, "make it sepia", image_guidance_scale=1.2, negative_instruction="make it night")
    assert not np.array_equal(raised, avoiding)
    assert "seed" not in setting_effects(card, card.recommended, ("snowy",))
    snow = edited(editor, "make it snow")
    assert np.abs(snow - edited(editor, "make it snow", seed=5)).mean() > 5
