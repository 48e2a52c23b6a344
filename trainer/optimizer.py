"""The optimiser and how its learning rate moves."""

from __future__ import annotations

import math

import torch
from torch import nn

from trainer.config import OptimizerConfig

FINAL_SHARE = 0.02
"""What is left of the learning rate at the end of a decay."""


def make_optimizer(networks: list[nn.Module], config: OptimizerConfig) -> torch.optim.AdamW:
    """AdamW over every trainable weight; biases and norms are not decayed."""
    weights = [weight for network in networks for weight in network.parameters() if weight.requires_grad]
    groups = [
        {"params": [w for w in weights if w.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [w for w in weights if w.ndim <= 1], "weight_decay": 0.0},
    ]
    first, second = config.betas
    return torch.optim.AdamW(groups, lr=config.lr, betas=(first, second), fused=True)


def learning_rate_at(step: int, total_steps: int, config: OptimizerConfig) -> float:
    """The learning rate of a step, counted from 1."""
    warm = min(1.0, step / max(1, config.sched.warmup_steps))
    if not config.sched.decay:
        return config.lr * warm
    share = step / total_steps
    cosine = FINAL_SHARE + (1 - FINAL_SHARE) * 0.5 * (1 + math.cos(math.pi * share))
    return config.lr * warm * cosine
