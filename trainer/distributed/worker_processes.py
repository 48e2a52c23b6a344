"""The processes that a trainer starts: they end with it, and not before it.

Terminals, systemd, Slurm and torchrun send a request to stop to all processes of a run at once. The trainer
obeys it, and needs its workers until it has finished its step.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from trainer.distributed.parent import end_with_parent
from trainer.protocol.commands import STOP_SIGNALS, release_stop_signals

NICENESS = 10
"""Of a worker in the background, from 0 to 19."""


@contextmanager
def stop_signals_held() -> Iterator[None]:
    """Processes that are started in the context get no request to stop before they ask for it.

    They do so with `begin_worker` or `Commands.obey_signals`. The caller gets its requests after the context.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin_worker() -> None:
    """Makes this process, which makes batches or the like, ignore requests to stop and end with its parent.

    Call it on the main thread.
    """
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    release_stop_signals()
    end_with_parent()


def begin_background_worker() -> None:
    """Begins a worker that leaves the processor to others where they need it."""
    begin_worker()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
