"""What an edit does not change stays the photo's own, bit for bit, through the whole engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.tiny_editor import save_tiny_editor
from PIL import Image
from torch import Tensor

from engine.devices import memory
from engine.edit_settings import Detail, EditSettings, Fit, OutputSize, SchedulerName
from engine.editing.editor import Editor
from engine.editing.framing import plan_frame, source_region
from engine.images.image_files import open_photo
from engine.request import EditRequest, FinishedImage

SETTINGS = EditSettings(
    num_inference_steps=2,
    text_guidance_scale=1,
    image_guidance_scale=1,
    scheduler=SchedulerName.DDIM,
    resolution=128,
    output_size=OutputSize.SOURCE,
)


@pytest.fixture(scope="module")
def large_photo(starter: Path) -> Image.Image:
    return open_photo(starter.parent / "samples" / "otter.jpg").resize((301, 203))


@pytest.fixture(scope="module")
def keeping_request(tmp_path_factory: pytest.TempPathFactory, large_photo: Image.Image) -> EditRequest:
    model = save_tiny_editor(tmp_path_factory.mktemp("tiny") / "model", prediction="sample")
    return EditRequest(source_image=large_photo, instruction="do nothing", model=model, settings=SETTINGS)


@pytest.fixture(scope="module")
def keeping_editor(keeping_request: EditRequest) -> Iterator[Editor]:
    """Random weights, and a UNet that answers with the photo's own latents."""
    editor = Editor(device="cpu", dtype="fp32")
    model = editor.load(keeping_request.model)

    def photo_latents(latents: Tensor, *_: Any, **__: Any) -> tuple[Tensor]:
        return (latents[:, 4:] * model.vae.config.scaling_factor,)

    model.unet.forward = photo_latents
    yield editor
    del model.unet.forward


@pytest.mark.parametrize("side", [96, 128, 301, 640])
def test_an_edit_that_changes_nothing_gives_the_photo(
    keeping_editor: Editor, keeping_request: EditRequest, side: int
) -> None:
    photo = keeping_request.source_image
    photo = photo.resize((side, max(2, round(side * photo.height / photo.width))))
    result = keeping_editor.edit(replace(keeping_request, source_image=photo))
    assert result.edited_image.tobytes() == photo.tobytes()
    assert result.is_unchanged == (True,)


