"""Training with the code that TorchInductor generates: a UNet of one block, and a real compiler."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
import torch
from fakes.tiny_editor import save_tiny_editor
from torch import Tensor

from engine.models.loading import load_model
from trainer.batches.batch import Batch
from trainer.config import read_config
from trainer.distributed.parallel import Processes
from trainer.learning.learner import Learner

COMPILER = "cl" if sys.platform == "win32" else "g++"
SAME = 2e-5
"""Rounding, as the optimiser enlarges it where a gradient is next to nothing; a step moves by 1e-4."""


@pytest.fixture(scope="module")
def one_block(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An editor as small as one can be: every kernel takes the compiler seconds."""
    return save_tiny_editor(
        tmp_path_factory.mktemp("one-block") / "editor",
        down_block_types=("DownBlock2D",),
        mid_block_type=None,
        up_block_types=("UpBlock2D",),
        block_out_channels=(8,),
    )


def trained(model: Path, *words: str) -> tuple[Learner, dict[str, Tensor]]:
    """Two steps, and the weights after them."""
    usual = [
        "data.data_path=pairs",
        "trainer.precision=32",
        "model.micro_batch_size=2",
        "trainer.max_steps=9",
    ]
    loaded = load_model(model, device=torch.device("cpu"), dtype=torch.float32)
    learner = Learner(loaded, read_config([*usual, *words]), Processes())
    for number in range(2):
        generator = torch.Generator().manual_seed(number)
        original, edited = torch.randn(2, 2, 4, 8, 8, generator=generator)
        learner.take_step([Batch(original, edited, ["make it night"] * 2, is_latents=True)])
    return learner, {name: weight.detach().clone() for name, weight in learner.weights.items()}


@pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"there is no {COMPILER} to compile with")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")
def test_generated_code_learns_what_the_unet_itself_learns(
    one_block: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("torch._inductor.config.compile_threads", 1)
    torch._dynamo.reset()
    _, plain = trained(one_block)
    learner, fast = trained(one_block, "model.inductor=True")
    assert learner.warnings == []
    passes = [path.read_text() for path in tmp_path.rglob("*.py")]
    assert sum("def call(" in text and "cpp_fused" in text for text in passes) == 2, "forward and backward"
    assert max(float((plain[name] - fast[name]).abs().max()) for name in plain) < SAME
