"""Folders of training scripts, caches and adapters: opened if unambiguous, else named with advice."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.errors import ModelNotUsable
from engine.models.loading import load_model
from engine.models.model_folders import find_model

COMMIT, OLDER = "a" * 40, "b" * 40


def made(folder: Path, *names: str, text: str = "x") -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


OPENED = {
    "a model": ((), "", "", "."),
    "accelerate": (
        ("checkpoint-500/model.safetensors", "checkpoint-500/optimizer.bin", "checkpoint-500/scheduler.bin"),
        "checkpoint-500",
        "",
        "checkpoint-500/model.safetensors",
    ),
    "accelerate, in shards": (
        (
            "checkpoint-500/model-00001-of-00002.safetensors",
            "checkpoint-500/model-00002-of-00002.safetensors",
            "checkpoint-500/model.safetensors.index.json",
            "checkpoint-500/random_states_0.pkl",
        ),
        "checkpoint-500",
        "",
        "checkpoint-500/model.safetensors.index.json",
    ),
    "diffusers": (
        ("out/checkpoint-9/unet/config.json", "out/checkpoint-9/unet/diffusion_pytorch_model.safetensors"),
        "out/checkpoint-9",
        "",
        "out/checkpoint-9/unet/diffusion_pytorch_model.safetensors",
    ),
    "diffusers, averaged": (
        (
            "checkpoint-9/unet/config.json",
            "checkpoint-9/unet/diffusion_pytorch_model.bin",
            "checkpoint-9/unet_ema/config.json",
            "checkpoint-9/unet_ema/diffusion_pytorch_model.bin",
        ),
        "checkpoint-9",
        "",
        "checkpoint-9/unet_ema/diffusion_pytorch_model.bin",
    ),
    "the only checkpoint": (
        ("out/checkpoint-9/model.safetensors", "out/logs/events"),
        "out",
        "",
        "out/checkpoint-9/model.safetensors",
    ),
    "cache": (
        (f"models--o--n/snapshots/{COMMIT}/model_index.json", f"models--o--n/snapshots/{OLDER}/x"),
        "models--o--n",
        "models--o--n/refs/main",
        f"models--o--n/snapshots/{COMMIT}",
    ),
    "cache, snapshots": (
        (f"models--o--n/snapshots/{COMMIT}/model_index.json",),
        "models--o--n/snapshots",
        "",
        f"models--o--n/snapshots/{COMMIT}",
    ),
    "cache, blobs": (
        (f"models--o--n/snapshots/{COMMIT}/edit.ckpt", "models--o--n/blobs/123"),
        "models--o--n/blobs",
        "",
        f"models--o--n/snapshots/{COMMIT}/edit.ckpt",
    ),
    "hub with one model": (
        (f"hub/models--o--n/snapshots/{COMMIT}/model_index.json", "hub/version.txt"),
        "hub",
        "",
        f"hub/models--o--n/snapshots/{COMMIT}",
    ),
}


@pytest.mark.parametrize(("names", "chosen", "ref", "opened"), OPENED.values(), ids=OPENED.keys())
def test_what_can_only_mean_one_model_is_opened(
    tmp_path: Path, names: tuple[str, ...], chosen: str, ref: str, opened: str
) -> None:
    made(tmp_path, *names)
    if ref:
        made(tmp_path, ref, text=f"{COMMIT}\n")
    assert find_model(tmp_path / chosen) == tmp_path / opened


NAMED = {
    "DeepSpeed": (
        ("checkpoint-500/zero_to_fp32.py", "checkpoint-500/latest"),
        "is a checkpoint of DeepSpeed, whose weights are divided among several files. Run its script",
    ),
    "DeepSpeed, inside": (
        ("checkpoint-500/zero_pp_rank_0_mp_rank_00_optim_states.pt",),
        "is a checkpoint of DeepSpeed",
    ),
    "FSDP": (
        ("checkpoint-500/pytorch_model_fsdp_0/__0_0.distcp",),
        "is a checkpoint of FSDP, whose weights are divided among several files. Run “accelerate merge",
    ),
    "peft": (
        ("checkpoint-500/adapter_config.json", "checkpoint-500/adapter_model.safetensors"),
        "is a LoRA, which changes a model and is none by itself. Choose a model first, then add this folder",
    ),
    "LoRA of diffusers": (("checkpoint-500/pytorch_lora_weights.safetensors",), "is a LoRA, which changes"),
    "our run": (("run/checkpoints/step-00000004/state.pt",), "contains checkpoints of a training run, not a"),
    "several checkpoints": (
        ("out/checkpoint-500/x", "out/checkpoint-1000/x"),
        "contains several models or checkpoints. Choose one of them: checkpoint-1000, checkpoint-500.",
    ),
    "several files": (
        ("checkpoint-500/model.safetensors", "checkpoint-500/model_1.safetensors"),
        "Choose one of them: model.safetensors, model_1.safetensors.",
    ),
    "hub": (
        ("hub/models--a--b/snapshots/1/x", "hub/models--c--d/snapshots/1/x"),
        "Choose one of them: models--a--b, models--c--d.",
    ),
    "cache without files": (
        ("models--a--b/snapshots/.keep",),
        "is the cache of a model whose files are not there. Download the model again.",
    ),
}


@pytest.mark.parametrize(("names", "sentence"), NAMED.values(), ids=NAMED.keys())
def test_other_folders_are_named_with_advice(tmp_path: Path, names: tuple[str, ...], sentence: str) -> None:
    made(tmp_path, *names)
    with pytest.raises(ModelNotUsable) as refused:
        find_model(tmp_path / names[0].partition("/")[0])
    assert sentence in str(refused.value)


def test_a_folder_of_other_things_is_left_to_the_usual_error(tmp_path: Path) -> None:
    made(tmp_path, "notes.txt", "pictures/a.png", "model.safetensors")
    assert find_model(tmp_path) == tmp_path
    assert find_model(tmp_path / "nowhere") == tmp_path / "nowhere"


def test_a_checkpoint_of_a_script_is_completed_by_the_model_around_it(sd1: Any, scratch: Path) -> None:
    output = scratch / "out"
    output.mkdir()
    for part in sd1.folder.iterdir():
        (output / part.name).symlink_to(part)
    network = deepcopy(sd1.networks["unet"])  # other tests use it too
    first = network.conv_in.weight.detach().clone()
    with torch.no_grad():
        network.conv_in.weight.add_(1)
    network.save_pretrained(output / "checkpoint-20" / "unet")
    model = load_model(output / "checkpoint-20", device=torch.device("cpu"), dtype=torch.float32)
    torch.testing.assert_close(model.unet.conv_in.weight, first + 1)
