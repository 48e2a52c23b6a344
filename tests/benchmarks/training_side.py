"""One side of a comparison of training steps: a process that takes a turn for every line it is sent.

It says a line when it is ready, and one for each turn. `turns.py` starts it, with its name, what all sides
have in common, and settings of its own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[2])
    sys.path.append(str(Path(__file__).parent))

import torch

from engine.devices.device import choose_device
from engine.devices.memory import peak_memory
from trainer.config import read_settings
from trainer.protocol.commands import Commands
from trainer.protocol.events import CachingProgressed, Event, EventStream, WarningRaised

PLAIN, UNCACHED, CACHED = "plain loop", "our trainer", "our trainer, caches"
RESOLUTION = 256
LEARNING_RATE, DROPOUT, LONGEST = 1e-4, 0.05, 1.0
WARM_UP = 2
"""Steps before the clock starts; kernels are prepared in them, and compiled."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What all sides of a comparison have in common."""

    model: Path
    pairs: Path
    folder: Path
    """For what the trainer writes."""
    batch: int
    precision: str
    """"32" or "bf16"."""
    ema: bool
    steps: int
    """In a turn."""
    together: bool
    """Whether the memory of this machine holds several sides at a time."""


@dataclass(frozen=True, slots=True)
class TrainingCost:
    """What one turn took."""

    samples_per_second: float
    samples_per_processor_second: float
    peak_bytes: int
    """Most since the process began."""
    cached_seconds: float = 0.0
    """For making latents and embeddings, before the first step."""
    warnings: tuple[str, ...] = ()


def run_folder(setup: Setup, name: str) -> Path:
    """What a side writes beside caches."""
    return setup.folder / name


class TrainingSteps(Protocol):
    """Training, one optimiser step at a time."""

    @property
    def cached_seconds(self) -> float: ...

    @property
    def warnings(self) -> tuple[str, ...]: ...

    def step(self) -> None: ...


class OurTraining:
    """Our trainer's own steps, from settings as a person gives them."""

    def __init__(self, setup: Setup, name: str, words: Sequence[str]) -> None:
        from trainer.runs.preparation import prepare

        self._heard = TrainingEvents()
        settings = [
            f"data.data_path={setup.pairs}",
            f"data.resolution={RESOLUTION}",
            "data.split.val=0",
            "data.split.test=0",
            "data.check=False",  # the plain loop looks into no pair beforehand, and shows no edits
            "validation.edits=0",
            f"data.cache.folder={setup.folder / 'cache'}",
            f"model.unet_config.from_pretrained={setup.model}",
            f"model.micro_batch_size={setup.batch}",
            f"model.optim.lr={LEARNING_RATE}",
            f"model.conditioning_dropout_prob={DROPOUT}",
            f"trainer.precision={setup.precision}",
            f"trainer.gradient_clip_val={LONGEST}",
            f"trainer.threads={torch.get_num_threads()}",
            "trainer.max_steps=1000000",
            "trainer.val_check_interval=0",
            f"exp_manager.exp_dir={run_folder(setup, name)}",
            f"exp_manager.ema.enable={setup.ema}",
            "exp_manager.checkpoint_callback_params.save_top_k=1",
            *words,
        ]
        self._training = prepare(read_settings(settings), self._heard, Commands())
        self._training.begin()

    def step(self) -> None:
        self._training.learner.take_step(self._training.resumption.next_batches())

    @property
    def cached_seconds(self) -> float:
        return self._heard.cached_seconds

    @property
    def warnings(self) -> tuple[str, ...]:
        told = [warning.message for warning in self._training.learner.warnings]
        return (*self._heard.warnings, *told)


class TrainingEvents(EventStream):
    """What a run tells before its first step."""

    def __init__(self) -> None:
        super().__init__(is_silent=True)
        self.warnings: list[str] = []
        self._caching: list[float] = []

    def send(self, event: Event) -> None:
        if isinstance(event, WarningRaised):
            self.warnings.append(event.message)
        if isinstance(event, CachingProgressed):
            self._caching.append(time.perf_counter())

    @property
    def cached_seconds(self) -> float:
        return self._caching[-1] - self._caching[0] if self._caching else 0.0


def side_of(name: str, setup: Setup, words: Sequence[str]) -> TrainingSteps:
    if name != PLAIN:
        return OurTraining(setup, name, words)
    from plain_loop import Plain

    return Plain(setup)


def turn(side: TrainingSteps, setup: Setup) -> TrainingCost:
    started, cpu_started = time.perf_counter(), time.process_time()
    for _ in range(setup.steps):
        side.step()
    samples = setup.steps * setup.batch
    return TrainingCost(
        samples_per_second=samples / (time.perf_counter() - started),
        samples_per_processor_second=samples / (time.process_time() - cpu_started),
        peak_bytes=peak_memory(choose_device("auto")) or 0,
        cached_seconds=side.cached_seconds,
        warnings=side.warnings,
    )


def main(name: str, described: str, words: str) -> None:
    values = json.loads(described)
    paths = {key: Path(values[key]) for key in ("model", "pairs", "folder")}
    setup = Setup(**{**values, **paths})
    side = side_of(name, setup, json.loads(words))
    for _ in range(WARM_UP):
        side.step()
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(asdict(turn(side, setup))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
