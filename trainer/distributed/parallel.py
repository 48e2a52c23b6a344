"""Communication between the processes of a run.

Process number r of P takes every P-th micro-batch from number r on, so that P processes with micro-batches
of b examples train on the same examples as one process with P · b, unless the pairs are in tables, whose row
groups are divided among the processes. accelerate averages the gradients.
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

TIMEOUT = timedelta(hours=1)
"""How long processes wait for the first one while it validates or writes a checkpoint."""

_Value = TypeVar("_Value")


class Processes:
    """This process among those of the run; it may be the only one."""

    def __init__(self, accelerator: Accelerator | None = None) -> None:
        self._accelerator = accelerator
        self.count = accelerator.num_processes if accelerator else 1
        self.rank = accelerator.process_index if accelerator else 0

    @property
    def is_first(self) -> bool:
        """Whether this process reports, saves and exports."""
        return self.rank == 0

    @property
    def device(self) -> torch.device | None:
        """The device of this process; None if there is only one, which may choose."""
        return self._accelerator.device if self._accelerator else None

    def synchronised(
        self, loss: Callable[..., Tensor], networks: Sequence[nn.Module]
    ) -> Callable[..., Tensor]:
        """Returns the loss such that the gradients of its networks become the mean over all processes."""
        if self._accelerator is None:
            return loss
        # prepare_model keeps the device: every process has loaded its networks onto its own
        wrapped: Callable[..., Tensor] = self._accelerator.prepare_model(
            _LossModule(loss, networks), device_placement=False
        )
        return wrapped

    def unsynchronised(self, loss: Callable[..., Tensor]) -> AbstractContextManager[Any]:
        """Returns a context in which gradients of a `synchronised` loss accumulate in this process only."""
        return self._accelerator.no_sync(loss) if self._accelerator else nullcontext()

    def mean(self, value: float) -> float:
        """Returns the mean over all processes; every process must call this."""
        return self._reduced(value) / self.count if self._accelerator else value

    def any(self, value: bool) -> bool:
        """Returns whether the value is true in one of the processes; every process must call this."""
        return self._reduced(float(value)) > 0 if self._accelerator else value

    def _reduced(self, value: float) -> float:
        assert self._accelerator is not None
        number = torch.tensor([value], dtype=torch.float64, device=self._accelerator.device)
        return float(self._accelerator.reduce(number, reduction="sum"))

    def gather(self, value: _Value) -> list[_Value]:
        """Returns the values of all processes in the order of their ranks; every process must call this."""
        if self._accelerator is None:
            return [value]
        gathered: list[Any] = [None] * self.count
        torch.distributed.all_gather_object(gathered, value)
        return gathered

    def from_first(self, value: _Value | None) -> _Value:
        """Returns the value of the first process; every process must call this."""
        shared: list[Any] = [value]
        if self._accelerator is not None:
            torch.distributed.broadcast_object_list(shared, src=0)
        first: _Value = shared[0]
        return first

    def leave(self) -> None:
        """Ends the communication with the other processes."""
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()


class _LossModule(nn.Module):
    """A loss as a module, since accelerate synchronises modules."""

    def __init__(self, loss: Callable[..., Tensor], networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.loss = loss

    def forward(self, *arguments: object) -> Tensor:
        return self.loss(*arguments)


def join(config: TrainingConfig, device: str) -> Processes:
    """Joins this process to the run that the environment names; every process of the run must do so.

    `device` is the kind of device to train on, such as "cpu". Raises `ConfigNotValid` if the number of
    processes is not that of the settings.
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
            kwargs_handlers=[gradients, InitProcessGroupKwargs(timeout=TIMEOUT)],
        )
    )
