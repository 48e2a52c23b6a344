"""The sheets of `fidelity.py`: crops of results at 100 %, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch.nn.functional import avg_pool2d

CROP = 256
PHOTOS = 4
CAPTION, GAP = 16, 4
LABEL = 46
"""Most characters above a crop."""
PAPER, INK = (250, 250, 248), (40, 40, 44)


class Shown(Protocol):
    """What a row of a sheet shows."""

    @property
    def family(self) -> str: ...
    @property
    def photo(self) -> str: ...
    @property
    def instruction(self) -> str: ...
    @property
    def crops(self) -> tuple[Image.Image, ...]: ...


def shown(photos: Sequence[str]) -> set[str]:
    """The photos that go to the sheets, evenly spread."""
    return {photos[index * len(photos) // PHOTOS] for index in range(PHOTOS)}


def crops(images: Sequence[Image.Image]) -> tuple[Image.Image, ...]:
    """The part of each where the first has most fine detail; all are of one size."""
    place = _most_detailed(images[0])
    return tuple(image.crop(place) for image in images)


def write_sheets(folder: Path, label: str, rows: Sequence[Shown]) -> None:
    """A PNG for each family, its photos one below the other; `label` is part of the file names."""
    folder.mkdir(parents=True, exist_ok=True)
    for family in dict.fromkeys(row.family for row in rows):
        own = [row for row in rows if row.family == family]
        _sheet(own).save(folder / f"{family.replace(' ', '-')}-{label}.png")


def _most_detailed(image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a square."""
    grey = torch.from_numpy(np.asarray(image.convert("L"), dtype=np.float32))[None]
    detail = (grey - avg_pool2d(grey, 5, 1, 2, count_include_pad=False)).abs()
    step = 8
    steps = min(CROP, *image.size) // step
    means = avg_pool2d(avg_pool2d(detail, step), steps, stride=1)[0]
    row, column = (step * place for place in divmod(int(means.argmax()), means.shape[1]))
    return column, row, column + step * steps, row + step * steps


def _sheet(rows: Sequence[Shown]) -> Image.Image:
    """The photo, what was painted, what was transferred and the recipe side by side."""
    width, height = CROP + GAP, CROP + CAPTION
    sheet = Image.new("RGB", (width * len(rows[0].crops), height * len(rows)), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for index, row in enumerate(rows):
        labels = (f"{row.photo}: photo", "as painted", "transferred", f"recipe: {row.instruction}")
        for column, (label, crop) in enumerate(zip(labels, row.crops, strict=True)):
            draw.text((column * width + 2, index * height + 1), label[:LABEL], fill=INK, font=font)
            sheet.paste(crop, (column * width, index * height + CAPTION))
    return sheet
