"""Edits with a model in memory, during or after training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from PIL import Image
from torch import Tensor

from engine.denoising.guidance import GuidedUNet
from engine.denoising.sampling import sample
from engine.denoising.schedulers import make_scheduler
from engine.edit_settings import EditSettings
from engine.editing.conditioning import (
    TextConditioning,
    added_conditions,
    decode_latents,
    encode_instructions,
    encode_pixels,
)
from engine.editing.framing import from_frame, plan_frame, to_frame
from engine.images.pixels import to_image, to_pixels
from engine.models.loading import Model
from engine.progress import CancelToken


def trial_edit(
    model: Model,
    image: Image.Image,
    instruction: str,
    settings: EditSettings,
    *,
    autocast: torch.dtype = torch.float32,
    cancel: CancelToken | None = None,
) -> Image.Image:
    """Returns the edited image at the working size. Raises `Cancelled`."""
    frame = plan_frame(image.size, settings.fit, settings.resolution, model.size_multiple)
    pixels = to_pixels(to_frame(image.convert("RGB"), frame))
    latents = edited_latents(model, pixels, instruction, settings, autocast=autocast, cancel=cancel)
    with torch.no_grad():
        return from_frame(to_image(decode_latents(model.vae, latents)), frame)


@torch.no_grad()
def edited_latents(
    model: Model,
    pixels: Tensor,
    instruction: str,
    settings: EditSettings,
    *,
    autocast: torch.dtype = torch.float32,
    cancel: CancelToken | None = None,
) -> Tensor:
    """Returns scaled latents (1, C, H, W) of the edit of pixels (1, 3, h, w) from -1 to 1.

    Both sides must be multiples of the model's `size_multiple`. Raises `Cancelled`.
    """
    with evaluating(model):
        text = encode_instructions(model, [instruction, ""])
        original = encode_pixels(model.vae, pixels.to(model.unet.device))
        return sampled_latents(model, original, text, settings, autocast=autocast, cancel=cancel)


@torch.no_grad()
def sampled_latents(
    model: Model,
    original: Tensor,
    text: TextConditioning,
    settings: EditSettings,
    *,
    autocast: torch.dtype = torch.float32,
    cancel: CancelToken | None = None,
) -> Tensor:
    """As `edited_latents`, of unscaled latents (1, C, H, W) and the encoded instruction and null, two rows.

    Must be called in the context `evaluating`; several threads may call it at a time.
    """
    device = model.unet.device
    image_latents = original * model.image_latent_scale
    height, width = (side * model.vae_scale_factor for side in original.shape[-2:])
    denoise = GuidedUNet(
        model.unet,
        dtype=model.unet.dtype,
        instruction_embeddings=text.embeddings[:1],
        null_embeddings=text.embeddings[1:],
        image_latents=image_latents,
        text_guidance_scale=settings.text_guidance_scale,
        image_guidance_scale=settings.image_guidance_scale,
        added=added_conditions(model, text, (height, width)),
    )
    with torch.autocast(device.type, autocast, enabled=autocast != torch.float32):
        return sample(
            denoise,
            make_scheduler(settings.scheduler, model.scheduler_config),
            tuple(image_latents.shape),
            steps=settings.num_inference_steps,
            seeds=(settings.seed,),
            device=device,
            on_step=lambda info: None,
            cancel=cancel or CancelToken(),
        )


@contextmanager
def evaluating(model: Model) -> Iterator[None]:
    """Disables dropout and the compiled UNet during the context.

    Compiling the UNet for a few passes of other shapes would take longer than the passes.
    """
    compiled, model.unet._compiled_call_impl = model.unet._compiled_call_impl, None
    networks = [network for network in (model.unet, *model.text_encoders.networks) if network.training]
    for network in networks:
        network.eval()
    try:
        yield
    finally:
        model.unet._compiled_call_impl = compiled
        for network in networks:
            network.train()
