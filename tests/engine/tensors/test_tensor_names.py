"""Which file of a component is taken, and the names that its tensors go by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from fakes.tensor_formats import save_legacy, save_safetensors, save_zip

from engine.errors import ModelNotUsable
from engine.tensors.tensor_files import open_component, open_tensors, renamed, unwrapped
from engine.tensors.tensor_source import TensorSource

COMPONENT = [
    "net.safetensors",
    "net.safetensors.index.json",
    "net.fp16.safetensors",
    "net.safetensors.index.fp16.json",
    "net.bin",
    "net.bin.index.json",
    "net.fp16.bin",
    "net.bin.index.fp16.json",
]


def test_a_component_prefers_safetensors_and_then_full_precision(tmp_path: Path) -> None:
    folder = tmp_path / "unet"
    folder.mkdir()
    for number, name in enumerate(COMPONENT):
        weight = {"number": torch.tensor(number)}
        if name.endswith(".json"):
            shard = f"net.fp16-00001-of-0000{number}.{'bin' if '.bin' in name else 'safetensors'}"
            save_zip(weight, folder / shard) if ".bin" in name else save_safetensors(weight, folder / shard)
            (folder / name).write_text(json.dumps({"weight_map": {"number": shard}}))
        else:
            (save_zip if name.endswith("bin") else save_safetensors)(weight, folder / name)
    for number, name in enumerate(COMPONENT):
        source = open_component(folder, "net")
        assert source.read("number") == number
        assert source.location == f"unet/{name}"
        source.close()
        (folder / name).unlink()
    with pytest.raises(ModelNotUsable, match=r"The model lacks unet/net\.safetensors"):
        open_component(folder, "net")


def test_the_text_encoder_is_found_under_either_name(tmp_path: Path) -> None:
    save_legacy({"a": torch.ones(1)}, tmp_path / "pytorch_model.bin")
    assert open_component(tmp_path, "model").location.endswith("/pytorch_model.bin")
    save_safetensors({"a": torch.ones(1)}, tmp_path / "model.safetensors")
    assert open_component(tmp_path, "model").location.endswith("/model.safetensors")


def _source(names: list[str], tmp_path: Path) -> TensorSource:
    save_safetensors({name: torch.tensor(number) for number, name in enumerate(names)}, tmp_path / "w")
    return open_tensors(tmp_path / "w")


@pytest.mark.parametrize(
    ("stored", "bare"),
    [
        ("model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.model.diffusion_model._orig_mod.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.model._orig_mod.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("model.module.model.diffusion_model.out.2.bias", "model.diffusion_model.out.2.bias"),
        ("_orig_mod.conv_in.weight", "conv_in.weight"),
        ("module.conv_in.weight", "conv_in.weight"),
        ("model.module.mode.weight", "mode.weight"),
    ],
)
def test_what_training_wrapped_around_names_is_taken_off(stored: str, bare: str, tmp_path: Path) -> None:
    source = _source([stored], tmp_path)
    assert list(unwrapped(source).names()) == [bare]
    assert unwrapped(source).read(bare) == source.read(stored)


def test_a_prefix_that_only_some_names_carry_belongs_to_them(tmp_path: Path) -> None:
    names = ["model.diffusion_model.out", "first_stage_model.out", "model_ema.decay"]
    assert set(unwrapped(_source(names, tmp_path)).names()) == set(names)


def test_a_nemo_model_gets_the_names_of_the_original_layout(tmp_path: Path) -> None:
    names = ["betas", "model.diffusion_model.out", "first_stage_model.out", "cond_stage_model.x"]
    assert set(unwrapped(_source([f"model.{name}" for name in names], tmp_path)).names()) == set(names)


def test_a_view_shows_only_what_it_names(tmp_path: Path) -> None:
    source = _source(["a", "b"], tmp_path)
    view = renamed(source, {"c": "b"})
    assert list(view.names()) == ["c"]
    assert view.read("c") == 1
    assert (view.shape("c"), view.dtype("c")) == ((), torch.int64)
    assert view.location == source.location
    assert view.metadata == source.metadata
    with pytest.raises(ModelNotUsable, match="lacks the tensor a"):
        view.read("a")
    view.close()
    with pytest.raises(ValueError, match="closed"):
        source.read("a")
