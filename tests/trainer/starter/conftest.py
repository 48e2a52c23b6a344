"""A photo set as the starter is made from, in small."""

from __future__ import annotations

from pathlib import Path

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
