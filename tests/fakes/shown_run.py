"""A run with pictures, and a session that a test puts into a phase."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from engine.library import ModelCard
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingRun
from ip2p_desktop.training.runs.training_session import TrainingSession
from trainer.protocol.events import Event, PreviewMade, StepFinished, TrainingStarted

SIDE = 32
TOTAL = 500
ELSEWHERE = "/another/computer/run/previews"
"""Where the trainer wrote the pictures, according to its events."""


def brightness(step: int, number: int) -> int:
    """The grey of the picture of an edit at a step, by which a test recognises it."""
    return 10 + step // 10 + 60 * number


def make_previews(run: Path, steps: Sequence[int]) -> list[PreviewMade]:
    """Two pairs, the second of which is trained on, and a photo, with their pictures at these steps."""
    folder = run / "previews"
    folder.mkdir(parents=True, exist_ok=True)
    events = []
    for number in range(3):
        Image.new("RGB", (SIDE, SIDE), "red").save(folder / f"photo-{number}.png")
        Image.new("RGB", (SIDE, SIDE), "blue").save(folder / f"wanted-{number}.png")
    for step in steps:
        for number in range(3):
            name, grey = f"step-{step:08d}-{number}.png", brightness(step, number)
            Image.new("RGB", (SIDE, SIDE), (grey, grey, grey)).save(folder / name)
            events.append(
                PreviewMade(
                    step=step,
                    number=number,
                    instruction=f"edit {number}",
                    source=f"{ELSEWHERE}/photo-{number}.png",
                    edited=f"{ELSEWHERE}/{name}",
                    kind="pair" if number < 2 else "photo",
                    wanted=f"{ELSEWHERE}/wanted-{number}.png" if number < 2 else "",
                    held_back=number == 0,
                )
            )
    return events


def started(step: int = 0) -> TrainingStarted:
    return TrainingStarted(
        start_step=step, total_steps=TOTAL, examples=24, device="cpu", dtype="bf16", run="run"
    )


def step_taken(step: int, loss: float = 0.1) -> StepFinished:
    return StepFinished(
        step=step,
        total_steps=TOTAL,
        loss=loss,
        learning_rate=1e-4,
        seconds_left=240.0,
        samples_per_second=5.5,
        memory=1_400_000_000,
    )


class ShownSession(TrainingSession):
    """A session that is put into a phase by a test, and notes what it is asked for."""

    def __init__(self, run: TrainingRun) -> None:
        super().__init__(program=["no-program"])
        self.run = run
        self.progress.total_steps = TOTAL
        self.asked: list[object] = []

    def enter(self, phase: TrainingPhase, *events: Event) -> None:
        for event in events:
            self.progress.take(event)
        self._set_phase(phase)
        self.progressed.emit()

    def pause(self) -> None:
        self.asked.append("pause")

    def continue_training(self) -> None:
        self.asked.append("continue")

    def discard(self) -> None:
        self.asked.append("discard")

    def train_further(self, steps: int, models: Sequence[ModelCard] = ()) -> None:
        self.asked.append(steps)
