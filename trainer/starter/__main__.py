"""`python -m trainer.starter --photos DIR --run DIR --target DIR`: builds the starter model."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from trainer.commands import Commands
from trainer.events import EventStream
from trainer.starter.build import StarterBuild, build_starter


def main() -> int:
    """Builds, or goes on building; 0 when the model is installed or the work stopped on request."""
    parser = argparse.ArgumentParser(prog="python -m trainer.starter", description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="folder with index.csv and images/")
    parser.add_argument("--run", type=Path, required=True, help="folder for the resumable state")
    parser.add_argument("--target", type=Path, required=True, help="where the finished model goes")
    parser.add_argument("--grown-from", type=Path, help="an earlier starter to take the UNet from")
    arguments = parser.parse_args()
    commands = Commands(sys.stdin)
    signal.signal(signal.SIGINT, lambda *_: commands.request_stop())
    signal.signal(signal.SIGTERM, lambda *_: commands.request_stop())
    build = StarterBuild(photos=arguments.photos, run=arguments.run, grown_from=arguments.grown_from)
    build_starter(build, arguments.target, EventStream(), commands)
    return 0


if __name__ == "__main__":
    sys.exit(main())
