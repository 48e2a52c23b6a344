"""In which numbers the processor computes."""

from __future__ import annotations

import pytest
import torch

import engine.devices.device
from trainer.learning.precision import autocast_on_cpu


@pytest.mark.parametrize(("multiplies_bf16", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_the_cpu_does_not_use_numbers_it_would_have_to_emulate(
    monkeypatch: pytest.MonkeyPatch, multiplies_bf16: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(engine.devices.device, "cpu_has_bf16", lambda: multiplies_bf16)
    ones = torch.ones(2, 2)
    with autocast_on_cpu():
        assert (ones @ ones).dtype == dtype
    assert (ones @ ones).dtype == torch.float32
