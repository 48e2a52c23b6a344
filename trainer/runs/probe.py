"""Measures a few real steps to estimate time, memory and disk of a run. It leaves no files behind."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from engine.devices.memory import peak_memory
from engine.files.disk_space import free_space
from trainer.config import TrainingConfig
from trainer.examples.cache_trial import CacheTrial
from trainer.examples.replay import draws_per_step
from trainer.learning.checkpoint import SPARE, tensor_bytes
from trainer.learning.learner import Learner
from trainer.learning.snapshots import snapshot_bytes
from trainer.protocol.events import Estimated, ProbeFinished, WarningRaised
from trainer.runs.loop import TrainingLoop

WARM_UP, TIMED = 1, 3
"""Steps that are taken before the measured ones, and measured steps."""
HALF = 2
"""An exported model has half the bytes of the trained weights."""


def probe(training: TrainingLoop, steps: Sequence[int]) -> None:
    """Takes a few steps and sends a `probe` event, and an `estimate` event for each number of steps.

    If the run could not make its caches, sends a warning with the reason first. Raises `Cancelled` on a
    request to stop, and `CheckpointNotUsable` if the run could not continue what is in its folder.
    """
    learner, events = training.learner, training.events
    training.resumption.check()
    seconds = _seconds_per_step(training)
    for warning in learner.warnings:
        events.send(warning)
    caches = training.examples if isinstance(training.examples, CacheTrial) else None
    preparation = (caches.seconds if caches else 0.0) + learner.compiler_check.seconds
    replay = caches.edit_seconds * draws_per_step(training.config) if caches else 0.0
    replayed_steps = (training.config.data.replay.pairs or 0) / draws_per_step(training.config)
    disk = disk_needed(learner, training.config) + (caches.disk if caches else 0)
    if not training.processes.is_first:
        return
    events.send(
        ProbeFinished(
            seconds_per_step=round(seconds, 4),
            samples_per_second=round(learner.batch_size / seconds, 3),
            memory=peak_memory(learner.device) or 0,
            threads=training.resumption.numerics.threads[0],
            disk=disk,
            preparation=round(preparation, 3),
            replay_seconds_per_step=round(replay, 4),
            replay_steps=math.ceil(replayed_steps),
        )
    )
    problem = caches.problem if caches else None
    if problem is not None:
        events.send(WarningRaised.of(problem.kind, problem.report()))
    has_room = problem is None and free_space(training.config.run_folder) >= disk + SPARE
    for count in steps or (training.config.trainer.max_steps,):
        total = preparation + min(count, replayed_steps) * replay + count * seconds
        fits = has_room and total <= training.config.trainer.max_seconds
        events.send(Estimated(steps=count, seconds=round(total, 1), fits=fits))


def _seconds_per_step(training: TrainingLoop) -> float:
    training.resumption.begin(WARM_UP + TIMED)
    started = time.perf_counter()
    for step in range(WARM_UP + TIMED):
        training.commands.cancel.raise_if_cancelled()
        if step == WARM_UP:
            started = time.perf_counter()
        training.learner.take_step(training.resumption.next_batches())
    return (time.perf_counter() - started) / TIMED


def disk_needed(learner: Learner, config: TrainingConfig) -> int:
    """Returns the bytes of all kept checkpoints, one more being written, the best one, the snapshots, one
    more of them too, and the model.
    """
    state, snapshots = learner.state_dict(), config.exp_manager.snapshots
    kept = max(1, config.exp_manager.checkpoint_callback_params.save_top_k) + 2
    light = (snapshots + 1) * snapshot_bytes(learner) if snapshots else 0
    return kept * tensor_bytes(state) + light + tensor_bytes(state["weights"]) // HALF
