"""Whole edits through the shipped starter model: sizes, seeds, variations, masks, memory."""

from __future__ import annotations

import os
import shutil
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from engine.devices.memory import MemoryPlan
from engine.edit_settings import Fit, OutputSize, SchedulerName
from engine.editing.cost_history import CostHistory
from engine.editing.editor import Editor
from engine.editing.framing import plan_frame
from engine.editing.sweep import sweep
from engine.errors import InvalidRequest, ModelNotUsable, OutOfMemory
from engine.progress import Cancelled, CancelToken, Progress, Stage
from engine.request import EditRequest, EditResult, FinishedImage


def psnr(first: Image.Image, second: Image.Image) -> float:
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return float(10 * np.log10(255**2 / max(np.mean(difference**2), 1e-9)))


@pytest.mark.parametrize(
    ("size", "fit", "edited"),
    [
        ((333, 512), Fit.KEEP, (62, 96)),
        ((640, 101), Fit.KEEP, (96, 15)),
        ((96, 96), Fit.KEEP, (96, 96)),
        ((2, 2), Fit.KEEP, (96, 96)),
        ((2, 900), Fit.KEEP, (1, 96)),
        ((300, 200), Fit.ORIGINAL, (64, 64)),
        ((640, 101), Fit.ORIGINAL, (384, 64)),
    ],
)
def test_the_edited_picture_has_the_size_and_shape_that_was_asked(
    editor: Editor, request_edit: EditRequest, size: tuple[int, int], fit: Fit, edited: tuple[int, int]
) -> None:
    result = editor.edit(
        replace(
            request_edit,
            source_image=request_edit.source_image.resize(size),
            settings=replace(request_edit.settings, num_inference_steps=1, resolution=96, fit=fit),
        )
    )
    assert result.edited_image.size == edited
    assert result.edited_image.mode == "RGB"


def test_a_result_tells_how_it_came_about(editor: Editor, request_edit: EditRequest) -> None:
    editor.edit(request_edit)
    result = editor.edit(request_edit)
    assert result.request is request_edit
    assert (result.device, result.dtype) == ("cpu", "fp32")
    assert result.load_seconds == 0
    assert result.edit_seconds > 0


def test_a_model_is_loaded_once_and_again_when_its_weights_are_new(
    editor: Editor, request_edit: EditRequest, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(request_edit.model, tmp_path / "model"))
    loaded = editor.load(folder)
    assert editor.load(folder) is loaded
    os.utime(folder / "unet" / "diffusion_pytorch_model.safetensors", (1, 1))
    assert editor.load(folder) is not loaded


def test_an_edit_computes_with_the_threads_that_were_asked_for(request_edit: EditRequest) -> None:
    before, seen = torch.get_num_threads(), set()
    editor = Editor(device="cpu", dtype="fp32", threads=before + 1)
    editor.edit(
        request_edit, on_progress=lambda progress: seen.add((progress.stage, torch.get_num_threads()))
    )
    assert {threads for stage, threads in seen if stage is not Stage.LOADING_LIBRARIES} == {before + 1}
    assert torch.get_num_threads() == before
    first = editor.load(request_edit.model)
    editor.unload()
    assert editor.load(request_edit.model) is not first


@pytest.mark.parametrize("name", SchedulerName)
def test_a_seed_gives_the_same_picture_twice_and_another_seed_another(
    editor: Editor, request_edit: EditRequest, name: SchedulerName
) -> None:
    def edit(seed: int) -> bytes:
        settings = replace(request_edit.settings, scheduler=name, seed=seed)
        return editor.edit(replace(request_edit, settings=settings)).edited_image.tobytes()

    first, other, again = edit(1), edit(2), edit(1)
    assert first == again
    assert first != other


def test_another_model_takes_the_place_of_the_first(
    editor: Editor, request_edit: EditRequest, model_folder: Path
) -> None:
    first = editor.edit(request_edit)
    heard: list[Progress] = []
    copied = editor.edit(replace(request_edit, model=model_folder), on_progress=heard.append)
    assert heard[0].stage is Stage.LOADING_MODEL
    assert copied.edited_image.tobytes() == first.edited_image.tobytes()
    assert editor.load(model_folder).path == model_folder


