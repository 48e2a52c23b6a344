"""Loads the models that training can start from, and expands text-to-image models to editors.

The UNet of a text-to-image model takes the noisy latents alone; that of an editor takes the photo's latents
after them (Brooks et al. 2023, section 3.2.1).
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers.models import UNet2DConditionModel
from torch import nn

from engine.errors import ModelNotUsable
from engine.models.loading import Model, load_model
from engine.models.recognition import TRAINABLE
from engine.progress import CancelToken, ProgressCallback, ignore_progress


def load_base_model(
    path: Path,
    *,
    device: torch.device,
    on_progress: ProgressCallback = ignore_progress,
    cancel: CancelToken | None = None,
) -> Model:
    """Returns the model to train, in float32; a text-to-image model is expanded to an editor.

    Raises `ModelNotUsable` for a model that cannot be trained here, and `Cancelled`.
    """
    model = load_model(
        path, device=device, dtype=torch.float32, kinds=TRAINABLE, on_progress=on_progress, cancel=cancel
    )
    if model.family.name == "cosxl":
        raise ModelNotUsable(
            "model.cosxl-not-trainable",
            (
                "CosXL-Edit cannot be trained here: it is trained at continuous noise levels, and the "
                "usual training at whole timesteps destroys what it knows."
            ),
            ("Start from Stable Diffusion XL, or from an InstructPix2Pix model of Stable Diffusion 1 or 2."),
        )
    if model.unet.config.in_channels == model.latent_channels:
        expand_first_convolution(model.unet)
    return model


@torch.no_grad()
def expand_first_convolution(unet: UNet2DConditionModel) -> None:
    """Doubles the input channels of the UNet; the new weights are zero, so its predictions stay the same.

    Old weights and the bias are kept, as in the original (`DDPM.init_from_ckpt` of
    `stable_diffusion/ldm/models/diffusion/ddpm_edit.py`).
    """
    old = unet.conv_in
    new = nn.Conv2d(
        2 * old.in_channels,
        old.out_channels,
        old.kernel_size,
        stride=old.stride,
        padding=old.padding,
        device=old.weight.device,
        dtype=old.weight.dtype,
    )
    new.weight.data = torch.zeros_like(new.weight, memory_format=torch.channels_last)
    new.weight[:, : old.in_channels] = old.weight
    new.bias = old.bias
    unet.conv_in = new.requires_grad_(old.weight.requires_grad)
    unet.register_to_config(in_channels=new.in_channels)


def has_untrained_input(unet: UNet2DConditionModel) -> bool:
    """Returns whether the photo's weights are zero: the UNet was expanded, and no step was taken since."""
    weight = unet.conv_in.weight
    return not bool(weight[:, weight.shape[1] // 2 :].any())
