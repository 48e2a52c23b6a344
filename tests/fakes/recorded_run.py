"""Training runs of the tiny editor in this process, with latents in place of pairs."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.errors import EngineError
from engine.models.loading import load_model
from trainer.batches.batch import Batch
from trainer.config import read_config
from trainer.datasets import DatasetNotUsable
from trainer.learning.checkpoint import Checkpoints, load_state
from trainer.protocol.commands import Commands
from trainer.protocol.events import Event, EventStream, TrainingFinished, ValidationFinished, parse_event
from trainer.runs.loop import TrainingLoop

STEPS = 8


class RandomExamples:
    """Latents that follow from their number, until the dataset is gone."""

    size = 100

    def __init__(self, gone_after: float = math.inf) -> None:
        self.gone_after = gone_after

    def batch(self, number: int) -> Batch:
        if number >= self.gone_after:
            raise DatasetNotUsable(
                "dataset.disappeared",
                "The images can no longer be read.",
                "Check that their drive is connected.",
            )
        generator = torch.Generator().manual_seed(number)
        both = torch.randn(2, 2, 4, 8, 8, generator=generator)
        return Batch(both[0], both[1], ["make it night"] * 2, is_latents=True)


class FixedValidation:
    """Returns the given losses, one for each validation."""

    def __init__(self, losses: list[float | None], events: EventStream) -> None:
        self.losses, self.events = losses, events
        self.best = math.inf

    def measure(self, step: int) -> float | None:
        loss = self.losses.pop(0)
        if loss is None:
            raise EngineError("engine.preview", "The preview could not be made.")
        self.events.send(ValidationFinished(step=step, loss=loss, best=loss < self.best))
        return loss

    def preview(self, step: int) -> None: ...


class RecordedRun:
    """A training of the tiny editor, its events, and its files."""

    def __init__(self, model: Path, folder: Path, *words: str, examples: Any = None) -> None:
        self.folder = folder
        self.stream = io.StringIO()
        self.commands = Commands()
        self.config = read_config(
            [
                "data.data_path=pairs",
                f"exp_manager.exp_dir={folder}",
                "data.num_workers=0",
                "model.micro_batch_size=2",
                "trainer.precision=32",
                "trainer.threads=1",
                f"trainer.max_steps={STEPS}",
                "exp_manager.checkpoint_callback_params.every_n_train_steps=2",
                *words,
            ]
        )
        self.training = TrainingLoop(
            self.config,
            load_model(model, device=torch.device("cpu"), dtype=torch.float32),
            examples or RandomExamples(),
            instructions=("make it night",),
            events=EventStream(self.stream),
            commands=self.commands,
            exporter=lambda target: target,
        )

    def __call__(self) -> TrainingFinished:
        return self.training.run()

    def events_of(self, kind: type[Any]) -> list[Any]:
        events: list[Event | None] = [parse_event(line) for line in self.stream.getvalue().splitlines()]
        assert None not in events
        return [event for event in events if isinstance(event, kind)]

    def saved_steps(self) -> list[int]:
        return [int(path.name[5:]) for path in Checkpoints(self.folder, keep=2).saved()]

    def last_state(self) -> dict[str, Any]:
        return load_state(Checkpoints(self.folder, keep=2).saved()[-1])

    def metrics(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "metrics.jsonl").read_text().splitlines()]

    def spoil(self, is_bad: Callable[[int], bool]) -> None:
        """The loss of some steps, counted over all that are tried, is no number."""
        tried = 0

        def hook(module: Any, inputs: Any, output: tuple[Tensor]) -> tuple[Tensor]:
            nonlocal tried
            tried += 1
            return (output[0] * float("nan"),) if is_bad(tried) else output

        self.training.learner.networks.parts["unet"].register_forward_hook(hook)
