"""Memory that is free for work on the fastest device."""

from __future__ import annotations

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """The memory of a device, in bytes."""

    free: int
    total: int
    on_gpu: bool = False
    """Whether it is the memory of a GPU rather than that of the computer."""


def device_memory() -> DeviceMemory:
    """The memory of the device that "auto" chooses. Imports torch, which takes seconds."""
    import torch

    from engine.devices.device import choose_device

    device = choose_device("auto")
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return DeviceMemory(free, total, on_gpu=True)
    memory = psutil.virtual_memory()
    return DeviceMemory(memory.available, memory.total)
