"""Tensors written in every format that is read, and what is said of a file that is not."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.errors import ModelNotUsable
from engine.tensors.tensor_files import open_tensors

Save = Callable[[dict[str, Tensor], Path], None]


def save_safetensors(tensors: dict[str, Tensor], path: Path) -> None:
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, path)


def save_zip(tensors: dict[str, Tensor], path: Path) -> None:
    torch.save({"state_dict": tensors, "global_step": 22_000}, path)


def save_legacy(tensors: dict[str, Tensor], path: Path) -> None:
    torch.save(tensors, path, _use_new_zipfile_serialization=False)


def save_nemo(tensors: dict[str, Tensor], path: Path, packing: str = "w:") -> None:
    weights = io.BytesIO()
    torch.save(tensors, weights)
    parts = {
        "model_config.yaml": b"unet_config:\n  in_channels: 8\n",
        "model_weights.ckpt": weights.getvalue(),
    }
    with tarfile.open(path, packing) as archive:  # type: ignore[call-overload]
        for name, data in parts.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


def save_packed_nemo(tensors: dict[str, Tensor], path: Path) -> None:
    save_nemo(tensors, path, "w:gz")


def save_shards(tensors: dict[str, Tensor], path: Path) -> None:
    files = {name: f"{path.stem}-{number:05}.safetensors" for number, name in enumerate(tensors)}
    for name, file in files.items():
        save_safetensors({name: tensors[name]}, path.with_name(file))
    path.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": files}))


FORMATS: list[Save] = [
    *(save_safetensors, save_zip, save_legacy, save_nemo, save_packed_nemo, save_shards),
]


def refusal(path: Path) -> str:
    """What is said of a file that is not opened; advice goes with it."""
    with pytest.raises(ModelNotUsable) as caught:
        open_tensors(path)
    assert caught.value.advice
    return caught.value.message
