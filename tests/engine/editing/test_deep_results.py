"""A photo with 16 bits for each colour gives results with as many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.deep_photos import deep_scene
from PIL import Image

from engine.edit_settings import Detail, EditSettings, OutputSize, SchedulerName
from engine.editing.editor import Editor
from engine.request import EditRequest, FinishedImage

SCENE = deep_scene(300, 200)
PHOTO = Image.fromarray(np.round(SCENE / 257).astype(np.uint8))
SETTINGS = EditSettings(
    num_inference_steps=1,
    text_guidance_scale=1,
    image_guidance_scale=1,
    scheduler=SchedulerName.DDIM,
    resolution=128,
    output_size=OutputSize.SOURCE,
)


@pytest.fixture
def request_of_deep(starter: Path) -> EditRequest:
    return EditRequest(
        source_image=PHOTO,
        instruction="make it black and white",
        model=starter,
        settings=SETTINGS,
        deep_source=SCENE,
    )


def made(editor: Editor, request: EditRequest) -> FinishedImage:
    finished: list[FinishedImage] = []
    editor.edit(request, on_result=finished.append)
    return finished[0]


def test_the_result_has_the_fineness_of_the_photo(editor: Editor, request_of_deep: EditRequest) -> None:
    result = made(editor, request_of_deep)
    assert result.deep is not None
    assert len(np.unique(result.deep)) > 8 * len(np.unique(np.asarray(result.image)))
    # the same edit: they differ by the rounding of the photo and of the result
    assert np.abs(result.deep / 257 - np.asarray(result.image)).max() < 2
    assert np.ptp(result.deep.astype(int), axis=2).mean() < 0.3 * np.ptp(SCENE.astype(int), axis=2).mean()


def test_outside_the_mask_are_the_values_of_the_photo(editor: Editor, request_of_deep: EditRequest) -> None:
    mask = Image.new("L", PHOTO.size)
    mask.paste(255, (0, 0, 150, 200))
    result = made(editor, replace(request_of_deep, mask=mask))
    assert result.deep is not None
    assert np.array_equal(result.deep[:, 150:], SCENE[:, 150:])
    assert not np.array_equal(result.deep[:, :150], SCENE[:, :150])


def test_the_image_of_the_model_has_8_bits(editor: Editor, request_of_deep: EditRequest) -> None:
    for settings in (
        replace(SETTINGS, detail=Detail.MODEL),
        replace(SETTINGS, output_size=OutputSize.WORKING),
    ):
        assert made(editor, replace(request_of_deep, settings=settings)).deep is None
    assert made(editor, replace(request_of_deep, deep_source=None)).deep is None
