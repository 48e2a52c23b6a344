"""LoRA files of every kind and setting change weights exactly as peft, diffusers and LyCORIS do."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
from diffusers.loaders import StableDiffusionLoraLoaderMixin
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.errors import ErrorReport, ModelNotUsable
from engine.model_options import Lora
from engine.models.lora.lora_files import ChangedTensors, LoraFile
from engine.models.original_layout import TensorLayout

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "checkpoints"
LINEAR, CONVOLUTION, NORM = "blocks.0.attn.to_q", "blocks.0.conv", "blocks.0.norm"


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attn = nn.ModuleDict({"to_q": nn.Linear(12, 8), "to_v": nn.Linear(12, 8)})
        self.conv = nn.Conv2d(12, 8, 3)
        self.norm = nn.GroupNorm(2, 8)

    def forward(self, pixels: Tensor) -> Tensor:
        return pixels


class Network(nn.Module):
    """Named like a UNet, and small."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([Block(), Block()])


class TensorsInMemory:
    """A `TensorSource` of tensors in memory."""

    location, metadata = "model", {}

    def __init__(self, tensors: dict[str, Tensor]) -> None:
        self._tensors = tensors

    def names(self) -> Any:
        return self._tensors.keys()

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._tensors[name].shape)

    def dtype(self, name: str) -> torch.dtype:
        return self._tensors[name].dtype

    def read(self, name: str) -> Tensor:
        return self._tensors[name]

    def close(self) -> None: ...


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    return Network().requires_grad_(False)


def applied(stored: dict[str, Tensor], *loras: Lora) -> tuple[dict[str, Tensor], list[ErrorReport | None]]:
    files = [LoraFile(lora) for lora in loras]
    changes = [(file, file.matched("unet", stored.keys(), TensorLayout.DIFFUSERS)) for file in files]
    source = ChangedTensors(TensorsInMemory(stored), changes)
    return {name: source.read(name) for name in stored}, [file.check_matched() for file in files]


LORA: dict[str, Any] = {"r": 4, "lora_alpha": 6, "target_modules": ["to_q", "to_v", "conv"]}
PEFT_SETTINGS = {
    "plain": peft.LoraConfig(**LORA),
    "rank-stabilised": peft.LoraConfig(**LORA, use_rslora=True),
    "patterns": peft.LoraConfig(
        **LORA,
        rank_pattern={"to_v": 2, r"blocks\.1\.conv": 3},
        alpha_pattern={"blocks.1.attn.to_q": 11, "^blocks.0.*to_v": 5, "conv": 1},
    ),
    "rank-stabilised patterns": peft.LoraConfig(**LORA, use_rslora=True, rank_pattern={"to_v": 2}),
    "DoRA": peft.LoraConfig(**LORA, use_dora=True),
    "DoRA, rank-stabilised": peft.LoraConfig(**LORA, use_dora=True, use_rslora=True),
    "bias of the second factor": peft.LoraConfig(**LORA, lora_bias=True),
    "bias of the layer": peft.LoraConfig(**LORA, bias="lora_only"),
    "whole modules": peft.LoraConfig(**LORA, modules_to_save=["norm"]),
    "LoHa": peft.LoHaConfig(
        r=4, alpha=6, target_modules=["to_q", "conv"], alpha_pattern={"conv": 3}, use_effective_conv2d=True
    ),
    "LoHa, flat": peft.LoHaConfig(r=4, alpha=6, target_modules=["to_q", "conv"]),
    "LoKr": peft.LoKrConfig(r=2, alpha=6, target_modules=["to_q", "conv"]),
    "LoKr, both factored": peft.LoKrConfig(
        r=2, alpha=6, target_modules=["to_q", "conv"], decompose_both=True, use_effective_conv2d=True
    ),
    "LoKr, whole": peft.LoKrConfig(r=64, alpha=6, target_modules=["to_q", "conv"]),
}


@pytest.mark.filterwarnings("ignore:Adapter 'default'")  # peft takes the bias of a factor for a fault
@pytest.mark.parametrize("config", PEFT_SETTINGS.values(), ids=PEFT_SETTINGS.keys())
def test_every_setting_of_peft_counts(network: Network, tmp_path: Path, config: Any) -> None:
    stored = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    adapted = peft.get_peft_model(network, copy.deepcopy(config))
    for name, parameter in adapted.named_parameters():
        if parameter.requires_grad:
            parameter.data = torch.randn(parameter.shape) * (0.1 if "magnitude" not in name else 1)
    adapted.save_pretrained(tmp_path / "adapter")
    found, warnings = applied(stored, Lora(path=tmp_path / "adapter"))
    wanted = adapted.merge_and_unload().state_dict()
    assert warnings == [None]
    assert found.keys() == wanted.keys()
    changed = {name for name in stored if not torch.equal(stored[name], found[name])}
    assert f"{LINEAR}.weight" in changed
    for name, tensor in wanted.items():
        torch.testing.assert_close(found[name], tensor, rtol=1e-5, atol=1e-6)


