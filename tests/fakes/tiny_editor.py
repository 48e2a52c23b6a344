"""A real editor with random weights, so small that a training step takes milliseconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDIMScheduler,
    StableDiffusionInstructPix2PixPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

STARTER = Path(__file__).resolve().parents[2] / "resources" / "starter"
WIDTH = 16
RESOLUTION = 64


def save_tiny_editor(folder: Path, *, prediction: str = "epsilon", **unet: Any) -> Path:
    """A model folder of diffusers' of 8 channels, 2 pixels a latent, attention at its lowest level."""
    torch.manual_seed(7)
    tokenizer = CLIPTokenizer.from_pretrained(STARTER / "tokenizer")
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=WIDTH,
        projection_dim=WIDTH,
        num_attention_heads=2,
        num_hidden_layers=1,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
    )
    pipeline = StableDiffusionInstructPix2PixPipeline(
        unet=UNet2DConditionModel(**{**UNET, **unet}),
        vae=AutoencoderKL(**VAE),
        text_encoder=CLIPTextModel(text),
        tokenizer=tokenizer,
        scheduler=DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", prediction_type=prediction
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.save_pretrained(folder)
    card = json.loads((STARTER / "ip2p.json").read_text("utf-8"))
    # with 2 pixels a latent, attention at the starter's resolution would take seconds for each edit
    card["recommended"]["resolution"] = RESOLUTION
    (folder / "ip2p.json").write_text(json.dumps(card), "utf-8")
    return folder


UNET: dict[str, Any] = {
    "in_channels": 8,
    "out_channels": 4,
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (WIDTH, WIDTH),
    "layers_per_block": 1,
    "norm_num_groups": 4,
    "attention_head_dim": 2,
    "cross_attention_dim": WIDTH,
}
VAE: dict[str, Any] = {
    "down_block_types": ("DownEncoderBlock2D",) * 2,
    "up_block_types": ("UpDecoderBlock2D",) * 2,
    "block_out_channels": (8, 8),
    "norm_num_groups": 4,
    "latent_channels": 4,
}
