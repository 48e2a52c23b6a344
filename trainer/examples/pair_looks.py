"""Measures what the training pairs of an edit show at their own size: their sharpness and their grain.

A model that works at 256 pixels can learn neither. In crops of the pairs at their own size, the edit is
described by colour maps and linear maps of small windows (`engine.editing.transfer`). What these do not
explain is divided by its size: fine differences that have nothing to do with the photo are grain; larger
ones, or fine ones that follow the photo's detail, are painted, blurred or sharpened.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.editing.transfer import fit_transfer
from engine.errors import EngineError
from engine.library.edit_looks import STRONGEST, EditLook, Grain
from engine.progress import CancelToken
from trainer.datasets import Pair
from trainer.datasets.opening import open_pair

log = logging.getLogger(__name__)

Plane = NDArray[np.float32]

PAIRS_MEASURED = 12
LEAST_PAIRS = 3
"""Pairs of one edit, below which nothing is concluded."""
CROP = 384
"""Side of the measured crops in pixels."""
CELL = 8
"""Side of the squares in pixels whose means are the coarse differences."""
LEAST_GRAIN = 2.0
"""Levels below which differences are rounding and compression."""
COARSE = 2.5
"""Levels of coarse differences up to which an edit changes tone and colour only."""
COARSE_SHARE = 0.4
"""The same as a share of the fine differences: the mean of 8 × 8 pixels of grain is not zero."""
FOLLOWS = 0.3
"""Correlation of the fine differences with the photo's detail above which detail was removed or added."""
ROUNDED = 1.0
"""Levels of all fine differences below which it does not matter what they follow."""
UNEVEN, COMPRESSED = 1.4, 2.2
"""How many times as strong as in even parts the differences may be in the whole: of grain, and of rounding
and compression."""
EVEN = 12.0
"""Deviation in levels of a window of an original below which its differences show the grain."""
GREY = 0.7
"""Correlation between the channels above which grain is grey."""
SHARE = 2 / 3
"""Of the pairs, that must agree."""


@dataclass(frozen=True, slots=True)
class PairLook:
    """What one pair shows."""

    keeps_detail: bool
    strength: float
    """Of the grain, in levels; 0 for none."""
    size: float
    correlation: float
    """Between the channels of the grain."""


