"""Several processes that train as one: joined, and agreeing with each other.

Process number r of P takes every P-th micro-batch from number r on, so that P processes with micro-batches
of b examples see what one with P · b sees. Gradients are averaged by accelerate.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor, nn

from trainer.config import ConfigNotValid, TrainingConfig

if TYPE_CHECKING:
    from accelerate import Accelerator

PATIENCE = timedelta(hours=1)
"""For the first process while it validates, or writes a checkpoint."""

_Said = TypeVar("_Said")


class Processes:
    """This process among those of the run. Of one alone, everything here is trivial."""

    def __init__(self, accelerator: Accelerator | None = None) -> None:
        self._accelerator = accelerator
        self.count = accelerator.num_processes if accelerator else 1
        self.rank = accelerator.process_index if accelerator else 0

    @property
    def is_first(self) -> bool:
        """Whether this one speaks, saves and exports."""
        return self.rank == 0

    @property
    def device(self) -> torch.device | None:
        """The device of this process; None if it may choose."""
        return self._accelerator.device if self._accelerator else None

    def together(self, call: Callable[..., Tensor], networks: Sequence[nn.Module]) -> Callable[..., Tensor]:
        """`call`, a loss, such that the gradients of its networks become the mean over all processes."""
        if self._accelerator is None:
            return call
        # prepare_model keeps the device: every process has loaded its networks onto its own
        together: Callable[..., Tensor] = self._accelerator.prepare_model(
            _Called(call, networks), device_placement=False
        )
        return together

    def apart(self, loss: Callable[..., Tensor]) -> AbstractContextManager[Any]:
        """A context in which gradients of a `together` loss are summed here only, for accumulation."""
        return self._accelerator.no_sync(loss) if self._accelerator else nullcontext()

    def mean(self, value: float) -> float:
        """Over all processes; each has to ask."""
        return self._reduced(value) / self.count if self._accelerator else value

    def any(self, value: bool) -> bool:
        """Whether it holds in one of the processes; each has to ask."""
        return self._reduced(float(value)) > 0 if self._accelerator else value

    def _reduced(self, value: float) -> float:
        assert self._accelerator is not None
        number = torch.tensor([value], dtype=torch.float64, device=self._accelerator.device)
        return float(self._accelerator.reduce(number, reduction="sum"))

    def gather(self, value: _Said) -> list[_Said]:
        """What every process has, in the order of their numbers; each has to give its own."""
        if self._accelerator is None:
            return [value]
        gathered: list[Any] = [None] * self.count
        torch.distributed.all_gather_object(gathered, value)
        return gathered

    def leave(self) -> None:
        """Nothing more is said to the others."""
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


class _Called(nn.Module):
    """A loss as a module, for the library that watches modules."""

    def __init__(self, call: Callable[..., Tensor], networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.call = call

    def forward(self, *arguments: object) -> Tensor:
        return self.call(*arguments)


def join(config: TrainingConfig, device: str) -> Processes:
    """This process among those of the run, by the environment; they all have to join.

    `device` is the kind that is trained on, "cpu" or another. Raises `ConfigNotValid` if there are more or
    fewer processes than the settings say.
    """
    count, asked = int(os.environ.get("WORLD_SIZE", "1")), config.trainer.devices * config.trainer.num_nodes
    if asked not in (1, count):
        raise ConfigNotValid(
            "configuration.process-count",
            ("{count} processes were started, but trainer.devices and trainer.num_nodes ask for {wanted}."),
            "Leave both out; the number of processes is taken from the launcher.",
            count=count,
            wanted=asked,
        )
    if count == 1:
        return Processes()
    from accelerate import Accelerator
    from accelerate.utils import DistributedDataParallelKwargs, InitProcessGroupKwargs

    # a text encoder read at its penultimate layer has weights without gradients
    gradients = DistributedDataParallelKwargs(
        gradient_as_bucket_view=config.model.gradient_as_bucket_view,
        find_unused_parameters=config.model.cond_stage_trainable,
    )
    return Processes(
        Accelerator(
            cpu=device == "cpu",
            mixed_precision="no",
            kwargs_handlers=[gradients, InitProcessGroupKwargs(timeout=PATIENCE)],
        )
    )
