"""Which device and number type an edit runs on."""

from __future__ import annotations

import torch

from engine.errors import DeviceNotUsable

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES: dict[str, torch.dtype] = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def choose_device(name: str) -> torch.device:
    """The device for a name of `DEVICES`; "auto" takes the fastest there is.

    Raises `DeviceNotUsable` if it is unknown or not there.
    """
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(device for device in ("cuda", "mps", "cpu") if available[device]))
    if name not in available:
        raise DeviceNotUsable(f"There is no device called “{name}”.", f"Choose one of {', '.join(DEVICES)}.")
    if not available[name]:
        raise DeviceNotUsable(f"This machine has no usable {name} device.", "Choose auto or cpu.")
    return torch.device(name)


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """The number type for a name of `DTYPES` or "auto" (`default_dtype`).

    Raises `DeviceNotUsable` if it is unknown.
    """
    if name == "auto":
        return default_dtype(device)
    if name not in DTYPES:
        raise DeviceNotUsable(
            f"There is no number type called “{name}”.", f"Choose one of auto, {', '.join(DTYPES)}."
        )
    return DTYPES[name]


def default_dtype(device: torch.device) -> torch.dtype:
    """bf16 where the hardware computes it natively, fp16 on other GPUs, fp32 on other processors."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "mps":
        return torch.float16
    return torch.bfloat16 if cpu_has_bf16() else torch.float32


def cpu_has_bf16() -> bool:
    """Whether the processor multiplies bf16 itself (AVX512-BF16 or AMX) rather than emulating it."""
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def dtype_name(dtype: torch.dtype) -> str:
    """ "fp32", "bf16" or "fp16"."""
    return next(name for name, known in DTYPES.items() if known == dtype)
