"""Programs print in every encoding, end quietly with their reader, and tell wrong input from failures."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest

from engine.console import READER_GONE, run_program
from engine.errors import (
    DeviceNotUsable,
    DownloadFailed,
    EngineError,
    ImageUnreadable,
    InvalidRequest,
    ModelNotUsable,
    NewerVersion,
    OutOfMemory,
    OutputNotWritable,
    PlaceNotUsable,
    UnsafeCheckpoint,
)
from trainer.config import ConfigNotValid
from trainer.datasets import DatasetNotUsable

TEXT = "“Müller” × 2 → 日本 😀 \udcff"
Stream = Callable[[str], io.TextIOWrapper]


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Makes standard output of an encoding."""

    def make(encoding: str) -> io.TextIOWrapper:
        made = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True)
        monkeypatch.setattr(sys, "stdout", made)
        return made

    return make


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8", "cp932"])
def test_everything_can_be_printed_and_json_stays_json(stream: Stream, encoding: str) -> None:
    printed = stream(encoding)

    def main() -> int:
        print(json.dumps({"name": TEXT}, ensure_ascii=False))
        print(TEXT)
        return 0

    assert run_program(main) == 0
    first, second = printed.buffer.getvalue().decode(encoding).splitlines()  # type: ignore[attr-defined]
    assert json.loads(first) == {"name": TEXT}
    assert json.loads(f'"{second}"') == TEXT


@pytest.fixture
def broken_pipe() -> Iterator[TextIO]:
    reading, writing = os.pipe()
    os.close(reading)
    stream = open(writing, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    yield stream
    stream.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of another kind")
@pytest.mark.parametrize("count", [1, 100_000], ids=["at the last flush", "while it prints"])
def test_a_reader_that_is_gone_ends_the_program_quietly(
    broken_pipe: TextIO, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    def main() -> int:
        for _ in range(count):
            print("a line")
        return 0

    monkeypatch.setattr(sys, "stdout", broken_pipe)
    assert run_program(main) == READER_GONE
    assert capsys.readouterr().err == ""


UNREAD_ERRORS = """
import sys
from contextlib import suppress
from engine.console import run_program

def main():
    sys.stdin.read()  # until nobody reads standard error
    with suppress(OSError):
        sys.stderr.write("a warning\\n")
    return 0

sys.exit(run_program(main))
"""


def test_the_exit_code_counts_even_if_nobody_reads_standard_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", UNREAD_ERRORS],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stderr.close()
    process.stdin.close()
    assert process.wait(60) == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="has no such device")  # noqa: PTH110
def test_output_to_a_full_disk_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> int:
        print("a line")
        return 0

    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdout", full)
        assert run_program(main) == 1
    assert capsys.readouterr().err == "The output cannot be written (No space left on device).\n"


def test_a_program_without_streams_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    def main() -> int:
        sys.stdout.write("to nowhere")
        return 3

    monkeypatch.setattr(sys, "stdout", None)
    assert run_program(main) == 3
    sys.stdout.close()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        *((kind, 2) for kind in (InvalidRequest, ImageUnreadable, NewerVersion, DeviceNotUsable)),
        *((kind, 2) for kind in (ModelNotUsable, UnsafeCheckpoint, PlaceNotUsable)),
        *((kind, 2) for kind in (ConfigNotValid, DatasetNotUsable)),
        *((kind, 1) for kind in (EngineError, OutputNotWritable, OutOfMemory, DownloadFailed)),
    ],
)
def test_wrong_input_and_failures_have_different_codes(
    error: type[EngineError], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def main() -> int:
        raise error("engine.example", "It is\nso.", "Do that.")

    assert run_program(main) == code
    assert capsys.readouterr().err == "It is so. Do that.\n"


def test_help_and_ctrl_c_have_their_codes() -> None:
    def leave() -> int:
        raise SystemExit(2)

    def interrupt() -> int:
        raise KeyboardInterrupt

    assert (run_program(leave), run_program(interrupt)) == (2, 130)
