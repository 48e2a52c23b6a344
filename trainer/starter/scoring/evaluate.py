"""`python -m trainer.starter.scoring.evaluate --photos DIR`: measures the edits of the starter.

Photos of the val split are edited with sentences that training never uses. Each result is compared with the
recipe's result for the photo by PSNR and SSIM. A result is identified if it is more similar (by
`trainer.validation.image_measures.signature`) to its own recipe's result than to that of any other recipe and
to the unchanged photo. The deviation in areas that the recipe leaves smooth measures noise.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.console import run_program
from engine.editing.editor import Editor
from engine.files.text_files import write_text_file
from engine.library import read_model_card
from trainer.starter.data.edits import FAMILIES, PAINTED, PLACED_MEANINGS, TONE_EDITS
from trainer.starter.data.photos import evenly_spread, photo_paths
from trainer.starter.scoring.edit_sheet import contact_sheet, save_sheet
from trainer.starter.scoring.scorer import Score, Scorer
from trainer.validation.image_measures import EQUAL

HEADER = (
    "| edit | identified | PSNR to the recipe, dB | of the untouched photo, dB | SSIM "
    "| deviation in smooth areas (recipe's) | mistaken for |\n|---|---:|---:|---:|---:|---:|---|"
)


def table(scores: Iterable[Score]) -> str:
    """Returns a Markdown table with a row for each family."""
    by_family: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        by_family[score.family].append(score)
    return "\n".join([HEADER, *(_row(family, own) for family, own in by_family.items())])


def _row(name: str, own: list[Score]) -> str:
    wrong = sorted({score.nearest for score in own if not score.identified})
    return (
        f"| {name} | {np.mean([s.identified for s in own]):.0%} | {np.mean([s.psnr for s in own]):.1f} "
        f"| {np.mean([s.psnr_of_source for s in own]):.1f} | {np.mean([s.ssim for s in own]):.3f} "
        f"| {_smoothness(own)} | {', '.join(wrong)} |"
    )


def _smoothness(scores: list[Score]) -> str:
    pairs = [score.smooth for score in scores if score.smooth]
    if not pairs:
        return "–"
    own, theirs = np.sqrt(np.square(pairs).mean(axis=0))
    return f"{own:.2f} ({theirs:.2f})"


def summary(known: list[Score], pairs: list[Score], unknown: list[Score]) -> str:
    """Returns the main measures of the model as Markdown."""
    tone = [score for score in known if score.family in TONE_EDITS]
    changed = [score for score in known if score.psnr_of_source < EQUAL]  # the others cannot be improved
    families = {family: [s for s in changed if s.family == family] for family in FAMILIES}
    worse = [
        family
        for family, own in families.items()
        if own and np.mean([s.psnr for s in own]) <= np.mean([s.psnr_of_source for s in own])
    ]
    lines = [
        f"identified: {np.mean([s.identified for s in known]):.1%} over all families",
        f"PSNR to the recipe: {np.mean([s.psnr for s in known]):.1f} dB over all, "
        f"{np.mean([s.psnr for s in tone]):.1f} dB for tone and colour",
        f"deviation in smooth areas of tone and colour edits: {_smoothness(tone)}",
        f"families no better than the untouched photo: {', '.join(worse) or 'none'}",
    ]
    if pairs:
        lines.append(
            f"two edits in a sentence: identified {np.mean([s.identified for s in pairs]):.0%}, "
            f"{np.mean([s.psnr for s in pairs]):.1f} dB"
        )
    if unknown:
        kept = [s.psnr_to_source for s in unknown]
        lines.append(f"unknown instructions: {np.mean(kept):.1f} dB to the photo (lowest {min(kept):.1f})")
    return "\n".join(f"- {line}" for line in lines)


def new_summary(new: list[Score]) -> str:
    """Returns lines for painted styles, for pairs with one, and for edits at places; none without any."""
    kinds = {
        "painted styles": [score for score in new if score.family in PAINTED],
        "a style and another edit": [score for score in new if score.family == "style and edit"],
        "edits at places": [score for score in new if score.family in PLACED_MEANINGS],
    }
    lines = [
        f"{name}: identified {np.mean([s.identified for s in own]):.0%}, "
        f"{np.mean([s.psnr for s in own]):.1f} dB to the recipe, the untouched photo "
        f"{np.mean([s.psnr_of_source for s in own]):.1f} dB"
        for name, own in kinds.items()
        if own
    ]
    return "".join(f"- {line}\n" for line in lines)


def main() -> int:
    """Prints the tables; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter.scoring.evaluate", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument(
        "--teachers", type=Path, help="folder with styles.safetensors and subjects/, to score these too"
    )
    parser.add_argument("--model", type=Path, default=Path("resources/starter"), help="model folder")
    parser.add_argument("--count", type=int, default=24, help="val photos to edit, evenly spread")
    parser.add_argument("--resolution", type=int, default=512, help="longer side in pixels")
    parser.add_argument("--dtype", default="auto", help="auto, fp32 or bf16")
    parser.add_argument("--steps", type=int, help="steps instead of the recommended ones")
    parser.add_argument("--text-guidance", type=float, help="scale instead of the recommended one")
    parser.add_argument("--image-guidance", type=float, help="scale instead of the recommended one")
    parser.add_argument("--sheet", type=Path, help="write a contact sheet of the results here")
    parser.add_argument("--json", type=Path, help="write every single score here")
    arguments = parser.parse_args()
    chosen = evenly_spread(photo_paths(arguments.photos, "val"), arguments.count)
    card = read_model_card(arguments.model)
    overrides = {
        "num_inference_steps": arguments.steps,
        "text_guidance_scale": arguments.text_guidance,
        "image_guidance_scale": arguments.image_guidance,
    }
    settings = replace(
        card.recommended,
        resolution=arguments.resolution,
        **{name: value for name, value in overrides.items() if value is not None},
    )
    scorer = Scorer(card, Editor(dtype=arguments.dtype), settings, arguments.teachers)
    known = list(scorer.known(chosen))
    pairs, unknown = list(scorer.pairs(chosen)), list(scorer.unknown(chosen))
    new = [*scorer.painted(chosen), *scorer.painted_pairs(chosen), *scorer.placed(chosen)]
    sys.stdout.write(
        f"{len(chosen)} val photos at {arguments.resolution} px, {settings.num_inference_steps} steps of "
        f"{settings.scheduler}, text guidance {settings.text_guidance_scale:g}, "
        f"image guidance {settings.image_guidance_scale:g}\n\n{summary(known, pairs, unknown)}\n"
        f"{new_summary(new)}\n{table([*known, *pairs, *unknown, *new])}\n"
    )
    if arguments.sheet:
        save_sheet(contact_sheet([*known, *new], arguments.photos), arguments.sheet)
    if arguments.json:
        rows = [*map(_as_row, [*known, *pairs, *unknown, *new])]
        write_text_file(arguments.json, json.dumps(rows, indent=1))
    return 0


def _as_row(score: Score) -> dict[str, object]:
    fields = [name for name in Score.__dataclass_fields__ if name != "image"]
    return {name: getattr(score, name) for name in fields}


if __name__ == "__main__":
    sys.exit(run_program(main))
