"""Which packaging was checked last, and what was measured then: `packaging/checked.json`.

    python packaging/last_check.py is-current    # exit code 0 if nothing has changed since the last check
    python packaging/last_check.py record        # after a check that passed

The file is committed. It contains a fingerprint of `packaging/`, with the constraints, and `pyproject.toml`,
so that a fresh clone knows whether a check of exactly these files has passed; and the sizes and the start
time, with which the next build compares its own.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev import ROOT

FOLDER = ROOT / "packaging"
CHECKED = FOLDER / "checked.json"
MEASURED = ROOT / "build" / "measured.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the last checked build measured; empty if there is none."""

    sizes: dict[str, int] = field(default_factory=dict)
    """Bytes by part."""
    start: float | None = None
    """Seconds until the window is painted, with a warm disk."""
    start_processor: float | None = None
    """Seconds of the processor until then."""


def last_measured() -> Measured:
    """What was measured at the last check."""
    values = _checked()
    return Measured(dict(values.get("sizes", {})), values.get("start"), values.get("start_processor"))


def watched_files() -> Iterator[Path]:
    """The files on which the packaged program depends, besides its code and resources."""
    for file in sorted(FOLDER.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts and file != CHECKED:
            yield file
    yield ROOT / "pyproject.toml"


def fingerprint() -> str:
    """A value that changes with the names and contents of the watched files; line ends do not count."""
    digest = hashlib.sha256()
    for file in watched_files():
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def record() -> None:
    """Note that these files have passed the check, with what the build measured."""
    measured: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    values = {"fingerprint": fingerprint(), **measured}
    CHECKED.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def is_current() -> bool:
    """Whether exactly these files have passed the check."""
    return _checked().get("fingerprint") == fingerprint()


def main(arguments: Sequence[str]) -> int:
    """Answer or record; returns an exit code."""
    match list(arguments):
        case ["is-current"]:
            return 0 if is_current() else 1
        case ["record"]:
            record()
            print(f"Recorded in {CHECKED.relative_to(ROOT)}; commit it.")
            return 0
        case _:
            print((__doc__ or "").strip())
            return 2


def _checked() -> dict[str, Any]:
    try:
        return dict(json.loads(CHECKED.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
