"""A program that replaces the trainer: it sends the same events and trains nothing.

The first argument is its behaviour: "train" runs all steps; "snapshots" does too, and says that it keeps the
weights of the second one; "linger" runs three and waits for commands;
"warn" does the same and warns; "diverge" fails after two; "crash" ends without an event; "full" has no disk
space after two, and goes on when asked to; "refuse" fails before it uses the folder of the run; "ignore"
obeys no command. The other arguments are the trainer's settings. With `--probe`, "hang" never finishes,
"starve" has too little memory, "fill" has too little disk space for 500 steps, and "crash" ends without an
event.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.files.locking import locked
from trainer.protocol.run_files import COMMANDS_FILE, EVENTS_FILE, Command, read_commands

LONGEST_LIFE = 120.0
"""Seconds after which a trainer that no test has ended gives up."""
BEGIN = time.time()


class Run:
    """The folder of the run, its events and its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.step = folder, 0

    def send(self, event: str, **values: object) -> None:
        line = {"type": event, **values}
        with (self.folder / EVENTS_FILE).open("a", encoding="ascii") as file:
            file.write(json.dumps({**line, "time": time.time()}) + "\n")
        print(json.dumps(line), flush=True)

    def wait_for(self, *expected: Command, pause: Callable[[], None] | None = None) -> Command:
        """The first of these commands that was written since the program began; tells of pauses meanwhile."""
        seen = 0
        while time.time() < BEGIN + LONGEST_LIFE and self.folder.is_dir():
            commands, _ = read_commands(self.folder / COMMANDS_FILE)
            fresh = [command for moment, command in commands if moment >= BEGIN]
            for command in fresh[seen:]:
                if command in expected:
                    return command
                if command == Command.PAUSE:
                    self.send("paused", step=self.step, reason="request", message="Training is paused.")
                elif command == Command.CONTINUE:
                    self.send("continued", step=self.step)
            seen = len(fresh)
            time.sleep(0.02)
        sys.exit("nobody has sent a command")


def main() -> None:
    behaviour, *arguments = sys.argv[1:]
    if arguments[0].startswith("--probe="):
        probe(behaviour, [int(steps) for steps in arguments[0].removeprefix("--probe=").split(",")])
        return
    settings = {key: json.loads(value) for key, _, value in (text.partition("=") for text in arguments)}
    if behaviour == "refuse":
        failed = {"type": "failed", "kind": "configuration", "message": "It is refused."}
        print(json.dumps(failed), file=sys.stderr)
        sys.exit(2)
    run = Run(Path(settings["exp_manager.exp_dir"]))
    print("INFO trainer: training begins", file=sys.stderr)
    with locked(run.folder / "run.lock"):
        train(behaviour, run, settings)


def train(behaviour: str, run: Run, settings: dict[str, object]) -> None:
    total = settings["trainer.max_steps"]
    assert isinstance(total, int)
    saved = sorted((run.folder / "checkpoints").glob("step-*"))
    start = run.step = int(saved[-1].name.removeprefix("step-")) if saved else 0
    run.send("preparing", stage="loading model")
    started = {"examples": 8, "device": "cpu", "dtype": "fp32", "run": str(run.folder)}
    run.send("started", start_step=start, total_steps=total, **started)
    last = min(total, start + 3) if behaviour in ("linger", "warn", "ignore") else total
    if behaviour == "warn":
        run.send("warning", kind="precision", message="Full precision is used.", advice="Nothing is lost.")
    while run.step < last:
        take_step(behaviour, run, start, total)
    while behaviour == "ignore":
        time.sleep(0.1)
    command = run.wait_for(Command.STOP, Command.DISCARD) if run.step < total else Command.STOP
    if command == Command.DISCARD:
        run.send("finished", step=run.step, stopped=True, model="", reason="discard")
        return
    save(run)
    model = export(run.folder / "model", settings, run.step)
    run.send("finished", step=run.step, stopped=run.step < total, model=str(model))


def take_step(behaviour: str, run: Run, start: int, total: int) -> None:
    run.step = step = run.step + 1
    if behaviour == "diverge" and step == start + 3:
        run.send("failed", kind="diverged", message="The loss became NaN.", advice="Start again.")
        sys.exit(1)
    if behaviour == "crash" and step == start + 3:
        os._exit(3)
    if behaviour == "full" and step == start + 3:
        run.send("paused", step=step, reason="disk", message="The disk is full.", advice="Free some space.")
        run.wait_for(Command.CONTINUE)
        run.send("continued", step=step)
    if behaviour == "snapshots" and step == 2:
        run.send("snapshot", step=step, path=str(run.folder / "snapshots" / "step-00000002.safetensors"))
    if behaviour == "warn":
        run.send("warning", kind="memory", message="Memory was short.")
    if behaviour == "warn" and step == 3:
        run.send("warning", kind="validation", message="The model could not be tried out.")
    rate, left = 1e-4, 60.0 * (total - step)
    run.send("step", step=step, total_steps=total, loss=1 / step, learning_rate=rate, seconds_left=left)


def save(run: Run) -> None:
    checkpoint = run.folder / "checkpoints" / f"step-{run.step:08}"
    checkpoint.mkdir(parents=True, exist_ok=True)
    (checkpoint / "state.pt").write_bytes(b"state")
    run.send("checkpoint", step=run.step, path=str(checkpoint))


def probe(behaviour: str, lengths: list[int]) -> None:
    def send(event: str, **values: object) -> None:
        print(json.dumps({"type": event, **values}), flush=True)

    send("preparing", stage="loading model")
    if behaviour == "hang":
        time.sleep(300)
    if behaviour == "crash":
        os._exit(3)
    if behaviour == "starve":
        send("failed", kind="memory", message="There is not enough memory.", advice="Get more.")
        sys.exit(1)
    memory, disk = 1_200_000_000, 2_100_000_000
    send(
        "probe",
        seconds_per_step=0.72,
        samples_per_second=5.5,
        memory=memory,
        threads=2,
        disk=disk,
        preparation=6.0,
        replay_seconds_per_step=0.5,
        replay_steps=350,
    )
    for steps in lengths:
        fits = behaviour != "fill" or steps < 500
        send("estimate", steps=steps, seconds=6 + 0.72 * steps + 0.5 * min(steps, 350), fits=fits)


def export(model: Path, settings: dict[str, object], step: int) -> Path:
    model.mkdir(exist_ok=True)
    (model / "model_index.json").write_text("{}")
    card = {"name": settings["model.name"], "description": f"step {step}", "suggestions": ["invert it"]}
    (model / "ip2p.json").write_text(json.dumps(card))
    return model


main()
