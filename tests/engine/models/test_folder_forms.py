"""A folder of pickles, shards, variants or older names loads to the same weights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.loaded_models import assert_same, load, reference
from safetensors.torch import load_file, save_file
from torch import Tensor


def rewrite(folder: Path, part: str, stem: str, write: Callable[[dict[str, Tensor], Path], None]) -> None:
    path = folder / part / f"{stem}.safetensors"
    tensors = load_file(path)
    path.unlink()
    write(tensors, folder / part)


@pytest.fixture
def copied(small_model: Any, scratch: Path) -> tuple[Path, Path]:
    """A folder that a test may rewrite, and the one it is a copy of."""
    shutil.copytree(small_model.folder, scratch / "copy")
    return scratch / "copy", small_model.folder


def parts_of(folder: Path) -> list[tuple[str, str]]:
    known = {"unet": "diffusion_pytorch_model", "vae": "diffusion_pytorch_model"}
    known |= {"text_encoder": "model", "text_encoder_2": "model"}
    return [(part, stem) for part, stem in known.items() if (folder / part).is_dir()]


def test_a_folder_of_pickles_loads_through_the_safe_reader(copied: tuple[Path, Path]) -> None:
    folder, wanted = copied
    for part, stem in parts_of(folder):
        name = "pytorch_model.bin" if stem == "model" else f"{stem}.bin"
        rewrite(folder, part, stem, lambda tensors, place, name=name: torch.save(tensors, place / name))
    assert_same(load(folder), reference(wanted))


def test_a_folder_of_half_precision_variants_loads(copied: tuple[Path, Path]) -> None:
    folder, wanted = copied
    for part, stem in parts_of(folder):
        rewrite(
            folder,
            part,
            stem,
            lambda tensors, place, stem=stem: save_file(
                {name: tensor.half() for name, tensor in tensors.items()}, place / f"{stem}.fp16.safetensors"
            ),
        )
    model, whole = load(folder, torch.float16), load(wanted, torch.float16)
    assert all(
        torch.equal(tensor, whole.unet.state_dict()[name]) for name, tensor in model.unet.state_dict().items()
    )
    assert {parameter.dtype for parameter in model.vae.parameters()} == {torch.float32}


def test_a_folder_of_shards_loads(copied: tuple[Path, Path]) -> None:
    folder, wanted = copied

    def write(tensors: dict[str, Tensor], place: Path) -> None:
        shards: dict[str, dict[str, Tensor]] = {"one.safetensors": {}, "two.safetensors": {}}
        for number, (name, tensor) in enumerate(tensors.items()):
            shards[list(shards)[number % 2]][name] = tensor
        for name, part in shards.items():
            save_file(part, place / name)
        index = {"weight_map": {key: name for name, part in shards.items() for key in part}}
        (place / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))

    rewrite(folder, "unet", "diffusion_pytorch_model", write)
    assert_same(load(folder), reference(wanted))


def test_the_vae_names_of_the_first_released_folders_load(sd1: Any, scratch: Path) -> None:
    shutil.copytree(sd1.folder, scratch / "old")
    old = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
    changed = 0

    def write(tensors: dict[str, Tensor], place: Path) -> None:
        nonlocal changed
        renamed = {}
        for name, tensor in tensors.items():
            past = name
            for new, before in old.items():
                past = past.replace(new, before)
            changed += past != name
            renamed[past] = tensor
        save_file(renamed, place / "diffusion_pytorch_model.safetensors")

    rewrite(scratch / "old", "vae", "diffusion_pytorch_model", write)
    assert changed == 16
    assert_same(load(scratch / "old"), reference(sd1.folder))


def test_the_text_encoder_names_of_older_transformers_load(sd1: Any, scratch: Path) -> None:
    shutil.copytree(sd1.folder, scratch / "old")
    rewrite(
        scratch / "old",
        "text_encoder",
        "model",
        lambda tensors, place: save_file(
            {
                **{f"text_model.{name}": tensor for name, tensor in tensors.items()},
                "text_model.embeddings.position_ids": torch.arange(77)[None],
            },
            place / "model.safetensors",
        ),
    )
    assert_same(load(scratch / "old"), reference(sd1.folder))
