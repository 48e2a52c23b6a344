"""Trains an invented edit with the window's own defaults: `new_edit.py --photos PHOTOS`.

    python tests/benchmarks/new_edit.py --photos PHOTOS [--preset NAME] [--edit NAME] [--work FOLDER] [key=…]

`PHOTOS` holds `index.csv` (file, split) and `images/`. 24 train photos and an invented recipe make a folder
of pairs; the dialog “Teach a new edit” opens it (without a display), and what it would start with a preset is
started, with the length it proposes. Settings given here are added, for comparison. Then val photos are
edited, before and after: the new edit is compared with its recipe, and the old ones are identified as
`trainer.starter.scoring.evaluate` does it, in sentences that no training saw. What the program itself says of
the result is printed beside it. With `--work` a run that was
broken off goes on. Prints only.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402 (our packages are found through the path above)
from invented_edits import INVENTED_EDITS, InventedEdit  # noqa: E402
from measuring import machine, psnr  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from engine.editing.editor import Editor  # noqa: E402
from engine.library import ModelCard, read_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import DATA_FOLDER_VARIABLE, judging_program, starter_model, trainer_program  # noqa: E402
from ip2p_desktop.training.dialog.training_dialog import TrainingDialog  # noqa: E402
from ip2p_desktop.training.plans.presets import Preset  # noqa: E402
from ip2p_desktop.training.runs.training_probe import SKIPPED_CHECKS  # noqa: E402
from ip2p_desktop.training.runs.training_runs import TrainingRun  # noqa: E402
from trainer.config.replay_defaults import known_instructions  # noqa: E402
from trainer.starter.data.photos import evenly_spread, photo_paths, read_photo, scaled_to_long_side  # noqa: E402
from trainer.starter.scoring.scorer import Scorer  # noqa: E402

PAIRS = 24
GAIN, KEPT = 5.0, 0.85
"""What is aimed at: so many dB nearer to the recipe than before; of the old edits that were identified
before, so many are afterwards."""

IdentifiedEdits = dict[str, bool]
"""By photo and instruction, whether the edit was identified."""


def read(path: Path, long_side: int) -> Image.Image:
    """A photo of so many pixels on its longer side."""
    return Image.fromarray(scaled_to_long_side(read_photo(path), long_side))


def write_pairs(edit: InventedEdit, photos: Iterable[Path], folder: Path, long_side: int) -> None:
    """Photos and what the recipe makes of them, as the README describes a folder of pairs."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for path in photos:
        before, after = f"{path.stem}-before.png", f"{path.stem}-after.png"
        photo = read(path, long_side)
        photo.save(folder / before)
        edit.recipe(photo).save(folder / after)
        lines.append({"original_image": before, "edited_image": after, "edit_instruction": edit.instruction})
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def preset_run(base: ModelCard, pairs: Path, folder: Path, preset: Preset | None) -> TrainingRun:
    """What the dialog would start once a folder of pairs and a preset are chosen, and nothing else."""
    application = QApplication.instance() or QApplication([])
    dialog = TrainingDialog([base])
    dialog.choose_folder(pairs)
    while not dialog.examples_page.next_button.isEnabled():
        application.processEvents()
    dialog.examples_page.next_button.click()
    if preset is not None:
        dialog.plan_page.choose_preset(preset)
    plan = dialog.plan_page.plan()
    dialog.shut_down()
    assert plan is not None
    return TrainingRun(folder=folder, plan=plan)


@dataclass(frozen=True, slots=True)
class Spent:
    """What training took, and what it was estimated to take."""

    model: Path
    minutes: float
    processor_minutes: float
    estimated_minutes: float
    step_seconds: float


def train(settings: Sequence[str], steps: int, kept: Path) -> Spent:
    """As the window does; what an earlier call finished is read from the file `kept`."""
    if kept.is_file():
        values = json.loads(kept.read_text(encoding="utf-8"))
        return Spent(**values | {"model": Path(values["model"])})
    estimate = [
        event["seconds"]
        for event in events_of([f"--probe={steps}", *settings, *SKIPPED_CHECKS], trainer_program())
        if event["type"] == "estimate"
    ]
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    events = events_of(settings, trainer_program())
    minutes, after = (time.perf_counter() - started) / 60, resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    taken = [event for event in events if event["type"] == "step"]
    (begun,) = [event for event in events if event["type"] == "started"]
    values = {
        "model": events[-1]["model"],
        "minutes": minutes,
        "processor_minutes": took / 60,
        "estimated_minutes": estimate[0] / 60,
        "step_seconds": begun["batch"] / taken[-1]["samples_per_second"],
    }
    if begun["start_step"]:
        print(f"continued from step {begun['start_step']}: the minutes are those since then")
    kept.write_text(json.dumps(values), encoding="utf-8")
    return Spent(**values | {"model": Path(values["model"])})