def test_diffusers_settings_in_the_metadata_count_for_each_network(tmp_path: Path) -> None:
    factors = {"lora_A.weight": torch.randn(4, 12), "lora_B.weight": torch.randn(8, 4)}
    modules = ("blocks.0.attn.to_q", "blocks.1.attn.to_q")
    tensors = {
        f"unet.{module}.{end}": tensor.clone() for module in modules for end, tensor in factors.items()
    }
    settings = {
        "unet.r": 4,
        "unet.lora_alpha": 8,
        "unet.use_rslora": True,
        "unet.alpha_pattern": {"blocks.1.attn.to_q": 2},
        "text_encoder.r": 4,
        "text_encoder.lora_alpha": 100,
    }
    path = tmp_path / "lora.safetensors"
    save_file(tensors, path, metadata={"lora_adapter_metadata": json.dumps(settings)})
    stored = {f"{module}.weight": torch.zeros(8, 12) for module in modules}
    found, _ = applied(stored, Lora(path=path))
    change = factors["lora_B.weight"] @ factors["lora_A.weight"]
    torch.testing.assert_close(found["blocks.0.attn.to_q.weight"], 8 / math.sqrt(4) * change)
    torch.testing.assert_close(found["blocks.1.attn.to_q.weight"], 2 / math.sqrt(4) * change)


def lycoris(scheme: str) -> dict[str, Tensor]:
    """The tensors of one module in a file of LyCORIS, without the name of the module."""
    torch.manual_seed(1)
    low_rank = {"lora_down.weight": torch.randn(2, 12), "lora_up.weight": torch.randn(8, 2)}
    return {
        "diff": {"diff": torch.randn(8, 12), "diff_b": torch.randn(8)},
        "dora of outputs": {**low_rank, "alpha": torch.tensor(3.0), "dora_scale": torch.rand(8, 1)},
        "dora of inputs": {**low_rank, "alpha": torch.tensor(3.0), "dora_scale": torch.rand(1, 12)},
        "loha": {
            "hada_w1_a": torch.randn(8, 2),
            "hada_w1_b": torch.randn(2, 12),
            "hada_w2_a": torch.randn(8, 2),
            "hada_w2_b": torch.randn(2, 12),
            "alpha": torch.tensor(5.0),
        },
        "lokr": {
            "lokr_w1": torch.randn(2, 3),
            "lokr_w2_a": torch.randn(4, 2),
            "lokr_w2_b": torch.randn(2, 4),
            "alpha": torch.tensor(1.0),
        },
        "whole lokr": {
            "lokr_w1": torch.randn(2, 3),
            "lokr_w2": torch.randn(4, 4),
            "alpha": torch.tensor(1e9),
        },
    }[scheme]


def expected(scheme: str, weight: Tensor, parts: dict[str, Tensor]) -> Tensor:
    """By the formulas of LyCORIS (`lycoris/modules` and `lycoris/functional`)."""
    if scheme == "diff":
        return weight + parts["diff"]
    if scheme.startswith("dora"):
        changed = weight + 3 / 2 * parts["lora_up.weight"] @ parts["lora_down.weight"]
        norm = changed.norm(dim=1 if scheme.endswith("outputs") else 0, keepdim=True)
        return changed * parts["dora_scale"] / norm
    if scheme == "loha":
        first = parts["hada_w1_a"] @ parts["hada_w1_b"]
        return weight + 5 / 2 * first * (parts["hada_w2_a"] @ parts["hada_w2_b"])
    if scheme == "lokr":
        return weight + 1 / 2 * torch.kron(parts["lokr_w1"], parts["lokr_w2_a"] @ parts["lokr_w2_b"])
    return weight + torch.kron(parts["lokr_w1"], parts["lokr_w2"])


