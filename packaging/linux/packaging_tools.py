"""Runs the tools that make and check packages."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

LAST_CHARACTERS = 2000


class PackagingFailed(Exception):
    """A package could not be made, or does not pass a check; the message says why."""


def run_tool(
    command: Sequence[str | Path],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    accepted: Sequence[int] = (0,),
) -> tuple[str, str]:
    """The standard output and standard error of a tool.

    Raises `PackagingFailed` with the end of its messages if its exit code is not an accepted one.
    """
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in accepted:
        messages = (done.stdout + done.stderr)[-LAST_CHARACTERS:]
        raise PackagingFailed(f"{command[0]} gave exit code {done.returncode}:\n{messages}")
    return done.stdout, done.stderr
