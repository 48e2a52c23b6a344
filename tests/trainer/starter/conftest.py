"""A photo set as the starter is made from, in small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from torch import Tensor

from ip2p_desktop.base.paths import sample_photos
from trainer.starter.scoring.scorer import STYLES_NAME


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
    """What teachers could have written: a disc as the subject, and weights of a teacher of styles."""
    folder = tmp_path_factory.mktemp("teachers")
    (folder / "subjects").mkdir()
    rows, columns = np.mgrid[:320, :320] - 160
    disc = Image.fromarray(np.where(np.hypot(rows, columns) < 90, 255, 0).astype(np.uint8))
    for path in sorted((photo_set / "images").iterdir()):
        disc.save(folder / "subjects" / f"{path.stem}.png")
    save_file(_style_weights(), folder / STYLES_NAME)
    return folder


def _style_weights() -> dict[str, Tensor]:
    """Random weights of the teacher of styles, which was not made for tests."""
    torch.manual_seed(3)
    widths = {f"res.{block}.{half}": (32, 32, 3) for block in range(6) for half in range(2)}
    widths |= {"contract.0": (32, 3, 9), "contract.1": (32, 32, 3), "contract.2": (32, 32, 3)}
    widths |= {"expand.0": (8, 32, 3), "expand.1": (4, 8, 3), "expand.2": (3, 4, 9)}
    weights = {}
    for name, (outputs, inputs, side) in widths.items():
        weights[f"{name}.w"] = torch.randn(outputs, inputs, side, side)
        weights[f"{name}.norm.gamma"] = 1 + 0.3 * torch.randn(26, outputs)
        weights[f"{name}.norm.beta"] = 0.3 * torch.randn(26, outputs)
    return weights
