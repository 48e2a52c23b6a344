"""The part of `fidelity.py` with an autoencoder of Stable Diffusion 1.x's architecture and random weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from diffusers.models import AutoencoderKL
from measuring import psnr
from PIL import Image

from engine.edit_settings import Fit
from engine.editing.conditioning import decode_latents, encode_pixels
from engine.editing.framing import from_frame, plan_frame, to_frame
from engine.editing.transfer import fit_transfer
from engine.images.pixels import to_image, to_pixels
from engine.models.families import find_family
from trainer.starter.data.edits import UNCHANGED, Edit
from trainer.starter.data.recipes import apply_edits, noise_for

RESOLUTION = 256
MULTIPLE = 64
"""Pixels that working sides are multiples of, as for a UNet of Stable Diffusion 1.x."""


def print_random_vae(
    photos: Sequence[tuple[str, Image.Image]],
    edits: Sequence[Edit],
    figures: Callable[[Image.Image, Image.Image], Any],
) -> None:
    """Takes the recipe's result of the reconstruction as painted, transfers it, and prints the figures.

    `figures` compares a result with the truth, the recipe's result of the photo.
    """
    torch.manual_seed(0)
    vae = AutoencoderKL.from_config(find_family("sd1").config("vae")).eval()
    print(f"\n## Random weights in the VAE of Stable Diffusion 1.x, {RESOLUTION} px, fp32\n", flush=True)
    print("| photo | edit | PSNR painted | transferred | SSIM | | correlation | | energy | |")
    print("|---|---" + "|---:" * 8 + "|")
    notes = []
    for name, photo in photos:
        source, reconstruction = _reconstructed(vae, photo)
        notes.append(f"- {name}: reconstruction {psnr(reconstruction, source):.2f} dB to the photo")
        for edit in edits:
            painted = _edited(edit, reconstruction)
            transferred = fit_transfer(source, reconstruction, painted).apply(photo)
            if edit.family == UNCHANGED:
                equal = "yes" if transferred.tobytes() == photo.tobytes() else "no"
                notes[-1] += f"; taken as painted it gives the photo bit for bit: {equal}"
            truth = _edited(edit, photo)
            sides = [figures(each, truth) for each in (_enlarged(painted, photo), transferred)]
            cells = [
                f"{getattr(side, key):.3f}"
                for key in ("psnr", "ssim", "correlation", "energy")
                for side in sides
            ]
            print(f"| {name} | {edit.family} | {' | '.join(cells)} |", flush=True)
    print("\n" + "\n".join(notes), flush=True)


@torch.inference_mode()
def _reconstructed(vae: AutoencoderKL, photo: Image.Image) -> tuple[Image.Image, Image.Image]:
    """The photo at the working size, and what the VAE makes of it."""
    frame = plan_frame(photo.size, Fit.KEEP, RESOLUTION, MULTIPLE)
    framed = to_frame(photo, frame)
    latents = encode_pixels(vae, to_pixels(framed)) * vae.config.scaling_factor
    return from_frame(framed, frame), from_frame(to_image(decode_latents(vae, latents)), frame)


def _edited(edit: Edit, image: Image.Image) -> Image.Image:
    noise = noise_for((image.height, image.width), np.random.default_rng(0))
    return Image.fromarray(apply_edits((edit,), np.asarray(image), noise))


def _enlarged(image: Image.Image, photo: Image.Image) -> Image.Image:
    return image.resize(photo.size, Image.Resampling.LANCZOS)
