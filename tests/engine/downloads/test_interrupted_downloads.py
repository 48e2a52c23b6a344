"""Downloads that are cancelled, killed, met by another program, or stopped by a full disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fakes.downloading import CONTENT, PATIENT, SHA256, answer, failure, names_beside, part_of
from fakes.http_faults import Answer, FaultyServer

from engine.downloads import download
from engine.progress import Cancelled, CancelToken

ROOT = Path(__file__).resolve().parents[3]


def test_cancelling_ends_a_stall_at_once(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(stall_after=100_000))
    cancel, ended = CancelToken(), threading.Event()

    def run() -> None:
        with pytest.raises(Cancelled):
            download(url, target, cancel=cancel, retries=PATIENT)
        ended.set()

    thread = threading.Thread(target=run)
    thread.start()
    wait_for(lambda: part_of(target).exists() and part_of(target).stat().st_size == 100_000)
    cancel.cancel()
    assert ended.wait(10)  # far below the minute that a stalled connection is waited for
    thread.join()
    assert part_of(target).read_bytes() == CONTENT[:100_000]


SCRIPT = """
import resource, sys
from pathlib import Path
from engine.downloads import RetryPolicy, download
from engine.errors import EngineError
url, target, limit = sys.argv[1:]
if int(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
try:
    download(url, Path(target), retries=RetryPolicy(stall=60.0))
except EngineError as error:
    sys.exit(str(error))
"""


def start(url: str, target: Path, limit: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, url, str(target), str(limit)]
    surroundings = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, encoding="utf-8")


def wait_for(condition: object) -> None:
    end = time.monotonic() + 30
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_a_killed_program_loses_nothing(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(stall_after=200_000))
    with start(url, target) as process:
        wait_for(lambda: part_of(target).exists() and part_of(target).stat().st_size == 200_000)
        process.send_signal(signal.SIGKILL)
    assert not target.exists()
    download(url, target, sha256=SHA256)
    assert target.read_bytes() == CONTENT
    assert server.ranges("/model.bin") == [None, "bytes=200000-"]
    assert names_beside(target) == ["model.bin"]


def test_two_programs_do_not_write_the_same_file(url: str, target: Path, server: FaultyServer) -> None:
    answer(server, Answer(stall_after=200_000))
    with start(url, target) as process:
        wait_for(lambda: part_of(target).exists() and part_of(target).stat().st_size == 200_000)
        assert failure(url, target) == (
            "model.bin is being downloaded by another program. Wait until that has finished."
        )
        assert part_of(target).read_bytes() == CONTENT[:200_000]
        process.kill()
    assert len(server.requests) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="has no such limit")
def test_a_full_disk_keeps_what_has_arrived(url: str, target: Path, server: FaultyServer) -> None:
    with start(url, target, limit=123_456) as process:
        _, said = process.communicate()
    assert said.strip() == (
        "The disk is full; model.bin.part could not be written completely. "
        "Free some disk space and try again."
    )
    assert part_of(target).read_bytes() == CONTENT[:123_456]
    download(url, target, sha256=SHA256)
    assert server.ranges("/model.bin") == [None, "bytes=123456-"]
    assert target.read_bytes() == CONTENT
