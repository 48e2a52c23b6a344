"""How near an edit carried up comes to one made at full size: `python tests/benchmarks/transfer.py PHOTOS`.

PHOTOS is the photo set of the starter, of which the photos set aside for measuring are taken. Every recipe
of the starter is applied to the photo, which gives the truth, and to the photo at a half, a third and a
quarter of its size. Printed is what carrying up gains over enlarging with Lanczos, as mean and worst case.
Ends with exit code 1 if the mean of any recipe over photos and sizes is worse than Lanczos.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # in place of this folder, where an engine.py lies

import numpy as np  # noqa: E402 (our packages are found through the path above)
from numpy.typing import NDArray  # noqa: E402
from PIL import Image  # noqa: E402

from engine.transfer import carry_up  # noqa: E402
from trainer.starter.edits import FAMILIES, UNCHANGED, Edit  # noqa: E402
from trainer.starter.measures import psnr, ssim, unit_pixels  # noqa: E402
from trainer.starter.photos import photo_paths, read_photo  # noqa: E402
from trainer.starter.recipes import apply_edits  # noqa: E402

FACTORS = (2, 3, 4)
COLOURS = {"tint": ("red", None), "duotone": ("blue", None), "colour swap": ("red", "blue")}
NO_DIFFERENCE = 0.02
"""In dB: what rounding makes of pictures."""


def edited(photo: Image.Image, family: str) -> Image.Image:
    colour, swapped = COLOURS.get(family, (None, None))
    edit = Edit(family, colour=colour, swapped=swapped)
    return Image.fromarray(apply_edits((edit,), np.asarray(photo), np.random.default_rng(0)))


def gains(photo: Image.Image, family: str, factor: int) -> tuple[float, float, float]:
    """PSNR of Lanczos, and what carrying up gains in PSNR and in SSIM."""
    size = round(photo.width / factor), round(photo.height / factor)
    working = photo.resize(size, Image.Resampling.LANCZOS)
    made, truth = edited(working, family), unit_pixels(edited(photo, family))
    enlarged = unit_pixels(made.resize(photo.size, Image.Resampling.LANCZOS))
    carried = unit_pixels(carry_up(photo, working, made))
    return (
        psnr(enlarged, truth),
        psnr(carried, truth) - psnr(enlarged, truth),
        ssim(carried, truth) - ssim(enlarged, truth),
    )


def measured(photos: Sequence[Image.Image], family: str) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """For each factor the numbers of `gains`, photos × 3."""
    for factor in FACTORS:
        yield factor, np.array([gains(photo, family, factor) for photo in photos])


def told_gain(photos: Sequence[Image.Image], family: str) -> float:
    """Prints a line for each factor; the mean gain in dB over all of them."""
    means = []
    for factor, numbers in measured(photos, family):
        lanczos, gain, likeness = numbers.mean(axis=0)
        _, worst_gain, worst_likeness = numbers.min(axis=0)
        means.append(gain)
        print(
            f"{family:16} 1/{factor}  Lanczos {lanczos:5.2f} dB  {gain:+6.2f} {worst_gain:+6.2f} dB  "
            f"SSIM {likeness:+.4f} {worst_likeness:+.4f}",
            flush=True,
        )
    return float(np.mean(means))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="PHOTOS", help="a folder with index.csv and images")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth photo only")
    parser.add_argument("--edits", default="", metavar="A,B", help="these edits only")
    options = parser.parse_args()
    paths = photo_paths(options.folder, "val")[:: options.every]
    photos = [Image.fromarray(read_photo(path)) for path in paths]
    families = options.edits.split(",") if options.edits else (UNCHANGED, *FAMILIES)
    print(f"{len(photos)} photos; gain over Lanczos in dB and in SSIM, mean and worst photo")
    worse = [family for family in families if told_gain(photos, family) < -NO_DIFFERENCE]
    if worse:
        sys.exit(f"Worse than Lanczos: {', '.join(worse)}.")


if __name__ == "__main__":
    main()
