"""LoRA trains little, and what it learned is the same wherever it is loaded."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import StableDiffusionInstructPix2PixPipeline
from torch import Tensor

from engine.model_options import Lora, ModelOptions
from engine.models.loading import Model, load_model
from trainer.config import LoraConfig
from trainer.learning.expansion import load_base_model
from trainer.learning.lora import LoraNames, LoraNotPossible, add_lora, merge_lora, merged_weights, save_lora

CPU = torch.device("cpu")
Inputs = tuple[Tensor, Tensor, Tensor]


def learn(unet: Any, config: LoraConfig) -> list[torch.nn.Parameter]:
    """As if it had been trained: everything that can change has changed."""
    trained = add_lora(unet, config)
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in trained:
            weight.add_(0.05 * torch.randn(weight.shape, generator=generator))
    return trained


@torch.no_grad()
def predict(unet: Any, inputs: Inputs) -> Tensor:
    prediction: Tensor = unet.eval()(*inputs, return_dict=False)[0]
    return prediction


def psnr(one: Tensor, wanted: Tensor) -> float:
    error = (one - wanted).square().mean().item()
    return math.inf if error == 0 else 10 * math.log10(wanted.abs().max().item() ** 2 / error)


def test_a_new_lora_changes_nothing(editor_base: Model, unet_inputs: Inputs) -> None:
    before = predict(editor_base.unet, unet_inputs)
    add_lora(editor_base.unet, LoraConfig(rank=4))
    assert torch.equal(predict(editor_base.unet, unet_inputs), before)


@pytest.mark.parametrize(
    ("target", "conv_in", "has", "lacks"),
    [
        ("attention", False, "attn2.to_out.0", "ff.net.2"),
        ("feed-forward", False, "ff.net.2", "conv1"),
        ("all", False, "conv1", "conv_in"),
        ("attention", True, "conv_in", "ff.net.2"),
    ],
)
def test_only_the_wanted_modules_train(
    editor_base: Model, target: str, conv_in: bool, has: str, lacks: str
) -> None:
    trained = add_lora(editor_base.unet, LoraConfig(rank=4, target=target, conv_in=conv_in))
    names = {name for name, weight in editor_base.unet.named_parameters() if weight.requires_grad}
    assert len(names) == len(trained)
    assert all(".lora_" in name for name in names)
    assert any(has in name for name in names)
    assert not any(lacks in name for name in names)


def test_the_same_seed_begins_alike_and_leaves_the_rest_of_chance_alone(
    base_folder: Callable[[str, int], Path],
) -> None:
    first, second = (load_base_model(base_folder("sd1", 8), device=CPU).unet for _ in range(2))
    state = torch.get_rng_state()
    one = add_lora(first, LoraConfig(rank=2), seed=5)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(1)
    other = add_lora(second, LoraConfig(rank=2), seed=5)
    assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_merging_equals_the_layers_beside_the_weights(editor_base: Model, unet_inputs: Inputs) -> None:
    learn(editor_base.unet, LoraConfig(rank=4, alpha=2.0, target="all", conv_in=True))
    wanted = predict(editor_base.unet, unet_inputs)
    looked_at = merged_weights(editor_base.unet)
    assert torch.equal(predict(editor_base.unet, unet_inputs), wanted), "looking changes nothing"
    merge_lora(editor_base.unet)
    assert psnr(predict(editor_base.unet, unet_inputs), wanted) > 90
    stored = editor_base.unet.state_dict()
    assert stored.keys() == looked_at.keys()
    assert all(torch.equal(stored[name], looked_at[name]) for name in stored)


@pytest.mark.parametrize("names", list(LoraNames))
def test_the_engine_loads_what_was_learned(
    editor_base: Model,
    base_folder: Callable[[str, int], Path],
    unet_inputs: Inputs,
    tmp_path: Path,
    names: LoraNames,
) -> None:
    learn(editor_base.unet, LoraConfig(rank=4, alpha=2.0, target="all", conv_in=True))
    wanted = predict(editor_base.unet, unet_inputs)
    save_lora(editor_base.unet, tmp_path / "lora.safetensors", names)
    options = ModelOptions(loras=(Lora(path=tmp_path / "lora.safetensors"),))
    loaded = load_model(base_folder("sd1", 8), device=CPU, dtype=torch.float32, options=options)
    plain = load_model(base_folder("sd1", 8), device=CPU, dtype=torch.float32)
    assert psnr(predict(loaded.unet, unet_inputs), wanted) > 60
    assert psnr(predict(plain.unet, unet_inputs), wanted) < 40, "it would not be missed"


def pipeline_of(model: Model, unet: Any) -> StableDiffusionInstructPix2PixPipeline:
    from diffusers import EulerAncestralDiscreteScheduler

    return StableDiffusionInstructPix2PixPipeline(
        vae=model.vae,
        unet=unet,
        text_encoder=model.text_encoders.networks[0],
        tokenizer=model.text_encoders.encoders[0].tokenizer,
        scheduler=EulerAncestralDiscreteScheduler.from_config(model.scheduler_config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


@pytest.mark.parametrize(
    ("names", "conv_in"),
    [(LoraNames.DIFFUSERS, True), (LoraNames.DIFFUSERS, False), (LoraNames.KOHYA, False)],
)
def test_diffusers_loads_what_was_learned(
    editor_base: Model,
    base_folder: Callable[[str, int], Path],
    unet_inputs: Inputs,
    tmp_path: Path,
    names: LoraNames,
    conv_in: bool,
) -> None:
    target = "all" if names is LoraNames.DIFFUSERS else "feed-forward"
    learn(editor_base.unet, LoraConfig(rank=4, alpha=2.0, target=target, conv_in=conv_in))
    wanted = predict(editor_base.unet, unet_inputs)
    save_lora(editor_base.unet, tmp_path / "lora.safetensors", names)
    plain = load_base_model(base_folder("sd1", 8), device=CPU)
    pipeline = pipeline_of(plain, plain.unet)
    pipeline.load_lora_weights(tmp_path, weight_name="lora.safetensors")
    assert psnr(predict(pipeline.unet, unet_inputs), wanted) > 60


def test_an_expanded_base_trains_its_whole_first_convolution(text_base: Model, unet_inputs: Inputs) -> None:
    unet = text_base.unet
    bias = unet.conv_in.bias.detach().clone()
    trained = learn(unet, LoraConfig(rank=4))
    assert any(weight is unet.conv_in.weight for weight in trained)
    assert torch.equal(unet.conv_in.bias, bias)
    wanted = predict(unet, unet_inputs)
    latents, *others = unet_inputs
    other_photo = torch.cat([latents[:, :4], -latents[:, 4:]], dim=1)
    assert not torch.equal(predict(unet, (other_photo, *others)), wanted), "it sees the photo now"


def test_a_lora_file_holds_the_first_convolution_of_an_expanded_base(
    text_base: Model, base_folder: Callable[[str, int], Path], unet_inputs: Inputs, tmp_path: Path
) -> None:
    learn(text_base.unet, LoraConfig(rank=4, alpha=8.0))
    wanted = predict(text_base.unet, unet_inputs)
    save_lora(text_base.unet, tmp_path / "lora.safetensors")
    again = load_base_model(base_folder("sd1", 4), device=CPU)
    pipeline = pipeline_of(again, again.unet)
    pipeline.load_lora_weights(tmp_path, weight_name="lora.safetensors")
    assert psnr(predict(pipeline.unet, unet_inputs), wanted) > 60


def test_without_peft_there_is_a_sentence(editor_base: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(LoraNotPossible, match="library peft"):
        add_lora(editor_base.unet, LoraConfig())
