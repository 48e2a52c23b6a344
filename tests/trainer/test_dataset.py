"""Both pictures of a pair are cut alike, and every batch follows from its number."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from PIL import Image

from trainer.dataset import PairExamples
from trainer.pairs import find_pairs


def examples(folder: Path, seed: int = 0, batch_size: int = 4) -> PairExamples:
    return PairExamples(find_pairs(folder), resolution=32, flip=True, batch_size=batch_size, seed=seed)


def test_original_and_edited_stay_aligned(pair_folder: Path) -> None:
    for number in range(4):
        batch = examples(pair_folder).batch(number)
        assert batch.original.shape == batch.edited.shape == (4, 3, 32, 32)
        assert (batch.original + batch.edited).abs().max() < 0.06, "a negative cancels its photo"


def test_a_batch_follows_from_its_number_and_the_seed(pair_folder: Path) -> None:
    first, again = examples(pair_folder).batch(3), examples(pair_folder).batch(3)
    assert torch.equal(first.original, again.original)
    assert not torch.equal(first.original, examples(pair_folder, seed=1).batch(3).original)


def test_every_pair_comes_once_in_an_epoch(pair_folder: Path) -> None:
    whole = examples(pair_folder, batch_size=8)
    for epoch in range(3):
        chosen = {whole._pair(epoch * 8 + place).original for place in range(8)}
        assert len(chosen) == 8


def test_pairs_that_name_a_side_are_never_mirrored(tmp_path: Path) -> None:
    half = Image.new("RGB", (64, 64), "white")
    half.paste("black", (0, 0, 32, 64))
    half.save(tmp_path / "half.png")
    entry = {
        "original_image": "half.png",
        "edited_image": "half.png",
        "edit_instruction": "darken the Left side",
    }
    (tmp_path / "metadata.jsonl").write_text(json.dumps(entry), encoding="utf-8")
    for number in range(12):
        square = examples(tmp_path, batch_size=1).batch(number).original[0, 0]
        assert square[:, 0].mean() < square[:, -1].mean()
