"""How near an edit carried up comes to one made at full size: `python tests/benchmarks/transfer.py PHOTOS`.

PHOTOS is the photo set of the starter, of which the photos set aside for measuring are taken. Every recipe
of the starter is applied to the photo, which gives the truth, and to the photo at a half, a third and a
quarter of its size. Printed is what carrying up gains over enlarging with Lanczos, as mean and worst case.
Ends with exit code 1 if the mean of any recipe over the photos is worse than Lanczos at any of these sizes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)  # in place of this folder, where an engine.py lies

import numpy as np  # noqa: E402 (our packages are found through the path above)
from PIL import Image  # noqa: E402

from engine.transfer import carry_up  # noqa: E402
from trainer.starter.edits import FAMILIES, STRENGTHS, UNCHANGED, Edit  # noqa: E402
from trainer.starter.measures import psnr, ssim, unit_pixels  # noqa: E402
from trainer.starter.photos import photo_paths, read_photo  # noqa: E402
from trainer.starter.recipes import apply_edits, noise_for  # noqa: E402

FACTORS = (2, 3, 4)
COLOURS = {"tint": ("red", None), "duotone": ("blue", None), "colour swap": ("red", "blue")}
NO_DIFFERENCE = 0.02
"""In dB: what rounding makes of pictures."""


def edit_of(family: str, strength: float) -> Edit:
    colour, swapped = COLOURS.get(family, (None, None))
    return Edit(family, strength, colour, swapped)


def edited(photo: Image.Image, edit: Edit) -> Image.Image:
    pixels = np.asarray(photo)
    noise = noise_for(pixels.shape[:2], np.random.default_rng(0))
    return Image.fromarray(apply_edits((edit,), pixels, noise))


def gains(photo: Image.Image, edit: Edit, factor: int) -> tuple[float, float, float]:
    """PSNR of Lanczos, and what carrying up gains in PSNR and in SSIM."""
    size = round(photo.width / factor), round(photo.height / factor)
    working = photo.resize(size, Image.Resampling.LANCZOS)
    made, truth = edited(working, edit), unit_pixels(edited(photo, edit))
    enlarged = unit_pixels(made.resize(photo.size, Image.Resampling.LANCZOS))
    carried = unit_pixels(carry_up(photo, working, made))
    return (
        psnr(enlarged, truth),
        psnr(carried, truth) - psnr(enlarged, truth),
        ssim(carried, truth) - ssim(enlarged, truth),
    )


def told_gain(photos: Sequence[Image.Image], edit: Edit) -> float:
    """Prints a line for each factor; the smallest of their mean gains in dB."""
    means = []
    for factor in FACTORS:
        numbers = np.array([gains(photo, edit, factor) for photo in photos])
        lanczos, gain, likeness = numbers.mean(axis=0)
        _, worst_gain, worst_likeness = numbers.min(axis=0)
        means.append(float(gain))
        print(
            f"{edit.family:16} 1/{factor}  Lanczos {lanczos:5.2f} dB  {gain:+6.2f} {worst_gain:+6.2f} dB  "
            f"SSIM {likeness:+.4f} {worst_likeness:+.4f}",
            flush=True,
        )
    return min(means)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="PHOTOS", help="a folder with index.csv and images")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every Nth photo only")
    parser.add_argument("--edits", default="", metavar="A,B", help="these edits only")
    parser.add_argument("--strength", type=float, default=1.0, choices=STRENGTHS, help="of the edits")
    options = parser.parse_args()
    paths = photo_paths(options.folder, "val")[:: options.every]
    photos = [Image.fromarray(read_photo(path)) for path in paths]
    families = options.edits.split(",") if options.edits else (UNCHANGED, *FAMILIES)
    print(f"{len(photos)} photos; gain over Lanczos in dB and in SSIM, mean and worst photo")
    edits = [edit_of(family, options.strength) for family in families]
    worse = [edit.family for edit in edits if told_gain(photos, edit) < -NO_DIFFERENCE]
    if worse:
        sys.exit(f"Worse than Lanczos: {', '.join(worse)}.")


if __name__ == "__main__":
    main()
