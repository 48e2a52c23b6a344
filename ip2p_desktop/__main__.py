"""Starts the window, the command line or a program of the trainer, depending on the arguments."""

from __future__ import annotations

import gc
import multiprocessing
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.console import WRONG_INPUT, print_line, run_program
from engine.devices.waiting_policy import set_waiting_policy
from ip2p_desktop.base.paths import EXPORT_FLAG, JUDGING_FLAG, TRAINER_FLAG

COMMANDS = ("edit", "models")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments name; files, or no arguments at all, open the window. Returns the exit code."""
    set_waiting_policy()
    return run_program(lambda: _run_command(sys.argv[1:] if arguments is None else arguments))


def _run_command(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] == TRAINER_FLAG:
        from trainer.program import main as train

        return train(arguments[1:])
    if arguments and arguments[0] == JUDGING_FLAG:
        from trainer.judging.__main__ import main as judge

        return judge(arguments[1:])
    if arguments and arguments[0] == EXPORT_FLAG:
        from trainer.export.__main__ import main as export

        return export(arguments[1:])
    if arguments and arguments[0] == "models":
        from ip2p_desktop.cli.models_command import main as run_models_command

        return run_models_command(arguments[1:])
    if arguments and (arguments[0] in COMMANDS or any(each.startswith("-") for each in arguments)):
        from ip2p_desktop.cli.edit_command import main as run_command

        return run_command(arguments)
    if arguments and not any(map(_exists, arguments)):
        print_line(f"{arguments[0]} is neither a file nor a command. Try ip2p-desktop --help.")
        return WRONG_INPUT
    # what is imported stays, so looking for garbage among it only delays the window, which collects by itself
    gc.disable()
    from ip2p_desktop.app import main as open_window

    return open_window([Path(argument) for argument in arguments if argument])


def _exists(argument: str) -> bool:
    try:
        return bool(argument) and Path(argument).exists()
    except OSError:  # such as a name that is too long
        return False


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
