"""A program that replaces the trainer: it sends the same events and trains nothing.

The first argument is its behaviour: "train" runs all steps, "linger" runs three and waits for the stop
command, "warn" does the same and warns, "diverge" fails after two, "crash" ends without an event. The other
arguments are the trainer's settings. With `--probe`, "hang" never finishes, "starve" has too little memory,
"fill" has too little disk space for 500 steps, and "crash" ends without an event.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path


def send(event: str, **values: object) -> None:
    print(json.dumps({"type": event, **values}), flush=True)


def main() -> None:
    behaviour, *arguments = sys.argv[1:]
    if arguments[0].startswith("--probe="):
        probe(behaviour, [int(steps) for steps in arguments[0].removeprefix("--probe=").split(",")])
        return
    settings = {key: json.loads(value) for key, _, value in (text.partition("=") for text in arguments)}
    run, total = Path(settings["exp_manager.exp_dir"]), settings["trainer.max_steps"]
    checkpoint = run / "checkpoints" / "step-0" / "state.pt"
    start = int(checkpoint.read_text()) if checkpoint.exists() else 0
    send("preparing", stage="loading model")
    send("started", start_step=start, total_steps=total, examples=8, device="cpu", dtype="fp32", run=str(run))
    step, last = start, min(total, start + 3) if behaviour in ("linger", "warn") else total
    if behaviour == "warn":
        send("warning", kind="precision", message="Full precision is used.", advice="Nothing is lost.")
    while step < last:
        step += 1
        if behaviour == "diverge" and step == start + 3:
            send("failed", kind="diverged", message="The loss became NaN.", advice="Start again.")
            sys.exit(1)
        if behaviour == "crash" and step == start + 3:
            os._exit(3)
        if behaviour == "warn":
            send("warning", kind="memory", message="Memory was short.")
        if behaviour == "warn" and step == 3:
            send("warning", kind="validation", message="The model could not be tried out.")
        send(
            "step",
            step=step,
            total_steps=total,
            loss=1 / step,
            learning_rate=1e-4,
            seconds_left=60.0 * (total - step),
        )
    if step < total:
        assert sys.stdin.readline() == "stop\n"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    checkpoint.write_text(str(step))
    send("checkpoint", step=step, path=str(checkpoint))
    send("finished", step=step, stopped=step < total, model=str(export(run / "model", settings, step)))


def probe(behaviour: str, lengths: list[int]) -> None:
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
