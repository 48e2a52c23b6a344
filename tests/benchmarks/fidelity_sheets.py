"""The sheets of `fidelity.py`: crops of results at 100 %, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch.nn.functional import avg_pool2d

CROP = 256
PHOTOS = 4
CAPTION, GAP = 16, 4
COLUMNS = ("photo", "as painted", "transferred", "recipe")
PAPER, INK = (250, 250, 248), (40, 40, 44)


class Sheets:
    """Collects crops and writes a PNG for each family: four photos, each from photo to recipe."""

    def __init__(self, folder: Path | None, label: str, photos: Sequence[str]) -> None:
        """`label` is part of the file names; without a folder nothing is kept."""
        self._folder, self._label = folder, label
        self._shown = {photos[index * len(photos) // PHOTOS] for index in range(PHOTOS)}
        self._places: dict[str, tuple[int, int, int, int]] = {}
        self._rows: dict[str, dict[str, tuple[str, list[Image.Image]]]] = {}

    def add(self, family: str, name: str, instruction: str, images: Sequence[Image.Image]) -> None:
        """The images of `COLUMNS`, all of one size; the first instruction of a photo is shown."""
        if self._folder is None or name not in self._shown:
            return
        if name not in self._places:
            self._places[name] = most_detailed(images[0])
        crops = [image.crop(self._places[name]) for image in images]
        self._rows.setdefault(family, {}).setdefault(name, (instruction, crops))

    def write(self) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for family, rows in self._rows.items():
            sheet = _sheet(list(rows.items()))
            sheet.save(self._folder / f"{family.replace(' ', '-')}-{self._label}.png")


def most_detailed(image: Image.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the square with the most fine detail."""
    grey = torch.from_numpy(np.asarray(image.convert("L"), dtype=np.float32))[None]
    detail = (grey - avg_pool2d(grey, 5, 1, 2, count_include_pad=False)).abs()
    side = min(CROP, *image.size)
    means = avg_pool2d(detail, side, stride=8)[0]
    row, column = divmod(int(means.argmax()), means.shape[1])
    return column * 8, row * 8, column * 8 + side, row * 8 + side


def _sheet(rows: Sequence[tuple[str, tuple[str, list[Image.Image]]]]) -> Image.Image:
    width, height = CROP + GAP, CROP + CAPTION
    sheet = Image.new("RGB", (width * len(COLUMNS), height * len(rows)), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for row, (name, (instruction, crops)) in enumerate(rows):
        labels = (f"{name}: photo", *COLUMNS[1:3], f"recipe: {instruction}")
        for column, (label, crop) in enumerate(zip(labels, crops, strict=True)):
            draw.text((column * width + 2, row * height + 1), label[:46], fill=INK, font=font)
            sheet.paste(crop, (column * width, row * height + CAPTION))
    return sheet
