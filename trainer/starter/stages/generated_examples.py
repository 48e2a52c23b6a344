"""Training pairs of the starter that are generated during training; a GPU needs too many to store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.batches.batch import Batch
from trainer.starter.data.edit_draws import draw_edits
from trainer.starter.data.edits import Edits
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.data.photos import Photo, photo_paths
from trainer.starter.data.recipes import apply_edits, noise_for
from trainer.starter.stages.autoencoder import to_model_range
from trainer.starter.stages.dropped_conditions import with_conditions_dropped
from trainer.starter.stages.stored_examples import EDITS_PER_SQUARE, draw_square


class GeneratedExamples:
    """Batches of pixels with new pairs each; several processes should generate them."""

    size = 0

    def __init__(self, photos: Path, *, size: int, batch_size: int, seed: int) -> None:
        """`size` is the side of the squares in pixels."""
        self.batch_size = batch_size
        self._side, self._seed = size, seed
        self._photos = photo_paths(photos, "train")
        self.edits: list[Edits] = []
        """The edits of the examples of the latest batch."""

    def batch(self, number: int) -> Batch:
        """Returns the batch of this number, counted from 0; always the same one."""
        rng = np.random.default_rng([self._seed, self._side, number])
        originals, edited, noises, instructions = [], [], [], []
        self.edits = []
        for place in range(self.batch_size):
            if place % EDITS_PER_SQUARE == 0:
                square = draw_square(self._photos, self._side, rng)
            edits, noise = draw_edits(square, rng), noise_for(square.shape[:2], rng)
            originals.append(square)
            edited.append(apply_edits(edits, square, noise))
            noises.append(noise)
            self.edits.append(edits)
            instructions.append(draw_instruction(edits, rng))
        batch = Batch(
            _as_pixels(originals), _as_pixels(edited), instructions, noise=torch.from_numpy(np.stack(noises))
        )
        return with_conditions_dropped(batch, rng)


def _as_pixels(images: list[Photo]) -> Tensor:
    """Returns pixels in half precision, which is more precise than 8 bits and fast to transfer."""
    return to_model_range(torch.from_numpy(np.stack(images))).half()