def test_a_model_that_cannot_be_used_does_not_spoil_the_next_edit(
    editor: Editor, request_edit: EditRequest, model_folder: Path
) -> None:
    shutil.rmtree(model_folder / "vae")
    with pytest.raises(ModelNotUsable):
        editor.edit(replace(request_edit, model=model_folder))
    assert editor.edit(request_edit).edited_image.size == (64, 43)


def test_a_photo_too_narrow_for_the_originals_rule_is_refused(
    editor: Editor, request_edit: EditRequest
) -> None:
    narrow = replace(
        request_edit,
        source_image=Image.new("RGB", (2, 2000)),
        settings=replace(request_edit.settings, resolution=512, fit=Fit.ORIGINAL),
    )
    with pytest.raises(InvalidRequest, match="64 × 64000"):
        editor.edit(narrow)


@pytest.mark.parametrize(
    "shortage",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"),
    ],
    ids=["cuda", "python", "linux", "windows", "mps"],
)
def test_every_shortage_of_memory_is_worded_and_the_next_edit_works(
    editor: Editor, request_edit: EditRequest, shortage: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_short(*_: Any, **__: Any) -> None:
        raise shortage

    with monkeypatch.context() as patched:
        patched.setattr(editor.load(request_edit.model).unet, "forward", run_short)
        with pytest.raises(OutOfMemory) as refused:
            editor.edit(request_edit)
    assert (
        str(refused.value)
        == "There is not enough memory to edit at 64 × 64 pixels. Choose a smaller resolution."
    )
    assert editor.edit(request_edit).edited_image.size == (64, 43)


def test_an_error_that_only_mentions_memory_is_not_taken_for_a_shortage(
    editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("unsupported memory format option Contiguous")

    monkeypatch.setattr(editor.load(request_edit.model).unet, "forward", fail)
    with pytest.raises(RuntimeError, match="memory format"):
        editor.edit(request_edit)


def test_half_precision_gives_the_same_picture_but_for_rounding(
    editor: Editor, request_edit: EditRequest
) -> None:
    settings = replace(request_edit.settings, text_guidance_scale=1.5, image_guidance_scale=1.0)
    gentle = replace(request_edit, settings=settings)
    half = Editor(device="cpu", dtype="bf16").edit(gentle)
    assert half.dtype == "bf16"
    assert psnr(half.edited_image, editor.edit(gentle).edited_image) > 30


def test_text_that_is_longer_than_the_model_reads_is_cut(editor: Editor, request_edit: EditRequest) -> None:
    def edit(words: str) -> EditResult:
        return editor.edit(replace(request_edit, instruction=words))

    sky = "make the sky a little darker "
    assert edit(sky * 40).edited_image.tobytes() == edit(sky * 50).edited_image.tobytes()


def test_the_frame_of_an_edit_is_a_multiple_of_what_the_model_needs(editor: Editor, starter: Path) -> None:
    model = editor.load(starter)
    frame = plan_frame((333, 512), Fit.KEEP, 100, model.size_multiple)
    assert all(side % model.size_multiple == 0 for side in frame.padded)


def test_variations_are_the_single_edits_of_their_seeds(editor: Editor, request_edit: EditRequest) -> None:
    together = editor.edit(replace(request_edit, variations=3)).edited_images
    for seed, picture in enumerate(together, start=request_edit.settings.seed):
        alone = replace(request_edit, settings=replace(request_edit.settings, seed=seed))
        assert editor.edit(alone).edited_image.tobytes() == picture.tobytes()


def test_variations_denoised_in_one_batch_are_the_same_but_for_rounding(
    editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = replace(request_edit, variations=5)
    alone = editor.edit(several).edited_images
    monkeypatch.setattr("engine.editing.editor.first_plan", lambda device: MemoryPlan(variations_at_once=4))
    together = Editor(device="cpu", dtype="fp32")
    batches = calls_of(together.load(request_edit.model).unet, monkeypatch)
    pictures = together.edit(several).edited_images
    assert batches == [4 * 3, 4 * 3, 3, 3]
    assert [psnr(*pair) > 50 for pair in zip(pictures, alone, strict=True)] == [True] * 5


def test_progress_of_variations_counts_the_steps_of_all(editor: Editor, request_edit: EditRequest) -> None:
    heard: list[Progress] = []
    editor.edit(replace(request_edit, variations=3), on_progress=heard.append)
    done = [progress.done for progress in heard if progress.stage is Stage.SAMPLING]
    assert done == sorted(done)
    assert {progress.total for progress in heard if progress.stage is Stage.SAMPLING} == {6}
    assert done[-1] == 6


def calls_of(network: torch.nn.Module, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by the batch size of every call of a network, which goes on to answer."""
    calls: list[int] = []
    answer = network.forward

    def counted(*inputs: Any, **options: Any) -> Any:
        calls.append(len(inputs[0]))
        return answer(*inputs, **options)

    monkeypatch.setattr(network, "forward", counted)
    return calls


@pytest.fixture
def watched(starter: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Editor, dict[str, list[int]]]:
    """An editor of its own, and the calls of its text encoder and of the encoding half of its VAE."""
    editor = Editor(device="cpu", dtype="fp32")
    model = editor.load(starter)
    networks = {"text": model.text_encoders.networks[0], "photo": model.vae.encoder}
    return editor, {name: calls_of(network, monkeypatch) for name, network in networks.items()}


def test_seed_and_scales_change_without_encoding_anew(
    watched: tuple[Editor, dict[str, list[int]]], request_edit: EditRequest
) -> None:
    editor, calls = watched
    first = editor.edit(request_edit)
    assert {name: len(made) for name, made in calls.items()} == {"text": 2, "photo": 1}
    for request in sweep(request_edit, [1.0, 3.0], [1.0, 1.5]):
        editor.edit(replace(request, settings=replace(request.settings, seed=9)))
    again = editor.edit(request_edit)
    assert {name: len(made) for name, made in calls.items()} == {"text": 2, "photo": 1}
    assert again.edited_image.tobytes() == first.edited_image.tobytes()


def test_another_instruction_or_photo_is_encoded(
    watched: tuple[Editor, dict[str, list[int]]], request_edit: EditRequest
) -> None:
    editor, calls = watched
    editor.edit(request_edit)
    editor.edit(replace(request_edit, instruction="make it sepia"))
    editor.edit(replace(request_edit, negative_instruction="blurry"))
    assert {name: len(made) for name, made in calls.items()} == {"text": 4, "photo": 1}
    editor.edit(replace(request_edit, source_image=ImageOps.mirror(request_edit.source_image)))
    assert {name: len(made) for name, made in calls.items()} == {"text": 4, "photo": 2}


def test_a_negative_instruction_changes_the_picture(editor: Editor, request_edit: EditRequest) -> None:
    plain = editor.edit(request_edit).edited_image
    kept_away = editor.edit(replace(request_edit, negative_instruction="make it snow")).edited_image
    assert kept_away.tobytes() != plain.tobytes()


def test_turbo_computes_less_of_the_unet(
    editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(request_edit.settings, num_inference_steps=8)
    request = replace(request_edit, settings=settings)
    depth = calls_of(editor.load(request.model).unet.mid_block, monkeypatch)
    whole = editor.edit(request).edited_image
    assert len(depth) == 8
    turbo = editor.edit(replace(request, settings=replace(settings, turbo=True))).edited_image
    assert len(depth) == 8 + 4
    assert turbo.size == whole.size
    assert turbo.tobytes() != whole.tobytes()


@pytest.fixture
def masked(request_edit: EditRequest) -> EditRequest:
    """An edit of a rectangle of the photo, which is larger than the working picture."""
    mask = Image.new("L", request_edit.source_image.size)
    mask.paste(255, (40, 20, 90, 60))
    return replace(request_edit, mask=mask)


@pytest.mark.parametrize("output_size", OutputSize)
def test_a_mask_keeps_every_pixel_outside_it(
    editor: Editor, masked: EditRequest, output_size: OutputSize
) -> None:
    request = replace(masked, settings=replace(masked.settings, output_size=output_size))
    edited = editor.edit(request).edited_image
    source, mask = masked.source_image, masked.mask
    assert mask is not None
    if output_size is OutputSize.WORKING:
        source = source.resize(edited.size, Image.Resampling.LANCZOS)
        mask = mask.resize(edited.size, Image.Resampling.LANCZOS)
    assert edited.size == source.size
    outside = np.asarray(mask) == 0
    assert outside.mean() > 0.4
    assert np.array_equal(np.asarray(edited)[outside], np.asarray(source)[outside])
    assert not np.array_equal(np.asarray(edited)[~outside], np.asarray(source)[~outside])


@pytest.mark.parametrize(("fit", "size"), [(Fit.KEEP, (120, 80)), (Fit.ORIGINAL, (80, 80))])
def test_an_edit_is_carried_up_to_the_size_of_what_was_edited(
    editor: Editor, request_edit: EditRequest, fit: Fit, size: tuple[int, int]
) -> None:
    settings = replace(request_edit.settings, fit=fit, output_size=OutputSize.SOURCE)
    assert editor.edit(replace(request_edit, settings=settings)).edited_image.size == size


def test_each_variation_is_reported_before_the_next_is_begun(
    editor: Editor, request_edit: EditRequest
) -> None:
    events: list[Progress | int] = []
    made: list[FinishedImage] = []

    def note(finished: FinishedImage) -> None:
        made.append(finished)
        events.append(finished.number)

    result = editor.edit(replace(request_edit, variations=3), on_progress=events.append, on_result=note)
    assert [each.image for each in made] == list(result.edited_images)
    steps = request_edit.settings.num_inference_steps
    assert events[-4:] == [
        Progress(Stage.SAMPLING, 3 * steps - 1, 3 * steps),
        Progress(Stage.SAMPLING, 3 * steps, 3 * steps),
        *[Progress(Stage.FINISHING, 2, 3), 2],
    ]
    assert events.index(0) < events.index(Progress(Stage.SAMPLING, steps + 1, 3 * steps))
    alone = editor.edit(
        replace(request_edit, settings=replace(request_edit.settings, seed=request_edit.seeds[0] + 2))
    )
    assert alone.edited_image.tobytes() == made[2].image.tobytes()


def test_the_variations_made_before_cancelling_are_reported(
    editor: Editor, request_edit: EditRequest
) -> None:
    token = CancelToken()
    made: list[FinishedImage] = []

    def note(finished: FinishedImage) -> None:
        made.append(finished)
        if finished.number == 1:
            token.cancel()

    with pytest.raises(Cancelled):
        editor.edit(replace(request_edit, variations=8), on_result=note, cancel=token)
    assert [each.number for each in made] == [0, 1]


def test_what_an_edit_cost_is_written_down(starter: Path, request_edit: EditRequest, tmp_path: Path) -> None:
    history = CostHistory(tmp_path / "costs.json")
    editor = Editor(device="cpu", dtype="fp32", history=history)
    editor.edit(replace(request_edit, variations=2))
    editor.edit(replace(request_edit, settings=replace(request_edit.settings, image_guidance_scale=1.0)))
    first, second = history.read()
    assert (first.kind.model, first.kind.device, first.kind.dtype) == (str(starter), "cpu", "fp32")
    assert (first.kind.pixels, first.kind.steps, first.kind.variations) == (64 * 64, 2, 2)
    assert (first.kind.branches, second.kind.branches) == (3, 2)
    assert first.load_seconds > 0
    assert second.load_seconds == 0
    assert first.step_seconds > 0
    assert first.decode_seconds > 0
    assert (first.is_encoded, second.is_encoded) == (False, True)
    assert first.kind.photo_pixels == request_edit.source_image.width * request_edit.source_image.height
    assert first.framing_seconds > 0


def test_a_dropped_model_gives_its_memory_back(
    request_edit: EditRequest, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor(device="cpu", dtype="fp32")
    editor.edit(request_edit)
    unet = weakref.ref(editor.load(request_edit.model).unet)
    editor.edit(replace(request_edit, model=model_folder))
    assert unet() is None
