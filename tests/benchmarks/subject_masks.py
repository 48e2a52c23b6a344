"""Masks of subjects: seconds, memory, and sheets to look at; and how their soft edges are best blended.

    python tests/benchmarks/subject_masks.py --photos FOLDER [--count 20] [--sheets FOLDER] [--edits 10]
    python tests/benchmarks/subject_masks.py --photos FOLDER --blending

The photos are val photos, evenly spread, which no training saw. The seconds are those of the processor, with
one thread. On the sheet `masks.png` each photo is beside its subject on green. The sheets of edits show the
photo and three edits of its background at 100 %: the part with most of the edge in it.

`--blending` puts the subjects of val photos on other backgrounds, in linear light as a lens does, and edits
these backgrounds exactly. Compared with that is what the mask makes of the edited whole, blended in sRGB and
in linear light; PSNR in dB of the pixels on the edge.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 (our packages are found through the path above)
import torch  # noqa: E402
from measuring import machine  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from PIL import Image  # noqa: E402

from engine.edit_settings import EditArea, OutputSize  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.errors import SubjectNotFound  # noqa: E402
from engine.images.contact_sheet import contact_sheet  # noqa: E402
from engine.images.image_files import open_photo  # noqa: E402
from engine.instructions.reader import read_instruction  # noqa: E402
from engine.library import read_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from engine.subject.finder import SubjectFinder  # noqa: E402
from ip2p_desktop.base.paths import sample_photos, starter_model  # noqa: E402
from trainer.starter.data.edits import Edit  # noqa: E402
from trainer.starter.data.photos import evenly_spread, photo_paths  # noqa: E402
from trainer.starter.data.recipes import apply_edits  # noqa: E402

GREEN = (0, 200, 80)
SHOWN = 360
"""Side in pixels of what is shown of a photo."""
INSTRUCTIONS = (
    "blur the background",
    "make the background black and white",
    "give the background a blue tint",
)
BLENDED = ("black and white", "brighter", "darker", "night", "sepia", "warmer")
LARGE_SIDE = 8660
"""Of a photo of 50 megapixels."""

Floats = NDArray[np.float64]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--edits", type=int, default=10)
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--blending", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}")
    paths = photo_paths(options.photos, "val")
    if options.blending:
        print_blending(paths)
        return 0
    finder = SubjectFinder()
    masks = list(found_masks(finder, evenly_spread(paths, options.count)))
    print_large(finder)
    if options.sheets is not None:
        options.sheets.mkdir(parents=True, exist_ok=True)
        write_masks(options.sheets / "masks.png", masks)
        write_edits(options.sheets, paths, options.edits)
    return 0


def found_masks(
    finder: SubjectFinder, paths: Sequence[Path]
) -> Iterator[tuple[str, Image.Image, Image.Image | None]]:
    """Name, photo and mask of every photo; prints what they took."""
    mask_of(finder, open_photo(sample_photos()[0]))  # the network is loaded now
    seconds = []
    for path in paths:
        photo = open_photo(path).convert("RGB")
        started = time.process_time()
        mask = mask_of(finder, photo)
        seconds.append(time.process_time() - started)
        yield path.stem, photo, mask
    print(
        f"{len(paths)} photos: median {statistics.median(seconds):.2f} s of the processor, "
        f"at most {max(seconds):.2f} s"
    )


def mask_of(finder: SubjectFinder, photo: Image.Image) -> Image.Image | None:
    """The mask of the subject; None if there is none."""
    try:
        return finder.mask(photo)
    except SubjectNotFound:
        return None


def print_large(finder: SubjectFinder) -> None:
    """Print what a photo of 50 megapixels takes."""
    photo = open_photo(next(path for path in sample_photos() if path.stem == "dog")).convert("RGB")
    scale = LARGE_SIDE / max(photo.size)
    photo = photo.resize((round(photo.width * scale), round(photo.height * scale)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    finder.mask(photo)
    took, after = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{photo.width * photo.height / 1e6:.0f} megapixels: {took:.2f} s of the processor, "
        f"{(after - before) / 1e3:.0f} MB more than before"
    )


def write_masks(file: Path, masks: Sequence[tuple[str, Image.Image, Image.Image | None]]) -> None:
    """Write a sheet with each photo beside its subject on green."""
    cells = []
    for name, photo, mask in masks:
        on_green = Image.new("RGB", photo.size, GREEN)
        if mask is not None:
            on_green.paste(photo, mask=mask)
        both = Image.new("RGB", (2 * SHOWN, SHOWN), "white")
        for number, image in enumerate((photo, on_green)):
            small = image.copy()
            small.thumbnail((SHOWN, SHOWN))
            both.paste(small, (number * SHOWN, 0))
        cells.append((name if mask is not None else f"{name}: no subject", both))
    contact_sheet(cells, 4).save(file)


def write_edits(folder: Path, paths: Sequence[Path], count: int) -> None:
    """Write sheets of edits of the background, each as wide as a screen."""
    card = read_model_card(starter_model())
    editor, finder = Editor(device="cpu", dtype="fp32", threads=1), SubjectFinder()
    cells, made = [], 0
    for path in evenly_spread(list(paths), 3 * count):
        photo = open_photo(path).convert("RGB")
        mask = mask_of(finder, photo)
        if mask is None or made == count:
            continue
        made += 1
        box = most_edge(mask)
        cells.append((path.stem, photo.crop(box)))
        for instruction in INSTRUCTIONS:
            settings = replace(card.recommended, output_size=OutputSize.SOURCE)
            request = EditRequest(
                source_image=photo, instruction=instruction, model=card.path, settings=settings
            )
            request = read_instruction(instruction, card).applied_to(request)
            assert request.settings.area is EditArea.BACKGROUND
            cells.append((instruction, editor.edit(request).edited_image.crop(box)))
    for number in range(0, len(cells), 20):
        contact_sheet(cells[number : number + 20], 4).save(folder / f"edits-{number // 20 + 1}.png")


def most_edge(mask: Image.Image) -> tuple[int, int, int, int]:
    """The square with most soft pixels in it."""
    soft = np.asarray(mask).astype(np.int64)
    total = np.pad(((soft > 10) & (soft < 245)).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    width, height = (min(SHOWN, side) for side in mask.size)
    best = max(
        (
            (left, top)
            for top in range(0, mask.height - height + 1, 8)
            for left in range(0, mask.width - width + 1, 8)
        ),
        key=lambda at: int(
            total[at[1] + height, at[0] + width]
            - total[at[1], at[0] + width]
            - total[at[1] + height, at[0]]
            + total[at[1], at[0]]
        ),
    )
    return best[0], best[1], best[0] + SHOWN, best[1] + SHOWN


def print_blending(paths: Sequence[Path]) -> None:
    """Print the PSNR of both ways to blend on soft edges."""
    finder = SubjectFinder()
    backgrounds = [open_photo(path).convert("RGB") for path in evenly_spread(list(paths), 4)]
    found: dict[tuple[str, str], list[float]] = {}
    for path in evenly_spread(list(paths), 24):
        photo = open_photo(path).convert("RGB")
        mask = mask_of(finder, photo)
        if mask is None:
            continue
        alpha = np.asarray(mask).astype(np.float64)[..., None] / 255
        edge = (alpha[..., 0] > 0.05) & (alpha[..., 0] < 0.95)
        for background in backgrounds:
            behind = np.asarray(background.resize(photo.size))
            source = mixed(np.asarray(photo), behind, alpha, is_linear=True).round().astype(np.uint8)
            for family in BLENDED:
                truth = mixed(np.asarray(photo), edited(behind, family), alpha, is_linear=True)
                for way in ("sRGB", "linear"):
                    made = mixed(source, edited(source, family), alpha, is_linear=way == "linear")
                    error = ((made - truth) ** 2).mean(2)[edge].mean()
                    found.setdefault((family, way), []).append(10 * float(np.log10(255**2 / error)))
    for family in BLENDED:
        values = {way: statistics.mean(found[family, way]) for way in ("sRGB", "linear")}
        print(f"{family}: {values['sRGB']:.2f} dB in sRGB, {values['linear']:.2f} dB in linear light")


def edited(pixels: NDArray[np.uint8], family: str) -> NDArray[np.uint8]:
    """What the recipe of an edit makes of an image."""
    return apply_edits((Edit(family),), pixels, None)


def mixed(front: NDArray[np.uint8], behind: NDArray[np.uint8], alpha: Floats, *, is_linear: bool) -> Floats:
    """Levels of one image over another."""
    first, second = (each.astype(np.float64) / 255 for each in (front, behind))
    if not is_linear:
        return 255 * (alpha * first + (1 - alpha) * second)
    light = alpha * linear(first) + (1 - alpha) * linear(second)
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def linear(values: Floats) -> Floats:
    """Linear light of sRGB values, 0 to 1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


if __name__ == "__main__":
    sys.exit(main())
