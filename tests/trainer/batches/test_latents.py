"""In which numbers the VAE computes: in float32, and in bf16 only where a step does so anyway."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from engine.models.loading import load_model
from trainer.batches.latents import latent_distribution


@pytest.fixture(scope="module")
def said(tiny_editor: Path) -> dict[str, Tensor]:
    """Latents of the same pixels, made in different surroundings."""
    vae = load_model(tiny_editor, device=torch.device("cpu"), dtype=torch.float32).vae
    pixels = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    made = {"plain": latent_distribution(vae, pixels, exact=False)[0]}
    for name, dtype in (("bf16", torch.bfloat16), ("fp16", torch.float16)):
        with torch.autocast("cpu", dtype):
            made[name] = latent_distribution(vae, pixels, exact=False)[0]
            made[f"exact in {name}"] = latent_distribution(vae, pixels)[0]
    return made


@pytest.mark.parametrize("name", ["exact in bf16", "exact in fp16", "fp16"])
def test_the_surroundings_change_nothing(said: dict[str, Tensor], name: str) -> None:
    assert torch.equal(said[name], said["plain"])


def test_a_step_in_bf16_encodes_in_bf16(said: dict[str, Tensor]) -> None:
    error = (said["bf16"] - said["plain"]).abs().max()
    assert 0 < error < 0.02 * said["plain"].abs().max()
    assert said["bf16"].dtype == torch.float32
