"""A photo set as the starter is made from, in small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ip2p_desktop.base.paths import sample_photos


@pytest.fixture(scope="session")
def photo_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four sample photos with their index, the first of them for val."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "images").mkdir()
    lines = ["file,split"]
    for number, path in enumerate(sample_photos()[:4]):
        with Image.open(path) as photo:
            photo.resize((240, 180)).save(folder / "images" / f"{path.stem}.png")
        lines.append(f"{path.stem}.png,{'val' if number == 0 else 'train'}")
    (folder / "index.csv").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="session")
def teacher_files(photo_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What teachers could have written for these photos: a disc as the subject, and inverted photos."""
    folder = tmp_path_factory.mktemp("teachers")
    (folder / "subjects").mkdir()
    rows, columns = np.mgrid[:320, :320] - 160
    disc = Image.fromarray(np.where(np.hypot(rows, columns) < 90, 255, 0).astype(np.uint8))
    for path in sorted((photo_set / "images").iterdir()):
        disc.save(folder / "subjects" / f"{path.stem}.png")
        painted = folder / "styles" / "192" / path.stem
        painted.mkdir(parents=True)
        with Image.open(path) as photo:
            inverted = Image.fromarray(255 - np.asarray(photo.convert("RGB").resize((192, 144))))
        for number in (15, 19):
            inverted.save(painted / f"{number}.jpg", quality=95)
    return folder
