"""The folder of caches may contain files of others."""

from __future__ import annotations

import os
from pathlib import Path

import torch

from trainer.examples.cache_folder import Cache


def test_files_of_others_in_the_folder_are_neither_counted_nor_removed(tmp_path: Path) -> None:
    key = "ab" * 20
    others = [
        tmp_path / "model.safetensors",
        tmp_path / "unet" / "diffusion_pytorch_model.safetensors",
        tmp_path / "models" / "ab" / "abstract.safetensors",
        tmp_path / "x" / "cd" / f"{key}.safetensors",
        tmp_path / "x" / "ab" / "deep" / f"{key}.safetensors",
        tmp_path / "notes" / "ab" / "draft.tmp",
    ]
    cache = Cache(tmp_path, "x", limit=10_000)
    cache.write(key, {"a": torch.zeros(750)})
    outside = tmp_path.parent / f"{tmp_path.name}.safetensors"
    outside.write_bytes(bytes(9000))
    link = tmp_path / "x" / "ab" / f"{'ab' * 19}ac.safetensors"
    link.symlink_to(outside)
    for path in others:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(9000))
    for path in (*others, outside, cache.path(key)):
        os.utime(path, (1_000_000, 1_000_000))
    cache.make_room(9000)
    assert not cache.has(key)
    assert all(path.is_file() for path in (*others, outside, link))
