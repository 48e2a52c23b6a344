"""The configured optimiser, and the learning rates of NeMo's schedules."""

from __future__ import annotations

import math
import sys
from types import ModuleType
from typing import Any

import pytest
import torch
from torch.nn import Parameter

from trainer.config import LearningRateConfig, OptimizerConfig
from trainer.learning.optimizer import NO_EIGHT_BIT, learning_rate_at, make_optimizer

RATE, TOTAL = 1e-3, 100


def weights() -> list[Parameter]:
    return [Parameter(torch.ones(3, 2)), Parameter(torch.ones(3))]


def rates(**sched: Any) -> list[float]:
    config = OptimizerConfig(lr=RATE, sched=LearningRateConfig(**sched))
    return [learning_rate_at(step, TOTAL, config) for step in range(1, TOTAL + 1)]


@pytest.mark.parametrize("name", ["adamw", "fused_adam", "adam"])
def test_the_named_optimiser_takes_the_step_of_its_paper(name: str) -> None:
    weight = Parameter(torch.tensor([[2.0, -1.0]]))
    config = OptimizerConfig(name=name, lr=0.1, weight_decay=0.5, betas=[0.8, 0.9], eps=1e-6)
    optimizer, warning = make_optimizer([weight], config)
    assert warning is None
    gradient = torch.tensor([[0.3, 0.4]])
    weight.grad = gradient.clone()
    optimizer.step()
    start = torch.tensor([[2.0, -1.0]])
    if name == "adam":  # decay is part of the gradient
        gradient, start_decayed = gradient + 0.5 * start, start
    else:
        start_decayed = start * (1 - 0.1 * 0.5)
    # after one step both moments are those of the gradient itself
    expected = start_decayed - 0.1 * gradient / (gradient.abs() + 1e-6)
    assert torch.allclose(weight.detach(), expected, atol=1e-6)


def test_biases_and_norms_are_not_decayed() -> None:
    matrix, bias = weights()
    optimizer, _ = make_optimizer([matrix, bias], OptimizerConfig(lr=0.1, weight_decay=0.5))
    for weight in (matrix, bias):
        weight.grad = torch.zeros_like(weight)
    optimizer.step()
    assert torch.allclose(matrix, torch.full((3, 2), 0.95))
    assert torch.equal(bias, torch.ones(3))


def test_eight_bits_are_used_where_they_work_and_told_where_not(monkeypatch: pytest.MonkeyPatch) -> None:
    config = OptimizerConfig(name="adamw_8bit")
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    optimizer, warning = make_optimizer(weights(), config)
    assert isinstance(optimizer, torch.optim.AdamW)
    assert warning == NO_EIGHT_BIT
    library: Any = ModuleType("bitsandbytes")
    library.optim = ModuleType("bitsandbytes.optim")
    library.optim.AdamW8bit = type("AdamW8bit", (torch.optim.SGD,), {"__init__": _forgiving})
    monkeypatch.setitem(sys.modules, "bitsandbytes", library)
    optimizer, warning = make_optimizer(weights(), config)
    assert type(optimizer).__name__ == "AdamW8bit"
    assert warning is None
    library.optim.AdamW8bit.step = _broken
    assert make_optimizer(weights(), config)[1] == NO_EIGHT_BIT


def _forgiving(self: torch.optim.SGD, groups: Any, **_: Any) -> None:
    torch.optim.SGD.__init__(self, groups, lr=0.1)


def _broken(self: torch.optim.SGD) -> None:
    raise RuntimeError("no GPU code")


@pytest.mark.parametrize("name", ["constant", "WarmupHoldPolicy"])
def test_the_warm_up_is_a_line_and_then_it_holds(name: str) -> None:
    found = rates(name=name, warmup_steps=10, hold_steps=10**13 if name != "constant" else 0)
    assert found[:10] == pytest.approx([RATE * step / 11 for step in range(1, 11)])
    assert found[10:] == [RATE] * 90


def test_a_cosine_falls_to_its_lowest_at_the_last_step() -> None:
    found = rates(name="CosineAnnealing", warmup_steps=20, min_lr=1e-5)
    assert found[19] < found[20] <= RATE
    assert found[59] == pytest.approx(1e-5 + (RATE - 1e-5) * 0.5 * (1 + math.cos(math.pi * 0.5)))
    assert found[-1] == pytest.approx(1e-5)


@pytest.mark.parametrize("name", ["linear", "WarmupAnnealing"])
def test_a_line_falls_evenly_after_it_was_held(name: str) -> None:
    found = rates(name=name, hold_steps=50)
    assert found[:50] == [RATE] * 50
    assert found[74] == pytest.approx(RATE / 2)
    assert found[-1] == 0


def test_decay_is_a_cosine_to_a_fiftieth() -> None:
    found = rates(decay=True)
    assert found[-1] == pytest.approx(RATE / 50)
    assert found == sorted(found, reverse=True)
