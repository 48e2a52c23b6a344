"""Training pairs of the starter, made once and kept as latents.

Making a pair and encoding it costs as much as training on it, so each shard holds some squares cut
from photos, every square with several edits. Wordings are drawn anew whenever a pair is used.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers.models import AutoencoderTiny
from safetensors import safe_open
from safetensors.torch import save_file

from engine.conditioning import encode_pixels
from trainer.examples import Batch
from trainer.starter.autoencoder import to_model_range
from trainer.starter.blank import strengths_of
from trainer.starter.instructions import draw_instruction
from trainer.starter.photos import photo_paths, random_crop, read_photo, scaled_to_long_side
from trainer.starter.recipes import RECIPES, apply_recipe

EDITS = (*RECIPES, "unchanged")
SHARE_UNCHANGED = 0.04
SQUARES_PER_SHARD = 64
EDITS_PER_SQUARE = 4
LONG_SIDES = (192, 640)
"""Range of the longer side of a photo before a square is cut from it; edits work at 512."""


def draw_edit(rng: np.random.Generator) -> tuple[str, float]:
    """A random edit and a strength it can be asked for."""
    edit = "unchanged" if rng.random() < SHARE_UNCHANGED else list(RECIPES)[rng.integers(len(RECIPES))]
    strengths = strengths_of(edit)
    plainly = len(strengths) == 1 or rng.random() < 0.5
    return edit, 1.0 if plainly else float(strengths[rng.integers(len(strengths))])


@torch.no_grad()
def write_shard(path: Path, number: int, vae: AutoencoderTiny, photos: list[Path], size: int) -> None:
    """Make and encode the pairs of one shard; always the same for the same number."""
    rng = np.random.default_rng([number, size])
    originals, edited, kinds, strengths = [], [], [], []
    low, high = np.log(LONG_SIDES)
    for _ in range(SQUARES_PER_SHARD):
        photo = read_photo(photos[rng.integers(len(photos))])
        photo = scaled_to_long_side(photo, max(size, round(float(np.exp(rng.uniform(low, high))))))
        square = random_crop(photo, size, rng)
        edits = [draw_edit(rng) for _ in range(EDITS_PER_SQUARE)]
        pictures = [square, *(apply_recipe(edit, square, strength, rng) for edit, strength in edits)]
        pixels = to_model_range(torch.from_numpy(np.stack(pictures)))
        with torch.autocast("cpu", torch.bfloat16):
            latents = encode_pixels(vae, pixels.to(memory_format=torch.channels_last)).half().contiguous()
        originals.append(latents[0])
        edited.append(latents[1:])
        kinds.append([EDITS.index(edit) for edit, _ in edits])
        strengths.append([strength for _, strength in edits])
    tensors = {
        "originals": torch.stack(originals),
        "edited": torch.stack(edited),
        "kinds": torch.tensor(kinds),
        "strengths": torch.tensor(strengths),
    }
    aside = path.with_suffix(".part")
    save_file(tensors, aside)
    aside.replace(path)


def write_shards(
    folder: Path, vae_folder: Path, photo_folder: Path, *, size: int, first: int, end: int, stride: int = 1
) -> None:
    """Write the shards first, first + stride, … below `end` that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    vae = AutoencoderTiny.from_pretrained(vae_folder).eval().to(memory_format=torch.channels_last)
    photos = photo_paths(photo_folder, "train")
    for number in range(first, end, stride):
        path = folder / f"{size}-{number:05d}.safetensors"
        if not path.exists():
            write_shard(path, number, vae, photos, size)


class LatentExamples:
    """Batches of the shards in a folder that hold squares of `size` pixels.

    Every use cuts a random window out of a pair's latents, so that no pair comes twice alike.
    """

    def __init__(self, folder: Path, *, size: int, window: int, batch_size: int, seed: int) -> None:
        """`window` is the side of what is cut, in latents."""
        paths = sorted(folder.glob(f"{size}-*.safetensors"))
        if not paths:
            raise ValueError(f"{folder} holds no shards of {size} pixels.")
        tensors: dict[str, list[torch.Tensor]] = {"originals": [], "edited": [], "kinds": [], "strengths": []}
        for path in paths:
            with safe_open(path, framework="pt") as shard:
                for name, parts in tensors.items():
                    parts.append(shard.get_tensor(name))
        self.originals, self.edited = torch.cat(tensors["originals"]), torch.cat(tensors["edited"])
        self.kinds, self.strengths = torch.cat(tensors["kinds"]), torch.cat(tensors["strengths"])
        self.size = self.kinds.numel()
        self.window = window
        self.batch_size = batch_size
        self.seed = seed

    def batch(self, number: int) -> Batch:
        rng = np.random.default_rng([self.seed, number])
        places = [self._place(number * self.batch_size + index) for index in range(self.batch_size)]
        squares = torch.tensor([square for square, _ in places])
        edits = torch.tensor([edit for _, edit in places])
        wordings = [
            draw_instruction(EDITS[self.kinds[square, edit]], float(self.strengths[square, edit]), rng)
            for square, edit in places
        ]
        top, left = rng.integers(self.originals.shape[-1] - self.window + 1, size=2)
        rows, columns = slice(top, top + self.window), slice(left, left + self.window)
        originals = self.originals[squares][..., rows, columns]
        edited = self.edited[squares, edits][..., rows, columns]
        return Batch(originals, edited, wordings, is_latents=True)

    def _place(self, index: int) -> tuple[int, int]:
        """Square and edit of an example: every pair once before any comes again."""
        epoch, inside = divmod(index, self.size)
        order = self._order(epoch)
        return divmod(int(order[inside]), self.kinds.shape[1])

    def _order(self, epoch: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if getattr(self, "_epoch", None) != epoch:
            self._epoch = epoch
            self._shuffled = np.random.default_rng([self.seed, 1, epoch]).permutation(self.size)
        return self._shuffled
