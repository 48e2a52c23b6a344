"""Runs work in a forked process that is watched: its time, its memory, and the files it leaves."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, UnexpectedError

SECONDS = 30.0
MEMORY = 2 * 2**30
"""Bytes that a process may keep in memory, the loaded libraries included."""
POLL = 0.01
PAGE = os.sysconf("SC_PAGE_SIZE")
READ, REFUSED, FAULT = 0, 10, 20


@dataclass(frozen=True, kw_only=True, slots=True)
class TrialOutcome:
    """How one input was taken."""

    kind: str
    """"read", "refused", or the fault: "traceback", "crash", "hang", "memory" or "files"."""
    detail: str
    """The sentence of a refusal, or what is known of a fault."""
    seconds: float
    peak: int
    """Bytes in memory at most."""

    @property
    def is_fault(self) -> bool:
        return self.kind not in ("read", "refused")


def run_isolated(work: Callable[[], None], folder: Path, output: Path) -> TrialOutcome:
    """Returns how the work ended. `folder` holds the input; below it, only `output` may change."""
    before = _stamps(folder, output)
    log = folder.parent / f"{folder.name}.log"
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _work(work, log)
    kind, peak, status = "", 0, None
    while status is None:
        ended, wait_status = os.waitpid(child, os.WNOHANG)
        if ended:
            status = wait_status
            break
        peak = max(peak, _resident(child))
        if peak > MEMORY:
            kind = "memory"
        elif time.monotonic() - began > SECONDS:
            kind = "hang"
        if kind:
            _kill(child)
            _, status = os.waitpid(child, 0)
            break
        time.sleep(POLL)
    seconds = time.monotonic() - began
    text = log.read_text(errors="replace") if log.exists() else ""
    log.unlink(missing_ok=True)
    if not kind:
        kind = _kind_of(status)
    if kind in ("read", "refused") and (changed := _changes(before, _stamps(folder, output))):
        kind, text = "files", "; ".join(changed[:3])
    return TrialOutcome(kind=kind, detail=text.strip()[-2000:], seconds=seconds, peak=peak)


def _work(work: Callable[[], None], log: Path) -> None:
    """Does the work in the forked process and ends it; the log gets all that is printed."""
    os.setpgid(0, 0)
    with log.open("wb") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    faulthandler.enable()
    code = READ
    try:
        work()
    except UnexpectedError:
        traceback.print_exc()
        code = FAULT
    except EngineError as error:
        print(error)
        code = REFUSED
    except BaseException:
        traceback.print_exc()
        code = FAULT
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _kind_of(status: int) -> str:
    if os.WIFSIGNALED(status):
        return "crash"
    return {READ: "read", REFUSED: "refused"}.get(os.WEXITSTATUS(status), "traceback")


def _kill(child: int) -> None:
    for kill in (os.killpg, os.kill):
        try:
            kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def _stamps(folder: Path, output: Path) -> dict[str, tuple[int, int]]:
    """Size and time of each file below a folder, without those of the output."""
    stamps = {}
    for path in sorted(folder.rglob("*")):
        if output not in (path, *path.parents):
            status = path.lstat()
            stamps[str(path.relative_to(folder))] = (
                status.st_size,
                status.st_mtime_ns if path.is_file() else 0,
            )
    return stamps


def _changes(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[str]:
    names = sorted(before.keys() | after.keys())
    return [f"{name} changed" for name in names if before.get(name) != after.get(name)]