def events_of(words: Sequence[str], program: Sequence[str]) -> list[dict[str, Any]]:
    """What a program sends, until it has ended well."""
    process = subprocess.Popen([*program, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["type"] == "step" and events[-1]["step"] % 50 == 0:
            print(f"  step {events[-1]['step']}: loss {events[-1]['loss']:.4f}", flush=True)
        elif events[-1]["type"] in ("probe", "estimate"):
            print(f"  {line.strip()}", flush=True)
    if process.wait():
        sys.exit(f"It failed: {events[-1] if events else 'it sent nothing'}")
    return events


def program_words(run: Path, kept: Path) -> str:
    """What the program says of a result before it is kept, as by default; read from `kept` if there."""
    if not kept.is_file():
        started = time.perf_counter()
        finished = events_of([f"run={run}"], judging_program())[-1]
        kept.write_text(
            json.dumps(finished | {"minutes": (time.perf_counter() - started) / 60}), encoding="utf-8"
        )
    found = json.loads(kept.read_text(encoding="utf-8"))
    return (
        f"the program says, after {found['minutes']:.1f} min: follows on {found['following']} of "
        f"{found['pairs']} held-back pairs; of {found['old']} old edits {found['working']} still work"
    )


def new_edit_psnr(card: ModelCard, edit: InventedEdit, photos: Iterable[Path]) -> list[tuple[float, float]]:
    """PSNR in dB to the recipe's result of each photo: of a model's edit, and of the photo itself.

    The recipe's random grain is left out: a model that adds as much of its own is not farther from it.
    """
    editor, values = Editor(), []
    for seed, path in enumerate(photos):
        photo = read(path, card.recommended.resolution)
        wanted, settings = (edit.predictable or edit.recipe)(photo), replace(card.recommended, seed=seed)
        request = EditRequest(
            source_image=photo, instruction=edit.instruction, model=card.path, settings=settings
        )
        values.append((psnr(editor.edit(request).edited_image, wanted), psnr(photo, wanted)))
    return values


def old_edits(card: ModelCard, photos: list[Path], kept: Path) -> IdentifiedEdits:
    """Each photo edited in each family at the size the model's card recommends; read from `kept` if there."""
    if not kept.is_file():
        scores = Scorer(card, Editor(), card.recommended).known(photos)
        values = {f"{score.photo}: {score.instruction}": bool(score.identified) for score in scores}
        kept.write_text(json.dumps(values), encoding="utf-8")
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def verdict(holds: bool) -> str:
    return "reached" if holds else "MISSED"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--edit", choices=list(INVENTED_EDITS), default=next(iter(INVENTED_EDITS)))
    presets = [preset.value for preset in Preset]
    parser.add_argument("--preset", choices=presets, help="of the dialog; by default the one it proposes")
    parser.add_argument("--model", type=Path, default=starter_model(), help="the model to train")
    parser.add_argument("--count", type=int, default=12, help="val photos for the new edit")
    parser.add_argument("--old", type=int, default=6, help="val photos for each old edit")
    parser.add_argument("--work", type=Path, help="folder to keep what is made, and to go on from")
    parser.add_argument("settings", nargs="*", help="settings of the trainer, beside those of the window")
    options = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as name:
        measure(options, (options.work or Path(name)).resolve())


def measure(options: argparse.Namespace, work: Path) -> None:
    os.environ[DATA_FOLDER_VARIABLE] = str(work / "data")
    edit, base = INVENTED_EDITS[options.edit], read_model_card(options.model.resolve())
    val = photo_paths(options.photos, "val")
    shown, asked = evenly_spread(val, options.count), evenly_spread(val, options.old)
    pairs = work / edit.instruction
    if not pairs.exists():
        chosen = evenly_spread(photo_paths(options.photos, "train"), PAIRS)
        write_pairs(edit, chosen, pairs, base.recommended.resolution)
    run = preset_run(base, pairs, work / "run", Preset(options.preset) if options.preset else None)
    print("settings:", run.plan.steps, "steps,", *run.plan.settings, *options.settings, flush=True)
    spent = train([*run.settings(), *options.settings], run.plan.steps, work / "spent.json")
    print(
        f"training took {spent.minutes:.1f} min ({spent.processor_minutes:.1f} min of processor time, "
        f"{spent.step_seconds:.2f} s a step), estimated {spent.estimated_minutes:.1f} min",
        flush=True,
    )
    trained = read_model_card(spent.model)
    values = np.array([new_edit_psnr(card, edit, shown) for card in (trained, base)])
    (made, untouched), (base_made, _) = values.mean(axis=1)
    gain = made - max(untouched, base_made)
    follows = int(np.sum(values[0, :, 0] > np.maximum(values[0, :, 1], values[1, :, 0])))
    print(
        f"“{edit.instruction}”, {options.count} val photos: {made:.1f} dB to the recipe; {untouched:.1f} dB "
        f"untouched, {base_made:.1f} dB before ({gain:+.1f}): {verdict(gain >= GAIN)} {GAIN:+g} dB; "
        f"nearer than both on {follows} of {len(shown)}",
        flush=True,
    )
    print(program_words(run.folder, work / "judged.json"), flush=True)
    before = old_edits(base, asked, work / "before.json")
    after = old_edits(trained, asked, work / "after.json")
    replayed = set(known_instructions(base))
    unseen = [name for name in before if name.partition(": ")[2] not in replayed]
    known = [name for name in unseen if before[name]]
    kept = float(np.mean([after[name] for name in known]))
    print(
        f"old edits, {options.old} val photos each: {len(known)} of {len(unseen)} identified before; "
        f"of these {kept:.1%} afterwards: {verdict(kept >= KEPT)} {KEPT:.0%}; "
        f"of all {np.mean([after[name] for name in unseen]):.1%}"
    )
    print("lost:", *(name for name in known if not after[name]), sep="\n  ")


if __name__ == "__main__":
    main()
