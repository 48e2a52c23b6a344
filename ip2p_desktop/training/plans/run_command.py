"""The command that starts the very run of a plan without the window."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from ip2p_desktop.base import paths
from ip2p_desktop.training.plans.setting_words import merged, readable

NEEDS_QUOTES = frozenset(" \t\"'&|<>^()%!$`;,@{}[]#~*?=")
"""Characters that mean something to one of the shells of Windows, in a word without quotes."""


class Launcher(StrEnum):
    """What starts the processes."""

    TRAINER = "trainer"
    """One process, on this computer."""
    TORCHRUN = "torchrun"
    ACCELERATE = "accelerate"


def command_words(settings: Sequence[str], launcher: Launcher, *, processes: int = 1) -> list[str]:
    """The words of the command; settings of which a later one replaces an earlier are named once."""
    words = [readable(word) for word in merged(settings)]
    match launcher:
        case Launcher.TRAINER:
            if paths.is_frozen():
                return [*paths.trainer_program(), *words]
            return [sys.executable, "-m", "trainer", *words]
        case Launcher.TORCHRUN:
            return [_script("torchrun"), f"--nproc-per-node={processes}", "-m", "trainer", *words]
        case Launcher.ACCELERATE:
            kind = ["--multi_gpu"] if processes > 1 else []
            start = [_script("accelerate"), "launch", *kind, f"--num_processes={processes}"]
            return [*start, "-m", "trainer", *words]


def _script(name: str) -> str:
    """A program beside the Python that runs; its plain name if it is not there."""
    place = Path(sys.executable).parent / (f"{name}.exe" if sys.platform == "win32" else name)
    return str(place) if place.is_file() else name


def command_line(words: Sequence[str], *, for_windows: bool = sys.platform == "win32") -> str:
    """The words as one line for the user's shell."""
    if not for_windows:
        return shlex.join(words)
    return " ".join(_windows_word(word) for word in words)


def _windows_word(word: str) -> str:
    """A word for cmd.exe and PowerShell, in quotes if it has characters that mean something to them."""
    text = subprocess.list2cmdline([word])
    if text.startswith('"') or not NEEDS_QUOTES & set(word.replace("=", "")):
        return text
    doubled = "\\" * (len(text) - len(text.rstrip("\\")))  # else the last one would escape the quote
    return f'"{text}{doubled}"'
