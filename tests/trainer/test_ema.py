"""The average follows the original's warm-up and leaves the live weights as they were."""

from __future__ import annotations

import pytest
import torch

from trainer.ema import EMA


def test_the_first_updates_follow_the_warm_up() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(layer.weight)
    ema = EMA([layer], decay=0.9999)
    torch.nn.init.ones_(layer.weight)
    ema.update()
    with ema.applied():
        assert layer.weight.item() == pytest.approx(1 - 2 / 11)
    assert layer.weight.item() == 1


def test_frozen_weights_are_not_averaged() -> None:
    frozen = torch.nn.Linear(1, 1).requires_grad_(False)
    assert EMA([frozen], decay=0.9).state_dict()["average"] == []


def test_a_saved_average_goes_on_where_it_was() -> None:
    layer = torch.nn.Linear(2, 2)
    ema, again = EMA([layer], decay=0.5), EMA([layer], decay=0.5)
    with torch.no_grad():
        layer.weight.add_(1)
    ema.update()
    again.load_state_dict(ema.state_dict())
    for average in (ema, again):
        average.update()
    for first, second in zip(ema.state_dict()["average"], again.state_dict()["average"], strict=True):
        assert torch.equal(first, second)
