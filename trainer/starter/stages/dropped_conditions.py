"""Examples that lose their conditions, as the starter wants them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from trainer.batches.batch import Batch
from trainer.batches.conditioning_dropout import dropped_conditions

DROPOUT = 0.05
"""Share of examples without instruction, without photo, and without both, each."""


def with_conditions_dropped(batch: Batch, rng: np.random.Generator) -> Batch:
    """The batch with some instructions and photos withheld.

    This is not left to the loss, for one reason: without an instruction the wanted picture is the photo
    itself. Guidance then runs from the photo at text scale 0 over the edit at 1 to more than the edit.
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
