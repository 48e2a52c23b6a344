"""Examples of painted styles, painted during training.

The teacher paints the part of a photo that is the example, not the whole photo: it takes means over what it
paints, and the UNet can only know those of what it sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.editing.conditioning import encode_instructions
from engine.models.loading import Model
from trainer.starter.data.edits import PAINTED, Edit
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.data.photos import (
    Photo,
    evenly_spread,
    photo_paths,
    random_part,
    read_photo,
    scaled_to_long_side,
)
from trainer.starter.data.style_teacher import StyleTeacher
from trainer.starter.stages.dropped_conditions import DROPOUT

LONG_SIDES = (144, 560)
"""Range of the longer side to which photos are scaled, before a part is taken."""
STYLES_OF_A_PART = 4
SHAPES: tuple[tuple[tuple[int, int], int, float], ...] = (
    ((128, 128), 4, 0.75),
    ((192, 192), 2, 0.15),
    ((128, 192), 3, 0.10),
)
"""Heights and widths of parts, their number in a batch, and their shares."""
KEPT_BATCHES = 200


@dataclass(frozen=True, slots=True)
class StyleBatch:
    """B examples of latents with C channels."""

    source: Tensor
    """(B, C, h, w), latents of the photos, zeros where they are dropped."""
    target: Tensor
    """(B, C, h, w), scaled latents of the painted photos; of the photos where the instruction is dropped."""
    text: Tensor
    """(B, T, D), embeddings of the instructions."""
    features: list[Tensor]
    """The teacher's features, each (B, 32, h, w), in half precision."""
    is_complete: Tensor
    """(B,), whether neither condition is dropped."""
    painted: Tensor
    """(B, 3, H, W), the painted photos, -1 to 1, in half precision."""
    styles: list[str]


class StyleExamples:
    """Batches of photos of one split in random styles."""

    def __init__(self, photos: Path, model: Model, teacher: StyleTeacher, *, split: str, seed: int) -> None:
        """`model` has the VAE and the text encoder. Raises `ValueError` if the split is empty."""
        self._model, self._teacher = model, teacher
        self._rng = np.random.default_rng(seed)
        paths = photo_paths(photos, split)
        self._photos = [
            self._scaled(path) for path in (paths if split == "train" else evenly_spread(paths, 32))
        ]
        self._kept: list[StyleBatch] = []

    def _scaled(self, path: Path) -> Photo:
        low, high = np.log(LONG_SIDES)
        return scaled_to_long_side(read_photo(path), round(float(np.exp(self._rng.uniform(low, high)))))

    def batch(self, *, is_new: bool) -> StyleBatch:
        """Returns a new batch, or one of the latest, which takes no time."""
        if not is_new and len(self._kept) >= KEPT_BATCHES // 4:
            return self._kept[self._rng.integers(len(self._kept))]
        made = self._made()
        self._kept = [*self._kept[-KEPT_BATCHES + 1 :], made]
        return made

    @torch.no_grad()
    def _made(self) -> StyleBatch:
        rng, model = self._rng, self._model
        shape, parts, _ = SHAPES[rng.choice(len(SHAPES), p=[share for *_, share in SHAPES])]
        photos = [
            random_part(self._photos[rng.integers(len(self._photos))], shape, rng) for _ in range(parts)
        ]
        styles = [str(style) for _ in photos for style in rng.permutation(PAINTED)[:STYLES_OF_A_PART]]
        pixels = torch.from_numpy(np.stack(photos)).permute(0, 3, 1, 2).float() / 255
        painted, features = self._teacher.stages(pixels, styles)
        scaling: float = model.vae.config.scaling_factor
        latents = model.vae.encode(pixels * 2 - 1).latents.repeat_interleave(STYLES_OF_A_PART, 0)
        target = model.vae.encode(painted * 2 - 1).latents * scaling
        draw = torch.from_numpy(rng.random(len(styles)))
        without_text, without_image = draw < 2 * DROPOUT, (draw >= DROPOUT) & (draw < 3 * DROPOUT)
        keeps_photo = (without_text & ~without_image)[:, None, None, None]
        texts = [
            "" if is_dropped else draw_instruction((Edit(style),), rng)
            for style, is_dropped in zip(styles, without_text.tolist(), strict=True)
        ]
        return StyleBatch(
            source=latents * model.image_latent_scale * ~without_image[:, None, None, None],
            target=torch.where(keeps_photo, latents * scaling, target),
            text=encode_instructions(model, texts).embeddings.float(),
            features=[each.half() for each in features],
            is_complete=~(without_text | without_image),
            painted=(painted * 2 - 1).half(),
            styles=styles,
        )