@pytest.mark.parametrize(
    "scheme", ["diff", "dora of outputs", "dora of inputs", "loha", "lokr", "whole lokr"]
)
def test_every_kind_of_lycoris_counts_with_its_weight(network: Network, tmp_path: Path, scheme: str) -> None:
    parts, begin = lycoris(scheme), f"lora_unet_{LINEAR.replace('.', '_')}"
    save_file({f"{begin}.{name}": tensor for name, tensor in parts.items()}, tmp_path / "a.safetensors")
    stored = network.state_dict()
    for weight in (1.0, 0.5, 0.0):
        found, _ = applied(stored, Lora(path=tmp_path / "a.safetensors", weight=weight))
        own = stored[f"{LINEAR}.weight"]
        wanted = own + weight * (expected(scheme, own, parts) - own)
        torch.testing.assert_close(found[f"{LINEAR}.weight"], wanted, rtol=1e-5, atol=1e-5)
        bias = stored[f"{LINEAR}.bias"] + weight * parts.get("diff_b", torch.zeros(8))
        torch.testing.assert_close(found[f"{LINEAR}.bias"], bias)


def test_differences_of_norms_are_added(network: Network, tmp_path: Path) -> None:
    begin = f"lora_unet_{NORM.replace('.', '_')}"
    parts = {f"{begin}.w_norm": torch.randn(8), f"{begin}.b_norm": torch.randn(8)}
    save_file(parts, tmp_path / "norm.safetensors")
    stored = network.state_dict()
    found, _ = applied(stored, Lora(path=tmp_path / "norm.safetensors", weight=2))
    for end, part in (("weight", "w_norm"), ("bias", "b_norm")):
        torch.testing.assert_close(
            found[f"{NORM}.{end}"], stored[f"{NORM}.{end}"] + 2 * parts[f"{begin}.{part}"]
        )


def test_the_order_of_loras_does_not_matter(network: Network, tmp_path: Path) -> None:
    begin = f"lora_unet_{LINEAR.replace('.', '_')}"
    for scheme in ("diff", "dora of outputs"):
        tensors = {f"{begin}.{name}": tensor for name, tensor in lycoris(scheme).items()}
        save_file(tensors, tmp_path / f"{scheme}.safetensors")
    loras = [Lora(path=tmp_path / f"{scheme}.safetensors") for scheme in ("diff", "dora of outputs")]
    found, _ = applied(network.state_dict(), *loras)
    other, _ = applied(network.state_dict(), *reversed(loras))
    torch.testing.assert_close(found, other)


def test_a_file_of_kohya_is_applied_as_diffusers_does(sd1: Any, scratch: Path) -> None:
    unet = copy.deepcopy(sd1.networks["unet"])
    names = [name for name in unet.state_dict() if name.endswith(("attn1.to_q.weight", "attn2.to_k.weight"))]
    tensors = {}
    for name in names:
        outputs, inputs = unet.state_dict()[name].shape
        begin = f"lora_unet_{name.removesuffix('.weight').replace('.', '_')}"
        tensors |= {
            f"{begin}.lora_down.weight": torch.randn(4, inputs),
            f"{begin}.lora_up.weight": torch.randn(outputs, 4),
            f"{begin}.alpha": torch.tensor(3.0),
        }
    save_file(tensors, scratch / "kohya.safetensors")
    stored = {name: tensor.clone() for name, tensor in unet.state_dict().items()}
    found, warnings = applied(stored, Lora(path=scratch / "kohya.safetensors"))
    read, alphas = StableDiffusionLoraLoaderMixin.lora_state_dict(load_file(scratch / "kohya.safetensors"))
    StableDiffusionLoraLoaderMixin.load_lora_into_unet(read, network_alphas=alphas, unet=unet)
    unet.fuse_lora()
    wanted = {name.replace(".base_layer", ""): tensor for name, tensor in unet.state_dict().items()}
    assert warnings == [None]
    for name in stored:
        torch.testing.assert_close(found[name], wanted[name], rtol=1e-4, atol=1e-5)
    assert all(not torch.equal(found[name], stored[name]) for name in names)


def test_modules_that_do_not_fit_are_counted(network: Network, tmp_path: Path) -> None:
    parts = lycoris("diff")
    modules = ("blocks_0_attn_to_q", *(f"blocks_{number}_ff" for number in range(10, 22)))
    tensors = {
        f"lora_unet_{module}.{name}": part.clone() for module in modules for name, part in parts.items()
    }
    save_file(tensors | {"lora_unet_extra.embedding": torch.zeros(3)}, tmp_path / "b.safetensors")
    found, (warning,) = applied(network.state_dict(), Lora(path=tmp_path / "b.safetensors"))
    assert warning is not None
    assert warning.code == "model.lora-used-in-part"
    assert (warning.values["unmatched"], warning.values["count"]) == (13, 14)
    assert warning.message.startswith("13 of 14 modules of the LoRA b.safetensors do not fit this model")
    assert not torch.equal(found[f"{LINEAR}.weight"], network.state_dict()[f"{LINEAR}.weight"])


