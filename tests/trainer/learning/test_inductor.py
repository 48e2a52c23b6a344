"""Training with TorchInductor: the gradient of every weight is the UNet's own.

The generated C++ of the starter is one file for each pass, without vectors and not optimised: as Inductor is
used otherwise, with a file for each kernel, compiling takes minutes.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models import UNet2DConditionModel
from fakes.learners import CPU
from fakes.tiny_editor import UNET
from torch import Tensor

from engine.models.loading import Model, load_model
from trainer.config import ModelConfig
from trainer.learning.compiler_check import compare_gradients
from trainer.learning.networks import prepare_networks

COMPILER = "cl" if sys.platform == "win32" else "g++"
SAME = 1e-4
"""Rounding of a gradient, as a share of its length; a gradient that is missing differs by 1."""
SD: dict[str, Any] = {**UNET, "mid_block_type": None}
SDXL: dict[str, Any] = {
    **SD,
    "attention_head_dim": (2, 4),
    "transformer_layers_per_block": (1, 2),
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 4,
    "projection_class_embeddings_input_dim": 6 * 4 + 8,
}
SHAPES = {"sd": SD, "sdxl": SDXL}
TEXTS = 7
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of generated code."""
    return tmp_path_factory.mktemp("code")


@pytest.fixture(autouse=True)
def _quick_compiler(code: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(code))
    changes = {
        "compile_threads": 1,
        "cpp_wrapper": True,
        "cpp.vec_isa_ok": False,
        "aot_inductor.debug_compile": True,
    }
    torch._dynamo.reset()
    with torch._inductor.config.patch(changes):  # type: ignore[no-untyped-call]
        yield
    torch._dynamo.reset()


def gradients(unet: UNet2DConditionModel) -> dict[str, Tensor | None]:
    """Of two random examples."""
    generator = torch.Generator().manual_seed(3)

    def random(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator)

    added = {"text_embeds": random(2, 8), "time_ids": random(2, 6)}
    wanted = random(2, unet.config.out_channels, 8, 8)
    predicted = unet(
        random(2, unet.config.in_channels, 8, 8),
        torch.tensor([999, 400]),
        random(2, TEXTS, unet.config.cross_attention_dim),
        added_cond_kwargs=added if unet.config.addition_embed_type == "text_time" else None,
        return_dict=False,
    )[0]
    unet.zero_grad(set_to_none=True)
    torch.autograd.backward((predicted - wanted).square().mean())
    return {name: weight.grad for name, weight in unet.named_parameters()}


@pytest.mark.parametrize("shape", ["sd", "sdxl"])
def test_every_weight_of_a_small_unet_gets_its_own_gradient(tiny_editor: Path, shape: str) -> None:
    """What Inductor plans, with torch's own functions in place of generated code."""
    model = load_model(tiny_editor, device=CPU, dtype=torch.float32)
    torch.manual_seed(0)
    model.unet = UNet2DConditionModel(**SHAPES[shape])
    with torch._inductor.config.patch({"fallback_by_default": True, "cpp_wrapper": False}):  # type: ignore[no-untyped-call]
        check_gradients(model)


@pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"there is no {COMPILER} to compile with")
def test_every_weight_of_the_starter_gets_its_own_gradient(starter: Path, code: Path) -> None:
    check_gradients(load_model(starter, device=CPU, dtype=torch.float32))
    passes = [path for path in code.rglob("*.main.cpp") if "cpp_fused" in path.read_text()]
    assert len(passes) == 2, "forward and backward"


def check_gradients(model: Model) -> None:
    """With layouts of Inductor's own choice, those of all levels but the outermost were zero or wrong."""
    networks = prepare_networks(model, ModelConfig(inductor=True), torch.float32)
    compiled = gradients(model.unet)
    with networks.uncompiled():
        eager = gradients(model.unet)
    assert all(gradient is not None and gradient.any() for gradient in eager.values())
    found = compare_gradients(compiled, eager, SAME)
    assert found is not None
    assert (found.differing, found.count) == (0, len(list(model.unet.parameters())))
    assert (networks.is_compiled, networks.warnings) == (True, [])
    assert not any("_orig_mod" in name for name in (*model.unet.state_dict(), *networks.weights))
