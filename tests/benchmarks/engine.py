"""Our engine against diffusers' own pipeline: `python tests/benchmarks/engine.py --size both --steps 20`.

Same weights, photo, scheduler and steps. Each side is a process of its own, for its memory's sake; the
two of a pair take turns, so that what else the machine does disturbs both. Random weights make the model
of full size: speed and memory do not depend on them. Prints only.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property, partial
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

import torch  # noqa: E402 (our packages are found through the path above)
from full_size import unet_flops, write_full_size  # noqa: E402
from measuring import machine  # noqa: E402
from PIL import Image  # noqa: E402

from engine.denoising.schedulers import make_scheduler  # noqa: E402
from engine.devices.device import DTYPES, choose_device, default_dtype, dtype_name  # noqa: E402
from engine.devices.memory import peak_memory  # noqa: E402
from engine.edit_settings import EditSettings, SchedulerName  # noqa: E402
from engine.editing.editor import Editor  # noqa: E402
from engine.progress import Progress, Stage  # noqa: E402
from engine.request import EditRequest  # noqa: E402
from engine.resources import resources_folder  # noqa: E402

SIZE = 512
ROOM = 4 << 30
"""Bytes free for a model of full size, and to spare."""
STARTER = resources_folder() / "starter"
SAMPLE_PHOTO = sorted((resources_folder() / "samples").glob("*.jpg"))[0]
SETTINGS = EditSettings(
    text_guidance_scale=7.5,
    image_guidance_scale=1.5,
    seed=1,
    scheduler=SchedulerName.DPMPP_2M,
    resolution=SIZE,
)
MATRIX_SIDE = {"cpu": 2048, "cuda": 8192, "mps": 4096}
SAME = "same settings"
VARIANTS: dict[str, dict[str, Any]] = {
    SAME: {},
    "image scale 1": {"image_guidance_scale": 1.0},
    "turbo": {"turbo": True},
}


@dataclass(frozen=True, slots=True)
class EditCost:
    """What one edit took."""

    load_seconds: float
    edit_seconds: float
    step_seconds: float
    """Median over its steps."""
    cpu_seconds: float
    peak_bytes: int | None
    fallbacks: tuple[str, ...] = ()


class StepTimes:
    """When the steps of an edit ended: on a GPU by its own clock, which nothing has to wait for."""

    def __init__(self, device: torch.device) -> None:
        self._is_cuda = device.type == "cuda"
        self._times: list[float] = []
        self._events: list[torch.cuda.Event] = []

    def note(self) -> None:
        if self._is_cuda:
            event = torch.cuda.Event(enable_timing=True)
            event.record()
            self._events.append(event)
        else:
            self._times.append(time.perf_counter())

    def median(self) -> float:
        """Seconds from one to the next, once all are done."""
        spans = [after - before for before, after in pairwise(self._times)]
        spans += [before.elapsed_time(after) / 1000 for before, after in pairwise(self._events)]
        return statistics.median(spans)


class OurEditor:
    """Our editor; what is reported as loading is its own measure."""

    def __init__(self, device: str, dtype: str, compile_unet: bool | None) -> None:
        self._editor = Editor(device=device, dtype=dtype, compile_unet=compile_unet)

    def edit(self, request: EditRequest, steps: StepTimes) -> tuple[float, tuple[str, ...]]:
        def note(progress: Progress) -> None:
            if progress.stage is Stage.SAMPLING:
                steps.note()

        result = self._editor.edit(request, on_progress=note)
        return result.load_seconds, result.fallbacks


class Stock:
    """The pipeline of diffusers as its documentation has it, with the scheduler of our editor."""

    def __init__(self, device: str, dtype: str) -> None:
        self._device, self._dtype = choose_device(device), getattr(torch, DTYPES[dtype])
        self._pipeline: Any = None

    def _load(self, model: Path) -> float:
        from diffusers import StableDiffusionInstructPix2PixPipeline
        from diffusers.utils import logging

        logging.disable_progress_bar()
        started = time.perf_counter()
        self._pipeline = StableDiffusionInstructPix2PixPipeline.from_pretrained(
            model, safety_checker=None, dtype=self._dtype
        ).to(self._device)
        self._pipeline.set_progress_bar_config(disable=True)
        self._config = dict(self._pipeline.scheduler.config)
        return time.perf_counter() - started

    def edit(self, request: EditRequest, steps: StepTimes) -> tuple[float, tuple[str, ...]]:
        load_seconds = self._load(request.model) if self._pipeline is None else 0.0
        settings = request.settings

        def note(_pipeline: Any, _step: int, _timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            steps.note()
            return values

        self._pipeline.scheduler = make_scheduler(settings.scheduler, self._config)
        self._pipeline(
            request.instruction,
            image=request.source_image,
            num_inference_steps=settings.num_inference_steps,
            guidance_scale=settings.text_guidance_scale,
            image_guidance_scale=settings.image_guidance_scale,
            generator=torch.Generator().manual_seed(settings.seed),
            callback_on_step_end=note,
        )
        return load_seconds, ()


def serve(side: str, options: argparse.Namespace) -> None:
    """One side: an edit for every line read, of the variant the line names."""
    device, dtype = options.device, options.dtype
    place = choose_device(device)
    editor = OurEditor(device, dtype, options.compile) if side == "ours" else Stock(device, dtype)
    photo = Image.open(SAMPLE_PHOTO).convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    request = EditRequest(
        source_image=photo,
        instruction="make it black and white",
        model=Path(options.model),
        settings=replace(SETTINGS, num_inference_steps=options.steps),
    )
    for line in sys.stdin:
        asked = replace(request, settings=replace(request.settings, **VARIANTS[line.strip()]))
        noted, started, cpu_started = StepTimes(place), time.perf_counter(), time.process_time()
        load_seconds, fallbacks = editor.edit(asked, noted)
        if place.type == "cuda":
            torch.cuda.synchronize()
        taken = EditCost(
            load_seconds=load_seconds,
            edit_seconds=time.perf_counter() - started - load_seconds,
            step_seconds=noted.median(),
            cpu_seconds=time.process_time() - cpu_started,
            peak_bytes=peak_memory(place),
            fallbacks=fallbacks,
        )
        print(json.dumps(asdict(taken)), flush=True)


class EditSide:
    """The process of one side, which imports what it needs while others work."""

    def __init__(
        self, side: str, dtype: str, options: argparse.Namespace, model: Path, *, compiled: bool | None = None
    ) -> None:
        how = {None: "", True: ", compiled", False: ", as it is"}[compiled]
        self.name = f"{'our engine' if side == 'ours' else 'diffusers'}, {dtype}{how}"
        arguments = ["--serve", side, "--dtype", dtype, "--device", options.device, "--model", str(model)]
        if compiled is not None:
            arguments += ["--compile" if compiled else "--no-compile"]
        self._process = subprocess.Popen(
            [sys.executable, __file__, *arguments, "--steps", str(options.steps)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    @cached_property
    def first(self) -> EditCost:
        """Its first edit, which loads the model; told when it is made."""
        taken = self.edit(SAME)
        say(
            f"  {self.name:28} load {taken.load_seconds:6.2f} s   first edit {taken.edit_seconds:7.2f} s   "
            f"peak {(taken.peak_bytes or 0) / 2**20:6.0f} MiB"
        )
        for sentence in taken.fallbacks:
            say(f"  {sentence}")
        return taken

    def edit(self, variant: str) -> EditCost:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(variant, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with exit code {self._process.wait()}.")
        return EditCost(**json.loads(line))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def say(line: str) -> None:
    """At once, so that a run that is cut off has told what it found."""
    print(line, flush=True)


def compare(stock: EditSide, ours: EditSide, repeats: int, variants: Sequence[str], floor: float) -> None:
    """Prints one pair: loading and first edit, then warm edits in turn, also of ours with less work.

    `floor` is the least that a step can take.
    """
    for side in (stock, ours):
        assert side.first
    turns = [(stock, SAME), (ours, SAME), *((ours, variant) for variant in variants)]
    rounds = [[side.edit(variant) for side, variant in turns] for _ in range(repeats)]
    reference, mine, *others = (median(list(edits)) for edits in zip(*rounds, strict=True))
    for side, taken in ((stock, reference), (ours, mine)):
        say(f"  {side.name:28} {taken}   {floor / taken.step:4.0%} of what matrix products allow")
    say(f"  {'':28} {ratios(reference, mine)}")
    for variant, less in zip(variants, others, strict=True):
        say(f"  {'… ' + variant:28} {less}   {ratios(mine, less)} of our own")
    for sentence in dict.fromkeys(sentence for each in rounds[-1] for sentence in each.fallbacks):
        say(f"  {sentence}")


@dataclass(frozen=True, slots=True)
class Median:
    """Medians over the warm edits of a side."""

    edit: float
    step: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return (
            f"warm edit {self.edit:7.2f} s   step {self.step * 1000:8.1f} ms   "
            f"processor time {self.cpu:7.1f} s   peak {self.peak / 2**20:6.0f} MiB"
        )


def median(edits: list[EditCost]) -> Median:
    return Median(
        edit=statistics.median(each.edit_seconds for each in edits),
        step=statistics.median(each.step_seconds for each in edits),
        cpu=statistics.median(each.cpu_seconds for each in edits),
        peak=max(each.peak_bytes or 0 for each in edits),
    )


def ratios(slow: Median, fast: Median) -> str:
    return f"{slow.edit / fast.edit:.2f}× the speed ({slow.step / fast.step:.2f}× a step)"


def matrix_rate(device: torch.device, dtype: torch.dtype) -> float:
    """Operations a second of one large matrix product, the best of ten."""
    side = MATRIX_SIDE[device.type]
    matrix = torch.randn(side, side, device=device).to(dtype)
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        (matrix @ matrix)[0, 0].item()
        seconds.append(time.perf_counter() - started)
    return 2 * side**3 / min(seconds)


def count_work(model: Path) -> int:
    """Multiplications and additions of one step."""
    latents = SIZE // (4 if model == STARTER else 8)
    return unet_flops(model, 3, latents, latents)


def matrix_rates(device: torch.device, flops: int) -> dict[str, float]:
    """Operations a second by number type; prints what a step would take if it were one matrix product."""
    rates = {}
    for dtype in dict.fromkeys((torch.float32, default_dtype(device))):
        name, rate = dtype_name(dtype), matrix_rate(device, dtype)
        rates[name] = rate
        say(
            f"  a step is {flops / 1e12:.3f} TFLOP; {name} products run at {rate / 1e12:.3f} TFLOP/s, "
            f"with which it takes {flops / rate * 1000:.1f} ms"
        )
    return rates


def number_types(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Those of the stock pipeline and ours, for each comparison."""
    if options.pairs:
        pairs = (pair.split(":") for pair in options.pairs.split(","))
        return [(theirs, mine) for theirs, mine in pairs]
    default = dtype_name(default_dtype(choose_device(options.device)))
    return list(dict.fromkeys([("fp32", default), (default, default), ("fp32", "fp32")]))


