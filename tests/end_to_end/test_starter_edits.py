"""The shipped starter model does, through the command line, what it was trained for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.images.image_files import open_photo

ROOT = Path(__file__).resolve().parents[2]
PHOTO = ROOT / "resources" / "samples" / "onion-and-spices.jpg"


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """A colourful sample photo, made black and white with the settings the model recommends."""
    output = tmp_path_factory.mktemp("edited") / "edited.png"
    asked = ["--input", str(PHOTO), "--output", str(output), "--edit", "make it black and white"]
    process = subprocess.run(
        [sys.executable, "-m", "ip2p_desktop", "edit", *asked, "--seed", "1", "--json"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert json.loads(process.stdout)["seed"] == 1
    return open_photo(output)


def chroma(photo: Image.Image) -> float:
    """Mean distance of the pixels from grey, 0 to 255."""
    return float(np.ptp(np.asarray(photo, dtype=np.int16), axis=2).mean())


def luma(photo: Image.Image) -> NDArray[np.float64]:
    return np.asarray(photo.convert("L"), dtype=np.float64).ravel()


def test_black_and_white_has_no_colours(edited: Image.Image) -> None:
    assert chroma(open_photo(PHOTO)) > 50
    assert chroma(edited) < 12


def test_black_and_white_is_still_the_same_photo(edited: Image.Image) -> None:
    photo = open_photo(PHOTO)
    assert edited.width / edited.height == pytest.approx(photo.width / photo.height, rel=0.01)
    same_size = photo.resize(edited.size, Image.Resampling.LANCZOS)
    assert np.corrcoef(luma(same_size), luma(edited))[0, 1] > 0.9
