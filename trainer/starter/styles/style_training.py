"""`python -m trainer.starter.styles.style_training`: trains the UNet of painted styles of a starter.

It can be stopped at any moment and resumed; its state is in RUN/styles.pt, and its errors on val photos are
appended to RUN/styles.jsonl. `--export` stores the UNet in the model folder, in half precision, instead of
training. `torchrun --nproc-per-node 2 -m -- trainer.starter.styles.style_training …` trains in two processes,
which share the work of each step.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from engine.console import run_program
from engine.files.atomic import atomic_folder, atomic_write
from engine.models.loading import load_model
from trainer.starter.data.style_teacher import StyleTeacher
from trainer.starter.stages.joint_training import (
    averaged,
    joined_processes,
    process_count,
    process_number,
)
from trainer.starter.styles.style_examples import StyleBatch, StyleExamples
from trainer.starter.styles.style_loss import StyleLoss
from trainer.starter.styles.style_unet import StyleHints, new_style_unet

log = logging.getLogger(__name__)

LEARNING_RATE = 2e-3
WARM_UP_STEPS = 150
FALLING_SHARE = 0.6
"""Share of the time in which the learning rates fall to zero."""
NEW_EVERY = 4
"""One of so many batches is new, the others are among the latest."""
REPORTED_EVERY, MEASURED_EVERY = 50, 500
SAVE_SECONDS = 120.0
VAL_BATCHES = 12
STATE_NAME, MEASURES_NAME = "styles.pt", "styles.jsonl"
STYLE_UNET = "style_unet"


@dataclass(frozen=True, kw_only=True, slots=True)
class StyleTraining:
    """How the UNet of painted styles is trained."""

    photos: Path
    """Folder with `index.csv` and `images/`."""
    teacher: Path
    """File of `trainer.starter.teachers.style_weights`."""
    model: Path
    """The starter, whose text encoder knows the styles."""
    run: Path
    """Folder of the resumable state."""
    seconds: float
    """Time of training; the learning rate falls towards its end."""
    decoded: int = 0
    """Side in pixels of the part of each image whose pixels count, too; for the last minutes."""
    seed: int = 5


class StyleRun:
    """The networks, optimiser and counters of a run."""

    def __init__(self, training: StyleTraining) -> None:
        """Resumes the run in its folder if there is one."""
        torch.manual_seed(training.seed)
        self.training = training
        self.model = load_model(training.model, device=torch.device("cpu"), dtype=torch.float32)
        self.unet = new_style_unet(self.model.latent_channels, self.model.text_encoders.width)
        self.unet.to(memory_format=torch.channels_last)
        self.hints = StyleHints(self.unet)
        self._loss = StyleLoss(self.model, self.unet, self.hints, training.decoded)
        self._weights = [*self.unet.parameters(), *self.hints.parameters()]
        self._optimizer = torch.optim.AdamW(
            self._weights, lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01
        )
        self.step, self.samples, self.spent = 0, 0, 0.0
        if self._state_file.exists():
            self._load(torch.load(self._state_file, weights_only=True))
        seed = training.seed + 1000 * process_number() + 10 * self.step
        torch.manual_seed(seed)
        teacher = StyleTeacher(training.teacher)
        self._examples = StyleExamples(training.photos, self.model, teacher, split="train", seed=seed)
        self._val: list[StyleBatch] = []
        if process_number() == 0:
            val = StyleExamples(training.photos, self.model, teacher, split="val", seed=0)
            self._val = [val.batch(is_new=True) for _ in range(VAL_BATCHES)]

    @property
    def _state_file(self) -> Path:
        return self.training.run / STATE_NAME

    def _load(self, state: dict[str, Any]) -> None:
        self.unet.load_state_dict(state["unet"])
        self.hints.load_state_dict(state["hints"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.step, self.samples, self.spent = state["step"], state["samples"], state["spent"]

    def save(self) -> None:
        """Writes the state. Raises `OSError`."""
        state = {
            "unet": self.unet.state_dict(),
            "hints": self.hints.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
            "samples": self.samples,
            "spent": self.spent,
        }
        with atomic_write(self._state_file) as temporary:
            torch.save(state, temporary)

    def take_step(self) -> tuple[float, float]:
        """Takes one step; returns its error, and by how much the share of the time that is spent grew."""
        started = time.monotonic()
        left = 1.0 - self.spent / self.training.seconds
        rate = min(1.0, (self.step + 1) / WARM_UP_STEPS, max(0.0, left / FALLING_SHARE))
        for group in self._optimizer.param_groups:
            group["lr"] = LEARNING_RATE * rate
        batch = self._examples.batch(is_new=self.step % NEW_EVERY == 0)
        errors = self._loss(batch, every_timestep=True)
        self._optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(errors.total)
        total, examples = averaged(self._weights, (errors.velocity.item(), len(batch.target)))
        nn.utils.clip_grad_norm_(self._weights, 1.0)
        self._optimizer.step()
        self.step += 1
        self.samples += round(examples)
        spent = averaged((), (time.monotonic() - started,))[0] / process_count()
        self.spent += spent
        return total / process_count(), spent

    @torch.no_grad()
    def measures(self) -> dict[str, Any]:
        """Returns the mean squared error of the latents and those of the hints, on val photos."""
        torch.manual_seed(0)
        made = [self._loss(batch, every_timestep=False) for batch in self._val]
        torch.manual_seed(self.training.seed + self.step)
        return {
            "step": self.step,
            "samples": self.samples,
            "hours": round(self.spent / 3600, 3),
            "error": round(sum(errors.velocity.item() for errors in made) / len(made), 4),
            "hints": [round(x, 3) for x in torch.stack([errors.hints for errors in made]).mean(0).tolist()],
        }


def train(training: StyleTraining, is_stopped: Callable[[], bool]) -> None:
    """Trains for the time, or until `is_stopped`. Raises `OSError`, `ModelNotUsable`."""
    training.run.mkdir(parents=True, exist_ok=True)
    with joined_processes():
        run, is_first = StyleRun(training), process_number() == 0
        errors: list[float] = []
        saved = time.monotonic()
        while run.spent < training.seconds and averaged((), (float(is_stopped()),))[0] == 0:
            if run.step % MEASURED_EVERY == 0 and is_first:
                measures = json.dumps(run.measures())
                with (training.run / MEASURES_NAME).open("a", encoding="utf-8") as lines:
                    lines.write(measures + "\n")
                log.info("%s", measures)
            errors = [*errors[-REPORTED_EVERY + 1 :], run.take_step()[0]]
            if run.step % REPORTED_EVERY == 0 and is_first:
                log.info(
                    "Step %d, %d examples, %.0f s, error %.4f",
                    *(run.step, run.samples, run.spent, sum(errors) / len(errors)),
                )
            if is_first and time.monotonic() - saved > SAVE_SECONDS:
                run.save()
                saved = time.monotonic()
        if is_first:
            run.save()
            log.info("%s", json.dumps(run.measures()))


def export(training: StyleTraining) -> None:
    """Stores the trained UNet in the model folder, in half precision. Raises `OSError`."""
    model = load_model(training.model, device=torch.device("cpu"), dtype=torch.float32)
    unet = new_style_unet(model.latent_channels, model.text_encoders.width)
    unet.load_state_dict(torch.load(training.run / STATE_NAME, weights_only=True)["unet"])
    with atomic_folder(training.model / STYLE_UNET) as temporary:
        unet.half().save_pretrained(temporary)


def main() -> int:
    """Trains or exports; returns 0."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.starter.styles.style_training", description=__doc__
    )
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--teacher", type=Path, required=True, help="weights of the teacher")
    parser.add_argument("--model", type=Path, required=True, help="the starter's folder")
    parser.add_argument("--run", type=Path, required=True, help="folder of the resumable state")
    parser.add_argument("--seconds", type=float, default=5400.0, help="time of training")
    parser.add_argument("--decoded", type=int, default=0, help="side of the part whose pixels count, or 0")
    parser.add_argument("--export", action="store_true", help="store the UNet in the model folder")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    training = StyleTraining(
        photos=arguments.photos,
        teacher=arguments.teacher,
        model=arguments.model,
        run=arguments.run,
        seconds=arguments.seconds,
        decoded=arguments.decoded,
    )
    if arguments.export:
        export(training)
        return 0
    torch.set_num_threads(1)
    stops: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: stops.append(received))
    train(training, lambda: bool(stops))
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
