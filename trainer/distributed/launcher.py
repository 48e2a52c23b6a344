"""Starts the worker processes of this machine.

`accelerate launch` or torchrun start all processes and set RANK and WORLD_SIZE; without them the first
process of a machine starts the others of `trainer.devices`. Several machines (`trainer.num_nodes`) then
need MASTER_ADDR, MASTER_PORT and NODE_RANK.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from engine.errors import EngineError
from trainer.config import ConfigNotValid, TrainingConfig
from trainer.distributed.parent import end_with_parent
from trainer.distributed.worker_processes import stop_signals_held

END_TIMEOUT = 30.0
"""Seconds that workers have to end after the first process."""
WORKER_LOST_DELAY = 5.0
"""Seconds that the first process has to end by itself after a worker failed; both may have had the same
error."""


class WorkerLost(EngineError):
    """Another process of the run ended unexpectedly."""

    kind = "process"

    def __init__(self) -> None:
        super().__init__(
            "process.worker-lost",
            "Another process of the run ended unexpectedly.",
            "Start the run again; it continues from the last checkpoint.",
        )


def is_first() -> bool:
    """Whether this process is the one that reports the run's events."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def workers(
    config: TrainingConfig,
    run: Callable[[Sequence[str]], int],
    arguments: Sequence[str],
    *,
    on_worker_lost: Callable[[], None],
) -> Iterator[None]:
    """Runs the other processes of this machine during the context, unless a launcher has started them.

    Each calls `run` with the arguments. `on_worker_lost` is called on a thread of its own if one fails during
    the context. Raises `ConfigNotValid` if the addresses of the other machines are missing.
    """
    if "WORLD_SIZE" in os.environ or config.trainer.devices * config.trainer.num_nodes == 1:
        yield
        return
    first = dict(_environments(config))
    own, *others = [{**first, **_ranks(config, local)} for local in range(config.trainer.devices)]
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_run_worker, args=(run, arguments, other)) for other in others]
    with stop_signals_held():
        for process in processes:
            process.start()
    timeout = 0.0
    has_ended = threading.Event()
    threading.Thread(target=_watch, args=(processes, has_ended, on_worker_lost), daemon=True).start()
    before = dict(os.environ)
    os.environ.update(own)
    try:
        yield
        timeout = END_TIMEOUT
    finally:
        has_ended.set()
        os.environ.clear()
        os.environ.update(before)
        for process in processes:
            process.join(timeout)
            process.kill()


def _watch(
    processes: Sequence[BaseProcess], has_ended: threading.Event, on_worker_lost: Callable[[], None]
) -> None:
    running = list(processes)
    while running:
        wait([process.sentinel for process in running])
        if any(process.exitcode for process in running):
            if not has_ended.wait(WORKER_LOST_DELAY):
                on_worker_lost()
            return
        running = [process for process in running if process.exitcode is None]


def _environments(config: TrainingConfig) -> Iterator[tuple[str, str]]:
    """Yields the environment variables that all processes of the run share."""
    alone = config.trainer.num_nodes == 1
    if not alone and not {"MASTER_ADDR", "MASTER_PORT", "NODE_RANK"} <= os.environ.keys():
        raise ConfigNotValid(
            "configuration.machines-unknown",
            "trainer.num_nodes is {count}, but the other machines are not known.",
            (
                "Start the run on each machine with torchrun or accelerate launch, or set MASTER_ADDR, "
                "MASTER_PORT and NODE_RANK."
            ),
            count=config.trainer.num_nodes,
        )
    yield "MASTER_ADDR", "127.0.0.1" if alone else os.environ["MASTER_ADDR"]
    yield "MASTER_PORT", str(_free_port()) if alone else os.environ["MASTER_PORT"]
    yield "WORLD_SIZE", str(config.trainer.devices * config.trainer.num_nodes)
    yield "LOCAL_WORLD_SIZE", str(config.trainer.devices)
    cores = os.cpu_count() or 1
    yield "OMP_NUM_THREADS", os.environ.get("OMP_NUM_THREADS", str(max(1, cores // config.trainer.devices)))


def _ranks(config: TrainingConfig, local: int) -> dict[str, str]:
    node = int(os.environ.get("NODE_RANK", "0")) if config.trainer.num_nodes > 1 else 0
    return {"LOCAL_RANK": str(local), "RANK": str(node * config.trainer.devices + local)}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _run_worker(
    run: Callable[[Sequence[str]], int], arguments: Sequence[str], environment: dict[str, str]
) -> None:
    """Calls `run` in a worker process, with its ranks; ends when the first process ends."""
    os.environ.update(environment)
    end_with_parent()
    sys.exit(run(arguments))
