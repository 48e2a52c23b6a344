"""How long an edit takes and how much memory it needs: `python tests/benchmarks/edit.py [PHOTO…]`.

First the real command line, one process a photo; then, in this process and warm, the stock diffusers
pipeline and our editor in turn with the same request. Prints only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

import torch  # noqa: E402 (our packages are found through the path above)
from PIL import Image  # noqa: E402

from engine.device import default_dtype, dtype_name  # noqa: E402
from engine.editor import Editor  # noqa: E402
from engine.framing import plan_frame, to_frame  # noqa: E402
from engine.image_files import open_photo  # noqa: E402
from engine.library import read_model_card  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from engine.schedulers import make_scheduler  # noqa: E402
from ip2p_desktop.paths import sample_photos, starter_model  # noqa: E402

INSTRUCTION, SEED = "make it black and white", 1
BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024
"""The system counts peak memory in bytes on macOS and in KiB elsewhere."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of the command line."""

    edit_seconds: float
    load_seconds: float
    process_seconds: float
    peak_mib: float

    def __str__(self) -> str:
        return (
            f"edit {self.edit_seconds:6.2f} s   load {self.load_seconds:5.2f} s   "
            f"process {self.process_seconds:6.2f} s   peak memory {self.peak_mib:5.0f} MiB"
        )


def run_command(photo: Path, output: Path) -> Measured:
    """The real command line as a process, at its default settings."""
    asked = ["--input", str(photo), "--output", str(output), "--edit", INSTRUCTION, "--seed", str(SEED)]
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "ip2p_desktop", "edit", *asked, "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    process_seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"The command line ended with exit code {process.returncode} for {photo}.")
    seconds = json.loads(said)["seconds"]
    peak_mib = usage.ru_maxrss * BYTES_PER_UNIT / 2**20
    return Measured(seconds["edit"], seconds["load"], process_seconds, peak_mib)


def measure_command(photos: list[Path]) -> None:
    """Prints each photo and the medians."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for photo in photos:
            runs.append(run_command(photo, Path(folder) / "edited.png"))
            print(f"  {photo.name:24} {runs[-1]}", flush=True)
    columns = zip(
        *((r.edit_seconds, r.load_seconds, r.process_seconds, r.peak_mib) for r in runs), strict=True
    )
    print(f"  {'median':24} {Measured(*map(statistics.median, columns))}")


class StockPipeline:
    """The pipeline of diffusers, in fp32, with the scheduler of our editor."""

    def __init__(self, model: Path) -> None:
        # not at the top: our engine quiets the libraries, and must be imported before them
        from diffusers import StableDiffusionInstructPix2PixPipeline

        self._pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(
            model, safety_checker=None, dtype=torch.float32
        )
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = dict(self._pipeline.scheduler.config)

    def edit(self, request: EditRequest) -> Image.Image:
        settings = request.settings
        self._pipeline.scheduler = make_scheduler(settings.scheduler, self._config)
        edited: Image.Image = self._pipeline(
            request.instruction,
            image=request.source_image,
            num_inference_steps=settings.num_inference_steps,
            guidance_scale=settings.text_guidance_scale,
            image_guidance_scale=settings.image_guidance_scale,
            generator=torch.Generator().manual_seed(settings.seed),
        ).images[0]
        return edited


def seconds_of(work: Callable[[EditRequest], object], request: EditRequest) -> float:
    started = time.perf_counter()
    work(request)
    return time.perf_counter() - started


def padded(request: EditRequest, multiple: int) -> EditRequest:
    """The request with its photo framed beforehand, so that both sides compute the same pixels."""
    settings = request.settings
    frame = plan_frame(request.source_image.size, settings.fit, settings.resolution, multiple)
    framed = to_frame(request.source_image, frame)
    return replace(request, source_image=framed, settings=replace(settings, resolution=max(framed.size)))


def compare(photos: list[Path]) -> None:
    """Prints the stock pipeline's and our editor's seconds, and their ratios."""
    card = read_model_card(starter_model())
    default = dtype_name(default_dtype(torch.device("cpu")))
    editors = {name: Editor(device="cpu", dtype=name) for name in dict.fromkeys(("fp32", default))}
    multiple = next(iter(editors.values())).load(card.folder).size_multiple
    sides: dict[str, Callable[[EditRequest], object]] = {
        "stock pipeline, fp32": StockPipeline(card.folder).edit,
        **{f"our editor, {name}": editor.edit for name, editor in editors.items()},
    }
    requests = [
        padded(
            EditRequest(
                source_image=open_photo(photo),
                instruction=INSTRUCTION,
                model=card.folder,
                settings=replace(card.recommended, seed=SEED),
            ),
            multiple,
        )
        for photo in photos
    ]
    for work in sides.values():
        work(requests[0])
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for request in requests:
        for name, work in sides.items():
            seconds[name].append(seconds_of(work, request))
    stock = seconds["stock pipeline, fp32"]
    for name, taken in seconds.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(taken, stock, strict=True))
        print(f"  {name:24} median {statistics.median(taken):6.2f} s   {ratio:.2f} of the stock pipeline's")


def processor() -> str:
    """The name of the processor, as the system knows it."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text().splitlines() if known.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="default: the sample photos")
    photos = [photo.resolve() for photo in parser.parse_args().photos] or sample_photos()
    settings = read_model_card(starter_model()).recommended
    print(
        f"{processor()}, {os.cpu_count()} cores; torch {torch.__version__}, {torch.get_num_threads()} threads"
    )
    print(
        f"“{INSTRUCTION}”, seed {SEED}, {settings.resolution} px, {settings.num_inference_steps} steps "
        f"of {settings.scheduler}, text {settings.text_guidance_scale:g}, "
        f"image {settings.image_guidance_scale:g}"
    )
    print("The command line, one process a photo:")
    measure_command(photos)
    print("In one process, warm, in turn:")
    compare(photos)


if __name__ == "__main__":
    main()
