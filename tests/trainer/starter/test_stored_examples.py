"""Pairs kept as latents: made the same again, and each with the noise that its picture follows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ip2p_desktop.base.paths import starter_model
from trainer.starter.data.edits import BY_NOISE, Edit
from trainer.starter.data.recipes import apply_edits, noise_for
from trainer.starter.data.recipes.randomness import CHANNELS
from trainer.starter.stages.stored_examples import EDITS_PER_SQUARE, LatentExamples, _noise_of, write_shards

SIZE = 32


@pytest.fixture(scope="module")
def shards(photo_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pairs = tmp_path_factory.mktemp("pairs")
    write_shards(pairs, starter_model() / "vae", photo_set, size=SIZE, first=0, end=2)
    return pairs


def test_a_batch_follows_from_its_number(shards: Path) -> None:
    first, second = (LatentExamples(shards, size=SIZE, batch_size=6, seed=1) for _ in range(2))
    ours, theirs = first.batch(5), second.batch(5)
    assert ours.instructions == theirs.instructions
    assert ours.noise is not None
    assert theirs.noise is not None
    assert torch.equal(ours.noise, theirs.noise)
    assert torch.equal(ours.edited, theirs.edited)
    assert ours.noise.shape == ours.edited.shape == (6, CHANNELS, SIZE // 4, SIZE // 4)


def test_only_pictures_that_follow_their_noise_come_with_the_same_again(shards: Path) -> None:
    examples = LatentExamples(shards, size=SIZE, batch_size=1, seed=1)
    rng = np.random.default_rng(0)
    bound = free = 0
    for square, asked in enumerate(examples.edits):
        for edit in range(EDITS_PER_SQUARE):
            again = [examples._noise(square, edit, rng) for _ in range(2)]
            follows = any(one.family in BY_NOISE for one in asked[edit])
            assert np.array_equal(*again) == follows
            bound, free = bound + follows, free + (not follows)
    assert bound > 20
    assert free > 20


def test_the_noise_of_a_pair_is_the_one_its_picture_was_made_with() -> None:
    grey = np.full((SIZE, SIZE, 3), 120, dtype=np.uint8)
    noise = _noise_of(3, 7, 1, SIZE)
    assert np.array_equal(noise, _noise_of(3, 7, 1, SIZE))
    assert not np.array_equal(noise, noise_for((SIZE, SIZE), np.random.default_rng(0)))
    snow = Edit("snowy", 1.5)
    assert not np.array_equal(
        apply_edits((snow,), grey, noise), apply_edits((snow,), grey, _noise_of(3, 7, 2, SIZE))
    )
