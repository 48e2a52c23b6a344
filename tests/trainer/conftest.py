"""A small folder of pairs, and models to start from: the shipped one, and one with quick steps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from fakes.shared_folder import shared_folder
from PIL import Image, ImageOps

from ip2p_desktop.base.paths import sample_photos, starter_model


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are soonest done on one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def tiny_editor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random editor that predicts the noise."""
    from fakes.tiny_editor import save_tiny_editor

    return shared_folder(tmp_path_factory, "editor", save_tiny_editor)


@pytest.fixture(scope="session")
def starter() -> Path:
    return starter_model()


@pytest.fixture(scope="session")
def pair_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight photos and their negatives, 96 pixels wide."""
    return shared_folder(tmp_path_factory, "negatives", save_negatives)


def save_negatives(folder: Path) -> None:
    folder.mkdir()
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


@pytest.fixture(scope="session")
def kept_run(tmp_path_factory: pytest.TempPathFactory, pair_folder: Path, tiny_editor: Path) -> Path:
    """A run of the tiny editor, with the checkpoints of steps 0, 2 and 4."""
    from fakes.kept_run import train_tiny

    return train_tiny(tmp_path_factory.mktemp("kept") / "run", pair_folder, tiny_editor)
