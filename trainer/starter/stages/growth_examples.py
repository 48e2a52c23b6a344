"""Training pairs for a starter that is trained further: old edits, and edits at places.

Old edits are made on squares of photos, as before, and edits at places on whole photos scaled down, since a
place can only be told from the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from trainer.batches.batch import Batch
from trainer.starter.data.edit_draws import MORE_OFTEN, draw_edits, family_weights
from trainer.starter.data.edits import UNCHANGED, Edit, Edits
from trainer.starter.data.growth_draws import draw_placed
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.data.photos import (
    Photo,
    photo_paths,
    random_part,
    read_photo,
    scaled_to_cover,
    scaled_to_long_side,
)
from trainer.starter.data.recipes import GivenImages, apply_edits, noise_for
from trainer.starter.data.recipes.pixel_operations import Plane
from trainer.starter.data.subject_masks import decisive_masks, empty_masks, read_mask, refined_mask
from trainer.starter.stages.autoencoder import to_model_range
from trainer.starter.stages.dropped_conditions import with_conditions_dropped
from trainer.starter.stages.stored_examples import EDITS_PER_SQUARE, LONG_SIDES

KINDS = ("old", "placed")
SHARES = (0.6, 0.4)
"""Shares of the images of each kind."""
OLD_SHARE = 0.22
"""Share of old edits among those of whole photos."""
PAIRS = 0.45
"""Share of two edits among old ones; with fewer, only one of two was learned."""
WEIGHTS = family_weights(
    MORE_OFTEN
    | {"pixel art": 8.0, "comic": 5.0, "sharper": 4.0, "pencil sketch": 3.0, "film grain": 5.0}
    | {"old film": 5.0, "colour swap": 9.0}
)
"""Probabilities of the old families; those that were weak are drawn more often."""
SHAPES: tuple[tuple[tuple[int, int], int, float], ...] = (
    ((128, 128), 3, 0.40),
    ((128, 160), 2, 0.20),
    ((160, 128), 2, 0.12),
    ((128, 192), 2, 0.08),
    ((192, 192), 1, 0.08),
    ((192, 256), 1, 0.06),
    ((256, 192), 1, 0.03),
    ((256, 256), 1, 0.03),
)
"""Heights and widths of batches, the number of images in each, and their shares."""
EMPTY_SHARE = 0.1
"""Share of photos without a subject among the whole ones."""
ZOOMS = (1.0, 1.25)
TRIES = 6
SUBJECT_AREAS = (0.03, 0.9)
"""Range of the share that a subject has of the part of a photo that is used."""


@dataclass(frozen=True, slots=True)
class PairSource:
    """An image with what teachers know about it, and how edits of it are drawn."""

    photo: Photo
    given: GivenImages
    draw_new: Callable[[np.random.Generator], Edits] | None = None
    """Draws an edit that needs what teachers know; None for old edits only."""
    old_share: float = 1.0
    is_empty: bool = False
    """Whether there is no subject, so that edits at a place leave the photo."""

    def draw(self, rng: np.random.Generator) -> Edits:
        """Returns random edits of the image."""
        if self.draw_new is None or rng.random() < self.old_share:
            return draw_edits(self.photo, rng, pairs=PAIRS, weights=WEIGHTS)
        return self.draw_new(rng)


@dataclass(frozen=True, slots=True)
class GrowthBatch:
    """A batch, with the edits and masks of its examples."""

    batch: Batch
    edits: list[Edits]
    masks: Tensor
    """(B, 1, h, w), the share of the subject at each latent; of examples without a mask -1."""

    def to(self, device: torch.device) -> GrowthBatch:
        """Returns the batch with its tensors on a device."""
        values = {each.name: getattr(self.batch, each.name) for each in fields(self.batch)}
        moved = {name: value.to(device) for name, value in values.items() if isinstance(value, Tensor)}
        batch = replace(self.batch, **moved)  # type: ignore[arg-type]
        return GrowthBatch(batch, self.edits, self.masks.to(device))


class GrowthExamples:
    """Batches of generated and stored pairs, from the photos of one split."""

    def __init__(
        self,
        photos: Path,
        teachers: Path,
        *,
        split: str,
        seed: int,
        shares: Sequence[float] = SHARES,
        larger: int = 1,
        together: int = 1,
    ) -> None:
        """`teachers` is the folder with `subjects`; batches have `larger` times as many images.

        `shares` are those of KINDS. So many batches as are made `together` have one shape, and take processes
        the same time. Raises `ValueError` if that folder has no subject.
        """
        self._larger, self._together, self._shares = larger, together, shares
        self._photos, self._seed = photo_paths(photos, split), seed
        self._empty = list(empty_masks(teachers, self._photos))
        self._masks = list(decisive_masks(teachers, self._photos).items())
        if not self._masks:
            raise ValueError(f"{teachers} has no subjects of the photos.")

    @property
    def subjects(self) -> int:
        """Number of photos with a subject."""
        return len(self._masks)

    def batch(self, number: int) -> GrowthBatch:
        """Returns the batch of this number, always the same one as long as the teachers' files are."""
        chosen = np.random.default_rng([self._seed, number // self._together, 1]).choice(
            len(SHAPES), p=[share for *_, share in SHAPES]
        )
        shape, images, _ = SHAPES[chosen]
        rng = np.random.default_rng([self._seed, number])
        sources = [
            self._source(str(rng.choice(KINDS, p=self._shares)), shape, rng)
            for _ in range(self._larger * images)
        ]
        originals, edited, noises, texts, edits, masks = [], [], [], [], [], []
        for source in sources:
            mask = _at_latents(source.given.subject, shape)
            for _ in range(EDITS_PER_SQUARE):
                drawn, noise = source.draw(rng), noise_for(shape, rng)
                texts.append(draw_instruction(drawn, rng))
                if source.is_empty and drawn[0].place:
                    drawn = (Edit(UNCHANGED),)
                originals.append(source.photo)
                edited.append(apply_edits(drawn, source.photo, noise, source.given))
                noises.append(noise)
                edits.append(drawn)
                masks.append(mask)
        batch = Batch(
            to_model_range(torch.from_numpy(np.stack(originals))),
            to_model_range(torch.from_numpy(np.stack(edited))),
            texts,
            noise=torch.from_numpy(np.stack(noises)),
        )
        return GrowthBatch(with_conditions_dropped(batch, rng), edits, torch.stack(masks))

    def _source(self, kind: str, shape: tuple[int, int], rng: np.random.Generator) -> PairSource:
        if kind == "placed" and self._empty and rng.random() < EMPTY_SHARE:
            return _empty_source(self._empty[rng.integers(len(self._empty))], shape, rng)
        if kind == "placed":
            source = self._placed_source(shape, rng)
            if source:
                return source
        photo = read_photo(self._photos[rng.integers(len(self._photos))])
        low, high = np.log(LONG_SIDES)
        photo = scaled_to_long_side(photo, max(*shape, round(float(np.exp(rng.uniform(low, high))))))
        part = random_part(photo, shape, rng)
        return PairSource(part, GivenImages())

    def _placed_source(self, shape: tuple[int, int], rng: np.random.Generator) -> PairSource | None:
        """Returns a photo scaled to the shape with its subject; None if none of some photos fits."""
        for _ in range(TRIES):
            path, mask_path = self._masks[rng.integers(len(self._masks))]
            photo = scaled_to_cover(read_photo(path), shape, rng.uniform(*ZOOMS))
            mask = refined_mask(read_mask(mask_path), photo)
            stacked = np.dstack([photo, (mask * 255 + 0.5).astype(np.uint8)])
            part = random_part(stacked, shape, rng)
            subject = part[..., 3].astype(np.float32) / np.float32(255)
            if SUBJECT_AREAS[0] <= float((subject > 0.5).mean()) <= SUBJECT_AREAS[1]:
                image = np.ascontiguousarray(part[..., :3])
                return PairSource(image, GivenImages(subject=subject), draw_placed, OLD_SHARE)
        return None


def kind_of(edits: Edits) -> str:
    """Returns which of KINDS the first of some edits is."""
    return "placed" if edits[0].place else "old"


def _empty_source(path: Path, shape: tuple[int, int], rng: np.random.Generator) -> PairSource:
    """Returns a photo without a subject, scaled to the shape."""
    photo = scaled_to_cover(read_photo(path), shape, rng.uniform(*ZOOMS))
    given = GivenImages(subject=np.zeros(shape, dtype=np.float32))
    return PairSource(random_part(photo, shape, rng), given, draw_placed, OLD_SHARE, is_empty=True)


def _at_latents(mask: Plane | None, shape: tuple[int, int]) -> Tensor:
    """Returns the means (1, h, w) of a mask over the 4 x 4 pixels of each latent; -1 without one."""
    rows, columns = shape[0] // 4, shape[1] // 4
    if mask is None:
        return torch.full((1, rows, columns), -1.0)
    means = mask.reshape(rows, 4, columns, 4).mean(axis=(1, 3))
    return torch.from_numpy(means.astype(np.float32))[None]
