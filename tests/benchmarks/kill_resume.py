"""Kills a training run at random and compares its end with that of an unbroken run.

    python tests/benchmarks/kill_resume.py [--kills 20] [--steps 60] [--seed 0] [--busy 0] key=value …
    python tests/benchmarks/kill_resume.py --starter [--kills 4] [--steps 6] [--seed 0] [--busy 2] key=value …

The first takes a tiny model on one thread, the second what the window starts on the starter, with the number
of threads that a trial chooses. Every third kill falls into the writing of a checkpoint: into its bytes, or
between its bytes and its place. The others come at a random time during the first steps. Beside the run that
is killed, `--busy` processes keep a core each busy. The unbroken run comes after it, without them, and with
as many threads as the first start of the killed one chose. Prints the settings, one line a start, and at last
whether weights, average, optimiser and random states are the same, bit for bit.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from fakes.tiny_editor import save_tiny_editor  # noqa: E402
from fakes.trainer_programs import (  # noqa: E402
    Before,
    DieSyncing,
    DieWriting,
    TrainerProgram,
    busy_processes,
    run_trainer,
    same,
)
from measuring import machine  # noqa: E402
from pairs import write_pairs  # noqa: E402

from engine.library import read_model_card  # noqa: E402
from ip2p_desktop.base.paths import starter_model  # noqa: E402
from ip2p_desktop.training.plans.default_settings import default_settings  # noqa: E402
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun  # noqa: E402
from trainer.learning.checkpoint import Checkpoints, load_state  # noqa: E402
from trainer.runs.numerics import NumericSettings, read_numerics  # noqa: E402

PATIENCE = 3600.0
"""Seconds for a start of the trainer on a machine that is busy."""
Settings = Callable[[str], list[str]]
"""Those of a run with a name."""


def tiny_settings(model: Path, run: Path, steps: int, more: list[str]) -> list[str]:
    return [
        f"data.data_path={TESTS / 'assets' / 'pairs'}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
        "data.replay.pairs=0",
        "data.resolution=32",
        "data.num_workers=0",
        "data.check=False",
        "model.micro_batch_size=2",
        "trainer.threads=1",
        "trainer.val_check_interval=0",
        f"trainer.max_steps={steps}",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=1",
        *more,
    ]


def starter_settings(pairs: Path, run: Path, steps: int, more: list[str]) -> list[str]:
    """As the window starts it, but for more checkpoints, and a cache of its own."""
    card = read_model_card(starter_model())
    plan = TrainingPlan(
        dataset=pairs,
        base_model=card.path,
        base_model_name=card.name,
        name="Negative",
        steps=steps,
        settings=default_settings(card, keeps_edits=True),
    )
    return [
        *TrainingRun(folder=run, plan=plan).settings(),
        f"data.cache.folder={run.with_suffix('.cache')}",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=1",
        *more,
    ]


def death(rng: random.Random) -> Before | None:
    """How the process is to kill itself while it writes; None to be killed from outside."""
    if rng.random() >= 1 / 3:
        return None
    number = rng.randint(1, 4)
    return DieWriting(number) if rng.random() < 0.5 else DieSyncing(number)


def step_seconds(events: list[dict[str, Any]]) -> float:
    """The mean of the steps of a start; 0 before the first."""
    batch = next((event["batch"] for event in events if event["type"] == "started"), 0)
    speeds = [event["samples_per_second"] for event in events if event["type"] == "step"]
    return float(batch / speeds[-1]) if speeds else 0.0


def kill_once(command: list[str], logs: Path, rng: random.Random, most: int) -> str:
    """Kills one start of a run after at most so many steps; what became of it."""
    before = death(rng)
    run = TrainerProgram(command, logs, before=before, patience=PATIENCE)
    if before is None:
        run.wait_for("started")
        run.wait_for("step", rng.randint(0, most))
        time.sleep(rng.uniform(0, max(0.2, step_seconds(run.events()))))
        run.kill()
    else:
        run.wait()
    steps = [event["step"] for event in run.events() if event["type"] == "step"]
    how = type(before).__name__ if before else "anywhere"
    return f"{how:10} after step {steps[-1] if steps else '-'}, exit code {run.process.exitcode}"


def settings_of(options: argparse.Namespace, base: Path) -> Settings:
    """The settings of the runs in a folder; makes what they need."""
    if options.starter:
        write_pairs(base / "pairs")
        return lambda run: starter_settings(base / "pairs", base / run, options.steps, options.settings)
    model = save_tiny_editor(base / "model")
    return lambda run: tiny_settings(model, base / run, options.steps, options.settings)


def train(command: list[str], logs: Path) -> str:
    """Lets a start of a run come to its end; where it began, and how fast it was."""
    code, events, errors = run_trainer(command, logs, patience=PATIENCE)
    assert code == 0, errors
    started = next(event for event in events if event["type"] == "started")
    seconds = step_seconds(events)
    return (
        f"from step {started['start_step']}, {seconds:.2f} s a step, {started['device']} {started['dtype']}"
    )


def broken_run(options: argparse.Namespace, command: list[str], run: Path, logs: Path) -> NumericSettings:
    """Kills a run again and again, and lets it end; what its first start chose."""
    rng, most = random.Random(options.seed), options.steps // options.kills
    first = NumericSettings()
    with busy_processes(options.busy):
        for number in range(options.kills):
            line = kill_once(command, logs, rng, most)
            kept, _ = read_numerics(run)
            first = kept if number == 0 else first
            print(f"kill {number + 1:2}: {line}, kept threads {list(kept.threads)}", flush=True)
        print("end:", train(command, logs), flush=True)
    return first


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--starter", action="store_true")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--busy", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("settings", nargs="*")
    options = parser.parse_args()
    usual = {"kills": 4, "steps": 6, "busy": 2} if options.starter else {"kills": 20, "steps": 60, "busy": 0}
    for name, value in usual.items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        settings = settings_of(options, base)
        print(f"machine: {machine()}")
        print("settings:", *settings("broken"), flush=True)
        began = time.monotonic()
        first = broken_run(options, settings("broken"), base / "broken", base / "logs")
        threads = [f"trainer.threads={count}" for count in first.threads]
        print("unbroken:", *threads, train([*settings("whole"), *threads], base / "logs"), flush=True)
        ends = [load_state(Checkpoints(base / name, keep=2).saved()[-1]) for name in ("whole", "broken")]
    result = {
        "kills": options.kills,
        "beside": options.busy,
        "steps": options.steps,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "threads": ends[1]["numerics"]["threads"],
        "dtype": ends[1]["numerics"]["dtype"],
        "same_weights": same(ends[0]["weights"], ends[1]["weights"]),
        "same": same(*ends),
    }
    print(json.dumps(result))
    return 0 if result["same"] else 1


if __name__ == "__main__":
    sys.exit(main())
