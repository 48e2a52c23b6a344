"""`python -m trainer.starter.scoring.place_gate --photos DIR --teachers DIR --model DIR`: the gate of places.

Measures how well the edits of a starter tell the subject from the background, on photos of the val split:
where an edit changed the photo, as a share of what the same edit of the whole photo would change, is
compared with the mask of U²-Net. The balanced accuracy is the mean of the shares of the background that
changed and of the subject that did not (for edits of the background; for those of the subject vice versa).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d

from engine.console import run_program
from engine.images.pixels import to_pixels
from engine.models.loading import Model, load_model
from trainer.starter.data.edits import Edit
from trainer.starter.data.held_out import HELD_OUT_PLACED
from trainer.starter.data.photos import evenly_spread, photo_paths, read_photo, scaled_to_long_side
from trainer.starter.data.recipes import GivenImages, apply_edits, noise_for
from trainer.starter.data.recipes.pixel_operations import Plane
from trainer.starter.data.subject_masks import decisive_masks, read_mask, refined_mask
from trainer.starter.scoring.one_step import latents_of_one_step

GATE = 0.85
"""Least balanced accuracy, on photos without portraits, of an edit at a place that may ship."""
EDITS = (
    Edit("plain", colour="white", place="background"),
    Edit("black and white", place="background"),
    Edit("darker", place="background"),
    Edit("black and white", place="subject"),
    Edit("brighter", place="subject"),
)
LEAST_CHANGE = 0.06
"""Mean difference of a pixel's channels, 0 to 1, that an edit of the whole photo must make to count."""
LEAST_PERFECT = 0.9
"""Least balanced accuracy of the recipe's own result; with less, as of grey photos, nothing can be told."""
WINDOW = 4
MULTIPLE = 32
PORTRAITS = "Pixabay portraits"
"""Part of the name of the source of close portraits, which are easier and measured on their own."""


@dataclass(frozen=True, slots=True)
class SplitScore:
    """How well one edit told subject from background in one photo."""

    photo: str
    edit: str
    is_portrait: bool
    accuracy: float
    """Balanced: 0.5 by chance; NaN if it cannot be told in this photo."""
    outside_psnr: float
    """PSNR in dB to the photo of the place that was to stay."""


def balanced_accuracy(changed: Plane, wanted: Plane, counted: Plane) -> float:
    """Returns the mean of the accuracies of both classes among counted pixels; NaN if one class is missing.

    `changed` and `wanted` are shares from 0 to 1, divided at one half.
    """
    positive, told = wanted > 0.5, changed > 0.5
    valid = counted > 0.5
    if not (positive & valid).any() or not (~positive & valid).any():
        return float("nan")
    return float((told[positive & valid].mean() + (~told)[~positive & valid].mean()) / 2)


def change_share(before: Tensor, after: Tensor, whole: Tensor) -> tuple[Plane, Plane]:
    """Returns how far each window changed towards `whole`, 0 to 1, and where that can be told.

    Images are (3, H, W) from 0 to 1; windows are `WINDOW` pixels wide.
    """
    step, done = whole - before, after - before
    along = avg_pool2d((step * done).sum(0, keepdim=True), WINDOW)[0]
    full = avg_pool2d(step.square().sum(0, keepdim=True), WINDOW)[0]
    told = avg_pool2d(step.abs().mean(0, keepdim=True), WINDOW)[0] > LEAST_CHANGE
    share = (along / full.clamp(min=1e-6)).clamp(0, 1)
    return share.numpy().astype(np.float32), told.numpy().astype(np.float32)


