"""A large VAE computes in bf16 where the UNet does; what it gives is float32 and nearly the same."""

from __future__ import annotations

import pytest
import torch
from diffusers.models import AutoencoderKL
from torch import Tensor

from engine.editing.conditioning import decode_latents, encode_pixels
from engine.models.loading import load_model
from ip2p_desktop.base.paths import starter_model


@pytest.fixture(scope="module")
def vae() -> AutoencoderKL:
    torch.manual_seed(0)
    return AutoencoderKL(
        block_out_channels=(32, 64),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
    ).eval()


def _psnr(one: Tensor, other: Tensor) -> float:
    return float(10 * torch.log10(4 / (one - other).square().mean()))


@pytest.mark.parametrize(("dtype", "same"), [(torch.bfloat16, False), (torch.float16, True)])
def test_bf16_is_taken_and_fp16_which_overflows_is_not(
    vae: AutoencoderKL, dtype: torch.dtype, same: bool
) -> None:
    pixels = torch.rand(1, 3, 64, 48) * 2 - 1
    with torch.inference_mode():
        exact = encode_pixels(vae, pixels)
        latents = encode_pixels(vae, pixels, dtype=dtype)
        whole, made = decode_latents(vae, exact), decode_latents(vae, exact, dtype=dtype)
    assert latents.dtype == made.dtype == torch.float32
    assert torch.equal(latents, exact) == torch.equal(made, whole) == same
    assert _psnr(latents, exact) > 40
    assert _psnr(made, whole) > 40


def test_a_tiny_vae_keeps_float32() -> None:
    model = load_model(starter_model(), device=torch.device("cpu"), dtype=torch.bfloat16)
    pixels = torch.rand(1, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        exact = encode_pixels(model.vae, pixels)
        assert torch.equal(encode_pixels(model.vae, pixels, dtype=torch.bfloat16), exact)
        assert torch.equal(
            decode_latents(model.vae, exact, dtype=torch.bfloat16), decode_latents(model.vae, exact)
        )
