"""`python -m trainer.starter.evaluate --photos DIR`: how well the starter follows its instructions.

Photos of the val split are edited with sentences no training saw. Each result is compared with what
the recipe itself makes of the photo: PSNR and SSIM, and identification, the share of results that are
nearer (in mean squared error) to their own recipe than to any other recipe and to the untouched photo.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from engine.editor import Editor
from engine.library import ModelCard, read_model_card
from engine.request import EditRequest
from trainer.starter.held_out import HELD_OUT
from trainer.starter.measures import psnr, ssim, unit_pixels
from trainer.starter.photos import photo_paths, read_photo, scaled_to_long_side
from trainer.starter.recipes import RECIPES, apply_recipe


@dataclass(frozen=True, slots=True)
class Score:
    """One edited photo against the recipe's result."""

    edit: str
    photo: str
    instruction: str
    psnr: float
    psnr_of_source: float
    """What returning the photo untouched would have scored."""
    ssim: float
    nearest: str
    """The recipe the result is nearest to; "unchanged" is the photo itself."""
    picture: Image.Image


def evaluate(card: ModelCard, photos: list[Path], editor: Editor, resolution: int) -> Iterator[Score]:
    """Edits every photo with every instruction family, one held-out sentence each."""
    settings = replace(card.recommended, resolution=resolution)
    for number, path in enumerate(photos):
        photo = scaled_to_long_side(read_photo(path), resolution)
        targets = {edit: _target(edit, photo, path.name) for edit in (*RECIPES, "unchanged")}
        pixels = {edit: unit_pixels(target) for edit, target in targets.items()}
        for edit in RECIPES:
            instruction = HELD_OUT[edit][number % len(HELD_OUT[edit])]
            request = EditRequest(
                source_image=Image.fromarray(photo),
                instruction=instruction,
                model=card.folder,
                settings=replace(settings, seed=number),
            )
            picture = editor.edit(request).edited_image
            result = unit_pixels(picture)
            nearest = max(pixels, key=lambda name: psnr(result, pixels[name]))
            yield Score(
                edit,
                path.name,
                instruction,
                psnr(result, pixels[edit]),
                psnr(pixels["unchanged"], pixels[edit]),
                ssim(result, pixels[edit]),
                nearest,
                picture,
            )


def _target(edit: str, photo: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], name: str) -> Image.Image:
    rng = np.random.default_rng(zlib.crc32(f"{edit} {name}".encode()))
    return Image.fromarray(apply_recipe(edit, photo, 1.0, rng))


def report(scores: list[Score]) -> str:
    """A Markdown table by edit, and the means over all."""
    by_edit: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_edit[score.edit].append(score)
    by_edit["**all**"] = scores
    lines = [
        "| edit | identified | PSNR to the recipe, dB | of the untouched photo, dB | SSIM | mistaken for |",
        "|---|---:|---:|---:|---:|---|",
    ]
    for edit, own in by_edit.items():
        identified = np.mean([score.nearest == score.edit for score in own])
        wrong = sorted({score.nearest for score in own if score.nearest != score.edit})
        lines.append(
            f"| {edit} | {identified:.0%} | {np.mean([s.psnr for s in own]):.1f} "
            f"| {np.mean([s.psnr_of_source for s in own]):.1f} | {np.mean([s.ssim for s in own]):.3f} "
            f"| {', '.join(wrong) if edit in RECIPES else ''} |"
        )
    return "\n".join(lines)


def contact_sheet(scores: list[Score], photo_folder: Path, width: int = 200) -> Image.Image:
    """A row for each photo: the photo, then its edits in the order of the recipes."""
    rows: dict[str, list[Image.Image]] = defaultdict(list)
    for score in scores:
        rows[score.photo].append(score.picture)
    tiles = []
    for name, pictures in rows.items():
        with Image.open(photo_folder / "images" / name) as source:
            pictures = [source.convert("RGB"), *pictures]
        square = [picture.resize((width, width * 3 // 4), Image.Resampling.LANCZOS) for picture in pictures]
        tiles.append(np.concatenate([np.asarray(tile) for tile in square], axis=1))
    return Image.fromarray(np.concatenate(tiles))


def main() -> int:
    """Prints the table; 0 when it is done."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter.evaluate", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--model", type=Path, default=Path("resources/starter"), help="model folder")
    parser.add_argument("--count", type=int, default=24, help="val photos to edit, evenly spread")
    parser.add_argument("--resolution", type=int, default=512, help="longer side in pixels")
    parser.add_argument("--dtype", default="auto", help="auto, fp32 or bf16")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet of the results here")
    parser.add_argument("--json", type=Path, help="write every single score here")
    arguments = parser.parse_args()
    paths = photo_paths(arguments.photos, "val")
    chosen = [paths[index * len(paths) // arguments.count] for index in range(arguments.count)]
    card = read_model_card(arguments.model)
    editor = Editor(dtype=arguments.dtype)
    scores = list(evaluate(card, chosen, editor, arguments.resolution))
    settings = card.recommended
    sys.stdout.write(
        f"{len(chosen)} val photos at {arguments.resolution} px, {settings.num_inference_steps} steps of "
        f"{settings.scheduler}, text guidance {settings.text_guidance_scale:g}, "
        f"image guidance {settings.image_guidance_scale:g}\n\n{report(scores)}\n"
    )
    if arguments.sheet:
        contact_sheet(scores, arguments.photos).save(arguments.sheet)
    if arguments.json:
        fields = ("edit", "photo", "instruction", "psnr", "psnr_of_source", "ssim", "nearest")
        rows = [{name: getattr(score, name) for name in fields} for score in scores]
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
