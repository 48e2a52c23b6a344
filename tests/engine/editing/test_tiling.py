"""A VAE in tiles makes the picture it makes in one piece."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from diffusers.models import AutoencoderKL
from PIL import Image
from torch import Tensor

from engine.editing.conditioning import decode_latents, encode_pixels
from engine.editing.editor import Editor
from engine.editing.tiling import in_tiles
from engine.images.image_files import open_photo
from engine.images.pixels import to_pixels


@pytest.fixture(scope="module")
def pixels(starter: Path) -> Tensor:
    photo = open_photo(starter.parent / "samples" / "old-truck.jpg").resize((320, 224), Image.Resampling.BOX)
    return to_pixels(photo)


def psnr(first: Tensor, second: Tensor) -> float:
    return float(10 * torch.log10(4 / (first - second).square().mean()))


@torch.inference_mode()
def test_the_starters_pictures_show_no_seams(editor: Editor, starter: Path, pixels: Tensor) -> None:
    vae, factor = editor.load(starter).vae, editor.load(starter).vae_scale_factor
    whole_latents = encode_pixels(vae, pixels)
    latents = in_tiles(
        lambda part: encode_pixels(vae, part), pixels, tile=128 // factor, unit=factor, output_unit=1
    )
    assert latents.shape == whole_latents.shape
    scaled = whole_latents * vae.config.scaling_factor
    whole = decode_latents(vae, scaled)
    made = in_tiles(
        lambda part: decode_latents(vae, part), scaled, tile=128 // factor, unit=1, output_unit=factor
    )
    assert psnr(made, whole) > 50
    again = decode_latents(vae, latents * vae.config.scaling_factor)
    assert psnr(again, whole) > 40


@torch.inference_mode()
def test_a_vae_of_stable_diffusion_keeps_its_size_and_picture(pixels: Tensor) -> None:
    torch.manual_seed(0)
    vae = AutoencoderKL(
        block_out_channels=(8, 16),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        norm_num_groups=4,
    ).eval()
    latents = encode_pixels(vae, pixels)
    in_parts = in_tiles(lambda part: encode_pixels(vae, part), pixels, tile=64, unit=2, output_unit=1)
    assert in_parts.shape == latents.shape
    made = in_tiles(lambda part: decode_latents(vae, part), latents, tile=64, unit=1, output_unit=2)
    assert made.shape == decode_latents(vae, latents).shape


@pytest.mark.parametrize("size", [(5, 5), (8, 8), (9, 8), (31, 17), (8, 40)])
def test_every_number_is_made_and_blending_changes_none(size: tuple[int, int]) -> None:
    latents = torch.rand(2, 3, *size)
    largest: list[int] = []

    def double(part: Tensor) -> Tensor:
        largest.append(max(part.shape[-2:]))
        return part.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)

    made = in_tiles(double, latents, tile=8, unit=1, output_unit=2)
    assert max(largest) <= 8
    assert torch.allclose(made, double(latents), atol=1e-6)
