"""The second UNet of a model makes the painted styles on its card, and nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionInstructPix2PixPipeline
from diffusers.models import UNet2DConditionModel
from PIL import Image

from engine.edit_settings import OutputSize
from engine.editing.editor import Editor
from engine.errors import ModelNotUsable
from engine.instructions.knowledge import read_knowledge, write_knowledge
from engine.library import read_model_card, write_model_card
from engine.library.model_files import layout_files
from engine.library.parameter_count import count_parameters
from engine.models.folder_writing import write_model_folder
from engine.models.loading import load_model
from engine.models.model_plan import STYLE_UNET
from engine.request import EditRequest

CPU = torch.device("cpu")
STYLE, OTHER = "turn it into a woodcut", "make it sepia"


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"), dtype=np.float64)


@pytest.fixture
def edited(editor: Editor, request_edit: EditRequest) -> Callable[[Path, str], Image.Image]:
    def edit(model: Path, instruction: str, **changes: object) -> Image.Image:
        settings = replace(request_edit.settings, **{"num_inference_steps": 1, **changes})
        request = replace(request_edit, model=model, instruction=instruction, settings=settings)
        return editor.edit(request).edited_image

    return edit


@pytest.fixture
def without_styles(model_folder: Path) -> Path:
    shutil.rmtree(model_folder / STYLE_UNET)
    return model_folder


def test_a_style_is_made_by_the_second_unet_and_other_edits_by_the_first(
    edited: Callable[..., Image.Image], starter: Path, without_styles: Path
) -> None:
    assert np.array_equal(pixels(edited(starter, OTHER)), pixels(edited(without_styles, OTHER)))
    change = np.abs(pixels(edited(starter, STYLE)) - pixels(edited(without_styles, STYLE)))
    assert change.mean() > 10


def test_only_the_styles_on_the_card_are(
    edited: Callable[..., Image.Image], starter: Path, model_folder: Path
) -> None:
    card = read_model_card(model_folder)
    styles = tuple(style for style in card.painted_styles if style != "woodcut")
    write_model_card(replace(card, painted_styles=styles))
    assert not np.array_equal(pixels(edited(model_folder, STYLE)), pixels(edited(starter, STYLE)))
    other = "make it look like stained glass"
    assert np.array_equal(pixels(edited(model_folder, other)), pixels(edited(starter, other)))


def test_a_sentence_of_later_training_is_not_painted(
    edited: Callable[..., Image.Image], model_folder: Path, starter: Path
) -> None:
    knowledge = read_knowledge(model_folder)
    write_knowledge(model_folder, replace(knowledge, instructions=(STYLE,)))
    assert not np.array_equal(pixels(edited(model_folder, STYLE)), pixels(edited(starter, STYLE)))


@pytest.mark.parametrize("changes", [{"turbo": True, "num_inference_steps": 4}, {"text_guidance_scale": 1.5}])
def test_other_settings_work_too(
    edited: Callable[..., Image.Image], starter: Path, changes: dict[str, object]
) -> None:
    photo = pixels(edited(starter, "do nothing at all"))
    assert np.abs(pixels(edited(starter, STYLE, **changes)) - photo).mean() > 10


def test_at_the_photos_size_it_has_strokes_instead_of_the_photos_details(
    edited: Callable[..., Image.Image], starter: Path
) -> None:
    painted = edited(starter, STYLE, output_size=OutputSize.WORKING)
    result = edited(starter, STYLE, output_size=OutputSize.SOURCE)
    assert result.size > painted.size
    assert np.array_equal(pixels(result), pixels(painted.resize(result.size, Image.Resampling.LANCZOS)))


def test_the_stock_pipeline_makes_the_same_with_the_second_unet(
    editor: Editor, request_edit: EditRequest, starter: Path
) -> None:
    unet = UNet2DConditionModel.from_pretrained(starter / STYLE_UNET, torch_dtype=torch.float32)
    pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(
        starter, unet=unet, safety_checker=None, dtype=torch.float32
    )
    pipeline.set_progress_bar_config(disable=True)
    settings = replace(
        request_edit.settings,
        num_inference_steps=2,
        text_guidance_scale=1.5,
        image_guidance_scale=1.2,
        resolution=96,
    )
    request = replace(
        request_edit,
        instruction=STYLE,
        settings=settings,
        source_image=request_edit.source_image.resize((96, 64)),
    )
    theirs = pipeline(
        STYLE,
        image=request.source_image,
        num_inference_steps=2,
        guidance_scale=1.5,
        image_guidance_scale=1.2,
        generator=torch.Generator().manual_seed(settings.seed),
    ).images[0]
    error = np.square(pixels(editor.edit(request).edited_image) - pixels(theirs)).mean()
    assert 10 * np.log10(255**2 / max(error, 1e-9)) > 50


def test_a_model_that_is_written_anew_keeps_it(model_folder: Path, tmp_path: Path) -> None:
    model = load_model(model_folder, device=CPU, dtype=torch.float32)
    write_model_folder(model, model.unet.state_dict(), tmp_path / "new", torch.float16)
    written = load_model(tmp_path / "new", device=CPU, dtype=torch.float32)
    assert model.style_unet is not None
    assert written.style_unet is not None
    kept = written.style_unet.state_dict()
    assert all(torch.equal(kept[name], value) for name, value in model.style_unet.state_dict().items())


def test_its_files_and_parameters_are_the_models(starter: Path, without_styles: Path) -> None:
    files = {path.parent.name for path in layout_files(read_model_card(starter))}
    assert STYLE_UNET in files
    whole, rest = count_parameters(starter), count_parameters(without_styles)
    assert whole is not None
    assert rest is not None
    assert whole.unet == rest.unet
    assert whole.others > rest.others + 500_000


def test_one_that_does_not_fit_is_refused_in_one_sentence(model_folder: Path) -> None:
    path = model_folder / STYLE_UNET / "config.json"
    config = json.loads(path.read_text())
    for changed in ({"in_channels": 8}, {"cross_attention_dim": 32}, {"block_out_channels": [48] * 5}):
        path.unlink()
        path.write_text(json.dumps(config | changed))
        with pytest.raises(ModelNotUsable):
            load_model(model_folder, device=CPU, dtype=torch.float32)
    shutil.rmtree(path.parent)
    path.parent.mkdir()
    with pytest.raises(ModelNotUsable, match="style_unet"):
        load_model(model_folder, device=CPU, dtype=torch.float32)
