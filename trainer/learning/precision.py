"""The precision of the forward pass; weights and their updates are always float32."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.devices.device import DTYPES, default_dtype
from trainer.config.run import PRECISIONS
from trainer.protocol.events import WarningRaised, make_warning


def choose_precision(name: str, device: torch.device) -> tuple[torch.dtype, WarningRaised | None]:
    """Returns the dtype for a name of `PRECISIONS`, and a warning if it is not the configured one.

    "auto" is bf16 where the hardware computes it natively, else float32.
    """
    precision = PRECISIONS[name]
    native = default_dtype(device)
    best = native if native == torch.bfloat16 else torch.float32
    if precision == "auto":
        return best, None
    if precision == "fp16" and device.type != "cuda":
        return best, make_warning(
            "precision.no-half",
            "Training with 16-bit floats needs a GPU from NVIDIA; {used} is used instead.",
            "Set trainer.precision to bf16 or 32.",
            used="bf16" if best == torch.bfloat16 else "32",
        )
    dtype: torch.dtype = getattr(torch, DTYPES[precision])
    return dtype, None


class Precision:
    """Mixed precision: autocast, and for fp16 the scaling of the loss that preserves small gradients."""

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self.dtype, self.device = dtype, device
        self.scaler = torch.amp.GradScaler(device.type, enabled=dtype == torch.float16)

    @property
    def is_scaled(self) -> bool:
        """Whether the loss is scaled; then single steps may have infinite gradients, and are skipped."""
        return self.scaler.is_enabled()

    def autocast(self) -> torch.autocast:
        """Returns the context of the forward pass."""
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def backward(self, loss: Tensor) -> None:
        """Accumulates the gradients of the scaled loss."""
        torch.autograd.backward(self.scaler.scale(loss))

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """Updates the weights; with fp16, skips the update and lowers the scale if a gradient is infinite."""
        self.scaler.step(optimizer)
        self.scaler.update()


def autocast_on_cpu() -> torch.autocast:
    """Returns an autocast to bf16 if the CPU computes it natively; else bf16 is 12 times slower than fp32."""
    return autocast_on(torch.device("cpu"))


def autocast_on(device: torch.device) -> torch.autocast:
    """Returns an autocast to the best precision of a device (`choose_precision`)."""
    return Precision(choose_precision("auto", device)[0], device).autocast()
