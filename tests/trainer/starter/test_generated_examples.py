"""Pairs that are generated during training, and a stage that trains on them."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.models.loading import load_model
from ip2p_desktop.base.paths import starter_model
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.starter.build import CPU_STAGES, GPU_STAGES, StarterBuild, UNetStage, stages_for, train_stage
from trainer.starter.data.edits import UNCHANGED, Edit
from trainer.starter.data.recipes.randomness import CHANNELS
from trainer.starter.stages.generated_examples import GeneratedExamples

SIZE, COUNT = 32, 60


def test_a_batch_follows_from_its_number_and_no_two_are_alike(photo_set: Path) -> None:
    first, second = (GeneratedExamples(photo_set, size=SIZE, batch_size=COUNT, seed=1) for _ in range(2))
    ours, theirs, next_one = first.batch(5), second.batch(5), first.batch(6)
    assert ours.instructions == theirs.instructions
    assert torch.equal(ours.edited, theirs.edited)
    assert ours.instructions != next_one.instructions
    assert not torch.equal(ours.original, next_one.original)


def test_pairs_are_pixels_with_the_noise_that_they_follow(photo_set: Path) -> None:
    batch = GeneratedExamples(photo_set, size=SIZE, batch_size=COUNT, seed=1).batch(0)
    assert not batch.is_latents
    assert batch.original.shape == batch.edited.shape == (COUNT, 3, SIZE, SIZE)
    assert batch.original.min() >= -1
    assert batch.original.max() <= 1
    assert batch.noise is not None
    assert batch.noise.shape == (COUNT, CHANNELS, SIZE // 4, SIZE // 4)


def test_it_is_known_what_the_latest_batch_asks_for(photo_set: Path) -> None:
    examples = GeneratedExamples(photo_set, size=SIZE, batch_size=400, seed=1)
    batch = examples.batch(0)
    unchanged = torch.tensor([edits == (Edit(UNCHANGED),) for edits in examples.edits])
    kept = (batch.edited == batch.original).flatten(1).all(1)
    assert len(examples.edits) == 400
    assert 5 < unchanged.sum() < kept.sum() < 200
    assert kept[unchanged].all()
    examples.batch(1)
    assert len(examples.edits) == 400


def test_without_an_instruction_the_photo_is_what_is_wanted(photo_set: Path) -> None:
    batch = GeneratedExamples(photo_set, size=SIZE, batch_size=400, seed=1).batch(0)
    assert batch.without_image is not None
    silent = torch.tensor([not text for text in batch.instructions])
    alone = silent & ~batch.without_image
    assert 5 < alone.sum() < 50
    assert torch.equal(batch.edited[alone], batch.original[alone])
    assert 5 < (silent & batch.without_image).sum() < 50
    assert 5 < (~silent & batch.without_image).sum() < 50


def test_a_stage_trains_on_them(photo_set: Path, tmp_path: Path) -> None:
    stage = UNetStage(square=SIZE, shards=0, batch_size=4, steps=2, learning_rate=1e-4, decay=False)
    build = StarterBuild(
        photos=photo_set, run=tmp_path, device=torch.device("cpu"), stages=(stage,), processes=1
    )
    assert train_stage(build, stage, starter_model(), EventStream(), Commands())
    cpu = torch.device("cpu")
    trained = load_model(tmp_path / stage.name / "model", device=cpu, dtype=torch.float32)
    before = load_model(starter_model(), device=cpu, dtype=torch.float32)
    assert not torch.equal(trained.unet.conv_in.weight, before.unet.conv_in.weight)


def test_a_gpu_has_stages_of_its_own() -> None:
    assert stages_for(torch.device("cpu")) is CPU_STAGES
    assert stages_for(torch.device("cuda")) is GPU_STAGES
