"""Small real pictures, and every layout made of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from ip2p_desktop.base.paths import sample_photos
from trainer.datasets import PairSet, Source, find_pairs

Photos = list[Image.Image]


@pytest.fixture(scope="session")
def photos() -> Photos:
    """The sample photos, 128 pixels wide."""
    small = []
    for path in sample_photos():
        with Image.open(path) as photo:
            small.append(photo.convert("RGB").resize((128, 96)))
    return small


@pytest.fixture
def write_pair(photos: Photos) -> Callable[..., None]:
    """Writes a photo and its negative."""

    def write(original: Path, edited: Path, number: int = 0) -> None:
        for path in (original, edited):
            path.parent.mkdir(parents=True, exist_ok=True)
        photo = photos[number % len(photos)]
        if number >= len(photos):
            noise = np.random.default_rng(number).integers(0, 256, (6, 8, 3), dtype=np.uint8)
            photo = Image.fromarray(noise).resize((128, 96), Image.Resampling.BICUBIC)
        photo.save(original, quality=95)
        ImageOps.invert(photo).save(edited, quality=95)

    return write


@pytest.fixture
def metadata_folder(tmp_path: Path, write_pair: Callable[..., None]) -> Callable[..., Path]:
    """Makes a folder of so many pairs with a metadata.jsonl; keywords change its entries."""

    def make(count: int, name: str = "pairs", **fields: str) -> Path:
        folder = tmp_path / name
        lines = []
        for number in range(count):
            write_pair(folder / f"{number}-a.png", folder / f"{number}-b.png", number)
            entry = {
                "original_image": f"{number}-a.png",
                "edited_image": f"{number}-b.png",
                "edit_instruction": "turn it inside out",
            }
            lines.append(json.dumps({**entry, **fields}))
        (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
        return folder

    return make


@pytest.fixture
def packed() -> Callable[[Path], Path]:
    """Packs a folder into a zip beside it."""

    def pack(folder: Path) -> Path:
        archive = folder.with_suffix(".zip")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(folder.rglob("*")):
                file.write(path, path.relative_to(folder.parent))
        return archive

    return pack


@pytest.fixture
def find() -> Callable[[Path], PairSet]:
    return lambda folder: find_pairs([Source(folder)])
