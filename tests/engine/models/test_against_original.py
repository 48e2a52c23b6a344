"""A checkpoint of the original code gives the pictures that the original's formulas give."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.original_code import Levels, original_edit, psnr
from PIL import Image

from engine.edit_settings import EditSettings, Fit, SchedulerName
from engine.editing.editor import Editor
from engine.model_options import ModelOptions, WeightSet
from engine.request import EditRequest

INSTRUCTION = "turn him into a cyborg"
SETTINGS = EditSettings(
    num_inference_steps=6,
    text_guidance_scale=7.5,
    image_guidance_scale=1.5,
    seed=11,
    scheduler=SchedulerName.EULER_ANCESTRAL,
    resolution=128,
    fit=Fit.ORIGINAL,
)


@pytest.fixture
def photo() -> Image.Image:
    samples = Path(__file__).resolve().parents[3] / "resources" / "samples"
    with Image.open(samples / "old-truck.jpg") as opened:
        return opened.convert("RGB").resize((120, 80))


def our_edit(path: Path, photo: Image.Image, weight_set: WeightSet) -> Levels:
    request = EditRequest(
        source_image=photo,
        instruction=INSTRUCTION,
        model=path,
        settings=SETTINGS,
        model_options=ModelOptions(weight_set=weight_set),
    )
    return np.asarray(Editor(device="cpu", dtype="fp32").edit(request).edited_image, dtype=np.float64)


def test_a_checkpoint_edits_as_the_original_code_does(sd1: Any, photo: Image.Image) -> None:
    path = sd1.save("instruct-pix2pix.ckpt", sd1.original(ema=True))
    averaged = deepcopy(sd1.networks["unet"])
    averaged.load_state_dict(sd1.ema_unet)
    live = original_edit(sd1.networks, photo, INSTRUCTION, SETTINGS)
    wanted = original_edit({**sd1.networks, "unet": averaged}, photo, INSTRUCTION, SETTINGS)
    assert wanted.std() > 5, "a picture with something in it"
    assert psnr(live, wanted) < 40, "the two sets of weights give different pictures"
    assert psnr(our_edit(path, photo, WeightSet.EMA), wanted) >= 50
    assert psnr(our_edit(path, photo, WeightSet.LIVE), live) >= 50
