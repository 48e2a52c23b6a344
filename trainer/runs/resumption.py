"""The resumable state of a run: checkpoints, batches, random states, numeric settings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import replace
from typing import Any, Protocol

import torch

from engine.errors import EngineError
from engine.files.json_record import VERSION_NAME, with_unknown
from trainer.batches.batch import Batch, Examples, LoadedBatches, batches_from
from trainer.config import TrainingConfig
from trainer.distributed.parallel import Processes
from trainer.learning import random_states
from trainer.learning.checkpoint import VERSION, CheckpointNotUsable, Checkpoints, load_state
from trainer.learning.history import History
from trainer.learning.learner import Learner
from trainer.learning.networks import memory_format
from trainer.runs.numerics import (
    COMPILED,
    EAGER,
    FIRST,
    FLASH,
    LAST,
    TORCH_ATTENTION,
    NumericSettings,
    difference,
    numerics_at_start,
    numerics_of_state,
    read_numerics,
    thread_count,
    write_numerics,
)

log = logging.getLogger(__name__)

DAMAGE = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)
"""What parts of a state raise that no version of the program writes."""
MOST_RETURNS = 3
"""How often a run returns to its last checkpoint because the loss became NaN."""


class Retried(Protocol):
    """Does some work, and may do it again after an error."""

    def __call__(self, work: Callable[[], str], /) -> str: ...


def once(work: Callable[[], str], /) -> str:
    """Does some work once."""
    return work()


class Resumption:
    """Supplies a learner with batches and saves its state; a checkpoint determines all further steps."""

    def __init__(
        self, learner: Learner, examples: Examples, config: TrainingConfig, processes: Processes
    ) -> None:
        self.learner, self.examples, self.config, self.processes = learner, examples, config, processes
        kept = config.exp_manager.checkpoint_callback_params.save_top_k
        self.checkpoints = Checkpoints(config.run_folder, kept)
        self.history = History()
        self.numerics = NumericSettings()
        """The settings in use; known after `begin` or `resume_or_begin`."""
        self.returns = 0
        self._unknown: dict[str, Any] = {}
        """Fields of a checkpoint of another version of the program, which are written back."""
        self._saved_step = -1
        self._batches: LoadedBatches | None = None
        self._last_step = 0
        self.retried: Retried = once
        """Writes each checkpoint."""

    def next_batches(self) -> list[Batch]:
        """Returns the micro-batches of the next step. Raises `EngineError`; may then be called again."""
        if self._batches is None:
            self._begin_batches_again()
        assert self._batches is not None
        try:
            return [next(self._batches) for _ in range(self.learner.micro_batches)]
        except EngineError:
            self.close()
            raise

    def _begin_batches_again(self) -> None:
        """Starts the batches after an error, if the first one can be made."""
        self.examples.batch(self.learner.batch_number(0))
        before = random_states.capture()
        self._start_batches(self._last_step)
        # starting worker processes draws a random number
        random_states.restore(before)

    def close(self) -> None:
        """Ends the processes that make batches."""
        batches, self._batches = self._batches, None
        if batches is not None:
            batches.close()

    def resume_or_begin(self) -> None:
        """Loads the newest checkpoint; without one, begins and saves a first checkpoint.

        The first checkpoint shows that the disk has room, and is one to return to. Raises
        `CheckpointNotUsable`.
        """
        state = self._found_state()
        if len(set(self.processes.gather(state["step"] if state else 0))) > 1:
            raise CheckpointNotUsable(
                "checkpoint.processes-differ",
                "The processes of the run find different checkpoints.",
                "Choose an exp_manager.exp_dir that all machines can reach.",
            )
        if state is not None:
            kept = numerics_of_state(state)
            self._load(state)
            self._compare(kept)
            return
        kept, _ = read_numerics(self.config.run_folder)
        self.begin(self.config.trainer.max_steps, kept)
        self._compare(kept)
        self.save()

    def check(self) -> None:
        """Raises `CheckpointNotUsable` where `resume_or_begin` would; loads nothing."""
        state = self._found_state()
        if state is not None:
            self.learner.check_state(state)

    def begin(self, steps: int, kept: NumericSettings | None = None) -> None:
        """Begins at the first of so many steps; `kept` are the numeric settings of the preparation."""
        self._take_numerics(kept or NumericSettings())
        self._start_batches(steps)
        random_states.seed(self.config.model.seed * self.processes.count + self.processes.rank)

    def _found_state(self) -> dict[str, Any] | None:
        if not self.config.exp_manager.resume_if_exists and self.checkpoints.saved():
            raise CheckpointNotUsable(
                "checkpoint.run-exists",
                "{folder} already contains a run.",
                (
                    "Choose another exp_manager.exp_dir, or continue the run with "
                    "exp_manager.resume_if_exists=True."
                ),
                folder=self.config.run_folder,
            )
        own, elsewhere = self._newest(), self.config.resumed_checkpoint
        return load_state(elsewhere, mapped=self._can_map) if own is None and elsewhere else own

    def _newest(self) -> dict[str, Any] | None:
        return self.checkpoints.load_newest(mapped=self._can_map)

    @property
    def _can_map(self) -> bool:
        # on a CPU the optimiser uses the loaded tensors themselves
        return self.learner.device.type != "cpu"

    def go_back(self) -> bool:
        """Returns to the last checkpoint with half the learning rate; False after `MOST_RETURNS` times."""
        state = self._newest()
        if self.returns == MOST_RETURNS or state is None:
            return False
        returns, share = self.returns + 1, self.learner.rate_share / 2
        self._load(state)
        self.returns, self.learner.rate_share = returns, share
        return True

    def save(self, loss: float | None = None, *, is_retried: bool = True) -> str:
        """Saves a checkpoint of this step with its validation loss; returns its path, or "" if it exists.

        Raises `CheckpointNotUsable`.
        """
        step = self.learner.step
        if self._saved_step == step and loss is None:
            return ""
        state = with_unknown(self._state(), self._unknown)

        def write() -> str:
            return str(self.checkpoints.save(state, step, loss=loss)) if self.processes.is_first else ""

        path = self.retried(write) if is_retried else write()
        self._saved_step = step
        return path

    def _state(self) -> dict[str, Any]:
        return {
            VERSION_NAME: VERSION,
            **self.learner.state_dict(),
            "returns": self.returns,
            "numerics": self._numerics_now().to_dict(),
            "history": self.history.state_dict(),
            "random": self.processes.gather(random_states.capture()),
        }

    def _load(self, state: dict[str, Any]) -> None:
        """Takes over a state. Raises `CheckpointNotUsable`."""
        try:
            self._load_parts(state)
        except DAMAGE as error:
            raise CheckpointNotUsable(
                "checkpoint.damaged",
                "The checkpoint {checkpoint} is missing or damaged.",
                "Choose another checkpoint.",
                checkpoint=max(self.checkpoints.saved(), default=self.config.run_folder),
            ) from error

    def _load_parts(self, state: dict[str, Any]) -> None:
        self.learner.load_state_dict(state)
        warning = self.history.load_state_dict(state.get("history"))
        if warning:
            self.learner.warnings.append(warning)
        self.returns = state.get("returns", 0)
        self._keep_unknown(state)
        self._take_numerics(numerics_of_state(state))
        self._start_batches(self.config.trainer.max_steps)
        # last, since starting worker processes draws a random number
        generators = state.get("random", ())
        if self.processes.rank < len(generators):
            random_states.restore(generators[self.processes.rank])
        self._saved_step = self.learner.step

    def _start_batches(self, steps: int) -> None:
        """Starts this process's micro-batches up to step number `steps`."""
        self.close()
        self._last_step = steps
        learner, stride = self.learner, self.processes.count
        left = max(0, steps - learner.step) * learner.micro_batches
        first = learner.batch_number(0)
        workers = self.config.data.num_workers
        self._batches = batches_from(self.examples, first, first + left * stride, workers, stride)

    def _keep_unknown(self, state: dict[str, Any]) -> None:
        known = {VERSION_NAME, "returns", "numerics", "threads", "history", "random"}
        known |= self.learner.state_dict().keys()
        self._unknown = deepcopy({name: value for name, value in state.items() if name not in known})

    def _take_numerics(self, kept: NumericSettings) -> None:
        """Applies the stored settings, unless the configuration overrides them; else keeps those in use."""
        count = thread_count(self.config, kept, self.processes.rank)
        if count and self.learner.device.type == "cpu":
            torch.set_num_threads(count)
        counts = self.processes.gather(torch.get_num_threads())
        start = numerics_at_start(self.learner.device, self.config, tuple(counts))
        self.numerics = replace(start, shards=kept.shards, unknown=kept.unknown)

    def _numerics_now(self) -> NumericSettings:
        """Returns the settings in use now; compilation may have been turned off since the run began."""
        learner = self.learner
        return replace(
            self.numerics,
            attention=FLASH if learner.networks.attention is not nullcontext else TORCH_ATTENTION,
            layout=LAST if memory_format(self.config.model, learner.device) == torch.channels_last else FIRST,
            compiler=COMPILED if learner.networks.is_compiled else EAGER,
            optimizer=type(learner.optimizer).__name__,
        )

    def _compare(self, kept: NumericSettings) -> None:
        """Stores the settings in use; warns if the run began with others. Raises `CheckpointNotUsable`."""
        self.numerics = self._numerics_now()
        for warning in filter(None, (*self.checkpoints.warnings, difference(kept, self.numerics))):
            log.warning("%s", warning.message)
            self.learner.warnings.append(warning)
        if self.processes.is_first:
            write_numerics(self.config.run_folder, self.numerics)