REFUSED: dict[str, tuple[dict[str, Tensor], str]] = {
    "a relative": ({"lora_unet_x.a1.weight": torch.zeros(2)}, "a.safetensors is a GLoRA, a relative of LoRA"),
    "an unknown part": (
        {
            "lora_unet_x.lora_down.weight": torch.zeros(2, 4),
            "lora_unet_x.lora_up.weight": torch.zeros(4, 2),
            "lora_unet_x.reshape_weight": torch.zeros(2),
        },
        "The LoRA a.safetensors contains lora_unet_x.reshape_weight, which is not supported.",
    ),
    "half a LoHa": ({"lora_unet_x.hada_w1_a": torch.zeros(2, 4)}, "has only a part of the change of x."),
    "two alphas": (
        {
            "lora_unet_x.lora_down.weight": torch.zeros(2, 4),
            "lora_unet_x.lora_up.weight": torch.zeros(4, 2),
            "lora_unet_x.alpha": torch.ones(2),
        },
        "has only a part of the change of x.",
    ),
    "rank 0": (
        {
            "lora_unet_x.lora_down.weight": torch.zeros(0, 4),
            "lora_unet_x.lora_up.weight": torch.zeros(4, 0),
            "lora_unet_x.alpha": torch.tensor(1.0),
        },
        "has only a part of the change of x.",
    ),
    "norms alone": ({"unet.x.lora_magnitude_vector": torch.zeros(2)}, "not a LoRA"),
    "a NaN": (
        {"lora_unet_x.diff": torch.tensor([math.nan])},
        "The LoRA a.safetensors is damaged: lora_unet_x.diff contains numbers that are not finite.",
    ),
}


@pytest.mark.parametrize(("tensors", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_applied_is_refused(tmp_path: Path, tensors: dict[str, Tensor], sentence: str) -> None:
    save_file(tensors, tmp_path / "a.safetensors")
    with pytest.raises(ModelNotUsable) as refused:
        LoraFile(Lora(path=tmp_path / "a.safetensors"))
    assert sentence in refused.value.message


def test_factors_of_a_huge_product_are_refused_before_it_is_made(network: Network, tmp_path: Path) -> None:
    begin = f"lora_unet_{LINEAR.replace('.', '_')}"
    huge = {"lokr_w1": torch.ones(3000, 3000), "lokr_w2": torch.ones(3000, 3000)}
    save_file({f"{begin}.{name}": tensor for name, tensor in huge.items()}, tmp_path / "huge.safetensors")
    with pytest.raises(ModelNotUsable, match=r"to_q\.weight has another shape there"):
        applied(network.state_dict(), Lora(path=tmp_path / "huge.safetensors"))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ('{"peft_type": "BOFT"}', "was trained with BOFT, which is not supported."),
        ('{"init_lora_weights": "pissa_niter_4"}', "was trained with pissa_niter_4, which is not supported."),
        ('{"lora_alpha": "many"}', "The settings of the LoRA in adapter_config.json are damaged."),
        ('{"r": 0}', "The settings of the LoRA in adapter_config.json are damaged."),
        ('{"alpha_pattern": {"(a+)+": 2}}', "The settings of the LoRA in adapter_config.json are damaged."),
        (f'{{"r": 1{"0" * 400}}}', "The settings of the LoRA in adapter_config.json are damaged."),
        ("[]", "The settings of the LoRA in adapter_config.json are damaged."),
        ("{", "The settings of the LoRA in adapter_config.json are damaged."),
    ],
)
def test_settings_that_mean_something_else_are_refused(tmp_path: Path, settings: str, sentence: str) -> None:
    factors = {"lora_A.weight": torch.zeros(4, 12), "lora_B.weight": torch.zeros(8, 4)}
    tensors = {f"base_model.model.{LINEAR}.{end}": tensor for end, tensor in factors.items()}
    save_file(tensors, tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_text(settings)
    with pytest.raises(ModelNotUsable) as refused:
        LoraFile(Lora(path=tmp_path))
    assert sentence in refused.value.message