def fitted(photo: np.ndarray, long_side: int) -> np.ndarray:
    """Returns the photo at this longer side, cropped to multiples of `MULTIPLE`."""
    small = scaled_to_long_side(photo, long_side)
    height, width = (max(MULTIPLE, side // MULTIPLE * MULTIPLE) for side in small.shape[:2])
    return np.ascontiguousarray(small[:height, :width])


@torch.no_grad()
def scores_of(
    model: Model, photo: Path, mask: Path, *, number: int, long_side: int, is_portrait: bool
) -> list[SplitScore]:
    """Returns the scores of one photo for each of EDITS; `number` chooses wordings and seeds the noise."""
    whole_photo = read_photo(photo)
    pixels = fitted(whole_photo, long_side)
    subject = refined_mask(read_mask(mask), scaled_to_long_side(whole_photo, long_side))
    subject = np.ascontiguousarray(subject[: pixels.shape[0], : pixels.shape[1]])
    noise = noise_for(pixels.shape[:2], np.random.default_rng(number))
    texts = [_wording(edit, number) for edit in EDITS]
    original = to_pixels(Image.fromarray(pixels)).expand(len(EDITS), -1, -1, -1)
    noises = torch.from_numpy(noise)[None].expand(len(EDITS), -1, -1, -1)
    device = model.unet.conv_out.weight.device
    original = original.contiguous().to(device)
    latents = latents_of_one_step(model, original, texts, noises.to(device))
    images = _unit_images(model, latents / model.vae.config.scaling_factor)
    before = _unit_images(model, model.vae.encode(original[:1]).latents)[0]
    scores = []
    for edit, after in zip(EDITS, images, strict=True):
        share = subject if edit.place == "subject" else 1 - subject
        everywhere = apply_edits((edit,), pixels, noise, GivenImages(subject=_everywhere(edit, subject)))
        wanted = to_pixels(Image.fromarray(apply_edits((edit,), pixels, noise, GivenImages(subject=subject))))
        perfect = _unit_images(model, model.vae.encode(wanted.to(device)).latents)[0]
        whole = to_pixels(Image.fromarray(everywhere))[0].add(1).div(2)
        can_be_told = _accuracy(before, perfect, whole, share) >= LEAST_PERFECT
        outside = torch.from_numpy(share < 0.05)
        error = (after - before)[:, outside].square().mean().item() if outside.any() else float("nan")
        scores.append(
            SplitScore(
                photo.name,
                edit.meaning,
                is_portrait,
                _accuracy(before, after, whole, share) if can_be_told else float("nan"),
                float(-10 * np.log10(max(error, 1e-10))),
            )
        )
    return scores


def _unit_images(model: Model, latents: Tensor) -> Tensor:
    """Returns images from 0 to 1, in CPU memory, of unscaled latents."""
    images: Tensor = model.vae.decode(latents).sample.clamp(-1, 1).cpu()
    return images.add(1).div(2)


def _accuracy(before: Tensor, after: Tensor, whole: Tensor, share: Plane) -> float:
    changed, told = change_share(before, after, whole)
    wanted = avg_pool2d(torch.from_numpy(share)[None], WINDOW)[0].numpy()
    return balanced_accuracy(changed, wanted, told * ((wanted < 0.1) | (wanted > 0.9)))


def _everywhere(edit: Edit, subject: Plane) -> Plane:
    """Returns a mask with which an edit at a place is one of the whole photo."""
    return np.ones_like(subject) if edit.place == "subject" else np.zeros_like(subject)


def _wording(edit: Edit, number: int) -> str:
    texts = [sentence.text for sentence in HELD_OUT_PLACED if sentence.edits[0].meaning == edit.meaning]
    return texts[number % len(texts)]


def portraits(photos: Path) -> frozenset[str]:
    """Returns the names of the photos that are close portraits."""
    lines = (photos / "index.csv").read_text(encoding="utf-8").splitlines()
    return frozenset(line.partition(",")[0] for line in lines if PORTRAITS in line)


def gate_scores(
    model: Model, photos: Path, teachers: Path, *, count: int, long_side: int
) -> list[SplitScore]:
    """Returns the scores of `count` val photos with a decisive mask, evenly spread."""
    masks = decisive_masks(teachers, photo_paths(photos, "val"))
    close = portraits(photos)
    scores: list[SplitScore] = []
    for number, photo in enumerate(evenly_spread(list(masks), min(count, len(masks)))):
        scores += scores_of(
            model,
            photo,
            masks[photo],
            number=number,
            long_side=long_side,
            is_portrait=photo.name in close,
        )
    return scores


def gate_summary(scores: Sequence[SplitScore]) -> dict[str, float]:
    """Returns mean balanced accuracies: of all edits without and with portraits, and of each without."""
    groups: dict[str, list[float]] = defaultdict(list)
    for score in scores:
        if np.isnan(score.accuracy):
            continue
        groups["portraits" if score.is_portrait else "others"].append(score.accuracy)
        if not score.is_portrait:
            groups[score.edit].append(score.accuracy)
            groups["outside dB"].append(score.outside_psnr)
    return {name: round(float(np.nanmean(values)), 4) for name, values in groups.items()}


def main() -> int:
    """Prints the gate; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter.scoring.place_gate", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with subjects/")
    parser.add_argument("--model", type=Path, required=True, help="model folder")
    parser.add_argument("--count", type=int, default=200, help="val photos, evenly spread")
    parser.add_argument("--long-side", type=int, default=256, help="longer side in pixels")
    arguments = parser.parse_args()
    model = load_model(arguments.model, device=torch.device("cpu"), dtype=torch.float32)
    scores = gate_scores(
        model, arguments.photos, arguments.teachers, count=arguments.count, long_side=arguments.long_side
    )
    sys.stdout.write(json.dumps(gate_summary(scores), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
