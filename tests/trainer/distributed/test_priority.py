"""A trainer that belongs to a window lets other programs go first; one that was started alone does not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainer.distributed.priority import NICENESS, ORDINARY, PRIORITY_VARIABLE
from trainer.protocol.commands import ATTACHED_VARIABLE

SCRIPT = """
import os, sys
from trainer import program

def report(arguments):
    print(os.getpriority(os.PRIO_PROCESS, 0), flush=True)
    sys.stdin.readline()
    raise program.Cancelled

program.read_settings = report
program.main(["model.seed=0"])
"""
"""The trainer's own main, up to reading its settings."""


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="priorities are others there")
@pytest.mark.parametrize(("is_attached", "wanted"), [(True, ""), (False, ""), (True, ORDINARY)])
def test_an_attached_trainer_lowers_its_priority_unless_it_is_wanted(is_attached: bool, wanted: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != ATTACHED_VARIABLE}
    kept[PRIORITY_VARIABLE] = wanted
    own = os.getpriority(os.PRIO_PROCESS, 0)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env={**kept, **({ATTACHED_VARIABLE: "1"} if is_attached else {})},
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    reported = int(process.stdout.readline())
    seen = os.getpriority(os.PRIO_PROCESS, process.pid)
    process.communicate("\n")
    assert reported == seen == (max(own, NICENESS) if is_attached and not wanted else own)
