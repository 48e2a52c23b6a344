"""Memory plans of an edit, and retries with a plan that needs less when memory is short.

Three parts of an edit allocate memory: the networks as a whole, the UNet and the VAE. Each part has its own
sequence of plans, in the order of the time they cost.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import torch

log = logging.getLogger(__name__)

SHORTAGE_TEXTS = (
    *("out of memory", "not enough memory", "allocate memory", "bad_alloc", "alloc_failed"),
    "invalid buffer size",
)
"""Parts of the messages by which torch reports a shortage on CUDA, MPS, Windows, CPUs and in libraries."""
NO_MEMORY_FOR_PRIMITIVE = "could not create a primitive"
"""The whole message of oneDNN; for an unsupported operation its message also names a descriptor."""
TILE, SMALL_TILE = 512, 256
"""Sides in pixels of the tiles of a VAE: for very large images, and when memory is short."""
MAX_UNTILED_PIXELS = 1024 * 1024
"""The VAE processes larger working images in tiles from the start."""
VARIATIONS_AT_ONCE = 4
"""Most images denoised together on a GPU. On a CPU one at a time is as fast (measured)."""

_Result = TypeVar("_Result")


class MemoryPart(StrEnum):
    """A part of an edit that allocates memory."""

    NETWORKS = "networks"
    UNET = "unet"
    VAE = "vae"


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """How an edit is computed. Results of all plans are equal up to rounding and the seams of tiles."""

    variations_at_once: int = 1
    branches_together: bool = True
    tile: int | None = None
    """Side in pixels of the VAE's tiles; None for the whole image at once."""
    offloaded: bool = False
    """Whether weights stay in main memory and are copied to the GPU one layer at a time."""
    on_cpu: bool = False

    def for_size(self, pixels: int) -> MemoryPlan:
        """This plan for a working image of `pixels` pixels, with tiles if it is very large."""
        is_large = self.tile is None and pixels > MAX_UNTILED_PIXELS
        return replace(self, tile=TILE) if is_large else self


def first_plan(device: torch.device) -> MemoryPlan:
    """The fastest plan, which needs the most memory."""
    return MemoryPlan(1 if device.type == "cpu" else VARIATIONS_AT_ONCE)


def smaller_plan(plan: MemoryPlan, part: MemoryPart, device: torch.device) -> tuple[MemoryPlan, str] | None:
    """The next plan with less memory in `part`, and the end of a sentence about it; None if there is none."""
    if part is MemoryPart.UNET and plan.variations_at_once > 1:
        return replace(plan, variations_at_once=1), "the results were computed one after the other"
    if part is MemoryPart.UNET and plan.branches_together:
        return replace(plan, branches_together=False), "the guidance branches were computed one by one"
    if part is MemoryPart.VAE and plan.tile != SMALL_TILE:
        return replace(plan, tile=SMALL_TILE), "the photo was encoded and decoded in tiles"
    if device.type == "cpu" or plan.on_cpu:
        return None
    if not plan.offloaded and device.type == "cuda":
        return replace(plan, offloaded=True), "the model stayed in main memory"
    return replace(plan, offloaded=False, on_cpu=True), "the edit was computed on the processor"


class MemoryFallbacks:
    """Retries work with plans that need less memory each; keeps the last plan for the next work."""

    def __init__(self, plan: MemoryPlan, device: torch.device, fallbacks: tuple[str, ...] = ()) -> None:
        self.plan = plan
        self.fallbacks = fallbacks
        """Sentences that name the plans changed so far."""
        self._device = device

    def attempt(self, part: MemoryPart, work: Callable[[MemoryPlan], _Result]) -> _Result:
        """The result of `work` with the first plan for which memory suffices.

        Raises the last shortage if no plan is left, and any other error immediately.
        """
        while True:
            try:
                return work(self.plan)
            except Exception as error:
                following = smaller_plan(self.plan, part, self._device) if is_shortage(error) else None
                if following is None:
                    raise
                log.warning("Memory was short: %s", error)
            # only after the except block are the frames of the error, and their tensors, released
            release_memory()
            self.plan, reason = following
            self.fallbacks += (f"Memory was short: {reason}.",)


def is_shortage(error: BaseException) -> bool:
    """Whether an exception of torch, of a library below it or of Python reports a memory shortage."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    message = str(error).lower()
    return isinstance(error, RuntimeError) and (
        message == NO_MEMORY_FOR_PRIMITIVE or any(text in message for text in SHORTAGE_TEXTS)
    )


def release_memory() -> None:
    """Returns unused cached memory to the device and the system."""
    if gc.isenabled():  # else the window collects, on its own thread
        gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if sys.platform == "linux":
        # only GNU's C library keeps freed memory and has malloc_trim
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def peak_memory(device: torch.device) -> int | None:
    """Peak memory of the process in bytes, on the GPU if it computes there; None if unknown."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if device.type != "cpu":
        return None
    try:
        import resource
    except ImportError:
        return None
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
