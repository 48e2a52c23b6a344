"""Teaches an edit that no model knows, and asks what that took: `new_edit.py --photos PHOTOS`.

    python tests/benchmarks/new_edit.py --photos PHOTOS [--model FOLDER] [key=value …]

`PHOTOS` holds `index.csv` (file, split) and `images/`. 24 train photos and an invented recipe make pairs;
`python -m trainer` trains on them with the settings below, to which others can be added, and on what the
model makes of the same photos when it is asked for what it knows. Then val photos are edited, before and
after: the new edit is compared with its recipe, and the old ones are identified as
`trainer.starter.scoring.evaluate` does it, in sentences that no training saw, in every family in which the
model was identified at least half of the time before; and in all families. Prints only.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

import numpy as np  # noqa: E402 (our packages are found through the path above)
from measuring import machine, psnr  # noqa: E402
from PIL import Image, ImageFilter  # noqa: E402

from engine.editing.editor import Editor  # noqa: E402
from engine.library import ModelCard, read_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import starter_model  # noqa: E402
from trainer.starter.data.edits import (  # noqa: E402
    FAMILIES,
    STRENGTHS,
    SWAPPABLE,
    UNCHANGED,
    WITH_STRENGTH,
    Edit,
)
from trainer.starter.data.instructions import draw_instruction  # noqa: E402
from trainer.starter.data.photos import evenly_spread, photo_paths, read_photo, scaled_to_long_side  # noqa: E402
from trainer.starter.scoring.scorer import Score, Scorer  # noqa: E402

INSTRUCTION = "turn it into a layered stencil"
PAIRS, SIDE, CUT = 24, 160, 128
"""Squares of so many pixels are cut from photos at the size they are edited at, and trained on in cuts."""
INK, PAPER, SHADOW = (24, 38, 92), (250, 226, 160), (206, 132, 104)
THRESHOLD, SOFTNESS = 0.45, 0.1
"""Of brightness from 0 to 1: where ink ends and paper begins, and how gradually."""
DISPLACED = 8
"""Pixels by which the ink's shadow lies to the right and below."""
ROUNDS, TIMES = 15, 4
"""Sentences for each family that are replayed, and how often each of them."""


def replayed() -> list[str]:
    """Ways to ask for what the starter knows, drawn as for its training: none is one it is measured with."""
    rng = np.random.default_rng(0)
    known = (*FAMILIES, UNCHANGED)
    return [draw_instruction((_any_edit(family, rng),), rng) for _ in range(ROUNDS) for family in known]


def _any_edit(family: str, rng: np.random.Generator) -> Edit:
    swapped, colour = map(str, rng.choice(SWAPPABLE, size=2, replace=False))
    strength = float(rng.choice(STRENGTHS)) if family in WITH_STRENGTH else 1.0
    return Edit(family, strength, colour, swapped)


SETTINGS = (
    f"data.resolution={CUT}",
    "data.cache.enable=True",
    "data.replay.share=0.85",
    "model.timestep_sampling=few_steps",
    "model.micro_batch_size=8",
    "model.optim.lr=1.5e-4",
    "model.optim.sched.warmup_steps=20",
    "model.optim.sched.decay=True",
    "exp_manager.ema.decay=0.98",
    "trainer.max_steps=500",
    "trainer.val_check_interval=0",
    "validation.edits=0",
)
MINUTES, GAIN, LOSS = 15.0, 5.0, 0.10
"""What is aimed at: at most so many minutes, so many dB nearer to the recipe, so much less identified."""
KNOWN = 0.5
"""Share of photos in which an edit is identified that counts as known."""


def replay_settings() -> tuple[str, ...]:
    asked = replayed()
    return (
        f"data.replay.pairs={TIMES * len(asked)}",
        f"data.replay.instructions={json.dumps(asked, ensure_ascii=False)}",
    )


def stencil(photo: Image.Image) -> Image.Image:
    """Two layers of colour, divided at a brightness; the dark one throws a shadow upon the other."""
    soft = photo.convert("L").filter(ImageFilter.GaussianBlur(2))
    brightness = np.asarray(soft, dtype=np.float32) / 255
    light = np.clip((brightness - THRESHOLD) / SOFTNESS + 0.5, 0, 1)
    padded = np.pad(light, ((DISPLACED, 0), (DISPLACED, 0)), mode="edge")
    lit = padded[: light.shape[0], : light.shape[1]]
    ink, paper, shadow = (np.array(colour, dtype=np.float32) for colour in (INK, PAPER, SHADOW))
    ground = shadow + lit[..., None] * (paper - shadow)
    mixed = ink + light[..., None] * (ground - ink)
    return Image.fromarray((mixed + 0.5).astype(np.uint8))


def read(path: Path, long_side: int) -> Image.Image:
    """A photo of so many pixels on its longer side."""
    return Image.fromarray(scaled_to_long_side(read_photo(path), long_side))


def middle(photo: Image.Image) -> Image.Image:
    """`SIDE` pixels wide and high."""
    left, top = (photo.width - SIDE) // 2, (photo.height - SIDE) // 2
    return photo.crop((left, top, left + SIDE, top + SIDE))


