"""Runs the program as a process, or in the process of the tests, which is sooner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "samples" / "old-truck.jpg"

RunEdit = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def sample() -> Path:
    return SAMPLE


@pytest.fixture(scope="session")
def starter() -> Path:
    return ROOT / "resources" / "starter"


@pytest.fixture(scope="session")
def program() -> list[str]:
    return [sys.executable, "-m", "ip2p_desktop"]


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the processes: one thread, the fastest for such small images."""
    data = str(tmp_path_factory.mktemp("data"))
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "IP2P_DATA_DIR": data}


@pytest.fixture(scope="session")
def run_edit(program: list[str], surroundings: dict[str, str]) -> RunEdit:
    """Runs `ip2p-desktop edit …` and waits for its end."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, "edit", *map(str, arguments)],
            env=surroundings,
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            check=False,
        )

    return run


@pytest.fixture
def _ctrl_c_as_before() -> Iterator[None]:
    """Restores the handler of Ctrl-C, which the command line replaces."""
    handler = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.fixture
def edit_here(_ctrl_c_as_before: None, capsys: pytest.CaptureFixture[str]) -> RunEdit:
    """Does what `run_edit` does in this process, which has loaded the libraries already."""
    from ip2p_desktop.cli.edit_command import main

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        words = ["edit", *map(str, arguments)]
        code = main(words)
        printed = capsys.readouterr()
        return subprocess.CompletedProcess(words, code, printed.out, printed.err)

    return run
