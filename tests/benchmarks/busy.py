"""Edits and training steps where other programs run: `python tests/benchmarks/busy.py`.

Times a warm edit of the starter with its recommended settings, and a step of the training that the window
starts on it: on an idle machine, beside busy loops of one thread, beside a second torch program, and beside
each other. "before" states the defaults of the OpenMP libraries as if the user had set them, so that nothing
adapts, and its trainer keeps its priority; "now" is what a user gets. More sides are named by environment
variables: `--also OMP_WAIT_POLICY=passive`. All take turns in every round. "others" are the cores that
processes of somebody else used at most: on a quiet machine next to none. Needs signals that stop a process,
so not Windows. Prints only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[2]
sys.path[0] = str(ROOT)
sys.path.append(str(Path(__file__).parent))

from busy_processes import (  # noqa: E402 (our packages are found through the path above)
    DEFAULTS,
    EditProcess,
    MeasuredProcess,
    OtherCores,
    TrainingProcess,
    busy_loop,
    torch_program,
)
from measuring import machine  # noqa: E402
from pairs import write_pairs  # noqa: E402

from engine.library import read_model_card  # noqa: E402
from ip2p_desktop.base.paths import starter_model  # noqa: E402

BEFORE, NOW = "before", "now"
IDLE, ONE, TWO, TORCH = "idle", "beside one busy process", "beside two", "beside a torch program"
TRAINER, EDITS = "beside our trainer", "beside edits"
BARS = {ONE: 1.8, TRAINER: 2.0}
"""Seconds of an edit, in those of an idle machine."""
SLOWER = 1.03
"""At most so many times the seconds of before on an idle machine."""
PAUSE = 1.2
"""Seconds without an edit after a change of load, as a person takes them at the least."""
BETWEEN = 0.2


@dataclass(slots=True)
class Times:
    """Seconds of one side in one condition."""

    seconds: list[float] = field(default_factory=list)
    others: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def row(self, name: str, idle: float) -> str:
        return (
            f"  {name:46} median {self.median:6.3f} s   min {min(self.seconds):6.3f}   "
            f"max {max(self.seconds):6.3f}   {self.median / idle:5.2f} × idle   others {self.others:.2f}"
        )


Table = dict[tuple[str, str], Times]
"""By condition and side."""
_Process = TypeVar("_Process", bound=MeasuredProcess)


class BusyBenchmark:
    """All processes, started once and stopped but for their turns."""

    def __init__(self, sides: Sequence[str], folder: Path, stack: ExitStack) -> None:
        def kept(process: _Process) -> _Process:
            stack.enter_context(closing(process))
            return process

        def variables(side: str) -> dict[str, str]:
            given = dict(part.split("=", 1) for part in side.split(",") if "=" in part)
            return DEFAULTS if side == BEFORE else given

        write_pairs(folder / "pairs")
        self.editors = {side: kept(EditProcess(variables(side))) for side in sides}
        self.trainers = {
            side: kept(
                TrainingProcess(folder / "pairs", folder / side, variables(side), is_attached=side != BEFORE)
            )
            for side in sides
        }
        self.loops = [kept(busy_loop()) for _ in range(2)]
        self.torch_program = kept(torch_program())
        for process in (*self.loops, self.torch_program):
            process.stop()
        self.edits: Table = {}
        self.steps: Table = {}

    @contextmanager
    def _beside(self, condition: str, side: str) -> Iterator[None]:
        """What else runs meanwhile."""
        running: dict[str, list[MeasuredProcess]] = {
            ONE: self.loops[:1],
            TWO: self.loops,
            TORCH: [self.torch_program],
            TRAINER: [self.trainers[side]],
            EDITS: [self.editors[side]],
        }
        with ExitStack() as stack:
            for process in running.get(condition, []):
                stack.enter_context(process.running())
            yield

    def time_edits(self, condition: str, side: str, count: int) -> None:
        editor, times = self.editors[side], self.edits.setdefault((condition, side), Times())
        with self._beside(condition, side):
            editor.edit()  # what it saw before the load changed is forgotten by its next edit
            time.sleep(PAUSE)
            others = OtherCores()
            for _ in range(count):
                times.seconds.append(editor.edit())
                time.sleep(BETWEEN)
            times.others = max(times.others, others.mean())
        tell(f"an edit, {condition}, {side}", times, count)

    def time_steps(self, condition: str, side: str, count: int) -> None:
        trainer, times = self.trainers[side], self.steps.setdefault((condition, side), Times())
        with self._beside(condition, side), trainer.running():
            time.sleep(PAUSE)
            others = OtherCores()
            times.seconds += trainer.step_seconds(count)
            times.others = max(times.others, others.mean())
        tell(f"a training step, {condition}, {side}", times, count)


def tell(name: str, times: Times, count: int) -> None:
    """At once, so that a run that is cut off has told what it found."""
    print(
        f"  {name}:", *(f"{seconds:.3f}" for seconds in times.seconds[-count:]), file=sys.stderr, flush=True
    )


def report(title: str, table: Table) -> None:
    print(title)
    for (condition, side), times in table.items():
        print(times.row(f"{condition}, {side}", table[IDLE, side].median))


def verdicts(edits: Table) -> None:
    idle = edits[IDLE, NOW].median
    compared = [(IDLE, idle / edits[IDLE, BEFORE].median, SLOWER, "the seconds of before")]
    compared += [(name, edits[name, NOW].median / idle, bar, "its idle time") for name, bar in BARS.items()]
    for name, ratio, bar, of_what in compared:
        word = "reached" if ratio <= bar else "MISSED"
        print(f"  an edit, {name}: {ratio:.2f} times {of_what}, at most {bar:g}: {word}")
    for name in dict.fromkeys(condition for condition, _ in edits):
        gain = edits[name, BEFORE].median / edits[name, NOW].median
        print(f"  an edit, {name}: {gain:.2f} times as fast as before")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--edits", type=int, default=3, help="of each side and condition in a round")
    parser.add_argument("--steps", type=int, default=3, help="of training, likewise; 0 leaves them out")
    parser.add_argument("--also", action="append", default=[], metavar="NAME=VALUE,…", help="one more side")
    options = parser.parse_args()
    print(f"{machine()}; load average {os.getloadavg()[0]:.1f}")
    print(f"the starter, {read_model_card(starter_model()).recommended}", flush=True)
    sides = [BEFORE, NOW, *options.also]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        benchmark = BusyBenchmark(sides, Path(folder), stack)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
            for condition in (IDLE, ONE, TWO, TORCH, TRAINER):
                for side in sides:
                    benchmark.time_edits(condition, side, options.edits)
            for condition in (IDLE, ONE, TWO, TORCH, EDITS) if options.steps else ():
                for side in sides:
                    benchmark.time_steps(condition, side, options.steps)
        report("a warm edit", benchmark.edits)
        if options.steps:
            report("a training step", benchmark.steps)
        verdicts(benchmark.edits)


if __name__ == "__main__":
    main()
