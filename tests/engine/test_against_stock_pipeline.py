"""The same request through diffusers' own InstructPix2Pix pipeline gives the same picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInstructPix2PixPipeline
from PIL import Image

from engine.editor import Editor
from engine.request import EditRequest, EditSettings, SchedulerName
from engine.schedulers import make_scheduler

# diffusers hands tensors to NumPy 2 in a way that NumPy has deprecated


@pytest.fixture(scope="module")
def pipeline(starter: Path) -> StableDiffusionInstructPix2PixPipeline:
    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(
        starter, safety_checker=None, dtype=torch.float32
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.mark.parametrize("name", SchedulerName)
@pytest.mark.parametrize(("text", "image"), [(7.5, 1.5), (1.5, 1.5), (3.0, 1.0)])
def test_our_edit_is_that_of_the_stock_pipeline(
    editor: Editor,
    pipeline: StableDiffusionInstructPix2PixPipeline,
    starter: Path,
    photo: Image.Image,
    name: SchedulerName,
    text: float,
    image: float,
) -> None:
    # sides that need no padding, and scales with which the stock pipeline guides at all
    source = photo.resize((96, 64))
    settings = EditSettings(
        num_inference_steps=4,
        text_guidance_scale=text,
        image_guidance_scale=image,
        seed=3,
        scheduler=name,
        resolution=96,
    )
    ours = editor.edit(
        EditRequest(source_image=source, instruction="make it snow", model=starter, settings=settings)
    )
    pipeline.scheduler = make_scheduler(name, editor.load(starter).scheduler_config)
    theirs = pipeline(
        "make it snow",
        image=source,
        num_inference_steps=4,
        guidance_scale=text,
        image_guidance_scale=image,
        generator=torch.Generator().manual_seed(3),
    ).images[0]
    difference = np.asarray(ours.edited_image, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    assert 10 * np.log10(255**2 / max(np.mean(difference**2), 1e-9)) >= 50
