"""Each null happens to exactly its share of the examples."""

from __future__ import annotations

import torch

from trainer.batches.conditioning_dropout import dropped_conditions


def test_each_condition_is_dropped_alone_and_together_in_equal_shares() -> None:
    draws = (torch.arange(10_000) + 0.5) / 10_000
    without_instruction, without_image = dropped_conditions(draws, 0.05)
    shares = {
        "instruction only": (without_instruction & ~without_image).float().mean().item(),
        "both": (without_instruction & without_image).float().mean().item(),
        "image only": (~without_instruction & without_image).float().mean().item(),
    }
    assert {name: round(share, 4) for name, share in shares.items()} == dict.fromkeys(shares, 0.05)


def test_nothing_is_dropped_at_probability_zero() -> None:
    without_instruction, without_image = dropped_conditions(torch.zeros(4), 0.0)
    assert not without_instruction.any()
    assert not without_image.any()
