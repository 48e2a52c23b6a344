"""`python -m trainer.starter.growth --photos DIR --teachers DIR --run DIR`: trains a starter further.

The UNet of a starter learns edits at places, and repeats the edits that it knows; its text encoder must know
the words already (`stages/language_growth.py`). Training goes on until it is stopped (SIGTERM, Ctrl+C), saves
its state in RUN/state.pt, and goes on from there. Losses are appended to RUN/losses.jsonl, and measures on
val photos to RUN/measures.jsonl. `--export DIR` writes the averaged weights as a model folder, instead of
training. `torchrun --nproc-per-node 2 -m -- trainer.starter.growth …` trains in two processes, which share
the work of each step.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers.utils import SAFETENSORS_WEIGHTS_NAME
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from engine.console import run_program
from engine.files.atomic import atomic_folder, atomic_write
from engine.models.loading import load_model
from trainer.config import EMAConfig
from trainer.learning.ema import EMA
from trainer.runs.run_lock import run_lock
from trainer.starter.scoring.growth_curve import MEASURES_NAME
from trainer.starter.scoring.place_gate import gate_scores, gate_summary
from trainer.starter.stages.growth_examples import SHARES, GrowthBatch, GrowthExamples
from trainer.starter.stages.growth_loss import GrowthLoss, MaskHead, errors_by_kind
from trainer.starter.stages.joint_training import (
    averaged,
    joined_processes,
    process_count,
    process_number,
    wait_for_all,
)

log = logging.getLogger(__name__)

STARTER = Path("resources/starter")
LEARNING_RATE = 3e-4
WARM_UP_STEPS = 200
EMA_DECAY = 0.999
REPORTED_EVERY = 50
LAST_STEP = 10_000_000
PREPARED = 4
"""Number of batches that each process makes ahead."""
STATE_NAME, LOSSES_NAME = "state.pt", "losses.jsonl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """How a starter is trained further."""

    photos: Path
    """Folder with `index.csv` and `images/`."""
    teachers: Path
    """Folder with what a teacher wrote: `subjects/`."""
    run: Path
    """Folder of the resumable state."""
    model: Path = STARTER
    """The starter to begin with."""
    shares: tuple[float, ...] = SHARES
    """Shares of old edits and of edits at places among the images."""
    learning_rate: float = LEARNING_RATE
    decoded: int = 0
    """Side in pixels of the part of each image whose pixels count, too; for the last hours."""
    end: int | None = None
    """Step at which training ends, over whose last `falling` steps the learning rate falls to zero."""
    falling: int = 3000
    ema_decay: float = EMA_DECAY
    save_seconds: float = 300.0
    measure_every: int = 1000
    """Number of steps between measurements."""
    gate_photos: int = 40
    gate_side: int = 160
    measured_batches: int = 24
    device: str = "cpu"
    """`cpu` or `cuda`."""
    processes: int = 0
    """Number of processes that make pairs; with 0 the training makes them itself."""
    larger: int = 1
    """How many times as many images a batch has; a GPU needs more of them at once."""
    seed: int = 11

    @property
    def state_file(self) -> Path:
        """File of the state."""
        return self.run / STATE_NAME


@dataclass(slots=True)
class Stop:
    """Whether somebody asked to stop."""

    requested: bool = field(default=False)

    def request(self, *_: object) -> None:
        """Asks to stop after the current step."""
        self.requested = True


class _Numbered(Dataset[GrowthBatch]):
    def __init__(self, examples: GrowthExamples) -> None:
        self.examples = examples

    def __getitem__(self, number: int) -> GrowthBatch:
        return self.examples.batch(number)


def _begin_worker(worker: int) -> None:
    torch.set_num_threads(1)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)  # the training process ends its workers


class GrowthRun:
    """The networks, optimiser and counters of a run."""

    def __init__(self, growth: Growth) -> None:
        """Resumes the run in its folder if there is one."""
        torch.manual_seed(growth.seed)
        self.growth = growth
        self._device = torch.device(growth.device)
        self.model = load_model(growth.model, device=self._device, dtype=torch.float32)
        self.model.unet.requires_grad_(True).to(memory_format=torch.channels_last)
        self.head = MaskHead(self.model.unet).to(self._device)
        self._loss = GrowthLoss(self.model, self.head, growth.decoded)
        self._weights = [*self.model.unet.parameters(), *self.head.parameters()]
        self._optimizer = torch.optim.AdamW(self._weights, lr=growth.learning_rate, weight_decay=0.01)
        self.ema = EMA(dict(self.model.unet.named_parameters()), EMAConfig(decay=growth.ema_decay))
        self.step, self.samples, self.seconds = 0, 0, 0.0
        self.is_stopped = False
        if growth.state_file.exists():
            self._load(torch.load(growth.state_file, weights_only=True, map_location=self._device))
        self.examples = GrowthExamples(
            growth.photos,
            growth.teachers,
            split="train",
            seed=growth.seed,
            shares=growth.shares,
            larger=growth.larger,
            together=process_count(),
        )
        self._batches = self._made_ahead()

    def _load(self, state: Mapping[str, Any]) -> None:
        self.model.unet.load_state_dict(state["unet"])
        self.head.load_state_dict(state["head"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.ema.load_state_dict(state["ema"])
        self.step, self.samples, self.seconds = state["step"], state["samples"], state["seconds"]

    def save(self) -> None:
        """Writes the state. Raises `OSError`."""
        state = {
            "unet": self.model.unet.state_dict(),
            "head": self.head.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "ema": self.ema.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "seconds": self.seconds,
        }
        with atomic_write(self.growth.state_file) as temporary:
            torch.save(state, temporary)

    def _made_ahead(self) -> Iterator[GrowthBatch]:
        """Yields the batches from the current step on."""
        numbered = _Numbered(self.examples)
        workers = self.growth.processes
        loader: DataLoader[GrowthBatch] = DataLoader(
            numbered,
            batch_size=None,
            sampler=range(self.step * process_count() + process_number(), LAST_STEP, process_count()),
            num_workers=workers,
            prefetch_factor=PREPARED if workers else None,
            worker_init_fn=_begin_worker,
        )
        return iter(loader)

    def take_step(self, stop: Stop) -> float:
        """Takes one step and returns its loss; notices if any process was asked to stop."""
        started = time.monotonic()
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate()
        batch = next(self._batches).to(self._device)
        loss = self._loss(batch, self.step * process_count() + process_number())
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        total, examples, stops = averaged(
            self._weights, (loss.item(), len(batch.edits), float(stop.requested))
        )
        self.is_stopped = stops > 0
        nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimizer.step()
        self.step += 1
        self.samples += round(examples)
        self.ema.update(self.step)
        self.seconds += time.monotonic() - started
        return total / process_count()

    def _rate(self) -> float:
        rate = self.growth.learning_rate * min(1.0, (self.step + 1) / WARM_UP_STEPS)
        if self.growth.end is None:
            return rate
        return rate * max(0.0, min(1.0, (self.growth.end - self.step) / self.growth.falling))

    def measure(self) -> dict[str, Any]:
        """Returns measures of the averaged weights on val photos: errors by kind of edit, and the gate."""
        growth = self.growth
        examples = GrowthExamples(growth.photos, growth.teachers, split="val", seed=0)
        batches = [examples.batch(number) for number in range(growth.measured_batches)]
        with self.ema.applied():
            errors = errors_by_kind(self.model, batches)
            scores = gate_scores(
                self.model,
                growth.photos,
                growth.teachers,
                count=growth.gate_photos,
                long_side=growth.gate_side,
            )
        return {
            "step": self.step,
            "samples": self.samples,
            "hours": round(self.seconds / 3600, 3),
            "errors": {kind: round(error, 4) for kind, error in errors.items()},
            "gate": gate_summary(scores),
        }


def train(growth: Growth, stop: Stop) -> None:
    """Trains until the end or until somebody asks to stop.

    Raises `RunNotUsable` if another training uses the folder, and `OSError`.
    """
    with joined_processes():
        if process_number() == 0:
            with run_lock(growth.run):
                wait_for_all()
                _train(GrowthRun(growth), stop)
        else:
            wait_for_all()
            _train(GrowthRun(growth), stop)


def _train(run: GrowthRun, stop: Stop) -> None:
    growth, is_first = run.growth, process_number() == 0
    log.info("Step %d; %d photos with a subject", run.step, run.examples.subjects)
    losses: deque[float] = deque(maxlen=REPORTED_EVERY)
    saved = time.monotonic()
    if run.step == 0 and is_first:
        _append(growth.run / MEASURES_NAME, run.measure())
    run.is_stopped = averaged((), (float(stop.requested),))[0] > 0
    while not run.is_stopped and (growth.end is None or run.step < growth.end):
        losses.append(run.take_step(stop))
        if not is_first:
            continue
        if run.step % REPORTED_EVERY == 0:
            _append(
                growth.run / LOSSES_NAME,
                {
                    "step": run.step,
                    "samples": run.samples,
                    "seconds": round(run.seconds),
                    "loss": round(sum(losses) / len(losses), 4),
                    "time": round(time.time()),
                },
            )
        if run.step % growth.measure_every == 0:
            _append(growth.run / MEASURES_NAME, run.measure())
        if time.monotonic() - saved > growth.save_seconds:
            run.save()
            saved = time.monotonic()
    if is_first:
        run.save()
    log.info("Stopped at step %d after %d samples", run.step, run.samples)


def export(growth: Growth, target: Path) -> None:
    """Writes the averaged weights of a run as a model folder, in half precision. Raises `OSError`."""
    state = torch.load(growth.state_file, weights_only=True)
    model = load_model(growth.model, device=torch.device("cpu"), dtype=torch.float32)
    ema = EMA(dict(model.unet.named_parameters()), EMAConfig(decay=EMA_DECAY))
    ema.load_state_dict(state["ema"])
    with ema.applied(), atomic_folder(target) as temporary:
        weights: dict[str, Tensor] = {
            name: value.half().contiguous() for name, value in model.unet.state_dict().items()
        }
        shutil.copytree(growth.model, temporary, dirs_exist_ok=True)
        save_file(weights, temporary / "unet" / SAFETENSORS_WEIGHTS_NAME, metadata={"format": "pt"})


def _append(path: Path, values: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(values) + "\n")


def main() -> int:
    """Trains or exports; returns 0."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter.growth", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--teachers", type=Path, required=True, help="folder with subjects/")
    parser.add_argument("--run", type=Path, required=True, help="folder of the resumable state")
    parser.add_argument("--model", type=Path, default=STARTER, help="the starter to begin with")
    parser.add_argument(
        "--shares", type=float, nargs=2, default=SHARES, help="of old edits and of edits at places"
    )
    parser.add_argument("--learning-rate", type=float, default=LEARNING_RATE)
    parser.add_argument(
        "--decoded", type=int, default=0, help="side of the part whose pixels count, such as 64; 0 for none"
    )
    parser.add_argument("--end", type=int, help="step at which to end, with a falling learning rate")
    parser.add_argument("--falling", type=int, default=3000, help="number of steps of the falling rate")
    parser.add_argument("--ema-decay", type=float, default=EMA_DECAY, help="of the averaged weights")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--processes", type=int, default=0, help="how many make pairs")
    parser.add_argument("--larger", type=int, default=1, help="times as many images in a batch")
    parser.add_argument("--export", type=Path, help="write a model folder instead of training")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(arguments.threads)
    growth = Growth(
        photos=arguments.photos,
        teachers=arguments.teachers,
        run=arguments.run,
        model=arguments.model,
        shares=tuple(arguments.shares),
        learning_rate=arguments.learning_rate,
        decoded=arguments.decoded,
        end=arguments.end,
        falling=arguments.falling,
        ema_decay=arguments.ema_decay,
        device=arguments.device,
        processes=arguments.processes,
        larger=arguments.larger,
    )
    if arguments.export:
        export(growth, arguments.export)
        return 0
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.request)
    train(growth, stop)
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
