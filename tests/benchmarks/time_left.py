"""How true the time is that a training run says is left, a minute after its first step.

    python tests/benchmarks/time_left.py [--steps 300] [--busy 0] key=value …

Trains the starter with 24 pairs as the window does, on one thread, with previews every two minutes and six
snapshots. Prints the announced and the real time at several moments, and the share by which they differ. A
pause of `--pause` seconds in the middle must not count.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from fakes.trainer_programs import TrainerProgram, busy_processes  # noqa: E402
from measuring import machine  # noqa: E402
from pairs import write_pairs  # noqa: E402

from engine.library import read_model_card  # noqa: E402
from ip2p_desktop.base.paths import sample_photos, starter_model  # noqa: E402
from ip2p_desktop.training.plans.default_settings import default_settings  # noqa: E402
from trainer.protocol.events import (  # noqa: E402
    StepFinished,
    TrainingContinued,
    TrainingFinished,
    TrainingPaused,
    TrainingStarted,
)
from trainer.protocol.run_files import Command, TimedEvent, append_command, read_events  # noqa: E402

MOMENTS = (10.0, 30.0, 60.0, 90.0, 120.0, 180.0)
"""Seconds after the first step."""
PATIENCE = 3600.0
"""Seconds for the run on a machine that is busy."""


def settings(pairs: Path, run: Path, steps: int, more: list[str]) -> list[str]:
    photo = sample_photos()[0]
    return [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={starter_model()}",
        f"exp_manager.explicit_log_dir={run}",
        *default_settings(read_model_card(starter_model()), keeps_edits=True),
        f"data.cache.folder={run / 'cache'}",
        "data.replay.pairs=24",
        "trainer.threads=1",
        f"trainer.max_steps={steps}",
        "trainer.val_check_interval=100",
        "validation.every_minutes=2",
        "validation.edits=2",
        f'validation.photos=["{photo}"]',
        'validation.instructions=["turn it into a negative"]',
        "exp_manager.snapshots=6",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=50",
        *more,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--pause", type=float, default=20.0)
    parser.add_argument("--busy", type=int, default=0)
    options, more = parser.parse_known_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name, busy_processes(options.busy):
        folder = Path(name)
        run = folder / "run"
        run.mkdir()
        write_pairs(folder / "pairs")
        words = settings(folder / "pairs", run, options.steps, more)
        program = TrainerProgram(words, folder / "logs", patience=PATIENCE)
        threading.Thread(target=pause_once, args=(program, run, options), daemon=True).start()
        if program.wait():
            raise SystemExit(program.errors.read_text())
        report(run)


def pause_once(program: TrainerProgram, run: Path, options: argparse.Namespace) -> None:
    """Pauses the run in its middle."""
    program.wait_for("step", options.steps // 2)
    append_command(run, Command.PAUSE)
    time.sleep(options.pause)
    append_command(run, Command.CONTINUE)


def report(run: Path) -> None:
    timed, _ = read_events(run / "events.jsonl")
    steps = [each for each in timed if isinstance(each.event, StepFinished)]
    started = next(each for each in timed if isinstance(each.event, TrainingStarted)).time
    end = next(each for each in timed if isinstance(each.event, TrainingFinished)).time
    pauses = [each.time for each in timed if isinstance(each.event, TrainingPaused)]
    goes_on = [each.time for each in timed if isinstance(each.event, TrainingContinued)]
    first = steps[0].time
    print(f"prepared {first - timed[0].time:.0f} s, first step after the start {first - started:.1f} s")
    print(f"steps and what follows them {end - first:.0f} s, paused {sum(goes_on) - sum(pauses):.0f} s")
    announced = event_of(steps[-1]).seconds_left
    print(f"after the last step {end - steps[-1].time:.1f} s, announced {announced:.1f} s")
    for moment in MOMENTS:
        after = [each for each in steps if each.time >= first + moment]
        if not after:
            break
        spans = zip(pauses, goes_on, strict=True)
        paused = sum(stop - start for start, stop in spans if start >= after[0].time)
        real, announced = end - after[0].time - paused, event_of(after[0]).seconds_left
        rate, last = event_of(after[0]).samples_per_second, event_of(steps[-1]).samples_per_second
        print(
            f"{moment:5.0f} s: announced {announced:6.1f} s, real {real:6.1f} s "
            f"({announced / real - 1:+.0%}), "
            f"step {event_of(after[0]).step}, {rate:.2f} samples a second, at last {last:.2f}"
        )


def event_of(timed: TimedEvent) -> StepFinished:
    assert isinstance(timed.event, StepFinished)
    return timed.event


if __name__ == "__main__":
    main()
