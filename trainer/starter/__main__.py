"""`python -m trainer.starter --photos DIR --run DIR --target DIR`: builds the starter model."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path

import torch

from engine.console import run_program
from engine.devices.device import choose_device
from engine.errors import DeviceNotUsable
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.starter.build import StarterBuild, build_starter, stages_for


def main() -> int:
    """Builds the starter, or resumes building it; returns 0 once it is installed or stopped on request."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--run", type=Path, required=True, help="folder for the resumable state")
    parser.add_argument("--target", type=Path, required=True, help="where the finished model goes")
    parser.add_argument("--grown-from", type=Path, help="an earlier starter to take the UNet from")
    parser.add_argument("--device", choices=("cpu", "cuda"), help="a GPU if there is one")
    parser.add_argument("--steps", type=int, nargs="+", help="steps of each stage, instead of the usual")
    parser.add_argument("--processes", type=int, default=2, help="how many make pairs")
    arguments = parser.parse_args()
    commands = Commands(sys.stdin)
    signal.signal(signal.SIGINT, lambda *_: commands.request_stop())
    signal.signal(signal.SIGTERM, lambda *_: commands.request_stop())
    try:
        device = choose_device(arguments.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    except DeviceNotUsable as error:
        parser.error(str(error))
    stages = stages_for(device)
    if arguments.steps:
        if len(arguments.steps) != len(stages):
            parser.error(f"--steps wants {len(stages)} numbers, one for each stage.")
        stages = tuple(
            replace(stage, steps=steps) for stage, steps in zip(stages, arguments.steps, strict=True)
        )
    build = StarterBuild(
        photos=arguments.photos,
        run=arguments.run,
        device=device,
        stages=stages,
        grown_from=arguments.grown_from,
        processes=arguments.processes,
    )
    build_starter(build, arguments.target, EventStream(), commands)
    return 0


if __name__ == "__main__":
    sys.exit(run_program(main))
