"""What a base may be, and that it predicts as before once it takes twice the channels."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import EDMEulerScheduler
from safetensors.torch import load_file, save_file

from engine.errors import ModelNotUsable
from engine.models.loading import Model, load_model
from engine.models.original_layout import TensorLayout, to_original
from engine.models.recognition import TRAINABLE
from trainer.learning.expansion import has_untrained_input, load_base_model

CPU = torch.device("cpu")
UNET = Path("unet") / "diffusion_pytorch_model.safetensors"


def test_an_expanded_unet_predicts_as_before_whatever_the_photo(
    base_folder: Callable[[str, int], Path], text_base: Model, unet_inputs: Any
) -> None:
    latents, timestep, embeddings = unet_inputs
    before = load_model(base_folder("sd1", 4), device=CPU, dtype=torch.float32, kinds=TRAINABLE).unet
    with torch.no_grad():
        wanted = before(latents[:, :4], timestep, embeddings).sample
        found = text_base.unet(latents, timestep, embeddings).sample
    # eight channels are summed in another order than four
    assert (found - wanted).abs().max() < 1e-4


def test_weight_and_bias_are_kept_and_the_new_weight_is_zero(
    base_folder: Callable[[str, int], Path], text_base: Model
) -> None:
    before = load_file(base_folder("sd1", 4) / UNET)
    conv = text_base.unet.conv_in
    assert torch.equal(conv.weight[:, :4], before["conv_in.weight"])
    assert not conv.weight[:, 4:].any()
    assert torch.equal(conv.bias, before["conv_in.bias"])
    assert text_base.unet.config.in_channels == conv.in_channels == 8
    assert has_untrained_input(text_base.unet)


def test_an_editor_stays_unchanged(base_folder: Callable[[str, int], Path], editor_base: Model) -> None:
    before = load_file(base_folder("sd1", 8) / UNET)
    assert torch.equal(editor_base.unet.conv_in.weight, before["conv_in.weight"])
    assert not has_untrained_input(editor_base.unet)


def test_stable_diffusion_xl_is_expanded_too(base_folder: Callable[[str, int], Path]) -> None:
    model = load_base_model(base_folder("sdxl", 4), device=CPU)
    assert (model.family.name, model.unet.config.in_channels) == ("sdxl", 8)


def test_a_single_file_in_the_original_layout_is_expanded(
    base_folder: Callable[[str, int], Path], tmp_path: Path, text_base: Model
) -> None:
    """The VAE and text encoder come from the folder beside it."""
    unet = load_file(base_folder("sd1", 4) / UNET)
    shutil.copytree(base_folder("sd1", 8), tmp_path / "whole")
    file = tmp_path / "base.safetensors"
    save_file(to_original(TensorLayout.UNET, unet, "model.diffusion_model."), file)
    model = load_base_model(file, device=CPU)
    assert all(
        torch.equal(value, text_base.unet.state_dict()[name])
        for name, value in model.unet.state_dict().items()
    )


def test_only_training_takes_what_makes_pictures_from_text(base_folder: Callable[[str, int], Path]) -> None:
    with pytest.raises(ModelNotUsable, match="makes pictures from text"):
        load_model(base_folder("sd1", 4), device=CPU, dtype=torch.float32)


def test_cosxl_is_refused_with_the_reason(base_folder: Callable[[str, int], Path], tmp_path: Path) -> None:
    folder = tmp_path / "cosxl"
    shutil.copytree(base_folder("sdxl", 8), folder)
    EDMEulerScheduler(sigma_max=120.0, prediction_type="v_prediction").save_pretrained(folder / "scheduler")
    with pytest.raises(ModelNotUsable, match="destroys what it knows"):
        load_base_model(folder, device=CPU)
