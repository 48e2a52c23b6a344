"""In which numbers the forward pass is computed; weights and their updates are always float32."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.devices.device import DTYPES, default_dtype
from trainer.config.run import PRECISIONS
from trainer.protocol.events import WarningRaised, make_warning


def choose_precision(name: str, device: torch.device) -> tuple[torch.dtype, WarningRaised | None]:
    """The number type for a name of `PRECISIONS`, and a warning if it is not the one asked for.

    "auto" is bf16 where the hardware computes it natively.
    """
    asked = PRECISIONS[name]
    native = default_dtype(device)
    best = native if native == torch.bfloat16 else torch.float32
    if asked == "auto":
        return best, None
    if asked == "fp16" and device.type != "cuda":
        return best, make_warning(
            "precision.no-half",
            "Training with 16-bit floats needs a GPU from NVIDIA; {used} is used instead.",
            "Set trainer.precision to bf16 or 32.",
            used="bf16" if best == torch.bfloat16 else "32",
        )
    dtype: torch.dtype = getattr(torch, DTYPES[asked])
    return dtype, None


class Precision:
    """Mixed precision: autocast, and for fp16 the scaling of the loss that keeps small gradients."""

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self.dtype, self.device = dtype, device
        self.scaler = torch.amp.GradScaler(device.type, enabled=dtype == torch.float16)

    @property
    def is_scaled(self) -> bool:
        """Whether single steps may have gradients that are no numbers, which are skipped."""
        return self.scaler.is_enabled()

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def backward(self, loss: Tensor) -> None:
        torch.autograd.backward(self.scaler.scale(loss))

    def step(self, optimizer: torch.optim.Optimizer) -> None:
        """One update; with fp16 none if a gradient is no number, and a smaller scale from then on."""
        self.scaler.step(optimizer)
        self.scaler.update()


def autocast_on_cpu() -> torch.autocast:
    """bf16 where the processor multiplies it itself; elsewhere that takes twelve times as long as fp32."""
    cpu = torch.device("cpu")
    return Precision(choose_precision("auto", cpu)[0], cpu).autocast()
