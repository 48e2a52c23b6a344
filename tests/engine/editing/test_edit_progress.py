"""Progress, previews and cancelling of edits through the shipped starter model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine.editing.editor import Editor
from engine.editing.preview import Previewer
from engine.progress import Cancelled, CancelToken, Progress, Stage
from engine.request import EditRequest


def test_progress_goes_through_the_stages_with_right_totals(starter: Path, request_edit: EditRequest) -> None:
    heard: list[Progress] = []
    settings = replace(request_edit.settings, num_inference_steps=3)
    Editor(device="cpu", dtype="fp32").edit(
        replace(request_edit, settings=settings), on_progress=heard.append
    )
    loading = [progress for progress in heard if progress.stage is Stage.LOADING_MODEL]
    assert loading[0].done == 0
    assert loading[-1].done == loading[-1].total
    assert [progress.done for progress in loading] == sorted(progress.done for progress in loading)
    assert heard[len(loading) :] == [
        Progress(Stage.READING),
        *(Progress(Stage.SAMPLING, step, 3) for step in range(4)),
        Progress(Stage.FINISHING, 0, 1),
    ]


def test_a_loaded_model_is_not_loaded_again(editor: Editor, request_edit: EditRequest) -> None:
    editor.load(request_edit.model)
    heard: list[Progress] = []
    editor.edit(request_edit, on_progress=heard.append)
    assert heard[0] == Progress(Stage.READING)


def test_previews_show_the_whole_picture_without_its_padding(
    editor: Editor, request_edit: EditRequest
) -> None:
    shown: list[Image.Image] = []
    settings = replace(request_edit.settings, num_inference_steps=3, resolution=100)
    editor.edit(replace(request_edit, settings=settings), on_preview=shown.append)
    assert shown
    for preview in shown:
        assert preview.mode == "RGB"
        assert preview.width / preview.height == pytest.approx(1.5, rel=0.1)


def test_previews_do_not_change_the_picture(editor: Editor, request_edit: EditRequest) -> None:
    quiet = editor.edit(request_edit)
    watched = editor.edit(request_edit, on_preview=lambda preview: None)
    assert quiet.edited_image.tobytes() == watched.edited_image.tobytes()


def test_a_very_narrow_preview_still_has_pixels(editor: Editor, starter: Path) -> None:
    shown: list[Image.Image] = []
    with torch.inference_mode():
        previewer = Previewer(editor.load(starter).vae, torch.float32, shown.append)
        previewer.show(torch.zeros(1, 8, 8, 1024), (1.0, 0.1))
    assert shown[0].width > 100
    assert shown[0].height >= 1


@pytest.mark.parametrize("stage", [Stage.LOADING_MODEL, Stage.READING, Stage.SAMPLING, Stage.FINISHING])
def test_after_cancelling_anywhere_the_next_edit_works(request_edit: EditRequest, stage: Stage) -> None:
    editor = Editor(device="cpu", dtype="fp32")
    cancel = CancelToken()

    def stop_there(progress: Progress) -> None:
        if progress.stage is stage:
            cancel.cancel()

    with pytest.raises(Cancelled):
        editor.edit(request_edit, on_progress=stop_there, cancel=cancel)
    assert editor.edit(request_edit).edited_image.size == (64, 43)


def test_cancelling_while_sampling_starts_no_further_step(editor: Editor, request_edit: EditRequest) -> None:
    cancel = CancelToken()
    steps: list[int] = []

    def stop_at_two(progress: Progress) -> None:
        if progress.stage is Stage.SAMPLING:
            steps.append(progress.done)
            if progress.done == 2:
                cancel.cancel()

    settings = replace(request_edit.settings, num_inference_steps=100)
    with pytest.raises(Cancelled):
        editor.edit(replace(request_edit, settings=settings), on_progress=stop_at_two, cancel=cancel)
    assert steps == [0, 1, 2]
