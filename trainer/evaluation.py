"""`python -m trainer.evaluation --model M --data DIR --clip CLIP_FOLDER`: the paper's curve of a model.

The model edits the test pairs at image guidance scales from 1.0 to 2.2. For each scale, the curve shows the
mean CLIP image similarity over the mean directional similarity (Brooks et al. 2023, figure 8;
`metrics/compute_metrics.py` of the original). The text guidance scale is `--text-scale`, else the one that
the model's card recommends, else 7.5 as in the paper.

The original passes pixels from -1 to 1 (those of the edited image unclipped) to a function that expects 0 to
1. `--mode repository` does so too, so that its numbers compare with those measured with the original;
`--mode corrected` does not. In both modes images are squeezed into squares, as in the original.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, astuple, dataclass
from enum import StrEnum
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from engine.console import exit_code, print_line, run_program
from engine.devices.device import choose_device
from engine.edit_settings import MAX_GUIDANCE_SCALE, EditSettings
from engine.errors import EngineError, InvalidRequest
from engine.files.text_files import write_text_file
from engine.images.image_files import decode_photo
from engine.images.pixels import to_pixels
from engine.library import read_model_card
from engine.models.loading import Model, load_model
from trainer.datasets import DatasetNotUsable, Pair, Source, find_pairs
from trainer.datasets.splits import split
from trainer.export.plots import Line, Panel, plot
from trainer.validation.clip_similarity import ClipSimilarity, Similarity
from trainer.validation.trial_edits import edited_latents

IMAGE_SCALES = (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2)
TEXT_SCALE = 7.5


class Mode(StrEnum):
    """The range of the pixels that CLIP gets."""

    REPOSITORY = "repository"
    """From -1 to 1, as in the original, by mistake."""
    CORRECTED = "corrected"
    """From 0 to 1, as CLIP was trained."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationSettings:
    """How a model is evaluated; the defaults are the original's values."""

    mode: Mode = Mode.CORRECTED
    resolution: int = 512
    steps: int = 100
    count: int = 5000
    """Number of pairs to edit at each scale, at most."""
    seed: int = 0
    image_scales: tuple[float, ...] = IMAGE_SCALES
    text_scale: float = TEXT_SCALE


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The means of all pairs at one image guidance scale."""

    scale: float
    pairs: int
    mean: Similarity


def evaluate(
    model: Model,
    clip: ClipSimilarity,
    pairs: Sequence[Pair],
    settings: EvaluationSettings,
    on_pair: Callable[[float, int], None] = lambda scale, done: None,
) -> list[CurvePoint]:
    """Returns one point of the curve for each scale. Raises `DatasetNotUsable` if no pair has captions.

    The seed is set once for each scale. It determines the order of the scenes, the take of each scene and the
    noise, so all scales edit the same pairs from the same noise.
    """
    scenes: dict[object, list[Pair]] = {}
    for number, pair in enumerate(pairs):
        if pair.captions is not None:
            scenes.setdefault((pair.source, pair.scene) if pair.scene else number, []).append(pair)
    if not scenes:
        raise DatasetNotUsable(
            "dataset.no-captions",
            "No pair has captions of its two images, which the evaluation needs.",
            ("Add “input” and “output” to every prompt.json, or columns original_prompt and edited_prompt."),
        )
    takes = list(scenes.values())
    return [_point(model, clip, takes, settings, scale, on_pair) for scale in settings.image_scales]


def _point(
    model: Model,
    clip: ClipSimilarity,
    scenes: Sequence[Sequence[Pair]],
    settings: EvaluationSettings,
    scale: float,
    on_pair: Callable[[float, int], None],
) -> CurvePoint:
    generator = torch.Generator().manual_seed(settings.seed)
    order = torch.randperm(len(scenes), generator=generator)[: settings.count].tolist()
    measured = []
    for place in order:
        takes = scenes[place]
        pair = takes[int(torch.randint(len(takes), (), generator=generator))]
        noise = int(torch.randint(2**62, (), generator=generator))
        edit = EditSettings(
            num_inference_steps=settings.steps,
            text_guidance_scale=settings.text_scale,
            image_guidance_scale=scale,
            seed=noise,
        )
        measured.append(_similarity(model, clip, pair, edit, settings))
        on_pair(scale, len(measured))
    columns = zip(*(astuple(each) for each in measured), strict=True)
    return CurvePoint(scale, len(order), Similarity(*(sum(column) / len(order) for column in columns)))


@torch.no_grad()
def _similarity(
    model: Model, clip: ClipSimilarity, pair: Pair, edit: EditSettings, settings: EvaluationSettings
) -> Similarity:
    side = settings.resolution
    photo = decode_photo(pair.original.read(), pair.original.name).resize(
        (side, side), Image.Resampling.LANCZOS
    )
    source = to_pixels(photo)
    latents = edited_latents(model, source, pair.instruction, edit)
    edited = model.vae.decode(latents / model.vae.config.scaling_factor).sample.float()
    assert pair.captions is not None
    return clip(for_clip(source, settings.mode), for_clip(edited, settings.mode), pair.captions)


def for_clip(pixels: Tensor, mode: Mode) -> Tensor:
    """Returns pixels from about -1 to 1 in the range that CLIP gets in this mode."""
    return pixels if mode is Mode.REPOSITORY else pixels.clamp(-1, 1).add(1).div(2)


def to_json(points: Sequence[CurvePoint], settings: EvaluationSettings) -> str:
    """Returns the curve and the settings as JSON; the means have the original's names."""
    names = ("sim_0", "sim_1", "sim_direction", "sim_image")
    rows = [
        {
            "image_guidance_scale": point.scale,
            "pairs": point.pairs,
            **dict(zip(names, astuple(point.mean), strict=True)),
        }
        for point in points
    ]
    return json.dumps({"settings": asdict(settings), "points": rows}, indent=2) + "\n"


