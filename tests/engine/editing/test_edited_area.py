"""An edit of the subject or of the background leaves all else as it is, bit for bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from engine.edit_settings import EditArea, EditSettings, OutputSize, SchedulerName
from engine.editing.editor import Editor
from engine.errors import SubjectNotFound
from engine.images.edit_record import EditRecord
from engine.images.image_files import open_photo
from engine.progress import Cancelled, CancelToken, Progress, Stage
from engine.request import EditRequest
from engine.subject.finder import SubjectFinder

SETTINGS = EditSettings(
    num_inference_steps=1,
    text_guidance_scale=1,
    image_guidance_scale=1,
    scheduler=SchedulerName.DDIM,
    resolution=128,
    output_size=OutputSize.SOURCE,
)


@pytest.fixture(scope="module")
def otter(starter: Path) -> Image.Image:
    return open_photo(starter.parent / "samples" / "otter.jpg").resize((301, 203))


@pytest.fixture(scope="module")
def is_subject(otter: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(SubjectFinder().mask(otter))


@pytest.fixture
def otter_edit(otter: Image.Image, starter: Path) -> EditRequest:
    return EditRequest(
        source_image=otter, instruction="make it black and white", model=starter, settings=SETTINGS
    )


def of_area(request: EditRequest, area: EditArea, size: OutputSize = OutputSize.SOURCE) -> EditRequest:
    return replace(request, settings=replace(request.settings, area=area, output_size=size))


def colourfulness(image: Image.Image) -> NDArray[np.int16]:
    pixels = np.asarray(image).astype(np.int16)
    return np.ptp(pixels, axis=2)


@pytest.mark.parametrize("area", [EditArea.SUBJECT, EditArea.BACKGROUND])
def test_only_the_area_changes(
    editor: Editor, otter_edit: EditRequest, is_subject: NDArray[np.uint8], area: EditArea
) -> None:
    result = editor.edit(of_area(otter_edit, area))
    kept, edited = (is_subject == 0, is_subject == 255)
    if area is EditArea.BACKGROUND:
        kept, edited = edited, kept
    photo, image = np.asarray(otter_edit.source_image), np.asarray(result.edited_image)
    assert (image[kept] == photo[kept]).all()
    before, after = (
        colourfulness(each)[edited].mean() for each in (otter_edit.source_image, result.edited_image)
    )
    assert after < before / 2
    assert result.request.mask is None
    assert EditRecord.of(result.request, 0).settings.area is area


def test_so_it_does_at_the_working_size(
    editor: Editor, otter_edit: EditRequest, is_subject: NDArray[np.uint8]
) -> None:
    part = editor.edit(of_area(otter_edit, EditArea.BACKGROUND, OutputSize.WORKING)).edited_image
    inside = Image.fromarray(is_subject).resize(part.size).filter(ImageFilter.MinFilter(7))
    kept = np.asarray(inside) == 255
    source = otter_edit.source_image.resize(part.size, Image.Resampling.LANCZOS)
    assert kept.any()
    assert (np.asarray(part)[kept] == np.asarray(source)[kept]).all()


def test_a_mask_limits_the_area_further(
    editor: Editor, otter_edit: EditRequest, is_subject: NDArray[np.uint8]
) -> None:
    painted = Image.new("L", otter_edit.source_image.size)
    painted.paste(255, (0, 0, 150, 203))
    result = editor.edit(replace(of_area(otter_edit, EditArea.SUBJECT), mask=painted))
    kept = (is_subject == 0) | (np.asarray(painted) == 0)
    photo, image = np.asarray(otter_edit.source_image), np.asarray(result.edited_image)
    assert (image[kept] == photo[kept]).all()
    assert (image[~kept] != photo[~kept]).any()
    assert result.request.mask is painted


def test_without_an_area_everything_is_edited(editor: Editor, otter_edit: EditRequest) -> None:
    heard: list[Stage] = []
    results = [
        editor.edit(of_area(otter_edit, area), on_progress=lambda progress: heard.append(progress.stage))
        for area in (EditArea.AUTOMATIC, EditArea.EVERYTHING)
    ]
    assert results[0].edited_image.tobytes() == results[1].edited_image.tobytes()
    assert Stage.FINDING_SUBJECT not in heard


def test_the_subject_is_found_once(otter_edit: EditRequest) -> None:
    editor = Editor(device="cpu", dtype="fp32")
    heard: list[Stage] = []
    for area in (EditArea.SUBJECT, EditArea.BACKGROUND):
        editor.edit(of_area(otter_edit, area), on_progress=lambda progress: heard.append(progress.stage))
    assert heard.count(Stage.FINDING_SUBJECT) == 1
    assert heard[0] is Stage.FINDING_SUBJECT


def test_a_photo_without_a_subject_is_refused_before_the_model_is_loaded(otter_edit: EditRequest) -> None:
    heard: list[Stage] = []
    blank = replace(of_area(otter_edit, EditArea.SUBJECT), source_image=Image.new("RGB", (90, 60), "teal"))
    with pytest.raises(SubjectNotFound, match="No subject was found"):
        Editor(device="cpu").edit(blank, on_progress=lambda progress: heard.append(progress.stage))
    assert heard == [Stage.FINDING_SUBJECT]


def test_finding_the_subject_can_be_cancelled(otter_edit: EditRequest) -> None:
    editor, cancel = Editor(device="cpu"), CancelToken()

    def stop(progress: Progress) -> None:
        cancel.cancel()

    with pytest.raises(Cancelled):
        editor.edit(of_area(otter_edit, EditArea.SUBJECT), on_progress=stop, cancel=cancel)
