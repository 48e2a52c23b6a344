"""A model that computes NaN or infinity gives an error that names it, and no picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from fakes.tiny_editor import save_tiny_editor
from safetensors.torch import load_file, save_file

from engine.edit_settings import Detail
from engine.editing.conditioning import decode_latents
from engine.editing.editor import Editor
from engine.errors import ModelNotUsable
from engine.request import EditRequest

UNET, TEXT, VAE = (
    "unet/diffusion_pytorch_model.safetensors",
    "text_encoder/model.safetensors",
    "vae/diffusion_pytorch_model.safetensors",
)
WEIGHTS = (
    (UNET, "conv_out.weight"),
    (TEXT, "final_layer_norm.weight"),
    (VAE, "encoder.conv_in.weight"),
    (VAE, "decoder.conv_out.weight"),
)

HUGE = 3e38
"""A weight that is finite in float32 and bfloat16; sums of its products are not."""


def poison(model: Path, file: str, weight: str, value: float) -> None:
    weights = load_file(model / file)
    weights[weight].flatten()[:9] = value
    save_file(weights, model / file, metadata={"format": "pt"})


@pytest.mark.parametrize(("file", "weight"), WEIGHTS)
def test_values_that_are_not_finite_are_an_error(
    request_edit: EditRequest, tmp_path: Path, file: str, weight: str
) -> None:
    model = save_tiny_editor(tmp_path / "poisoned")
    poison(model, file, weight, HUGE)
    settings = replace(request_edit.settings, num_inference_steps=1, detail=Detail.MODEL)
    with pytest.raises(ModelNotUsable) as refusal:
        Editor(device="cpu", dtype="fp32").edit(replace(request_edit, model=model, settings=settings))
    assert refusal.value.code == "model.not-finite"
    assert refusal.value.message == (
        "The model poisoned computed values that are not numbers, so there is no result."
    )


def test_half_precision_is_blamed_first(request_edit: EditRequest, tmp_path: Path) -> None:
    model = save_tiny_editor(tmp_path / "poisoned")
    poison(model, UNET, "conv_out.weight", HUGE)
    with pytest.raises(
        ModelNotUsable, match=r"not numbers in bf16, .* Choose the number type fp32\."
    ) as refusal:
        Editor(device="cpu", dtype="bf16").edit(replace(request_edit, model=model))
    assert refusal.value.code == "model.not-finite-in-half"


def test_an_infinite_pixel_is_no_white_one() -> None:
    class Vae(torch.nn.Module):
        config = type("Config", (), {"scaling_factor": 1.0})

        def decode(self, latents: torch.Tensor) -> object:
            return type("Decoded", (), {"sample": latents})

    pixels = decode_latents(Vae(), torch.tensor([[[[0.5, 3.0, float("inf")]]]]))
    assert pixels.flatten()[:2].tolist() == [0.5, 1.0]
    assert pixels.isnan().flatten().tolist() == [False, False, True]