def test_so_it_does_in_tiles(
    keeping_editor: Editor, keeping_request: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MAX_UNTILED_PIXELS", 64 * 64)
    monkeypatch.setattr(memory, "TILE", 64)
    settings = replace(SETTINGS, resolution=112)
    result = keeping_editor.edit(replace(keeping_request, settings=settings))
    assert result.edited_image.tobytes() == keeping_request.source_image.tobytes()


def test_so_it_does_for_the_part_that_a_cropped_edit_shows(
    keeping_editor: Editor, keeping_request: EditRequest
) -> None:
    photo, cropped = keeping_request.source_image, replace(SETTINGS, fit=Fit.ORIGINAL)
    result = keeping_editor.edit(replace(keeping_request, settings=cropped))
    shown = photo.crop(source_region(photo.size, plan_frame(photo.size, Fit.ORIGINAL, 128, 64)))
    assert result.edited_image.tobytes() == shown.tobytes()


def test_what_the_model_painted_is_there_on_request(
    keeping_editor: Editor, keeping_request: EditRequest
) -> None:
    painted = replace(keeping_request, settings=replace(SETTINGS, detail=Detail.MODEL))
    result = keeping_editor.edit(painted)
    working = replace(painted, settings=replace(SETTINGS, output_size=OutputSize.WORKING))
    enlarged = keeping_editor.edit(working).edited_image.resize(
        keeping_request.source_image.size, Image.Resampling.LANCZOS
    )
    assert result.edited_image.tobytes() == enlarged.tobytes()
    assert result.edited_image.tobytes() != keeping_request.source_image.tobytes()
    assert (result.is_unchanged, keeping_editor.edit(working).is_unchanged) == ((), ())


def test_the_photo_is_reconstructed_once(
    keeping_editor: Editor, keeping_request: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping_editor.edit(keeping_request)
    model = keeping_editor.load(keeping_request.model)
    decoded, decode = [], model.vae.decode

    def counting(latents: Tensor, *arguments: Any, **named: Any) -> Any:
        decoded.append(latents.shape)
        return decode(latents, *arguments, **named)

    monkeypatch.setattr(model.vae, "decode", counting)
    keeping_editor.edit(replace(keeping_request, instruction="another"))
    assert len(decoded) == 1
    fresh = keeping_request.source_image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    keeping_editor.edit(replace(keeping_request, source_image=fresh))
    assert len(decoded) == 3


def test_variations_are_judged_one_by_one(editor: Editor, request_edit: EditRequest) -> None:
    settings = replace(request_edit.settings, output_size=OutputSize.SOURCE, text_guidance_scale=1.0)
    result = editor.edit(replace(request_edit, settings=settings, variations=2))
    assert result.is_unchanged == (False, False)


def test_a_masked_edit_keeps_the_rest_bit_for_bit(
    editor: Editor, large_photo: Image.Image, starter: Path
) -> None:
    mask = Image.new("L", large_photo.size)
    mask.paste(255, (100, 60, 200, 140))
    settings = replace(SETTINGS, num_inference_steps=1)
    request = EditRequest(
        source_image=large_photo,
        instruction="make it black and white",
        model=starter,
        settings=settings,
        mask=mask,
    )
    result = editor.edit(request)
    outside = np.asarray(mask) == 0
    assert (np.asarray(result.edited_image)[outside] == np.asarray(large_photo)[outside]).all()
    assert result.is_unchanged == (False,)


def test_a_large_photo_needs_little_memory_beside_itself() -> None:
    """40 megapixels are 120 MB, and so is the result; bands of them are small."""
    finished = subprocess.run([sys.executable, "-c", LARGE_EDIT], capture_output=True, text=True, check=True)
    assert int(finished.stdout) < 200 * 2**20


LARGE_EDIT = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).resolve().parents[3])!r})
from PIL import Image
from engine.editing.transfer import fit_transfer
working = Image.effect_noise((512, 320), 80).convert("RGB")
painted = working.rotate(180).point([255 - level for level in range(256)] * 3)
fitted = fit_transfer(working, working, painted)
fitted.apply(working)
photo = working.resize((8000, 5000))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = fitted.apply(photo)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.parametrize("fit", list(Fit))
@pytest.mark.parametrize("output", list(OutputSize))
def test_the_alpha_of_the_photo_is_that_of_the_result(
    keeping_editor: Editor, keeping_request: EditRequest, fit: Fit, output: OutputSize
) -> None:
    photo = keeping_request.source_image.convert("RGBA")
    photo.putalpha(Image.linear_gradient("L").resize(photo.size))
    settings = replace(SETTINGS, fit=fit, output_size=output)
    request = replace(keeping_request, source_image=photo, settings=settings)
    reported: list[FinishedImage] = []
    previews: list[Image.Image] = []
    result = keeping_editor.edit(request, on_preview=previews.append, on_result=reported.append)
    assert result.request is request
    assert {preview.mode for preview in previews} == {"RGBA"}
    image = result.edited_image
    (finished,) = reported
    assert finished.image is image, "the alpha is computed once"
    frame = plan_frame(photo.size, fit, settings.resolution, keeping_editor.load(request.model).size_multiple)
    part = photo.crop(source_region(photo.size, frame))
    if output is OutputSize.SOURCE:
        assert image.tobytes() == part.tobytes(), "what is not changed stays, hidden colours included"
    else:
        expected = part.resize(image.size, Image.Resampling.LANCZOS).getchannel("A")
        assert image.getchannel("A").tobytes() == expected.tobytes()
