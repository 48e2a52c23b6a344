"""The real trainer in processes of its own that start at once, and ways to end them.

They are forked from one process that has the libraries loaded already.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, BinaryIO

WAIT = 600.0
CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods()
_context = multiprocessing.get_context("forkserver" if CAN_FORK else "spawn")
if CAN_FORK:
    _context.set_forkserver_preload(
        ["trainer.runs.preparation", "trainer.runs.loop", "trainer.learning.expansion", "trainer.runs.probe"]
    )

Before = Callable[[], None]
"""Done in the process before the trainer starts."""


class TrainerProgram:
    """One start of the trainer; its events land in a file."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        *,
        before: Before | None = None,
        environment: Mapping[str, str] | None = None,
        patience: float = WAIT,
    ) -> None:
        self.patience = patience
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.glob("*.out")))
        self.output, self.errors = folder / f"{number}.out", folder / f"{number}.err"
        self.process: BaseProcess = _context.Process(
            target=_train, args=(list(arguments), self.output, self.errors, before, dict(environment or {}))
        )
        self.process.start()

    def events(self) -> list[dict[str, Any]]:
        """Those that are written whole so far."""
        text = self.output.read_text() if self.output.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1] if line]

    def wait(self) -> int:
        """The exit code; negative the number of the signal that ended it."""
        self.process.join(self.patience)
        if self.process.exitcode is None:
            self.process.kill()
            raise TimeoutError(self.errors.read_text())
        return self.process.exitcode

    def wait_for(self, kind: str, count: int = 1) -> None:
        """Until so many events of a kind were sent, or it has ended."""
        deadline = time.monotonic() + self.patience
        while sum(event["type"] == kind for event in self.events()) < count and self.process.is_alive():
            assert time.monotonic() < deadline, self.errors.read_text()
            time.sleep(0.01)

    def kill(self) -> int:
        self.process.kill()
        return self.wait()

    def send(self, number: int) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)


def run_trainer(
    arguments: Sequence[str], folder: Path, **options: Any
) -> tuple[int, list[dict[str, Any]], str]:
    """Exit code, events and what was said to people."""
    run = TrainerProgram(arguments, folder, **options)
    code = run.wait()
    return code, run.events(), run.errors.read_text()


def _train(
    arguments: list[str], output: Path, errors: Path, before: Before | None, environment: dict[str, str]
) -> None:
    os.environ.update(environment)
    if CAN_FORK:  # as a program of its own does, and without a second process that loads the libraries
        multiprocessing.set_start_method("fork", force=True)
    for path, stream in ((output, sys.stdout), (errors, sys.stderr)):
        with path.open("wb") as file:
            os.dup2(file.fileno(), stream.fileno())
    from trainer.program import main

    if before is not None:
        before()
    sys.exit(main(arguments))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Threads:
    """As many threads as the process would have on another machine, and something else after."""

    def __init__(self, count: int, then: Before | None = None) -> None:
        self.count, self.then = count, then

    def __call__(self) -> None:
        import torch

        torch.set_num_threads(self.count)
        if self.then is not None:
            self.then()


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """So many other processes that each want a core for themselves while this lasts.

    Their sessions are their own, as those of other programs are: Linux shares cores among sessions, and
    within one the trainer, which gives way, would hardly come forward.
    """
    busy = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(busy, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


class DieWriting:
    """Killed in the middle of a checkpoint's bytes, at the so-many-th checkpoint of the process."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self) -> None:
        import io

        import torch

        real = torch.save

        def save(state: Any, file: BinaryIO) -> None:
            self.left -= 1
            if self.left:
                real(state, file)
                return
            whole = io.BytesIO()
            real(state, whole)
            file.write(whole.getvalue()[: len(whole.getvalue()) // 2])
            file.flush()
            _die()

        torch.save = save


class DieSyncing:
    """Killed when a checkpoint is written but not in its place, at the so-many-th of the process."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self) -> None:
        import torch

        real_save, real_sync = torch.save, os.fsync

        def save(state: Any, file: BinaryIO) -> None:
            self.left -= 1
            real_save(state, file)

        def fsync(descriptor: int) -> None:
            if self.left <= 0:
                _die()
            real_sync(descriptor)

        torch.save, os.fsync = save, fsync


class DieSending:
    """Killed as soon as it has sent so many events of a kind."""

    def __init__(self, kind: str, number: int = 1) -> None:
        self.kind, self.left = kind, number

    def __call__(self) -> None:
        from trainer.protocol.events import Event, EventStream

        real = EventStream.send

        def send(stream: EventStream, event: Event) -> None:
            real(stream, event)
            self.left -= event.type == self.kind
            if not self.left:
                _die()

        EventStream.send = send  # type: ignore[method-assign]


class FastestThreads:
    """Where the number of threads is tried, this one is the fastest; and something else after."""

    def __init__(self, count: int, then: Before | None = None) -> None:
        self.count, self.then = count, then

    def __call__(self) -> None:
        import torch

        from trainer.learning import threads

        def choose(work: Callable[[], object]) -> int:
            work()
            torch.set_num_threads(self.count)
            return self.count

        threads.choose_threads = choose
        if self.then is not None:
            self.then()


def same(one: Any, other: Any) -> bool:
    """Whether nested states are equal bit for bit, but for the seconds they took."""
    import torch

    if isinstance(one, torch.Tensor):
        return bool(one.dtype == other.dtype and torch.equal(one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(
            same(one[key], other[key]) for key in one if key != "seconds"
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
