"""What is done when memory is short: give something up, say so, and try again.

Memory is asked for in three parts of an edit: the networks as a whole, the UNet and the VAE. Each part
has its own way down, from what costs nothing but time to what costs much of it.
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
"""How torch words a shortage on CUDA and MPS, on Windows, on other processors, and in their libraries."""
NO_MEMORY_FOR_PRIMITIVE = "could not create a primitive"
"""All that oneDNN says; for what it cannot compute at all it names a descriptor too."""
TILE, SMALL_TILE = 512, 256
"""Sides in pixels of the tiles in which a VAE works: on very large pictures, and when memory is short."""
MAX_UNTILED_PIXELS = 1024 * 1024
"""Larger working pictures pass through the VAE in tiles from the start."""
VARIATIONS_AT_ONCE = 4
"""Most pictures denoised together on a GPU. On a processor one at a time is as fast (measured)."""

_Made = TypeVar("_Made")


class MemoryPart(StrEnum):
    """Which part of an edit asks for memory."""

    NETWORKS = "networks"
    UNET = "unet"
    VAE = "vae"


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """How an edit is computed. The picture is the same but for rounding, and for the seams of tiles."""

    variations_at_once: int = 1
    branches_together: bool = True
    tile: int | None = None
    """Side in pixels of the VAE's tiles; None for the whole picture in one piece."""
    offloaded: bool = False
    """Whether weights stay in the computer's memory and visit the GPU one layer at a time."""
    on_cpu: bool = False

    def for_size(self, pixels: int) -> MemoryPlan:
        """This plan for a working picture of so many pixels: very large ones are cut into tiles at once."""
        is_large = self.tile is None and pixels > MAX_UNTILED_PIXELS
        return replace(self, tile=TILE) if is_large else self


def first_plan(device: torch.device) -> MemoryPlan:
    """The fastest plan, which takes the most memory."""
    return MemoryPlan(1 if device.type == "cpu" else VARIATIONS_AT_ONCE)


def smaller_plan(plan: MemoryPlan, part: MemoryPart, device: torch.device) -> tuple[MemoryPlan, str] | None:
    """The next plan down that helps `part`, and what to tell about it; None at the bottom."""
    if part is MemoryPart.UNET and plan.variations_at_once > 1:
        return replace(plan, variations_at_once=1), "the pictures were made one after the other"
    if part is MemoryPart.UNET and plan.branches_together:
        return replace(plan, branches_together=False), "the guidance branches were computed one by one"
    if part is MemoryPart.VAE and plan.tile != SMALL_TILE:
        return replace(plan, tile=SMALL_TILE), "the picture was read and written in tiles"
    if device.type == "cpu" or plan.on_cpu:
        return None
    if not plan.offloaded and device.type == "cuda":
        return replace(plan, offloaded=True), "the model stayed in the computer's memory"
    return replace(plan, offloaded=False, on_cpu=True), "the edit was made on the processor"


class MemoryFallbacks:
    """Goes down from plan to plan while work runs out of memory; starts where the last one ended."""

    def __init__(self, plan: MemoryPlan, device: torch.device, fallbacks: tuple[str, ...] = ()) -> None:
        self.plan = plan
        self.fallbacks = fallbacks
        """What was given up so far, in sentences."""
        self._device = device

    def attempt(self, part: MemoryPart, work: Callable[[MemoryPlan], _Made]) -> _Made:
        """What `work` makes with the first plan that it has memory for.

        Raises the last shortage if no plan is left, and any other error at once.
        """
        while True:
            try:
                return work(self.plan)
            except Exception as error:
                following = smaller_plan(self.plan, part, self._device) if is_shortage(error) else None
                if following is None:
                    raise
                log.warning("Memory was short: %s", error)
            # only here has the error let go of the frames, and these of their tensors
            release_memory()
            self.plan, reason = following
            self.fallbacks += (f"Memory was short: {reason}.",)


def is_shortage(error: BaseException) -> bool:
    """Whether torch, a library below it or Python says that memory is short."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    said = str(error).lower()
    return isinstance(error, RuntimeError) and (
        said == NO_MEMORY_FOR_PRIMITIVE or any(words in said for words in SHORTAGE_TEXTS)
    )


def release_memory() -> None:
    """Give what is no longer held back to the device and the system."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
    if sys.platform == "linux":
        # only the C library of GNU keeps freed memory, and has this
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def peak_memory(device: torch.device) -> int | None:
    """Most bytes in use since the process began, on the GPU if it computes there; None where unknown."""
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
