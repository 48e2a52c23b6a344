"""Short of memory: what is given up, what stays the same, and what is remembered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.devices.device import default_dtype
from engine.devices.memory import (
    MemoryFallbacks,
    MemoryPart,
    MemoryPlan,
    first_plan,
    is_shortage,
    peak_memory,
    smaller_plan,
)
from engine.edit_settings import EditSettings, SchedulerName
from engine.editing.editor import Editor
from engine.editing.placement import PlacedModel, load_target
from engine.errors import OutOfMemory
from engine.models.loading import load_model
from engine.request import EditRequest

CPU, CUDA, MPS = torch.device("cpu"), torch.device("cuda"), torch.device("mps")
SETTINGS = EditSettings(num_inference_steps=2, resolution=96, seed=1, scheduler=SchedulerName.DDIM)
ONE_BY_ONE = "Memory was short: the guidance branches were computed one by one."
IN_TILES = "Memory was short: the photo was encoded and decoded in tiles."


@pytest.fixture
def request_edit(photo: Image.Image, starter: Path) -> EditRequest:
    return EditRequest(
        source_image=photo, instruction="make it black and white", model=starter, settings=SETTINGS
    )


@pytest.fixture
def fresh_editor() -> Editor:
    return Editor(device="cpu", dtype="fp32")


def psnr(first: Image.Image, second: Image.Image) -> float:
    difference = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return float(10 * np.log10(255**2 / max(np.mean(difference**2), 1e-9)))


def limit(
    network: torch.nn.Module, fits: Callable[[torch.Tensor], bool], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[int, ...]]:
    """Has a real network run out of memory for inputs that do not fit; grows by the shapes it was asked."""
    asked: list[tuple[int, ...]] = []
    answer = network.forward

    def limited(values: torch.Tensor, *inputs: Any, **options: Any) -> Any:
        asked.append(tuple(values.shape))
        if not fits(values):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        return answer(values, *inputs, **options)

    monkeypatch.setattr(network, "forward", limited)
    return asked


def test_a_unet_without_room_for_three_branches_takes_them_one_by_one(
    editor: Editor, fresh_editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = editor.edit(request_edit)
    unet = fresh_editor.load(request_edit.model).unet
    asked = limit(unet, lambda latents: len(latents) == 1, monkeypatch)
    short = fresh_editor.edit(request_edit)
    assert whole.fallbacks == ()
    assert short.fallbacks == (ONE_BY_ONE,)
    assert [shape[0] for shape in asked] == [3, *[1] * 6]
    assert psnr(short.edited_image, whole.edited_image) > 50


def test_the_plan_that_worked_is_remembered_for_its_size_and_model(
    fresh_editor: Editor, request_edit: EditRequest, model_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unet = fresh_editor.load(request_edit.model).unet
    asked = limit(unet, lambda latents: latents.numel() <= 3 * 16 * 16 * 16, monkeypatch)
    first, again = fresh_editor.edit(request_edit), fresh_editor.edit(request_edit)
    assert [shape[0] for shape in asked] == [3, *[1] * 12]
    assert again.fallbacks == first.fallbacks == (ONE_BY_ONE,)
    smaller = replace(request_edit, settings=replace(SETTINGS, resolution=64))
    assert fresh_editor.edit(smaller).fallbacks == ()
    assert fresh_editor.edit(replace(request_edit, model=model_folder)).fallbacks == ()


def test_finished_variations_are_kept_when_memory_runs_short_later(
    fresh_editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    unet = fresh_editor.load(request_edit.model).unet
    asked = limit(unet, lambda latents: len(latents) == 1 or len(asked) <= 2, monkeypatch)
    result = fresh_editor.edit(replace(request_edit, variations=2))
    assert [shape[0] for shape in asked] == [3, 3, 3, *[1] * 6]
    assert len(result.edited_images) == 2


@pytest.mark.parametrize("half", ["encoder", "decoder"])
def test_a_vae_without_room_for_the_picture_works_in_tiles(
    editor: Editor,
    fresh_editor: Editor,
    request_edit: EditRequest,
    half: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = replace(SETTINGS, num_inference_steps=1, resolution=384)
    request = replace(request_edit, settings=settings)
    whole = editor.edit(request)
    network = getattr(fresh_editor.load(request.model).vae, half)
    longest = 256 if half == "encoder" else 256 // 4
    asked = limit(network, lambda values: max(values.shape[-2:]) <= longest, monkeypatch)
    short = fresh_editor.edit(request)
    assert short.fallbacks == (IN_TILES,)
    assert len(asked) > 2
    assert psnr(short.edited_image, whole.edited_image) > 40


def test_pictures_too_large_for_one_piece_pass_the_vae_in_tiles_from_the_start() -> None:
    plan = first_plan(CPU)
    assert plan.for_size(1024 * 1024).tile is None
    assert plan.for_size(1024 * 1056).tile == 512
    assert MemoryPlan(tile=256).for_size(2048 * 2048).tile == 256


def test_memory_that_is_never_enough_ends_in_a_sentence(
    fresh_editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(fresh_editor.load(request_edit.model).unet, lambda latents: False, monkeypatch)
    with pytest.raises(OutOfMemory) as refused:
        fresh_editor.edit(request_edit)
    assert (
        str(refused.value)
        == "There is not enough memory to edit at 96 × 64 pixels. Choose a smaller resolution."
    )


@pytest.mark.parametrize(
    ("device", "part", "plans"),
    [
        (CPU, MemoryPart.UNET, [MemoryPlan(), MemoryPlan(branches_together=False)]),
        (CPU, MemoryPart.VAE, [MemoryPlan(), MemoryPlan(tile=256)]),
        (CPU, MemoryPart.NETWORKS, [MemoryPlan()]),
        (
            CUDA,
            MemoryPart.UNET,
            [
                MemoryPlan(4),
                MemoryPlan(1),
                MemoryPlan(1, branches_together=False),
                MemoryPlan(1, branches_together=False, offloaded=True),
                MemoryPlan(1, branches_together=False, on_cpu=True),
            ],
        ),
        (
            CUDA,
            MemoryPart.VAE,
            [MemoryPlan(4), MemoryPlan(4, tile=256), MemoryPlan(4, tile=256, offloaded=True)],
        ),
        (MPS, MemoryPart.NETWORKS, [MemoryPlan(4), MemoryPlan(4, on_cpu=True)]),
    ],
)
def test_the_way_down_gives_up_the_cheapest_first(
    device: torch.device, part: MemoryPart, plans: list[MemoryPlan]
) -> None:
    descent = MemoryFallbacks(first_plan(device), device)
    tried: list[MemoryPlan] = []

    def work(plan: MemoryPlan) -> None:
        tried.append(plan)
        if plan != plans[-1]:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    descent.attempt(part, work)
    assert tried == plans
    assert len(descent.fallbacks) == len(plans) - 1


def test_below_the_processor_there_is_nothing() -> None:
    bottom = MemoryPlan(1, branches_together=False, tile=256, on_cpu=True)
    assert [smaller_plan(bottom, part, CUDA) for part in MemoryPart] == [None, None, None]


@pytest.mark.parametrize(
    "shortage",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp:127] . DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9.00 GB)"),
        RuntimeError("Invalid buffer size: 16.00 GiB"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("std::bad_alloc"),
        RuntimeError("could not create a primitive"),
    ],
)
def test_every_shortage_is_known(shortage: BaseException) -> None:
    assert is_shortage(shortage)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("unsupported memory format option Contiguous"),
        RuntimeError(
            "could not create a primitive descriptor for a convolution forward propagation primitive"
        ),
        ValueError("out of memory"),
    ],
)
def test_other_errors_are_no_shortage_and_are_not_tried_again(error: Exception) -> None:
    tried: list[MemoryPlan] = []

    def fail(plan: MemoryPlan) -> None:
        tried.append(plan)
        raise error

    with pytest.raises(type(error)):
        MemoryFallbacks(MemoryPlan(), CPU).attempt(MemoryPart.UNET, fail)
    assert len(tried) == 1


def test_weights_that_visit_the_device_layer_by_layer_predict_the_same(starter: Path) -> None:
    model = load_model(starter, device=CPU, dtype=torch.float32)
    placed = PlacedModel(model, MemoryPlan(), CPU, torch.float32)
    inputs = torch.randn(1, 16, 8, 8), torch.tensor(5), torch.randn(1, 77, 160)
    latents = torch.randn(1, 8, 8, 8)
    with torch.inference_mode():
        at_home = model.unet(*inputs).sample, model.vae.decode(latents).sample
        placed.place(MemoryPlan(offloaded=True))
        assert not placed.is_fully_on_device
        assert {weight.device.type for weight in model.unet.parameters()} == {"meta"}
        offloaded = model.unet(*inputs).sample, model.vae.decode(latents).sample
        placed.place(MemoryPlan())
        assert placed.is_fully_on_device
        back = model.unet(*inputs).sample, model.vae.decode(latents).sample
    for one, other, third in zip(at_home, offloaded, back, strict=True):
        assert torch.equal(one, other)
        assert torch.equal(one, third)


def test_a_device_is_at_home_however_its_number_is_written(starter: Path) -> None:
    numbered = torch.device("cpu", 0)
    model = load_model(starter, device=numbered, dtype=torch.float32)
    placed = PlacedModel(model, MemoryPlan(), numbered, torch.float32)
    weight = model.unet.conv_in.weight.data_ptr()
    placed.place(MemoryPlan(branches_together=False))
    assert placed.is_fully_on_device
    assert model.unet.conv_in.weight.data_ptr() == weight


def test_a_model_loaded_beside_its_device_is_brought_home(starter: Path) -> None:
    plan = MemoryPlan(offloaded=True)
    model = load_model(starter, device=CPU, dtype=torch.float32)
    placed = PlacedModel(model, plan, torch.device("cpu", 0), torch.float32)
    assert not placed.is_fully_on_device
    placed.place(plan)
    assert {weight.device.type for weight in model.unet.parameters()} == {"meta"}
    placed.place(MemoryPlan())
    assert placed.is_fully_on_device


def test_on_the_processor_the_number_type_is_the_processors(starter: Path) -> None:
    device, dtype = load_target(MemoryPlan(on_cpu=True), CUDA, torch.float16)
    assert (device, dtype) == (CPU, default_dtype(CPU))
    assert load_target(MemoryPlan(offloaded=True), CUDA, torch.float16) == (CPU, torch.float16)
    assert load_target(MemoryPlan(), CUDA, torch.float16) == (CUDA, torch.float16)


def test_peak_memory_is_what_the_process_needed() -> None:
    peak = peak_memory(CPU)
    assert peak is None or 2**26 < peak < 2**40


LIMITED_EDITS = """
import json, resource, sys
from pathlib import Path
import numpy as np, torch
from engine.editing.editor import Editor
from engine.errors import OutOfMemory
from engine.images.image_files import open_photo
from engine.devices.memory import release_memory
from engine.request import EditRequest, EditSettings

