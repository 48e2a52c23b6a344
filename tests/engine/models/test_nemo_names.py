"""NeMo's names lead to those of the original and back, and a NeMo file is loaded as what it is."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.library.model_contents import family_of
from engine.models.loading import load_model
from engine.models.nemo_names import nemo_name, original_name

UNET = "model.diffusion_model"
BLOCK = f"{UNET}.input_blocks.4.1.transformer_blocks.0"
PAIRS = {
    f"{UNET}.input_blocks.1.0.in_layers.2.weight": f"{UNET}.input_blocks.1.0.in_layers.1.weight",
    f"{UNET}.middle_block.0.out_layers.3.bias": f"{UNET}.middle_block.0.out_layers.2.bias",
    f"{UNET}.out.2.weight": f"{UNET}.out.1.weight",
    f"{BLOCK}.norm1.weight": f"{BLOCK}.attn1.norm.weight",
    f"{BLOCK}.norm2.bias": f"{BLOCK}.attn2.norm.bias",
    f"{BLOCK}.norm3.weight": f"{BLOCK}.ff.net.0.weight",
    f"{BLOCK}.ff.net.0.proj.weight": f"{BLOCK}.ff.net.1.proj.weight",
    f"{BLOCK}.ff.net.2.bias": f"{BLOCK}.ff.net.3.bias",
}
SAME = (
    f"{UNET}.input_blocks.1.0.in_layers.0.weight",
    f"{UNET}.out.0.weight",
    f"{BLOCK}.attn1.to_q.weight",
    f"{BLOCK}.attn1.to_out.0.weight",
    "first_stage_model.encoder.mid.attn_1.norm.weight",
    "first_stage_model.encoder.down.0.block.0.norm1.weight",
    "cond_stage_model.transformer.text_model.encoder.layers.0.layer_norm1.weight",
)


@pytest.mark.parametrize(("original", "nemo"), PAIRS.items())
def test_each_name_leads_to_the_other(original: str, nemo: str) -> None:
    assert nemo_name(original) == nemo
    assert original_name(nemo) == original


@pytest.mark.parametrize("name", SAME)
def test_what_both_call_alike_stays(name: str) -> None:
    assert nemo_name(name) == original_name(name) == name


@pytest.mark.parametrize(
    ("fused", "original"),
    [
        (f"{BLOCK}.attn1.norm_to_q.layer_norm_weight", f"{BLOCK}.norm1.weight"),
        (f"{BLOCK}.attn2.norm_to_q.weight", f"{BLOCK}.attn2.to_q.weight"),
        (f"{BLOCK}.ff.net.layer_norm_bias", f"{BLOCK}.norm3.bias"),
        (f"{BLOCK}.ff.net.fc1_weight", f"{BLOCK}.ff.net.0.proj.weight"),
        (f"{BLOCK}.ff.net.fc2_bias", f"{BLOCK}.ff.net.2.bias"),
    ],
)
def test_the_fused_layers_of_transformer_engine_are_known(fused: str, original: str) -> None:
    assert original_name(fused) == original


def test_a_nemo_archive_is_loaded(sd1: Any, scratch: Path) -> None:
    weights = {f"model.{nemo_name(name)}": tensor for name, tensor in sd1.original().items()}
    assert weights.keys() != {f"model.{name}" for name in sd1.original()}
    torch.save(weights, scratch / "model_weights.ckpt")
    (scratch / "model_config.yaml").write_text("first_stage_key: edited\n")
    with tarfile.open(scratch / "editor.nemo", "w") as archive:
        for name in ("model_config.yaml", "model_weights.ckpt"):
            archive.add(scratch / name, arcname=f"./{name}")
    assert family_of(scratch / "editor.nemo") == "sd1"
    loaded = load_model(scratch / "editor.nemo", device=torch.device("cpu"), dtype=torch.float32)
    for name, tensor in sd1.networks["unet"].state_dict().items():
        assert torch.equal(loaded.unet.state_dict()[name], tensor), name
