"""The doors of the program: the window, the command line, and the trainer as a process of its own."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence

from engine.devices.waiting_policy import set_waiting_policy
from ip2p_desktop.base.paths import TRAINER_FLAG

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs what the arguments ask for and returns the exit code; without arguments, the window."""
    set_waiting_policy()
    try:
        return _run_command(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt:  # before what was opened could take care of it
        return INTERRUPTED


def _run_command(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] == TRAINER_FLAG:
        from trainer.program import main as train

        return train(arguments[1:])
    if arguments and arguments[0] == "models":
        from ip2p_desktop.cli.models_command import main as run_models_command

        return run_models_command(arguments[1:])
    if arguments:
        from ip2p_desktop.cli.edit_command import main as run_command

        return run_command(arguments)
    from ip2p_desktop.app import main as open_window

    return open_window()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
