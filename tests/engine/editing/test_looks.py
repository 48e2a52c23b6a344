"""What is known of a trained edit is applied at the photo's own size, to that edit alone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.looks import detailed_photo
from PIL import Image

from engine.edit_settings import EditSettings, OutputSize, SchedulerName
from engine.editing.editor import Editor
from engine.library import read_model_card, write_model_card
from engine.library.edit_looks import PLACES, EditLook, Grain
from engine.request import EditRequest

SETTINGS = EditSettings(
    num_inference_steps=1,
    text_guidance_scale=1,
    image_guidance_scale=1,
    scheduler=SchedulerName.DDIM,
    resolution=128,
    output_size=OutputSize.SOURCE,
)
INSTRUCTION = "make it black and white"
DARK_LEFT = (((0.5, 0.5, 0.5), *((1.0, 1.0, 1.0),) * (PLACES - 1)),) * PLACES


@pytest.fixture
def request_of_look(starter: Path, tmp_path: Path) -> EditRequest:
    model = Path(shutil.copytree(starter, tmp_path / "model"))
    return EditRequest(source_image=detailed_photo(), instruction=INSTRUCTION, model=model, settings=SETTINGS)


def edited(editor: Editor, request: EditRequest, look: EditLook | None) -> Image.Image:
    write_model_card(replace(read_model_card(request.model), looks=(look,) if look else ()))
    return editor.edit(request).edited_image


def levels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float64)


def test_grain_is_added_with_its_strength(editor: Editor, request_of_look: EditRequest) -> None:
    look = EditLook(
        instructions=(INSTRUCTION,), keeps_detail=False, grain=Grain(strength=8, size=0, is_grey=True)
    )
    plain, grainy = edited(editor, request_of_look, None), edited(editor, request_of_look, look)
    difference = levels(grainy) - levels(plain)
    inside = (levels(plain) > 40) & (levels(plain) < 215)
    assert difference[inside].std() == pytest.approx(8, rel=0.1)
    assert edited(editor, request_of_look, look).tobytes() == grainy.tobytes()
    other = replace(request_of_look, settings=replace(SETTINGS, seed=9))
    assert edited(editor, other, look).tobytes() != grainy.tobytes()


def test_gains_darken_their_part(editor: Editor, request_of_look: EditRequest) -> None:
    look = EditLook(instructions=(INSTRUCTION,), keeps_detail=False, gains=DARK_LEFT)
    plain = levels(edited(editor, request_of_look, None))
    darker = levels(edited(editor, request_of_look, look))
    assert darker[:, :10].mean() == pytest.approx(0.5 * plain[:, :10].mean(), rel=0.2)
    assert np.abs(darker[:, 120:] - plain[:, 120:]).max() <= 2


def test_detail_is_kept_as_fine_as_in_the_photo(editor: Editor, request_of_look: EditRequest) -> None:
    request = replace(request_of_look, instruction="make it a watercolour painting")
    look = EditLook(instructions=(request.instruction,), keeps_detail=True)
    photo = levels(request.source_image).mean(axis=2)

    def fine_share(image: Image.Image) -> float:
        made = levels(image).mean(axis=2)
        fine = [plane[:, 1:] - plane[:, :-1] for plane in (photo, made)]
        return float((fine[0] * fine[1]).sum() / np.square(fine[0]).sum())

    painted, kept = (edited(editor, request, each) for each in (None, look))
    assert fine_share(kept) > max(0.5, 1.2 * fine_share(painted))


def test_other_edits_of_the_model_are_as_before(editor: Editor, request_of_look: EditRequest) -> None:
    look = EditLook(instructions=("make it a postcard",), keeps_detail=True, gains=DARK_LEFT)
    plain = edited(editor, request_of_look, None)
    assert edited(editor, request_of_look, look).tobytes() == plain.tobytes()
