"""Weights in number types and forms that are not supported are named for what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from fakes.tensor_formats import Save, refusal, save_safetensors, save_shards, save_zip

from engine.errors import ModelNotUsable
from engine.tensors.tensor_files import open_component, open_tensors

WEIGHT = "model.diffusion_model.input_blocks.1.1.proj_in.weight"
BESIDE = {
    "scaled fp8": ("scaled_fp8", f"{WEIGHT.removesuffix('weight')}scale_weight", f"{WEIGHT}_scale"),
    "bitsandbytes nf4": (f"{WEIGHT}.quant_state.bitsandbytes__nf4",),
    "bitsandbytes fp4": (f"{WEIGHT}.quant_state.bitsandbytes__fp4",),
    "bitsandbytes, 4 bits": (f"{WEIGHT}.absmax", f"{WEIGHT}.quant_map"),
    "bitsandbytes, 8 bits": (f"{WEIGHT.removesuffix('weight')}SCB",),
    "GPTQ or AWQ": (f"{WEIGHT.removesuffix('weight')}qweight", f"{WEIGHT.removesuffix('weight')}qzeros"),
    "SVDQuant (Nunchaku)": (f"{WEIGHT.removesuffix('weight')}wscales",),
    "quanto": (f"{WEIGHT}._data",),
}


@pytest.mark.parametrize(
    ("method", "name"), [(method, name) for method, names in BESIDE.items() for name in names]
)
def test_quantised_weights_are_named(tmp_path: Path, method: str, name: str) -> None:
    save_safetensors({WEIGHT: torch.zeros(4), name: torch.ones(1)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelNotUsable) as refused:
        open_tensors(tmp_path / "model.safetensors")
    assert str(refused.value) == (
        f"The weights in model.safetensors are quantised ({method}), which is not supported. "
        "Choose the same model in fp16, bf16 or fp32."
    )
    assert refused.value.is_wrong_input


@pytest.mark.parametrize("save", [save_zip, save_shards])
def test_quantised_weights_are_named_in_every_format(tmp_path: Path, save: Save) -> None:
    path = tmp_path / ("model.safetensors.index.json" if save is save_shards else "model.ckpt")
    save({WEIGHT: torch.zeros(4), f"{WEIGHT}.absmax": torch.ones(1)}, path)
    assert "quantised (bitsandbytes, 4 bits)" in refusal(path)


def test_a_quantised_component_is_named_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "unet").mkdir()
    path = tmp_path / "unet" / "diffusion_pytorch_model.safetensors"
    save_safetensors({"conv_in.SCB": torch.ones(1)}, path)
    with pytest.raises(ModelNotUsable, match=r"in unet/diffusion_pytorch_model\.safetensors are quantised"):
        open_component(tmp_path / "unet", "diffusion_pytorch_model")


@pytest.mark.parametrize("dtype", ["F8_E8M0", "F4", "F6_E2M3", "F8_E4M3FNUZ", "I4"])
def test_a_number_type_that_is_not_supported_is_named(tmp_path: Path, dtype: str) -> None:
    header = {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    header["b"] = {"dtype": dtype, "shape": [8], "data_offsets": [4, 12]}
    text = json.dumps(header).encode()
    path = tmp_path / "model.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(12))
    assert refusal(path) == (f"model.safetensors stores numbers of the type {dtype}, which is not supported.")
