"""The average follows the original's warm-up and leaves the live weights as they were."""

from __future__ import annotations

from contextlib import suppress

import pytest
import torch
from torch.nn import Parameter

from trainer.config import EMAConfig
from trainer.learning.ema import EMA

STEPS = 30


def walk(config: EMAConfig) -> tuple[EMA, Parameter, list[float]]:
    """A weight that goes 0, 1, 2 …, its average, and what it was after each step."""
    weight = Parameter(torch.zeros(1))
    ema = EMA({"weight": weight}, config)
    seen = []
    for step in range(1, STEPS + 1):
        with torch.no_grad():
            weight.fill_(float(step))
        ema.update(step)
        seen.append(average(ema))
    return ema, weight, seen


def average(ema: EMA) -> float:
    return float(ema.state_dict()["average"]["weight"])


def original(decay: float, steps: range) -> float:
    """`LitEma.forward`: shadow -= (1 - d) · (shadow - weight), d = min(decay, (1 + n) / (10 + n))."""
    shadow = 0.0
    for updates, step in enumerate(steps, start=1):
        kept = min(decay, (1 + updates) / (10 + updates))
        shadow -= (1 - kept) * (shadow - step)
    return shadow


@pytest.mark.parametrize("offload", [False, True])
def test_it_is_the_originals(offload: bool) -> None:
    _, _, seen = walk(EMAConfig(decay=0.7, cpu_offload=offload))
    expected = [original(0.7, range(1, step + 1)) for step in range(1, STEPS + 1)]
    assert seen == pytest.approx(expected, rel=1e-6)


def test_only_every_so_many_steps_count() -> None:
    _, _, seen = walk(EMAConfig(every_n_steps=3))
    assert seen[1] == 0
    assert seen[2] == pytest.approx(3 * 9 / 11)
    assert seen[-1] == pytest.approx(original(0.9999, range(3, STEPS + 1, 3)), rel=1e-6)


def test_the_live_weights_come_back_even_after_an_error() -> None:
    ema, weight, seen = walk(EMAConfig())
    with suppress(ValueError), ema.applied():
        assert weight.item() == pytest.approx(seen[-1])
        raise ValueError
    assert weight.item() == STEPS


def test_without_an_average_the_weights_take_its_place() -> None:
    ema, weight, _ = walk_disabled()
    with ema.applied():
        assert weight.item() == 2
    assert ema.state_dict()["average"] == {}


def walk_disabled() -> tuple[EMA, Parameter, None]:
    weight = Parameter(torch.ones(1))
    ema = EMA({"weight": weight}, EMAConfig(enable=False))
    with torch.no_grad():
        weight.fill_(2.0)
    ema.update(1)
    return ema, weight, None


def test_a_saved_average_is_restored() -> None:
    ema, _, _ = walk(EMAConfig(decay=0.5))
    weight = Parameter(torch.full((1,), 5.0))
    again = EMA({"weight": weight}, EMAConfig(decay=0.5))
    again.load_state_dict(ema.state_dict())
    again.update(STEPS + 1)
    assert average(again) == pytest.approx((average(ema) + 5) / 2)


def test_offloaded_it_holds_memory_of_its_own_in_full_precision() -> None:
    weight = Parameter(torch.ones(1, dtype=torch.bfloat16))
    kept = EMA({"weight": weight}, EMAConfig(cpu_offload=True)).state_dict()["average"]["weight"]
    assert kept.device.type == "cpu"
    assert kept.dtype == torch.float32