def to_plot(points: Sequence[CurvePoint], settings: EvaluationSettings) -> str:
    """Returns an SVG of image similarity over directional similarity, from lowest to highest scale."""
    line = Line(settings.mode, [(point.mean.direction, point.mean.image) for point in points], dots=True)
    title = "CLIP image similarity over directional similarity"
    return plot([Panel(title, "image similarity", (line,))])


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the curve and writes the chosen files; returns 0, or 2 for wrong input, 1 for a failure."""
    parser = argparse.ArgumentParser(prog="python -m trainer.evaluation", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="model folder or file")
    parser.add_argument("--data", type=Path, required=True, help="dataset with captions")
    parser.add_argument("--clip", type=Path, required=True, help="folder of a CLIP model (ViT-L/14)")
    parser.add_argument("--mode", type=Mode, choices=tuple(Mode), default=Mode.CORRECTED)
    parser.add_argument("--split", choices=("train", "val", "test", "all"), default="test")
    parser.add_argument("--resolution", type=int, default=512, help="side of the squares in pixels")
    parser.add_argument(
        "--text-scale",
        type=float,
        help="text guidance scale; the model's card recommends the default",
    )
    parser.add_argument("--steps", type=int, default=100, help="denoising steps")
    parser.add_argument("--count", type=int, default=5000, help="pairs to edit at each scale")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the numbers here")
    parser.add_argument("--plot", type=Path, help="draw the curve into this SVG file")
    options = parser.parse_args(arguments)
    try:
        settings = EvaluationSettings(
            mode=options.mode,
            resolution=options.resolution,
            steps=options.steps,
            count=options.count,
            seed=options.seed,
            text_scale=text_scale_of(options.model, options.text_scale),
        )
        points = _evaluated(options, settings)
        if options.json:
            write_text_file(options.json, to_json(points, settings))
        if options.plot:
            write_text_file(options.plot, to_plot(points, settings))
    except EngineError as error:
        print_line(error)
        return exit_code(error)
    for point in points:
        mean = point.mean
        sys.stdout.write(f"{point.scale:.1f}  direction {mean.direction:.4f}  image {mean.image:.4f}\n")
    return 0


def text_scale_of(model: Path, asked: float | None) -> float:
    """Returns the text guidance scale of an evaluation. Raises `InvalidRequest` if it is out of range."""
    if asked is None:
        return read_model_card(model).recommended.text_guidance_scale
    if not 0 <= asked <= MAX_GUIDANCE_SCALE:
        raise InvalidRequest(
            "request.text-scale", "--text-scale must be from 0 to {maximum:g}.", maximum=MAX_GUIDANCE_SCALE
        )
    return asked


def _evaluated(asked: argparse.Namespace, settings: EvaluationSettings) -> list[CurvePoint]:
    """Returns the curve; errors that are quick to find are raised before the model is loaded."""
    device = choose_device("auto")
    clip = ClipSimilarity(asked.clip, device)
    found = find_pairs([Source(asked.data)])
    pairs = found.pairs if asked.split == "all" else getattr(split(found), asked.split).pairs
    if not pairs:
        raise DatasetNotUsable(
            "dataset.split-empty",
            "{dataset} has no pairs in its {split} split.",
            "Choose another --split, or “all”.",
            dataset=asked.data,
            split=asked.split,
        )
    model = load_model(asked.model, device=device, dtype=torch.float32)
    if settings.resolution % model.size_multiple:
        raise EngineError(
            "engine.side-multiple",
            "This model edits squares whose side is a multiple of {multiple} pixels.",
            "Choose another --resolution.",
            multiple=model.size_multiple,
        )
    return evaluate(model, clip, pairs, settings, _report)


def _report(scale: float, done: int) -> None:
    sys.stderr.write(f"\rimage guidance scale {scale:.1f}: {done} pairs ")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(run_program(main))
