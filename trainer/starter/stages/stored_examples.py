"""Training pairs of the starter that are made once and stored as latents.

Making and encoding a pair takes as long as training on it, so each shard stores some squares of photos, each
with several edits. A new wording is drawn whenever a pair is used.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from diffusers.models import AutoencoderTiny
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file

from engine.editing.conditioning import encode_pixels
from engine.files.atomic import atomic_write
from trainer.batches.batch import Batch
from trainer.learning.precision import autocast_on_cpu
from trainer.starter.data.edit_draws import draw_edits
from trainer.starter.data.edits import BY_NOISE, Edit, Edits
from trainer.starter.data.instructions import draw_instruction
from trainer.starter.data.photos import photo_paths, random_crop, read_photo, scaled_to_long_side
from trainer.starter.data.recipes import Noise, apply_edits, noise_for
from trainer.starter.stages.autoencoder import to_model_range
from trainer.starter.stages.dropped_conditions import with_conditions_dropped

SQUARES_PER_SHARD = 64
EDITS_PER_SQUARE = 5
LONG_SIDES = (192, 640)
"""Range of the longer side in pixels of a photo before a square is cut from it; edits work at 512."""

Square = NDArray[np.uint8]


@torch.no_grad()
def write_shard(path: Path, number: int, vae: AutoencoderTiny, photos: list[Path], size: int) -> None:
    """Makes, encodes and writes the pairs of one shard; always the same for the same number."""
    rng = np.random.default_rng([number, size])
    originals, edited, edits_of_squares = [], [], []
    for place in range(SQUARES_PER_SHARD):
        square = draw_square(photos, size, rng)
        edits = [draw_edits(square, rng) for _ in range(EDITS_PER_SQUARE)]
        noises = [_noise_of(number, place, which, size) for which in range(EDITS_PER_SQUARE)]
        made = (apply_edits(wanted, square, noise) for wanted, noise in zip(edits, noises, strict=True))
        images = [square, *made]
        pixels = to_model_range(torch.from_numpy(np.stack(images)))
        with autocast_on_cpu():
            latents = encode_pixels(vae, pixels.to(memory_format=torch.channels_last)).half().contiguous()
        originals.append(latents[0])
        edited.append(latents[1:])
        edits_of_squares.append(edits)
    tensors = {"originals": torch.stack(originals), "edited": torch.stack(edited)}
    metadata = {"edits": _to_json(edits_of_squares), "number": str(number)}
    with atomic_write(path) as temporary:
        save_file(tensors, temporary, metadata=metadata)


def _noise_of(shard: int, square: int, edit: int, size: int) -> Noise:
    """Returns the noise of one pair, which is drawn again rather than stored."""
    return noise_for((size, size), np.random.default_rng([shard, square, edit]))


def draw_square(photos: list[Path], size: int, rng: np.random.Generator) -> Square:
    """Returns a square of `size` pixels of a random photo at a random scale."""
    photo = read_photo(photos[rng.integers(len(photos))])
    low, high = np.log(LONG_SIDES)
    photo = scaled_to_long_side(photo, max(size, round(float(np.exp(rng.uniform(low, high))))))
    return random_crop(photo, size, rng)


def _to_json(edits_of_squares: list[list[Edits]]) -> str:
    fields = [
        [[(e.family, e.strength, e.colour, e.swapped) for e in edits] for edits in square]
        for square in edits_of_squares
    ]
    return json.dumps(fields)


def _from_json(text: str) -> list[list[Edits]]:
    return [[tuple(Edit(*fields) for fields in edits) for edits in square] for square in json.loads(text)]


def write_shards(
    folder: Path, vae_folder: Path, photo_folder: Path, *, size: int, first: int, end: int, stride: int = 1
) -> None:
    """Writes the missing shards among the numbers first, first + stride, … below `end`."""
    folder.mkdir(parents=True, exist_ok=True)
    vae = AutoencoderTiny.from_pretrained(vae_folder).eval().to(memory_format=torch.channels_last)
    photos = photo_paths(photo_folder, "train")
    for number in range(first, end, stride):
        path = folder / f"{size}-{number:05d}.safetensors"
        if not path.exists():
            write_shard(path, number, vae, photos, size)


class LatentExamples:
    """Batches of the pairs in all shards of a folder with squares of `size` pixels."""

    def __init__(self, folder: Path, *, size: int, batch_size: int, seed: int) -> None:
        paths = sorted(folder.glob(f"{size}-*.safetensors"))
        if not paths:
            raise ValueError(f"{folder} holds no shards of {size} pixels.")
        originals, edited = [], []
        self.edits: list[list[Edits]] = []
        """The edits of each square."""
        self._shards: list[int] = []
        self._side = size
        for path in paths:
            with safe_open(path, framework="pt") as shard:
                originals.append(shard.get_tensor("originals"))
                edited.append(shard.get_tensor("edited"))
                self.edits += _from_json(shard.metadata()["edits"])
                self._shards.append(int(shard.metadata()["number"]))
        self.originals, self.edited = torch.cat(originals), torch.cat(edited)
        self.edits_per_square = self.edited.shape[1]
        self.size = self.edits_per_square * len(self.edits)
        self.batch_size = batch_size
        self.seed = seed

    def batch(self, number: int) -> Batch:
        """Returns the batch of this number, counted from 0; always the same one."""
        rng = np.random.default_rng([self.seed, number])
        places = [self._place(number * self.batch_size + index) for index in range(self.batch_size)]
        squares = torch.tensor([square for square, _ in places])
        edits = torch.tensor([edit for _, edit in places])
        instructions = [draw_instruction(self.edits[square][edit], rng) for square, edit in places]
        noise = torch.from_numpy(np.stack([self._noise(square, edit, rng) for square, edit in places]))
        batch = Batch(
            self.originals[squares], self.edited[squares, edits], instructions, is_latents=True, noise=noise
        )
        return with_conditions_dropped(batch, rng)

    def _noise(self, square: int, edit: int, rng: np.random.Generator) -> Noise:
        """Returns the noise of the pair if its edited image depends on it, else random noise."""
        if any(each.family in BY_NOISE for each in self.edits[square][edit]):
            shard, place = divmod(square, SQUARES_PER_SHARD)
            return _noise_of(self._shards[shard], place, edit, self._side)
        return noise_for((self._side, self._side), rng)

    def _place(self, index: int) -> tuple[int, int]:
        """Returns square and edit of an example; every pair occurs once in an epoch."""
        epoch, inside = divmod(index, self.size)
        order = self._order(epoch)
        return divmod(int(order[inside]), self.edits_per_square)

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if getattr(self, "_epoch", None) != epoch:
            self._epoch = epoch
            self._shuffled = np.random.default_rng([self.seed, 1, epoch]).permutation(self.size)
        return self._shuffled
