"""Learners of a small model on the CPU, and batches of random latents for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch

from engine.models.loading import Model, load_model
from trainer.batches.batch import Batch
from trainer.config import TrainingConfig, read_config
from trainer.distributed.parallel import Processes
from trainer.learning.learner import Learner

CPU = torch.device("cpu")


def settings(*words: str) -> TrainingConfig:
    usual = [
        "data.data_path=pairs",
        "trainer.precision=32",
        "model.micro_batch_size=4",
        "trainer.max_steps=9",
    ]
    return read_config([*usual, *words])


def learner_of(folder: Path, *words: str, prepare: Callable[[Model], None] = lambda model: None) -> Learner:
    """A learner with settings, on a fresh copy of a model that is changed before."""
    model = load_model(folder, device=CPU, dtype=torch.float32)
    prepare(model)
    return Learner(model, settings(*words), Processes())


def batch(number: int, size: int = 4) -> Batch:
    """Examples `number` · `size` and following."""
    rows = []
    for index in range(number * size, (number + 1) * size):
        generator = torch.Generator().manual_seed(index)
        rows.append(torch.randn(2, 4, 8, 8, generator=generator))
    both = torch.stack(rows)
    return Batch(both[:, 0], both[:, 1], ["make it night"] * size, is_latents=True)
