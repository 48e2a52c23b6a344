"""`python -m trainer.starter.scoring.guidance_curves --photos DIR --plot FILE.svg`: effects of both scales.

Val photos are edited at several values of each scale, with the other scale at its recommended value. For
every value the mean likeness to the photo and to the recipe's result is printed and plotted, and the PSNR
printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from engine.console import run_program
from engine.edit_settings import EditSettings
from engine.editing.editor import Editor
from engine.files.text_files import write_text_file
from engine.library import ModelCard, read_model_card
from trainer.export.plots import Line, Panel, plot
from trainer.starter.data.photos import evenly_spread, photo_paths
from trainer.starter.scoring.scorer import Scorer

FAMILIES = (
    *("black and white", "warmer", "night", "negative", "golden hour", "autumn", "tint"),
    *("foggy", "pencil sketch", "pointillism", "blurry", "vignette"),
)
"""Some families of every kind of edit."""
TEXT_SCALES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
IMAGE_SCALES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class GuidancePoint:
    """Means over all edits at one value of a scale."""

    scale: float
    to_photo: float
    """Likeness to the photo, -1 to 1."""
    to_recipe: float
    """Likeness to the recipe's result, -1 to 1."""
    psnr_to_photo: float
    psnr_to_recipe: float


Curve = list[GuidancePoint]


def measure(
    card: ModelCard,
    editor: Editor,
    photos: list[Path],
    settings: EditSettings,
    name: str,
    scales: Sequence[float],
) -> Curve:
    """Returns the curve of one scale ("text" or "image")."""
    curve = []
    for scale in scales:
        by_text = replace(settings, text_guidance_scale=scale)
        own = by_text if name == "text" else replace(settings, image_guidance_scale=scale)
        scores = list(Scorer(card, editor, own).known(photos, FAMILIES))
        values = [
            (score.likeness_to_source, score.likeness, score.psnr_to_source, score.psnr) for score in scores
        ]
        curve.append(GuidancePoint(scale, *np.mean(values, axis=0).tolist()))
    return curve


def is_monotonic(curve: Curve, *, rising: bool) -> bool:
    """Returns whether the likeness to the photo only rises, or only falls, with the scale."""
    steps = np.diff([point.to_photo for point in curve])
    return bool(np.all(steps >= 0) if rising else np.all(steps <= 0))


def panels(curves: dict[str, Curve]) -> list[Panel]:
    """Returns one panel for each scale."""
    return [
        Panel(
            f"{name} guidance scale",
            "likeness",
            (
                Line("to the photo", [(point.scale, point.to_photo) for point in curve]),
                Line("to the recipe", [(point.scale, point.to_recipe) for point in curve]),
            ),
            ticks=[point.scale for point in curve],
        )
        for name, curve in curves.items()
    ]


def main() -> int:
    """Prints and plots both curves; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.scoring.guidance_curves", description=__doc__
    )
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--model", type=Path, default=Path("resources/starter"), help="model folder")
    parser.add_argument("--count", type=int, default=6, help="val photos to edit, evenly spread")
    parser.add_argument("--resolution", type=int, default=512, help="longer side in pixels")
    parser.add_argument("--plot", type=Path, help="draw the curves into this SVG file")
    parser.add_argument("--json", type=Path, help="write the numbers here")
    arguments = parser.parse_args()
    card, editor = read_model_card(arguments.model), Editor()
    photos = evenly_spread(photo_paths(arguments.photos, "val"), arguments.count)
    settings = replace(card.recommended, resolution=arguments.resolution)
    curves = {
        name: measure(card, editor, photos, settings, name, scales)
        for name, scales in (("text", TEXT_SCALES), ("image", IMAGE_SCALES))
    }
    for name, curve in curves.items():
        sys.stdout.write(f"{name} guidance scale: likeness to the photo, to the recipe; the same in dB\n")
        for point in curve:
            sys.stdout.write(
                f"  {point.scale:5.2f} {point.to_photo:7.3f} {point.to_recipe:7.3f} "
                f"{point.psnr_to_photo:6.1f} {point.psnr_to_recipe:6.1f}\n"
            )
    edits_more = is_monotonic(curves["text"], rising=False)
    keeps_more = is_monotonic(curves["image"], rising=True)
    sys.stdout.write(f"text scale edits more: {edits_more}; image scale keeps more: {keeps_more}\n")
    if arguments.plot:
        write_text_file(arguments.plot, plot(panels(curves)))
    if arguments.json:
        values = {name: [asdict(point) for point in curve] for name, curve in curves.items()}
        write_text_file(arguments.json, json.dumps(values))
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
