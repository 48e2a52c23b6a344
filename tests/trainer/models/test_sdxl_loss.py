"""Stable Diffusion XL is trained with the conditions it edits with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.editing.conditioning import encode_instructions
from engine.models.loading import load_model
from trainer.batches.batch import Batch
from trainer.config import ModelConfig
from trainer.learning.loss import DenoisingLoss


class RecordingSdxlUNet:
    """Returns zeros and records its inputs."""

    device = torch.device("cpu")

    def __call__(self, inputs: Tensor, *_: Any, added_cond_kwargs: dict[str, Tensor], **__: Any) -> Any:
        self.added = added_cond_kwargs
        return (torch.zeros_like(inputs[:, :4]),)


def test_pooled_instructions_and_sizes_reach_the_unet(base_folder: Callable[[str, int], Path]) -> None:
    model = load_model(base_folder("sdxl", 8), device=torch.device("cpu"), dtype=torch.float32)
    model.unet = unet = RecordingSdxlUNet()
    texts = ["make it night", "make it day", "sepia"]
    encoded = encode_instructions(model, texts)
    batch = Batch(torch.randn(3, 4, 8, 6), torch.randn(3, 4, 8, 6), texts, is_latents=True)
    cached = Batch(
        batch.original,
        batch.edited,
        texts,
        is_latents=True,
        embeddings=encoded.embeddings,
        pooled=encoded.pooled,
    )
    for each in (batch, cached):
        loss = DenoisingLoss(model, ModelConfig(conditioning_dropout_prob=0.3))
        noise = loss.noise_of(each, 1, 0)
        loss(each, noise)
        dropped = noise.dropout < 0.6
        assert dropped.any()
        assert not dropped.all()
        side = model.vae_scale_factor
        sizes = torch.tensor([8.0 * side, 6.0 * side, 0, 0, 8.0 * side, 6.0 * side])
        assert torch.equal(unet.added["time_ids"], sizes.repeat(3, 1))
        expected = encode_instructions(model, ["" if d else t for t, d in zip(texts, dropped, strict=True)])
        assert expected.pooled is not None
        assert torch.allclose(unet.added["text_embeds"], expected.pooled, atol=1e-5)
