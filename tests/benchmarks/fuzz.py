"""Gives mutated inputs to the doors that files come through, each in a process that is watched.

    python tests/benchmarks/fuzz.py [--images 2000] [--models 500] [--datasets 500] [--seed 0] [--only KIND:N]

Images are opened and saved, and some are edited or taken as a mask by the command line. Checkpoints, LoRAs,
model folders and cards are loaded and installed. Datasets are checked, and some are trained on. A fault is a
traceback, a crash, more than 30 s, more than 2 GiB, or a file that changed outside the output. Prints the
machine, the outcomes by kind and every fault; the inputs of faults stay in `.runs/fuzz`. Returns 1 if there
were any.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(TESTS / "benchmarks")]

import torch  # noqa: E402
from fuzzing import doors, inputs  # noqa: E402
from fuzzing.isolation import TrialOutcome, run_isolated  # noqa: E402
from measuring import machine  # noqa: E402

KEPT = TESTS.parent / ".runs" / "fuzz"
SHARE_EDITED = 20
"""Of so many images one is edited by the command line, and another is a mask."""
SHARE_TRAINED = 5
EVERY = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """One input: how it is made, and where it goes in."""

    kind: str
    number: int
    make: inputs.Make
    door: doors.Door


def main() -> int:
    """Runs all trials, or one of them."""
    options = _parser().parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)  # a forked process has no other threads
    print(machine(), f"seed {options.seed}", sep="\n", flush=True)
    outcomes: dict[str, Counter[str]] = {}
    faults = 0
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["HOME"] = os.environ["TMPDIR"] = temporary
        seeds = inputs.make_seeds(Path(temporary) / "seeds")
        for trial in _trials(seeds, options):
            outcome = _run(trial, Path(temporary), options.seed)
            outcomes.setdefault(trial.kind, Counter())[outcome.kind] += 1
            if outcome.is_fault or options.only:
                faults += outcome.is_fault
                name = f"{trial.kind}:{trial.number}"
                print(f"{name} {outcome.kind} {outcome.seconds:.1f} s {outcome.peak >> 20} MiB", flush=True)
                print(outcome.detail, flush=True)
            elif sum(outcomes[trial.kind].values()) % EVERY == 0:
                print(trial.kind, dict(outcomes[trial.kind]), flush=True)
    for kind, counts in outcomes.items():
        print(f"{kind}: {sum(counts.values())}, {dict(counts)}")
    print(f"faults: {faults}")
    return 1 if faults else 0


def _trials(seeds: inputs.Seeds, options: argparse.Namespace) -> Iterator[Trial]:
    only_kind, _, only_number = options.only.partition(":")
    for trial in _all_trials(seeds, options):
        if not options.only or (trial.kind, str(trial.number)) == (only_kind, only_number):
            yield trial


def _all_trials(seeds: inputs.Seeds, options: argparse.Namespace) -> Iterator[Trial]:
    image = inputs.image_input(seeds)
    for number in range(options.images):
        place = number % SHARE_EDITED
        door = {1: doors.edit, 2: doors.edit_with_mask}.get(place, doors.open_and_save)
        yield Trial("images", number, image, door)
    checkpoint, lora = inputs.weights_input(seeds.checkpoints), inputs.weights_input(seeds.loras)
    folder = inputs.model_folder_input(seeds)
    for number in range(options.models):
        kinds = (
            (checkpoint, doors.load),
            (lora, doors.load_lora(seeds.model)),
            (folder, doors.load),
            (checkpoint, doors.install),
            (folder, doors.read_card),
        )
        yield Trial("models", number, *kinds[number % len(kinds)])
    dataset = inputs.dataset_input(seeds)
    for number in range(options.datasets):
        is_trained = number % SHARE_TRAINED == 0
        yield Trial("datasets", number, dataset, doors.train(seeds.model) if is_trained else doors.check)


def _run(trial: Trial, temporary: Path, seed: int) -> TrialOutcome:
    """Returns how a trial ended; the input of a fault is kept."""
    folder = temporary / f"{trial.kind}-{trial.number}"
    output = folder / "output"
    output.mkdir(parents=True)
    (folder / "neighbour.txt").write_text("not ours")
    path = trial.make(folder, random.Random(f"{seed} {trial.kind} {trial.number}"))
    outcome = run_isolated(lambda: trial.door(path, output), folder, output)
    if outcome.is_fault:
        kept = KEPT / folder.name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        if path.is_file():
            shutil.copy(path, kept)
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--models", type=int, default=500)
    parser.add_argument("--datasets", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", metavar="KIND:N", help="one input again, with what it says")
    return parser


if __name__ == "__main__":
    sys.exit(main())
