"""Device, number type and number of threads of an edit. Names are checked without loading torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import DeviceNotUsable

if TYPE_CHECKING:
    import torch

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
"""Names of number types in the settings, and in torch."""
MAX_THREADS = 1024


def check_names(device: str, dtype: str) -> None:
    """Raises `DeviceNotUsable` for an unknown name of a device or number type."""
    if device not in DEVICES:
        raise DeviceNotUsable(
            "device.unknown",
            "There is no device called “{device}”.",
            "Choose one of {known}.",
            device=device,
            known=", ".join(DEVICES),
        )
    if dtype not in ("auto", *DTYPES):
        raise DeviceNotUsable(
            "device.unknown-number-type",
            "There is no number type called “{dtype}”.",
            "Choose one of auto, {known}.",
            dtype=dtype,
            known=", ".join(DTYPES),
        )


def check_threads(threads: int | None) -> None:
    """Raises `DeviceNotUsable` unless the number is 1 to MAX_THREADS, or None for torch's default."""
    if threads is not None and not 1 <= threads <= MAX_THREADS:
        raise DeviceNotUsable(
            "device.threads-out-of-range",
            "The number of threads must be from 1 to {maximum}, not {threads}.",
            maximum=MAX_THREADS,
            threads=threads,
        )


@contextmanager
def torch_threads(threads: int | None) -> Iterator[None]:
    """Sets torch's number of threads within the block; None leaves it unchanged."""
    if threads is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose_device(name: str) -> torch.device:
    """The device for a name of `DEVICES`; "auto" takes the fastest available.

    Raises `DeviceNotUsable` if the name is unknown or the device not available.
    """
    import torch

    check_names(name, "auto")
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(device for device in ("cuda", "mps", "cpu") if available[device]))
    if not available[name]:
        raise DeviceNotUsable(
            "device.not-available",
            "This computer has no usable {device} device.",
            "Choose auto or cpu.",
            device=name,
        )
    return torch.device(name)


def choose_dtype(name: str, device: torch.device) -> torch.dtype:
    """The number type for a name of `DTYPES` or "auto" (`default_dtype`).

    Raises `DeviceNotUsable` if the name is unknown.
    """
    import torch

    check_names("auto", name)
    if name == "auto":
        return default_dtype(device)
    dtype: torch.dtype = getattr(torch, DTYPES[name])
    return dtype


def default_dtype(device: torch.device) -> torch.dtype:
    """bf16 where the hardware computes it natively, fp16 on other GPUs, fp32 on other CPUs."""
    import torch

    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    if device.type == "mps":
        return torch.float16
    return torch.bfloat16 if cpu_has_bf16() else torch.float32


def cpu_has_bf16() -> bool:
    """Whether the CPU multiplies bf16 in hardware (AVX512-BF16 or AMX)."""
    import torch

    return cpu_has_amx() or bool(torch.cpu._is_avx512_bf16_supported())


def cpu_has_amx() -> bool:
    """Whether the CPU has AMX, which multiplies tiles of matrices."""
    import torch

    return bool(torch.cpu._is_amx_tile_supported())


def dtype_name(dtype: torch.dtype) -> str:
    """The name of a number type in the settings: "fp32", "bf16" or "fp16"."""
    return next(name for name, known in DTYPES.items() if str(dtype) == f"torch.{known}")
