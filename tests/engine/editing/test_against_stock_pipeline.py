"""The same request through diffusers' own InstructPix2Pix pipeline gives the same picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline
from PIL import Image

from engine.denoising.schedulers import make_scheduler
from engine.edit_settings import EditSettings, SchedulerName
from engine.editing.editor import Editor
from engine.request import EditRequest


@pytest.fixture(scope="module")
def pipeline(starter: Path) -> StableDiffusionInstructPix2PixPipeline:
    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(
        starter, safety_checker=None, dtype=torch.float32
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@pytest.fixture(scope="module")
def scheduler_config(starter: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((starter / "scheduler" / "scheduler_config.json").read_text())
    return config


def likeness(
    editor: Editor,
    pipeline: StableDiffusionInstructPix2PixPipeline,
    request: EditRequest,
    negative: str | None = None,
) -> float:
    """PSNR in dB between our edit and that of the stock pipeline, with the scheduler it has."""
    settings = request.settings
    theirs = pipeline(
        request.instruction,
        image=request.source_image,
        num_inference_steps=settings.num_inference_steps,
        guidance_scale=settings.text_guidance_scale,
        image_guidance_scale=settings.image_guidance_scale,
        negative_prompt=negative,
        generator=torch.Generator().manual_seed(settings.seed),
    ).images[0]
    ours = editor.edit(request).edited_image
    error = np.asarray(ours, dtype=np.float64) - np.asarray(theirs, dtype=np.float64)
    return float(10 * np.log10(255**2 / max(np.mean(error**2), 1e-9)))


def request_for(
    starter: Path, photo: Image.Image, name: SchedulerName, text: float, image: float, negative: str = ""
) -> EditRequest:
    """An edit at a size that needs no padding, with scales with which the stock pipeline guides at all."""
    settings = EditSettings(
        num_inference_steps=4,
        text_guidance_scale=text,
        image_guidance_scale=image,
        seed=3,
        scheduler=name,
        resolution=96,
    )
    return EditRequest(
        source_image=photo.resize((96, 64)),
        instruction="make it snow",
        negative_instruction=negative,
        model=starter,
        settings=settings,
    )


@pytest.mark.parametrize("name", SchedulerName)
@pytest.mark.parametrize(("text", "image"), [(7.5, 1.5), (1.5, 1.5), (3.0, 1.0)])
def test_our_edit_is_that_of_the_stock_pipeline(
    editor: Editor,
    pipeline: StableDiffusionInstructPix2PixPipeline,
    starter: Path,
    scheduler_config: dict[str, Any],
    photo: Image.Image,
    name: SchedulerName,
    text: float,
    image: float,
) -> None:
    pipeline.scheduler = make_scheduler(name, scheduler_config)
    assert likeness(editor, pipeline, request_for(starter, photo, name, text, image)) >= 50


def test_ddim_is_the_stock_pipelines_own(
    editor: Editor,
    pipeline: StableDiffusionInstructPix2PixPipeline,
    starter: Path,
    scheduler_config: dict[str, Any],
    photo: Image.Image,
) -> None:
    pipeline.scheduler = DDIMScheduler.from_config(scheduler_config)
    assert likeness(editor, pipeline, request_for(starter, photo, SchedulerName.DDIM, 3.0, 1.5)) >= 50


def test_a_negative_instruction_stands_where_the_stock_pipeline_puts_it(
    editor: Editor,
    pipeline: StableDiffusionInstructPix2PixPipeline,
    starter: Path,
    scheduler_config: dict[str, Any],
    photo: Image.Image,
) -> None:
    name, negative = SchedulerName.EULER, "make it darker"
    pipeline.scheduler = make_scheduler(name, scheduler_config)
    request = request_for(starter, photo, name, 5.0, 1.5, negative)
    assert likeness(editor, pipeline, request, negative) >= 50
    assert likeness(editor, pipeline, request) < 40
