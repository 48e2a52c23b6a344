"""What a UNet predicts, and at which noise levels, is told by its file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.loaded_models import load, save
from torch import Tensor


@pytest.mark.parametrize(
    ("family", "extra", "metadata", "prediction"),
    [
        ("sd1", {}, None, "epsilon"),
        ("sd2", {}, None, "v_prediction"),
        ("sd2", {}, {"modelspec.predict_key": "epsilon"}, "epsilon"),
        ("sdxl", {}, None, "epsilon"),
        ("sdxl", {"v_pred": torch.zeros(0)}, None, "v_prediction"),
        ("sdxl", {}, {"modelspec.predict_key": "v"}, "v_prediction"),
        ("cosxl", {}, None, "v_prediction"),
    ],
)
def test_what_a_unet_predicts_is_told_by_its_file(
    make_small_model: Any,
    scratch: Path,
    family: str,
    extra: dict[str, Tensor],
    metadata: dict[str, str] | None,
    prediction: str,
) -> None:
    model = make_small_model(family)
    tensors = model.original() | extra
    name = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
    if family == "sd2":
        tensors[name] = torch.randn(tensors[name].shape)
    path = save(tensors, scratch / "model.safetensors", metadata)
    assert load(path).scheduler_config["prediction_type"] == prediction


def test_stable_diffusion_2_with_narrow_biases_predicts_the_noise(
    make_small_model: Any, scratch: Path
) -> None:
    tensors = make_small_model("sd2").original()
    path = save(tensors, scratch / "model.safetensors")
    assert (
        0 < tensors["model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"].std() < 0.05
    )
    assert load(path).scheduler_config["prediction_type"] == "epsilon"


def test_cosxl_has_its_own_noise_levels_and_scales_image_latents(
    make_small_model: Any, scratch: Path
) -> None:
    tensors = make_small_model("cosxl").original() | {"edm_vpred.sigma_max": torch.tensor(80.0)}
    model = load(save(tensors, scratch / "model.safetensors"))
    assert model.scheduler_config["_class_name"] == "EDMEulerScheduler"
    assert model.scheduler_config["sigma_max"] == 80
    assert model.scheduler_config["sigma_min"] == pytest.approx(0.002)
    assert model.scheduler_config["sigma_data"] == 1
    assert model.image_latent_scale == model.vae.config.scaling_factor == 0.13025
    del tensors["edm_vpred.sigma_max"]
    assert load(save(tensors, scratch / "plain.safetensors")).image_latent_scale == 1
