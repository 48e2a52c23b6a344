"""Where a run stands, so that it can go on from there: checkpoints, batches, random states, threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from trainer.batches.batch import Batch, Examples, batches_from
from trainer.config import TrainingConfig
from trainer.distributed.parallel import Processes
from trainer.learning import random_states
from trainer.learning.checkpoint import CheckpointNotUsable, Checkpoints, load_state
from trainer.learning.history import History
from trainer.learning.learner import Learner
from trainer.learning.threads import choose_threads

MOST_RETURNS = 3
"""How often a run goes back to its last checkpoint because the loss was no number."""


class Resumption:
    """Feeds a learner and keeps its state, such that what comes next follows from a checkpoint alone."""

    def __init__(
        self, learner: Learner, examples: Examples, config: TrainingConfig, processes: Processes
    ) -> None:
        self.learner, self.examples, self.config, self.processes = learner, examples, config, processes
        kept = config.exp_manager.checkpoint_callback_params.save_top_k
        self.checkpoints = Checkpoints(config.run_folder, kept)
        self.history = History()
        self.threads = torch.get_num_threads()
        self.returns = 0
        self._saved_step = -1
        self._batches: Iterator[Batch] = iter(())

    def next_batches(self) -> list[Batch]:
        """The micro-batches of the next step."""
        return [next(self._batches) for _ in range(self.learner.micro_batches)]

    def go_on_or_begin(self) -> None:
        """The newest checkpoint, or a first one: proof that there is room, and what can be gone back to.

        Raises `CheckpointNotUsable`.
        """
        state = self._found_state()
        if len(set(self.processes.gather(state["step"] if state else 0))) > 1:
            raise CheckpointNotUsable(
                "The processes of the run find different checkpoints.",
                "Choose an exp_manager.exp_dir that all machines reach.",
            )
        if state is not None:
            self._load(state)
            return
        self.begin(self.config.trainer.max_steps)
        self.save()

    def begin(self, steps: int) -> None:
        """The first step comes next, and so many are taken."""
        self._set_threads(self.config.trainer.threads)
        self._start_batches(steps)
        random_states.seed(self.config.model.seed * self.processes.count + self.processes.rank)

    def _found_state(self) -> dict[str, Any] | None:
        if not self.config.exp_manager.resume_if_exists and self.checkpoints.saved():
            raise CheckpointNotUsable(
                f"{self.config.run_folder} already holds a run.",
                "Choose another exp_manager.exp_dir, or go on with it: exp_manager.resume_if_exists=True.",
            )
        own, elsewhere = self._newest(), self.config.resumed_checkpoint
        return load_state(elsewhere, mapped=self._maps) if own is None and elsewhere else own

    def _newest(self) -> dict[str, Any] | None:
        return self.checkpoints.load_newest(mapped=self._maps)

    @property
    def _maps(self) -> bool:
        # on a CPU the optimiser takes loaded tensors as its own
        return self.learner.device.type != "cpu"

    def go_back(self) -> bool:
        """To the last checkpoint, with half the learning rate; False if that was tried often enough."""
        state = self._newest()
        if self.returns == MOST_RETURNS or state is None:
            return False
        returns, share = self.returns + 1, self.learner.rate_share / 2
        self._load(state)
        self.returns, self.learner.rate_share = returns, share
        return True

    def save(self, loss: float | None = None) -> str:
        """A checkpoint of this step, with its validation loss; the path, or "" if there is one already.

        Raises `CheckpointNotUsable`.
        """
        if self._saved_step == self.learner.step and loss is None:
            return ""
        state = self._state()
        self._saved_step = self.learner.step
        if not self.processes.is_first:
            return ""
        return str(self.checkpoints.save(state, self.learner.step, loss=loss))

    def _state(self) -> dict[str, Any]:
        return {
            **self.learner.state_dict(),
            "returns": self.returns,
            "threads": self.threads,
            "history": self.history.state_dict(),
            "random": self.processes.gather(random_states.capture()),
        }

    def _load(self, state: dict[str, Any]) -> None:
        self.learner.load_state_dict(state)
        self.history.load_state_dict(state["history"])
        self.returns = state["returns"]
        self._set_threads(self.config.trainer.threads or state["threads"])
        self._start_batches(self.config.trainer.max_steps)
        # last, since starting worker processes draws a random number
        if self.processes.rank < len(state["random"]):
            random_states.restore(state["random"][self.processes.rank])
        self._saved_step = self.learner.step

    def _start_batches(self, steps: int) -> None:
        """This process's micro-batches up to step number `steps`."""
        learner, stride = self.learner, self.processes.count
        left = max(0, steps - learner.step) * learner.micro_batches
        first = learner.batch_number(0)
        workers = self.config.data.num_workers
        self._batches = batches_from(self.examples, first, first + left * stride, workers, stride)

    def _set_threads(self, count: int) -> None:
        """As many as are given, or are fastest now: the last digits of sums depend on it, so it is kept."""
        if self.learner.device.type != "cpu" or self.processes.count > 1:
            return
        if count:
            torch.set_num_threads(count)
        elif torch.get_num_threads() > 1:
            example = self.examples.batch(0)[slice(0, 1)]
            choose_threads(
                lambda: self.learner.replay([example]), is_compiled=self.learner.networks.is_compiled
            )
        self.threads = torch.get_num_threads()
