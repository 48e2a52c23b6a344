"""A small folder of pairs and the shipped model to start from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from ip2p_desktop.paths import sample_photos, starter_model


@pytest.fixture(scope="session")
def starter() -> Path:
    return starter_model()


@pytest.fixture(scope="session")
def pair_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight photos and their negatives, 96 pixels wide."""
    folder = tmp_path_factory.mktemp("negatives")
    lines = []
    for number, path in enumerate(sample_photos()):
        with Image.open(path) as photo:
            small = photo.convert("RGB").resize((96, 72))
        small.save(folder / f"{number}-before.png")
        ImageOps.invert(small).save(folder / f"{number}-after.png")
        lines.append(
            {
                "original_image": f"{number}-before.png",
                "edited_image": f"{number}-after.png",
                "edit_instruction": "turn it inside out",
            }
        )
    (folder / "metadata.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return folder