def measure(title: str, model: Path, options: argparse.Namespace, write: Callable[[], None]) -> None:
    """All comparisons on one model, which `write` makes while the first sides import what they need."""
    device = choose_device(options.device)
    ways: tuple[bool | None, ...] = (options.compile,)
    if device.type == "cuda" and options.compile is None:
        ways = (False, True)
    say(f"{title}, {SIZE} × {SIZE}, {options.steps} steps of {SETTINGS.scheduler}, on {device.type}")
    for theirs, mine in number_types(options):
        stock = EditSide("stock", theirs, options, model)
        ours = [EditSide("ours", mine, options, model, compiled=way) for way in ways]
        write()
        flops = count_work(model)
        rates = matrix_rates(device, flops)
        variants = list(VARIANTS)[1:] if theirs != mine else []
        for side in ours:
            compare(stock, side, options.repeats, variants, flops / rates.get(mine, float("nan")))
        for side in (stock, *ours):
            side.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=("starter", "sd15", "both"), default="both")
    parser.add_argument("--steps", type=int, default=20, help="at least 2: a step is the time between two")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="ours; not compiled on a processor by default, and both ways on CUDA",
    )
    parser.add_argument("--pairs", metavar="THEIRS:OURS,…", help="number types, such as fp32:bf16")
    for name in ("--serve", "--dtype", "--model"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.steps < 2:
        parser.error("A single step cannot be timed; use --steps 2 or more.")
    if options.serve:
        serve(options.serve, options)
        return
    say(machine())
    if options.size in ("starter", "both"):
        measure("The starter", STARTER, options, lambda: None)
    if options.size in ("sd15", "both"):
        with tempfile.TemporaryDirectory(dir=quick_folder()) as folder:
            written = cache(partial(write_full_size, Path(folder), choose_device(options.device).type))
            measure("Stable Diffusion 1.5's size, random weights", Path(folder), options, written)


def quick_folder() -> Path | None:
    """A folder in memory with room for the model, where the system has one."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    return memory if has_room else None


if __name__ == "__main__":
    main()
