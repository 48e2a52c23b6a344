"""Devices and number types by name."""

from __future__ import annotations

import pytest
import torch

from engine.devices.device import (
    check_names,
    check_threads,
    choose_device,
    choose_dtype,
    cpu_has_bf16,
    default_dtype,
    dtype_name,
    torch_threads,
)
from engine.errors import DeviceNotUsable

CPU = torch.device("cpu")


def test_auto_takes_a_device_that_is_there() -> None:
    assert choose_device("auto").type in ("cpu", "cuda", "mps")
    assert choose_device("cpu") == CPU


@pytest.mark.parametrize("name", ["gpu", "", "CPU", "cuda:0"])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(DeviceNotUsable, match=f"There is no device called “{name}”"):
        choose_device(name)


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        assert choose_device("auto").type != "cpu"
        return
    with pytest.raises(DeviceNotUsable, match=f"no usable {name} device"):
        choose_device(name)


@pytest.mark.parametrize(
    ("name", "dtype"), [("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)]
)
def test_number_types_have_names(name: str, dtype: torch.dtype) -> None:
    assert choose_dtype(name, CPU) is dtype
    assert dtype_name(dtype) == name


def test_a_processor_computes_in_bf16_only_if_it_can() -> None:
    assert choose_dtype("auto", CPU) is default_dtype(CPU)
    assert default_dtype(CPU) is (torch.bfloat16 if cpu_has_bf16() else torch.float32)


def test_an_unknown_number_type_is_refused() -> None:
    with pytest.raises(DeviceNotUsable, match="There is no number type called “int8”"):
        check_names("auto", "int8")


@pytest.mark.parametrize("threads", [0, -1, 1025])
def test_an_impossible_number_of_threads_is_refused(threads: int) -> None:
    with pytest.raises(DeviceNotUsable, match=f"threads must be from 1 to 1024, not {threads}."):
        check_threads(threads)


def test_the_number_of_threads_holds_only_meanwhile() -> None:
    before = torch.get_num_threads()
    with torch_threads(before + 2):
        assert torch.get_num_threads() == before + 2
    assert torch.get_num_threads() == before
    with torch_threads(None):
        assert torch.get_num_threads() == before
