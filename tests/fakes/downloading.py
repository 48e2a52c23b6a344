"""What the tests of downloads share: a file on a server, and how a failure of it is asked for."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest
from fakes.http_faults import Answer, FaultyServer

from engine.downloads import RetryPolicy, download
from engine.errors import DownloadFailed

CONTENT = random.Random(1).randbytes(300_000)
OTHER = random.Random(2).randbytes(310_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HASTY = RetryPolicy(stall=60.0, tries=3, first_pause=0.01, max_pause=2.0)
"""For servers that answer, however busy this computer is."""
STALL_AVERSE = RetryPolicy(stall=3.0, tries=3, first_pause=0.01)
"""For servers that stall."""
PATIENT = RetryPolicy(stall=60.0)
PATH = "/model.bin"


def part_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def names_beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def answer(server: FaultyServer, *answers: Answer) -> None:
    server.answers[PATH].extend(answers)


def failure(url: str, target: Path, **options: object) -> str:
    with pytest.raises(DownloadFailed) as failed:
        download(url, target, **{"retries": HASTY, **options})  # type: ignore[arg-type]
    assert not target.exists()
    return str(failed.value)
