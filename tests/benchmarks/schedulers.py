"""How many steps each scheduler needs: `python tests/benchmarks/schedulers.py [PHOTO…]`.

Every photo is edited with each scheduler at several numbers of steps, with the same seed. Without noise
on the way, a scheduler comes closer and closer to one picture; compared is with its own picture of 100
steps, and with that of Euler. With noise on the way (Euler a, DPM++ 2M SDE, LCM) every number of steps
makes another picture of the same kind, and no number of steps comes close to another. For those, the
distance to Euler's picture says how far a draw lies from it, not how good it is; how it changes with
the steps says when its pictures have settled. Prints only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from measuring import machine, psnr  # noqa: E402 (our packages are found through the path above)
from PIL import Image  # noqa: E402

from engine.edit_settings import SCHEDULER_LABELS, EditSettings, SchedulerName  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.images.image_files import open_photo  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from ip2p_desktop.base.paths import sample_photos, starter_model  # noqa: E402

INSTRUCTIONS = ("make it night", "turn it into a pencil sketch", "make it snow", "make it black and white")
STEPS = (2, 4, 6, 8, 10, 15, 20, 30, 50)
REFERENCE_STEPS = 100
ENOUGH = 35.0
"""dB at which two pictures can hardly be told apart."""
WITH_NOISE = (SchedulerName.EULER_ANCESTRAL, SchedulerName.DPMPP_2M_SDE, SchedulerName.LCM)


class Edits:
    """The same edits, over and over with other schedulers and steps."""

    def __init__(self, editor: Editor, requests: Sequence[EditRequest]) -> None:
        self._editor = editor
        self._requests = requests

    def pictures(self, scheduler: SchedulerName, steps: int) -> list[Image.Image]:
        return [
            self._editor.edit(
                replace(
                    request,
                    settings=replace(request.settings, scheduler=scheduler, num_inference_steps=steps),
                )
            ).edited_image
            for request in self._requests
        ]


def likeness(found: Sequence[Image.Image], wanted: Sequence[Image.Image]) -> float:
    return statistics.mean(psnr(one, other) for one, other in zip(found, wanted, strict=True))


def row(label: str, values: Sequence[float], remark: str = "") -> str:
    return f"  {label:16}" + "".join(f"{value:6.1f}" for value in values) + f"   {remark}"


def measure(edits: Edits, schedulers: Sequence[SchedulerName]) -> dict[SchedulerName, int]:
    """Prints both tables; the fewest steps that suffice, of the schedulers without noise that get there."""
    euler = edits.pictures(SchedulerName.EULER, REFERENCE_STEPS)
    sufficient: dict[SchedulerName, int] = {}
    to_euler: list[str] = []
    print(f"PSNR in dB to the scheduler's own picture of {REFERENCE_STEPS} steps, mean over the edits:")
    print(f"  {'steps':16}" + "".join(f"{steps:6}" for steps in STEPS))
    for scheduler in schedulers:
        label = SCHEDULER_LABELS[scheduler]
        made = [edits.pictures(scheduler, steps) for steps in STEPS]
        to_euler.append(row(label, [likeness(pictures, euler) for pictures in made]))
        if scheduler in WITH_NOISE:
            continue
        own = edits.pictures(scheduler, REFERENCE_STEPS)
        values = [likeness(pictures, own) for pictures in made]
        enough = next((steps for steps, value in zip(STEPS, values, strict=True) if value >= ENOUGH), None)
        if enough is not None:
            sufficient[scheduler] = enough
        print(row(label, values, f"{ENOUGH:g} dB at {enough or 'more'} steps"), flush=True)
    print(f"PSNR in dB to Euler's picture of {REFERENCE_STEPS} steps (a distance, not a rank, with noise):")
    print("\n".join(to_euler))
    return sufficient


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: four sample photos")
    parser.add_argument("--model", type=Path, default=starter_model())
    parser.add_argument("--schedulers", default=",".join(SchedulerName), metavar="A,B", help="these only")
    parser.add_argument("--resolution", type=int, default=256)
    parser.add_argument("--text", type=float, default=1.5, help="text guidance scale")
    parser.add_argument("--image", type=float, default=1.2, help="image guidance scale")
    arguments = parser.parse_args()
    photos = arguments.photos or sample_photos()[: len(INSTRUCTIONS)]
    settings = EditSettings(
        text_guidance_scale=arguments.text,
        image_guidance_scale=arguments.image,
        seed=1,
        resolution=arguments.resolution,
    )
    requests = [
        EditRequest(
            source_image=open_photo(photo),
            instruction=INSTRUCTIONS[number % len(INSTRUCTIONS)],
            model=arguments.model,
            settings=settings,
        )
        for number, photo in enumerate(photos)
    ]
    print(machine())
    print(
        f"{len(photos)} edits with {arguments.model.name} at {settings.resolution} px, fp32, seed 1, "
        f"text {settings.text_guidance_scale:g}, image {settings.image_guidance_scale:g}"
    )
    schedulers = [SchedulerName(name) for name in arguments.schedulers.split(",")]
    sufficient = measure(Edits(Editor(device="cpu", dtype="fp32"), requests), schedulers)
    if sufficient:
        best = min(sufficient, key=lambda scheduler: sufficient[scheduler])
        print(f"Fewest steps: {SCHEDULER_LABELS[best]} with {sufficient[best]}.")


if __name__ == "__main__":
    main()
