"""The compiled UNet: the UNet's own predictions, a bounded number of waits, and a way on without a compiler.

Traced by torch's real compiler front end; what Inductor makes of it, which takes minutes, is measured in
`tests/benchmarks/engine.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models import UNet2DConditionModel
from PIL import Image
from torch import Tensor

from engine.devices import compilation
from engine.devices.compilation import NOT_COMPILED, CompiledUNet, set_compile_cache
from engine.edit_settings import EditSettings
from engine.editing.editor import Editor
from engine.progress import Progress, Stage
from engine.request import EditRequest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")


@pytest.fixture(scope="module")
def unet() -> UNet2DConditionModel:
    torch.manual_seed(0)
    return (
        UNet2DConditionModel(
            in_channels=8,
            block_out_channels=(8,),
            down_block_types=("DownBlock2D",),
            up_block_types=("UpBlock2D",),
            layers_per_block=1,
            norm_num_groups=4,
            cross_attention_dim=8,
            attention_head_dim=2,
        )
        .eval()
        .requires_grad_(False)
    )


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Has torch trace the UNet and run what it traced, without generating code."""
    compile_with = torch.compile

    def trace(network: Any, *, dynamic: bool) -> Any:
        return compile_with(network, dynamic=dynamic, backend="eager")

    monkeypatch.setattr(torch, "compile", trace)
    yield
    torch.compiler.reset()


@pytest.fixture
def request_edit(starter: Path, photo: Image.Image) -> EditRequest:
    settings = EditSettings(num_inference_steps=2, resolution=64, seed=1)
    return EditRequest(source_image=photo, instruction="make it sepia", model=starter, settings=settings)


def inputs(rows: int, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(rows)
    return (
        torch.randn(rows, 8, height, width, generator=generator),
        torch.tensor(3),
        torch.randn(rows, 5, 8, generator=generator),
    )


@pytest.mark.usefixtures("traced")
@torch.inference_mode()
def test_new_sizes_are_compiled_a_bounded_number_of_times_and_predict_the_same(
    unet: UNet2DConditionModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compilation, "MAX_STATIC_SHAPES", 1)
    waits: list[tuple[int, ...]] = []
    compiled = CompiledUNet(unet, on_compiling=lambda: waits.append(shape))
    for shape in ((3, 8, 8), (3, 8, 8), (2, 8, 16), (4, 16, 8), (3, 8, 8)):
        given = inputs(*shape)
        prediction = compiled(*given, return_dict=False)[0]
        assert torch.allclose(prediction, unet(*given, return_dict=False)[0], atol=1e-5)
    assert waits == [(3, 8, 8), (2, 8, 16)]
    assert compiled.failure is None


@pytest.mark.usefixtures("traced")
def test_compiling_is_announced_and_does_not_change_the_picture(
    editor: Editor, request_edit: EditRequest
) -> None:
    heard: list[Progress] = []
    compiling = Editor(device="cpu", dtype="fp32", compile_unet=True)
    result = compiling.edit(request_edit, on_progress=heard.append)
    assert heard.count(Progress(Stage.COMPILING)) == 1
    assert result.fallbacks == ()
    assert result.edited_image.tobytes() == editor.edit(request_edit).edited_image.tobytes()


def failing(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_without_a_compiler_the_edit_is_made_and_says_so(
    editor: Editor, request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_compiler = failing(RuntimeError("Compiler: cl is not found."))
    compile_with = torch.compile
    monkeypatch.setattr(torch, "compile", lambda network, **_: compile_with(network, backend=no_compiler))
    result = Editor(device="cpu", dtype="fp32", compile_unet=True).edit(request_edit)
    assert result.fallbacks == (NOT_COMPILED,)
    assert result.edited_image.tobytes() == editor.edit(request_edit).edited_image.tobytes()


def test_a_shortage_of_memory_is_no_failure_of_the_compiler(
    request_edit: EditRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = failing(torch.OutOfMemoryError("CUDA out of memory."))
    monkeypatch.setattr(torch, "compile", lambda network, **_: short)
    compiled = CompiledUNet(Editor(device="cpu").load(request_edit.model).unet, on_compiling=lambda: None)
    with pytest.raises(torch.OutOfMemoryError):
        compiled(torch.zeros(1))
    assert compiled.failure is None


def test_what_is_compiled_is_kept_where_the_caller_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TORCHINDUCTOR_CACHE_DIR", "TORCHINDUCTOR_FX_GRAPH_CACHE", "TRITON_CACHE_DIR"):
        monkeypatch.setenv(name, "")
    set_compile_cache(tmp_path)
    from torch._inductor.runtime.cache_dir_utils import cache_dir

    assert Path(cache_dir()) == tmp_path
