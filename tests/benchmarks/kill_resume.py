"""Kills a training run twenty times at random and compares its end with that of an unbroken run.

    python tests/benchmarks/kill_resume.py [--kills 20] [--steps 60] [--seed 0] key=value …

Every third kill falls into the writing of a checkpoint: into its bytes, or between its bytes and its
place. The others come at a random time during the first steps. Prints one line a kill, and at last whether
weights, average, optimiser and random states are the same, bit for bit.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from fakes.tiny_editor import save_tiny_editor  # noqa: E402
from fakes.trainer_process import Before, DieSyncing, DieWriting, TrainerRun, run_trainer, same  # noqa: E402

from trainer.learning.checkpoint import Checkpoints, load_state  # noqa: E402


def words(model: Path, run: Path, steps: int, more: list[str]) -> list[str]:
    return [
        f"data.data_path={TESTS / 'assets' / 'pairs'}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
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


def death(rng: random.Random) -> Before | None:
    """How the process is to kill itself while it writes; None to be killed from outside."""
    if rng.random() >= 1 / 3:
        return None
    number = rng.randint(1, 4)
    return DieWriting(number) if rng.random() < 0.5 else DieSyncing(4 * number)


def kill_once(command: list[str], logs: Path, rng: random.Random) -> str:
    before = death(rng)
    run = TrainerRun(command, logs, before=before)
    if before is None:
        run.wait_for("started")
        run.wait_for("step", rng.randint(0, 4))
        time.sleep(rng.uniform(0, 0.2))
        run.kill()
    else:
        run.wait()
    steps = [event["step"] for event in run.events() if event["type"] == "step"]
    how = type(before).__name__ if before else "anywhere"
    return f"{how:10} after step {steps[-1] if steps else '-'}, exit code {run.process.exitcode}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("settings", nargs="*")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        model = save_tiny_editor(base / "model")
        whole, broken = (
            words(model, base / name, options.steps, options.settings) for name in ("whole", "broken")
        )
        code, _, errors = run_trainer(whole, base / "logs")
        assert code == 0, errors
        for number in range(options.kills):
            print(f"kill {number + 1:2}: {kill_once(broken, base / 'logs', rng)}", flush=True)
        code, events, errors = run_trainer(broken, base / "logs")
        assert code == 0, errors
        start = next(event["start_step"] for event in events if event["type"] == "started")
        ends = [load_state(Checkpoints(base / name, keep=2).saved()[-1]) for name in ("whole", "broken")]
        is_same = same(*ends)
    print(json.dumps({"kills": options.kills, "last_start": start, "steps": options.steps, "same": is_same}))
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
