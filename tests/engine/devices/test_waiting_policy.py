"""How OpenMP's threads wait is said before torch is loaded, unless the user said it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.devices.waiting_policy import (
    BLOCK_TIME_MS,
    BLOCK_TIME_VARIABLE,
    POLICY_VARIABLES,
    is_libgomp_policy_set,
    set_waiting_policy,
)

ROOT = Path(__file__).resolve().parents[3]
PHOTO = ROOT / "resources" / "samples" / "old-truck.jpg"
ENTRIES = {
    "window": ("ip2p_desktop", []),
    "command line": ("ip2p_desktop", ["edit", "--input", str(PHOTO), "--output", "o.png", "--edit", "x"]),
    "trainer of the window": ("ip2p_desktop", ["--trainer"]),
    "trainer": ("trainer", []),
}
SCRIPT = f"""
import os, runpy, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            print(os.environ.get("{BLOCK_TIME_VARIABLE}"), flush=True)
            os._exit(0)

sys.meta_path.insert(0, Finder())
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Runs an entry of the program until torch is looked for, and prints what the variable is then."""


def variable_before_torch(entry: str, folder: Path, **more: str) -> str:
    module, arguments = ENTRIES[entry]
    kept = {name: value for name, value in os.environ.items() if name not in POLICY_VARIABLES}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, module, *arguments],
        env={**kept, "PYTHONPATH": str(ROOT), **more},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_sets_it_before_torch_is_loaded(entry: str, tmp_path: Path) -> None:
    assert variable_before_torch(entry, tmp_path) == BLOCK_TIME_MS


def test_the_users_own_setting_is_kept(tmp_path: Path) -> None:
    assert variable_before_torch("trainer", tmp_path, OMP_WAIT_POLICY="active") == "None"


@pytest.mark.parametrize("name", POLICY_VARIABLES)
def test_one_variable_of_the_user_is_enough(name: str) -> None:
    environment = {name: "7"}
    set_waiting_policy(environment)
    assert environment == {name: "7"}


def test_what_the_program_sets_does_not_count_as_the_users_in_a_process_it_starts() -> None:
    environment: dict[str, str] = {}
    set_waiting_policy(environment)
    assert environment
    assert not is_libgomp_policy_set(environment)
