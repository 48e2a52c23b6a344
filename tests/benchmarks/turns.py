"""Sides of a comparison that take turns, so that what else the machine does disturbs all of them alike.

Each is a process of its own, for its memory's sake.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from training_side import Setup, TrainingCost, run_folder

Named = tuple[str, Sequence[str]]
"""A side and its settings."""


class SideProcess:
    """The process of one side, which is ready once this is made: two that make ready together take long."""

    def __init__(self, name: str, setup: Setup, words: Sequence[str] = ()) -> None:
        self.name, self._run = name, run_folder(setup, name)
        program = Path(__file__).with_name("training_side.py")
        described = json.dumps(asdict(setup), default=str)
        self._process = subprocess.Popen(
            [sys.executable, str(program), name, described, json.dumps(words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._heard()

    def turn(self) -> TrainingCost:
        assert self._process.stdin is not None
        print(file=self._process.stdin, flush=True)
        return TrainingCost(**json.loads(self._heard()))

    def _heard(self) -> str:
        """The next line it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with exit code {self._process.wait()}.")
        return line

    def __enter__(self) -> SideProcess:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        shutil.rmtree(self._run, ignore_errors=True)  # a checkpoint of full size takes gigabytes


@dataclass(frozen=True, slots=True)
class Result:
    """All turns of a side: medians, and the highest peak."""

    name: str
    speed: float
    processor_speed: float
    peak: int
    last: TrainingCost

    def __str__(self) -> str:
        return (
            f"  {self.name:40} {self.speed:8.2f} samples/s   {self.processor_speed:8.2f} samples a second "
            f"of processor time   peak {self.peak / 2**20:6.0f} MiB"
        )


def measure(setup: Setup, sides: Sequence[Named], repeats: int) -> list[Result]:
    """So many turns of each side; one side after the other where memory is too small for all."""
    if not setup.together:
        return [_alone(setup, side, repeats) for side in sides]
    with ExitStack() as stack:
        running = [stack.enter_context(SideProcess(name, setup, words)) for name, words in sides]
        rounds = [[side.turn() for side in running] for _ in range(repeats)]
    turns = zip(*rounds, strict=True)
    return [_result(side.name, own) for side, own in zip(running, turns, strict=True)]


def _alone(setup: Setup, named: Named, repeats: int) -> Result:
    name, words = named
    with SideProcess(name, setup, words) as side:
        return _result(name, [side.turn() for _ in range(repeats)])


def _result(name: str, turns: Sequence[TrainingCost]) -> Result:
    return Result(
        name,
        statistics.median(turn.samples_per_second for turn in turns),
        statistics.median(turn.samples_per_processor_second for turn in turns),
        max(turn.peak_bytes for turn in turns),
        turns[-1],
    )


def ratios(fast: Result, slow: Result) -> str:
    return (
        f"{fast.speed / slow.speed:.2f}× the speed ({fast.processor_speed / slow.processor_speed:.2f}× by "
        f"processor time), {fast.peak / slow.peak:.2f}× the memory"
    )
