"""A model as large as Stable Diffusion 1.5's editor, with random weights, for measuring speed and memory."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline
from diffusers.models import AutoencoderKL, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from torch.utils.flop_counter import FlopCounterMode
from transformers import CLIPTextConfig, CLIPTextModel

from engine.models.families import find_family
from engine.models.text_encoders import shared_tokenizer


def write_full_size(folder: Path, device: str = "cpu") -> None:
    """A diffusers folder of 2 GB, in fp16 as such models are published; a GPU makes it sooner."""
    config = find_family("sd1").config
    torch.set_default_dtype(torch.float16)
    with torch.device(device):
        unet = UNet2DConditionModel.from_config(config("unet"))
        vae = AutoencoderKL.from_config(config("vae"))
        text_encoder = CLIPTextModel(CLIPTextConfig.from_dict(config("text_encoder")))
    torch.set_default_dtype(torch.float32)
    tokenizer = shared_tokenizer()
    tokenizer.model_max_length = int(text_encoder.config.max_position_embeddings)
    StableDiffusionInstructPix2PixPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler.from_config(config("scheduler")),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(folder)


def unet_flops(model: Path, rows: int, height: int, width: int) -> int:
    """Multiplications and additions of one call of a model's UNet for latents (rows, C, height, width)."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        unet = UNet2DConditionModel.from_config(UNet2DConditionModel.load_config(model / "unet"))
        unet.set_attn_processor(AttnProcessor())  # in matrix products, which can be counted
        unet(
            torch.empty(rows, unet.config.in_channels, height, width),
            torch.empty(()),
            torch.empty(rows, 77, unet.config.cross_attention_dim),
        )
    return int(counter.get_total_flops())