torch.set_num_threads(1)
folder = Path(sys.argv[1])
settings = EditSettings(num_inference_steps=1, resolution=512, seed=1, text_guidance_scale=3.0)
photo = open_photo(folder / "samples" / "old-truck.jpg")
request = EditRequest(source_image=photo, instruction="sepia", model=folder / "starter", settings=settings)

def edit(editor):
    result = editor.edit(request)
    return np.asarray(result.edited_image, dtype=float), result.fallbacks

def data_bytes():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmData"))
    return int(line.split()[1]) * 1024

whole, _ = edit(Editor(device="cpu", dtype="fp32"))
outcomes = []
for mebibytes in (400 * 0.85**step for step in range(25)):
    editor = Editor(device="cpu", dtype="fp32")
    editor.load(request.model)
    release_memory()
    resource.setrlimit(resource.RLIMIT_DATA, (data_bytes() + int(mebibytes * 2**20), -1))
    try:
        picture, fallbacks = edit(editor)
        outcomes.append({"fallbacks": fallbacks, "error": float(np.mean((picture - whole) ** 2))})
    except OutOfMemory:
        outcomes.append(None)
    resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))
    if outcomes[-1] and outcomes[-1]["fallbacks"]:
        break
print(json.dumps(outcomes))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory like this")
def test_under_a_real_limit_edits_are_made_with_less_and_are_the_same(starter: Path) -> None:
    # freed memory goes back at once, so that the limit alone says how much there is
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run(
        [sys.executable, "-c", LIMITED_EDITS, str(starter.parent)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    ample, *outcomes = json.loads(done.stdout.splitlines()[-1])
    assert ample == {"fallbacks": [], "error": 0.0}
    assert outcomes[-1], "nothing between enough and too little was met"
    assert outcomes[-1]["fallbacks"]
    assert outcomes[-1]["error"] < 255**2 / 10**4.5