def measure_looks(pairs: Sequence[Pair], cancel: CancelToken | None = None) -> tuple[EditLook, ...]:
    """Returns the looks of the edits of these pairs that are tone and colour only or have grain.

    Pairs that cannot be read are left out. Raises `Cancelled`.
    """
    by_edit: dict[tuple[str, ...], list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_edit[pair.instructions].append(pair)
    looks = []
    for instructions, own in by_edit.items():
        if len(own) >= LEAST_PAIRS and len(by_edit) <= len(pairs) / LEAST_PAIRS:
            measured = list(_measured(_spread(own), cancel or CancelToken()))
            if (look := _look(instructions, measured)) is not None:
                looks.append(look)
    return tuple(looks)


def _spread(pairs: Sequence[Pair]) -> list[Pair]:
    count = min(PAIRS_MEASURED, len(pairs))
    return [pairs[number * len(pairs) // count] for number in range(count)]


def _measured(pairs: Iterable[Pair], cancel: CancelToken) -> Iterator[PairLook]:
    for pair in pairs:
        cancel.raise_if_cancelled()
        try:
            original, edited = open_pair(pair)
        except EngineError as error:
            log.info("%s is not measured: %s", pair.name, error)
            continue
        if original.size == edited.size and min(original.size) >= 2 * CELL:
            yield measure_pair(original, edited)


def _look(instructions: tuple[str, ...], measured: Sequence[PairLook]) -> EditLook | None:
    if len(measured) < LEAST_PAIRS:
        return None
    keeps_detail = sum(each.keeps_detail for each in measured) >= SHARE * len(measured)
    grainy = [each for each in measured if each.strength]
    grain = None
    if keeps_detail and len(grainy) >= SHARE * len(measured):
        grain = Grain(
            strength=round(min(STRONGEST, median(each.strength for each in grainy)), 2),
            size=round(median(each.size for each in grainy), 6),
            is_grey=median(each.correlation for each in grainy) > GREY,
        )
    return EditLook(instructions=instructions, keeps_detail=True, grain=grain) if keeps_detail else None


def measure_pair(original: Image.Image, edited: Image.Image) -> PairLook:
    """Returns what a pair of RGB images of the same size shows in its middle."""
    left, top = ((side - CROP) // 2 if side > CROP else 0 for side in original.size)
    box = (left, top, min(left + CROP, original.width), min(top + CROP, original.height))
    before, after = original.crop(box), edited.crop(box)
    transfer = fit_transfer(before, before, after, keeps_detail=True)
    rest = _levels(after) - _levels(transfer.apply(before))
    coarse_rest = _cell_means(rest)
    fine = rest - _enlarged(coarse_rest, rest.shape)
    detail = _levels(before)
    detail = detail - _enlarged(_cell_means(detail), detail.shape)
    even = _cell_deviation(detail).max(axis=2) < EVEN
    strength, coarse = _deviation(fine, even), float(np.sqrt(np.square(coarse_rest).mean()))
    follows = abs(_correlation(fine.mean(axis=2), detail.mean(axis=2)))
    overall = float(np.sqrt(np.square(fine).mean()))
    is_own = follows < FOLLOWS or overall < ROUNDED
    is_grainy = strength >= LEAST_GRAIN and follows < FOLLOWS and overall < UNEVEN * strength
    is_fine = coarse < max(COARSE, COARSE_SHARE * strength)
    keeps_detail = is_fine and is_own and (is_grainy or max(strength, overall / COMPRESSED) < LEAST_GRAIN)
    return PairLook(
        keeps_detail=keeps_detail,
        strength=float(np.hypot(strength, coarse)) if keeps_detail and is_grainy else 0.0,
        size=_blur_radius(fine) / max(original.size),
        correlation=_correlation(fine[:, :, 0], fine[:, :, 1]),
    )


def _levels(image: Image.Image) -> Plane:
    return np.asarray(image, np.float32)


def _cell_means(levels: Plane) -> Plane:
    """Means (h, w, C) of squares of `CELL` pixels; incomplete ones are left out."""
    height, width = (side // CELL for side in levels.shape[:2])
    cells = levels[: height * CELL, : width * CELL].reshape(height, CELL, width, CELL, -1)
    means: Plane = cells.mean(axis=(1, 3))
    return means


def _enlarged(cells: Plane, shape: tuple[int, ...]) -> Plane:
    """Cells as an image (H, W, C), the last ones continued to its border."""
    planes = torch.from_numpy(cells).permute(2, 0, 1)[None]
    whole = torch.nn.functional.interpolate(planes, scale_factor=CELL, mode="bilinear", align_corners=False)
    values: Plane = whole[0].permute(1, 2, 0).numpy()
    rest = [(0, size - own) for size, own in zip(shape[:2], values.shape[:2], strict=True)]
    padded: Plane = np.pad(values, (*rest, (0, 0)), mode="edge")
    return padded


def _cell_deviation(levels: Plane) -> Plane:
    return np.sqrt(_cell_means(np.square(levels)))


def _deviation(fine: Plane, even: NDArray[np.bool_]) -> float:
    """The deviation of the fine differences in the even cells; in a quarter of all where there are few."""
    cells = _cell_deviation(fine).mean(axis=2)
    chosen = cells[even] if even.mean() > 0.02 else np.sort(cells.ravel())[: max(1, cells.size // 4)]
    return float(np.median(chosen))


def _correlation(first: Plane, second: Plane) -> float:
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt(np.square(first).mean() * np.square(second).mean()))
    return float((first * second).mean()) / scale if scale > 0 else 0.0


def _blur_radius(fine: Plane) -> float:
    """The radius in pixels of the Gaussian that blurred white noise would have to be like this.

    The correlation of neighbours in noise blurred with the radius r is exp(-1 / (4 r²)).
    """
    neighbours = _correlation(fine[:, 1:].mean(axis=2), fine[:, :-1].mean(axis=2))
    neighbours = min(max(neighbours, 0.0), 0.98)
    return float(np.sqrt(-1 / (4 * np.log(neighbours)))) if neighbours > 0.01 else 0.0
