"""LoRA files of every naming change the same weights by weight · alpha / rank · up · down."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.model_options import Lora, ModelOptions
from engine.models.loading import Model, load_model
from engine.models.original_layout import TensorLayout, tensor_locations

RANK, ALPHA, WEIGHT = 4, 2.0, 0.5
LINEAR = "up_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
OUTPUT = "up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_out.0"
CONVOLUTION = "down_blocks.1.resnets.0.conv2"
TEXT = "encoder.layers.1.self_attn.q_proj"
Namer = Callable[[str, str, str], str]
"""From network, module and half ("down" or "up") to a name in the file."""


def load(path: Path, *loras: Lora) -> Model:
    options = ModelOptions(loras=loras)
    return load_model(path, device=torch.device("cpu"), dtype=torch.float32, options=options)


def kohya(network: str, module: str, half: str) -> str:
    beginning = {"unet": "lora_unet_", "text_encoder": "lora_te_text_model_"}[network]
    return f"{beginning}{module.replace('.', '_')}.lora_{half}.weight"


def kohya_original(network: str, module: str, half: str) -> str:
    if network == "unet":
        # tensor_locations are found by the structure, so the small model's own names are asked
        module = ORIGINAL_NAMES[module]
        return f"lora_unet_{module.replace('.', '_')}.lora_{half}.weight"
    return f"lora_te1_text_model_{module.replace('.', '_')}.lora_{half}.weight"


def diffusers(network: str, module: str, half: str) -> str:
    place = "text_model." if network == "text_encoder" else ""
    return f"{network}.{place}{module}.lora_{'A' if half == 'down' else 'B'}.weight"


def diffusers_linear_layer(network: str, module: str, half: str) -> str:
    place = "text_model." if network == "text_encoder" else ""
    return f"{network}.{place}{module}.lora_linear_layer.{half}.weight"


def peft(network: str, module: str, half: str) -> str:
    return f"base_model.model.{module}.lora_{'A' if half == 'down' else 'B'}.weight"


def diffusers_processor(network: str, module: str, half: str) -> str:
    path, _, layer = module.removesuffix(".0").rpartition(".")
    return f"{network}.{path}.processor.{layer}_lora.{half}.weight"


ORIGINAL_NAMES: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _original_names(sd1: Any) -> None:
    found = tensor_locations(TensorLayout.UNET, sd1.networks["unet"].state_dict())
    ORIGINAL_NAMES.update(
        {name.removesuffix(".weight"): place.name.removesuffix(".weight") for name, place in found.items()}
    )


def halves(shape: torch.Size) -> tuple[Tensor, Tensor]:
    outputs, inputs, *kernel = shape
    down = torch.randn(RANK, inputs, *kernel)
    return down, torch.randn(outputs, RANK, *(1 for _ in kernel))


def write(
    model: Any, path: Path, name: Namer, modules: dict[str, list[str]], **metadata: str
) -> dict[tuple[str, str], Tensor]:
    """A LoRA file, and the change of each weight at weight 1 and scale 1."""
    torch.manual_seed(0)
    tensors: dict[str, Tensor] = {}
    changes: dict[tuple[str, str], Tensor] = {}
    for network, names in modules.items():
        for module in names:
            stored = model.networks[network].state_dict()[f"{module}.weight"]
            down, up = halves(stored.shape)
            tensors |= {name(network, module, "down"): down, name(network, module, "up"): up}
            changes[network, module] = torch.einsum("or,ri->oi", up.flatten(1), down.flatten(1)).reshape(
                stored.shape
            )
    if name in (kohya, kohya_original):
        tensors |= {key.split(".")[0] + ".alpha": torch.tensor(ALPHA) for key in list(tensors)}
    save_file(tensors, path, metadata=metadata or None)
    return changes


def assert_changed(model: Any, found: Model, changes: dict[tuple[str, str], Tensor], scale: float) -> None:
    networks = {"unet": found.unet, "text_encoder": found.text_encoders.networks[0]}
    for part, network in networks.items():
        for name, tensor in network.state_dict().items():
            wanted = model.networks[part].state_dict()[name]
            if (change := changes.get((part, name.removesuffix(".weight")))) is not None:
                assert not torch.equal(tensor, wanted)
                wanted = wanted + scale * change
            torch.testing.assert_close(tensor, wanted)


@pytest.mark.parametrize(
    ("name", "modules", "scale"),
    [
        (kohya, {"unet": [LINEAR, OUTPUT, CONVOLUTION], "text_encoder": [TEXT]}, ALPHA / RANK),
        (kohya_original, {"unet": [LINEAR, CONVOLUTION], "text_encoder": [TEXT]}, ALPHA / RANK),
        (diffusers, {"unet": [LINEAR, OUTPUT, CONVOLUTION], "text_encoder": [TEXT]}, 1),
        (diffusers_linear_layer, {"unet": [LINEAR], "text_encoder": [TEXT]}, 1),
        (diffusers_processor, {"unet": [LINEAR, OUTPUT]}, 1),
        (peft, {"unet": [LINEAR, CONVOLUTION]}, 1),
    ],
)
def test_every_naming_finds_its_weights(
    sd1: Any, scratch: Path, name: Namer, modules: dict[str, list[str]], scale: float
) -> None:
    path = scratch / "lora.safetensors"
    changes = write(sd1, path, name, modules)
    found = load(sd1.folder, Lora(path=path, weight=WEIGHT))
    assert_changed(sd1, found, changes, WEIGHT * scale)


def test_a_lora_lies_over_a_file_in_the_original_layout_too(sd1: Any, scratch: Path) -> None:
    changes = write(sd1, scratch / "lora.safetensors", kohya, {"unet": [LINEAR, CONVOLUTION]})
    model = sd1.save("model.ckpt", sd1.original())
    found = load(model, Lora(path=scratch / "lora.safetensors"))
    assert_changed(sd1, found, changes, ALPHA / RANK)


def test_several_loras_add_up_and_weight_zero_changes_nothing(sd1: Any, scratch: Path) -> None:
    path = scratch / "lora.safetensors"
    changes = write(sd1, path, kohya, {"unet": [LINEAR]})
    found = load(sd1.folder, Lora(path=path, weight=1), Lora(path=path, weight=-0.25))
    assert_changed(sd1, found, changes, 0.75 * ALPHA / RANK)
    plain = load(sd1.folder, Lora(path=path, weight=0)).unet.state_dict()
    assert all(torch.equal(plain[name], tensor) for name, tensor in sd1.networks["unet"].state_dict().items())


def test_the_alpha_that_diffusers_and_peft_write_beside_counts(sd1: Any, scratch: Path) -> None:
    described = json.dumps({"unet.r": RANK, "unet.lora_alpha": 8})
    path = scratch / "lora.safetensors"
    changes = write(sd1, path, diffusers, {"unet": [LINEAR]}, lora_adapter_metadata=described)
    assert_changed(sd1, load(sd1.folder, Lora(path=path)), changes, 8 / RANK)
    changes = write(sd1, path, peft, {"unet": [LINEAR]})
    (scratch / "adapter_config.json").write_text(json.dumps({"r": RANK, "lora_alpha": 12}))
    assert_changed(sd1, load(sd1.folder, Lora(path=path)), changes, 12 / RANK)


def test_a_convolution_factored_twice_is_put_together(sd1: Any, scratch: Path) -> None:
    stored = sd1.networks["unet"].state_dict()[f"{CONVOLUTION}.weight"]
    outputs, inputs = stored.shape[:2]
    down, mid, up = (
        torch.randn(RANK, inputs, 1, 1),
        torch.randn(RANK, RANK, 3, 3),
        torch.randn(outputs, RANK, 1, 1),
    )
    begin = kohya("unet", CONVOLUTION, "down").split(".")[0]
    tensors = {"lora_down.weight": down, "lora_mid.weight": mid, "lora_up.weight": up}
    save_file({f"{begin}.{name}": tensor for name, tensor in tensors.items()}, scratch / "lora.safetensors")
    # applied one after the other, the three are one convolution
    noise = torch.randn(1, inputs, 8, 8)
    apart = torch.conv2d(torch.conv2d(torch.conv2d(noise, down), mid), up)
    changed = load(sd1.folder, Lora(path=scratch / "lora.safetensors")).unet.state_dict()
    together = torch.conv2d(noise, changed[f"{CONVOLUTION}.weight"] - stored)
    torch.testing.assert_close(together, apart, rtol=1e-3, atol=1e-2)


def refusal(model: Path, path: Path) -> str:
    with pytest.raises(ModelNotUsable) as refused:
        load(model, Lora(path=path))
    return str(refused.value)


def test_a_lora_of_another_model_names_a_module(sd1: Any, scratch: Path) -> None:
    path = scratch / "other.safetensors"
    save_file(
        {
            "lora_unet_middle_of_nowhere.lora_down.weight": torch.zeros(4, 32),
            "lora_unet_middle_of_nowhere.lora_up.weight": torch.zeros(32, 4),
        },
        path,
    )
    assert refusal(sd1.folder, path) == (
        "The LoRA other.safetensors was made for another kind of model: this one has no middle_of_nowhere in "
        "its unet. Choose a LoRA of the same family as the model."
    )


def test_a_lora_of_another_width_is_refused(sd1: Any, scratch: Path) -> None:
    path = scratch / "wide.safetensors"
    begin = kohya("unet", LINEAR, "down").split(".")[0]
    tensors = {"lora_down.weight": torch.zeros(4, 999), "lora_up.weight": torch.zeros(32, 4)}
    save_file({f"{begin}.{name}": tensor for name, tensor in tensors.items()}, path)
    assert refusal(sd1.folder, path).startswith(
        f"The LoRA wide.safetensors does not fit this model: {LINEAR}.weight has another shape there."
    )


def test_relatives_of_lora_and_other_files_are_refused_by_name(sd1: Any, scratch: Path) -> None:
    path = scratch / "file.safetensors"
    save_file({"lora_unet_mid_block.oft_blocks": torch.zeros(4, 4)}, path)
    assert "file.safetensors is a OFT, a relative of LoRA" in refusal(sd1.folder, path)
    model = sd1.save("model.safetensors", sd1.original_unet())
    assert "model.safetensors is a Stable Diffusion 1 model that edits pictures, not a LoRA." in refusal(
        sd1.folder, model
    )


def test_a_lora_that_lost_a_half_is_refused(sd1: Any, scratch: Path) -> None:
    path = scratch / "half.safetensors"
    save_file({kohya("unet", LINEAR, "down"): torch.zeros(4, 32)}, path)
    assert "half.safetensors has only a part of the change of up_blocks_1" in refusal(sd1.folder, path)