def write_pairs(photos: Iterable[Path], folder: Path, long_side: int) -> None:
    """The middle of each photo and what the recipe makes of it, as the README describes a folder of pairs."""
    folder.mkdir()
    lines = []
    for path in photos:
        before, after = f"{path.stem}-before.png", f"{path.stem}-after.png"
        photo = middle(read(path, long_side))
        photo.save(folder / before)
        stencil(photo).save(folder / after)
        lines.append({"original_image": before, "edited_image": after, "edit_instruction": INSTRUCTION})
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Run:
    """What training took."""

    model: Path
    minutes: float
    processor_minutes: float
    step_seconds: float


def train(pairs: Path, base: Path, folder: Path, more: Sequence[str]) -> Run:
    """Through the command line, as a person would."""
    settings = [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={base}",
        f"exp_manager.exp_dir={folder}",
        f"data.cache.folder={folder / 'cache'}",
        *SETTINGS,
        *replay_settings(),
        *more,
    ]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer", *settings], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["type"] == "step" and events[-1]["step"] % 50 == 0:
            print(f"  step {events[-1]['step']}: loss {events[-1]['loss']:.4f}", flush=True)
    if process.wait() or events[-1]["type"] != "finished":
        sys.exit(f"Training failed: {events[-1] if events else 'it said nothing'}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    last = [event for event in events if event["type"] == "step"][-1]
    return Run(
        model=Path(events[-1]["model"]),
        minutes=(time.perf_counter() - started) / 60,
        processor_minutes=took / 60,
        step_seconds=int(_setting(settings, "model.micro_batch_size")) / last["samples_per_second"],
    )


def _setting(settings: Iterable[str], key: str) -> str:
    return [text.partition("=")[2] for text in settings if text.startswith(f"{key}=")][-1]


def new_edit_psnr(card: ModelCard, photos: Iterable[Path]) -> float:
    """Mean PSNR in dB of a model's edits to the recipe's results."""
    editor, values = Editor(), []
    for seed, path in enumerate(photos):
        photo = read(path, card.recommended.resolution)
        settings = replace(card.recommended, seed=seed)
        request = EditRequest(source_image=photo, instruction=INSTRUCTION, model=card.path, settings=settings)
        values.append(psnr(editor.edit(request).edited_image, stencil(photo)))
    return float(np.mean(values))


def old_edits(card: ModelCard, photos: list[Path], families: tuple[str, ...]) -> list[Score]:
    """Each photo edited in each family at the size the model's card recommends."""
    return list(Scorer(card, Editor(), card.recommended).known(photos, families))


def identified(scores: Iterable[Score]) -> float:
    return float(np.mean([score.identified for score in scores]))


def known_families(scores: Sequence[Score]) -> tuple[str, ...]:
    """Those the scored model can do."""
    by_family = {family: [score for score in scores if score.family == family] for family in FAMILIES}
    return tuple(family for family, own in by_family.items() if own and identified(own) >= KNOWN)


def verdict(holds: bool) -> str:
    return "reached" if holds else "MISSED"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--model", type=Path, default=starter_model(), help="the model to teach")
    parser.add_argument("--count", type=int, default=12, help="val photos for the new edit")
    parser.add_argument("--old", type=int, default=6, help="val photos for each old edit")
    parser.add_argument("settings", nargs="*", help="settings of the trainer, beside those of this file")
    options = parser.parse_args()
    print(machine())
    print("settings:", *SETTINGS, *options.settings)
    val = photo_paths(options.photos, "val")
    shown, asked = evenly_spread(val, options.count), evenly_spread(val, options.old)
    base = read_model_card(options.model)
    before = old_edits(base, asked, FAMILIES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = evenly_spread(photo_paths(options.photos, "train"), PAIRS)
        write_pairs(chosen, folder / "pairs", base.recommended.resolution)
        run = train(folder / "pairs", options.model.resolve(), folder / "run", options.settings)
        taught = replace(read_model_card(run.model), recommended=base.recommended)
        gained = new_edit_psnr(taught, shown), new_edit_psnr(base, shown)
        after = old_edits(taught, asked, FAMILIES)
    report(run, gained, (after, before), options)


def report(
    run: Run,
    gained: tuple[float, float],
    scores: tuple[list[Score], list[Score]],
    options: argparse.Namespace,
) -> None:
    """What the taught model did comes first in each pair, what its base did second."""
    families = known_families(scores[1])
    after, before = (identified(score for score in own if score.family in families) for own in scores)
    everywhere = [identified(own) for own in scores]
    better, fallen = gained[0] - gained[1], before - after
    print(
        f"training took {run.minutes:.1f} min ({run.processor_minutes:.1f} min of processor time, "
        f"{run.step_seconds:.2f} s a step): {verdict(run.minutes <= MINUTES)} {MINUTES:g} min\n"
        f"“{INSTRUCTION}”, {options.count} val photos: {gained[0]:.1f} dB to the recipe, "
        f"{gained[1]:.1f} dB before ({better:+.1f}): {verdict(better >= GAIN)} {GAIN:+g} dB\n"
        f"{len(families)} old edits, {options.old} val photos each: identified {after:.0%}, "
        f"{before:.0%} before ({-fallen:+.0%}): {verdict(fallen <= LOSS)} {-LOSS:+.0%}\n"
        f"all {len(FAMILIES)} families: identified {everywhere[0]:.0%}, {everywhere[1]:.0%} before"
    )


if __name__ == "__main__":
    main()
