"""Many edits in a row in one process, and what they leave behind.

    python tests/benchmarks/soak.py [--edits 200] [--model FOLDER]

Sizes, schedulers, scales, models, masks, variations, turbo and cancels change from edit to edit. Prints
memory (RSS), threads and open files after the first twenty edits and at the end; exits with 1 if memory
grew by more than 5 %, or if a thread or a file was left behind.
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 (our packages are found through the path above)
from PIL import Image  # noqa: E402

from engine.devices.memory import release_memory  # noqa: E402
from engine.edit_settings import EditSettings, OutputSize, SchedulerName  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.images.image_files import open_photo  # noqa: E402
from engine.progress import Cancelled, CancelToken, Progress, Stage  # noqa: E402
from engine.request import EditRequest  # noqa: E402

STARTER = ROOT / "resources" / "starter"
SIZES = 6
WARM_UP = 20
ALLOWED_GROWTH = 0.05
CANCELLED_SHARE = 0.15
SCALES = ((1.5, 1.2), (1.5, 1.0), (1.0, 1.0))
"""Text and image guidance: three branches, two, one."""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--model", type=Path, default=STARTER)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other"
        shutil.copytree(arguments.model, other)
        return soak([arguments.model, other], arguments.edits)


def soak(models: list[Path], edits: int) -> int:
    rng = np.random.default_rng(0)
    photos = [open_photo(path) for path in sorted((ROOT / "resources" / "samples").glob("*.jpg"))[:SIZES]]
    editor, cancelled = Editor(), 0
    before: tuple[int, int, int] | None = None
    for number in range(edits):
        cancelled += not edit(editor, make_request(number, photos, models, rng), rng)
        if number + 1 == WARM_UP:
            before = state()
        if (number + 1) % WARM_UP == 0:
            print(f"after {number + 1:4} edits: {words(state())}", flush=True)
    assert before is not None
    after = state()
    growth = after[0] / before[0] - 1
    print(f"{cancelled} of {edits} cancelled; memory grew by {growth:.1%}")
    return int(growth > ALLOWED_GROWTH or after[1] > before[1] or after[2] > before[2])


def make_request(
    number: int, photos: list[Image.Image], models: list[Path], rng: np.random.Generator
) -> EditRequest:
    """The photo, size and number of branches go round, so that the first edits meet them all."""
    place = number % len(photos)
    photo = photos[place]
    text, image = SCALES[number // len(photos) % len(SCALES)]
    mask = Image.radial_gradient("L").resize(photo.size) if rng.random() < 0.2 else None
    return EditRequest(
        source_image=photo,
        instruction=str(rng.choice(["make it night", "make it warmer", "turn it into a sketch"])),
        model=models[number // 10 % 2],
        negative_instruction=str(rng.choice(["", "blurry"])),
        mask=mask,
        variations=int(rng.choice([1, 1, 1, 2])),
        settings=EditSettings(
            num_inference_steps=int(rng.integers(1, 10)),
            text_guidance_scale=text,
            image_guidance_scale=image,
            seed=int(rng.integers(1000)),
            scheduler=list(SchedulerName)[number % len(SchedulerName)],
            resolution=96 + 32 * place,
            output_size=OutputSize(str(rng.choice(["working", "source"]))),
            turbo=bool(rng.random() < 0.3),
        ),
    )


def edit(editor: Editor, request: EditRequest, rng: np.random.Generator) -> bool:
    """Whether the edit was finished; some are cancelled at a step by chance."""
    token = CancelToken()
    last = int(rng.integers(3)) if rng.random() < CANCELLED_SHARE else None

    def watch(progress: Progress) -> None:
        if last is not None and progress.stage is Stage.SAMPLING and progress.done >= last:
            token.cancel()

    try:
        editor.edit(request, on_progress=watch, on_preview=lambda picture: None, cancel=token)
    except Cancelled:
        return False
    return True


def state() -> tuple[int, int, int]:
    """Resident bytes, threads, and open files of this process."""
    gc.collect()
    release_memory()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident, threading.active_count(), sum(1 for _ in Path("/proc/self/fd").iterdir())


def words(values: tuple[int, int, int]) -> str:
    return f"{values[0] / 2**20:.0f} MiB, {values[1]} threads, {values[2]} open files"


if __name__ == "__main__":
    sys.exit(main())
