"""Conditioning dropout of the starter's examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from trainer.batches.batch import Batch
from trainer.batches.conditioning_dropout import dropped_conditions

DROPOUT = 0.05
"""Share of examples without instruction, without photo, and without both, each."""


def with_conditions_dropped(batch: Batch, rng: np.random.Generator) -> Batch:
    """Returns the batch with some instructions and photos dropped.

    The loss does not do this, since here the target without an instruction is the photo itself. So guidance
    gives the photo at text scale 0, the edit at 1, and a stronger edit above.
    """
    draws = torch.from_numpy(rng.random(len(batch.instructions)))
    without_instruction, without_image = dropped_conditions(draws, DROPOUT)
    keeps_photo = without_instruction & ~without_image
    wordings = zip(without_instruction.tolist(), batch.instructions, strict=True)
    return replace(
        batch,
        edited=torch.where(keeps_photo[:, None, None, None], batch.original, batch.edited),
        instructions=["" if is_dropped else text for is_dropped, text in wordings],
        without_image=without_image,
    )
