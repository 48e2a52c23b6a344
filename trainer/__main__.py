"""`python -m trainer …`: fine-tunes a model; see `trainer.program`."""

from __future__ import annotations

import sys

from engine.console import run_program
from engine.devices.waiting_policy import set_waiting_policy

if __name__ == "__main__":
    set_waiting_policy()  # before what follows loads torch
    from trainer.program import main

    sys.exit(run_program(main))
