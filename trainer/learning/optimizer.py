"""The optimiser and the schedule of its learning rate."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from typing import Any

import torch
from torch.nn import Parameter

from trainer.config import OptimizerConfig
from trainer.protocol.events import WarningRaised, make_warning

log = logging.getLogger(__name__)

FINAL_SHARE = 0.02
"""Share of the learning rate at the end of a `decay`."""
CHANGEABLE = {"weight_decay": "weight decay", "betas": "betas", "eps": "eps"}
"""Options that a resumed run may change, with their names in messages; each step sets the learning rate."""
NO_EIGHT_BIT = make_warning(
    "optimizer.no-eight-bit",
    "AdamW with 8 bits needs bitsandbytes and a GPU that it supports; AdamW is used instead.",
)


def make_optimizer(
    parameters: Iterable[Parameter], config: OptimizerConfig
) -> tuple[torch.optim.Optimizer, WarningRaised | None]:
    """Returns the optimiser of some weights, and a warning if it is not the configured one.

    Biases and norms get no weight decay. Adam and AdamW update all weights in one fused kernel if the device
    has one, as NeMo's "fused_adam" does, which is AdamW too.
    """
    weights = list(parameters)
    groups: list[dict[str, Any]] = [
        {"params": [w for w in weights if w.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [w for w in weights if w.ndim <= 1], "weight_decay": 0.0},
    ]
    first, second = config.betas
    options: dict[str, Any] = {"lr": config.lr, "betas": (first, second), "eps": config.eps}
    if config.name == "adamw_8bit":
        made = _eight_bit(groups, options, weights)
        if made is not None:
            return made, None
    kind = torch.optim.Adam if config.name == "adam" else torch.optim.AdamW
    warning = NO_EIGHT_BIT if config.name == "adamw_8bit" else None
    return kind(groups, fused=True, **options), warning


def _eight_bit(
    groups: list[dict[str, Any]], options: dict[str, Any], weights: list[Parameter]
) -> torch.optim.Optimizer | None:
    """Returns AdamW of bitsandbytes, or None if that is not installed or does not work."""
    try:
        import bitsandbytes

        optimizer: torch.optim.Optimizer = bitsandbytes.optim.AdamW8bit(groups, **options)
        _try_out(bitsandbytes.optim.AdamW8bit, weights[0].device)
    except Exception as error:  # the library fails in many ways where its GPU code is missing
        log.warning("bitsandbytes does not work: %s", error)
        return None
    return optimizer


def _try_out(kind: type[torch.optim.Optimizer], device: torch.device) -> None:
    """Takes one step of a weight that is large enough for 8 bits. Raises if that fails."""
    weight = Parameter(torch.ones(64, 128, device=device))
    weight.grad = torch.ones_like(weight)
    kind([weight]).step()  # type: ignore[call-arg]
    if not bool(torch.isfinite(weight).all()):
        raise ArithmeticError("A step gave no numbers.")


def restore_optimizer(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> WarningRaised | None:
    """Restores the moments of all weights; the options of the optimiser stay as they are configured now.

    Returns a warning if they differ from those of the saved state.
    """
    configured = [
        {name: value for name, value in group.items() if name != "params"} for group in optimizer.param_groups
    ]
    optimizer.load_state_dict(state)
    changes: dict[str, str] = {}
    for group, own in zip(optimizer.param_groups, configured, strict=True):
        for name in CHANGEABLE.keys() & own.keys() & group.keys():
            before, now = _option_text(group[name]), _option_text(own[name])
            if before != now:
                changes[name] = f"{CHANGEABLE[name]} {now} instead of {before}"
        group.update(own)
    if not changes:
        return None
    return make_warning(
        "optimizer.options-changed",
        "The run continues with {changes}.",
        changes=", ".join(changes[name] for name in CHANGEABLE if name in changes),
    )


def _option_text(value: object) -> str:
    return " and ".join(f"{each:g}" for each in (value if isinstance(value, tuple | list) else (value,)))


def learning_rate_at(step: int, total_steps: int, config: OptimizerConfig) -> float:
    """Returns the learning rate of a step, counted from 1.

    The warm-up is linear, as in NeMo's `WarmupPolicy`: step / (warm-up + 1). After it the rate is constant,
    or falls along a cosine or a line to `min_lr` at the last step.
    """
    sched = config.sched
    if step <= sched.warmup_steps:
        return config.lr * step / (sched.warmup_steps + 1)
    name = "CosineAnnealing" if sched.decay else sched.name
    lowest = max(sched.min_lr, config.lr * FINAL_SHARE if sched.decay else 0.0)
    before = sched.warmup_steps + sched.hold_steps
    share = min(1.0, max(0.0, (step - before) / max(1, total_steps - before)))
    match name:
        case "CosineAnnealing":
            return lowest + (config.lr - lowest) * 0.5 * (1 + math.cos(math.pi * share))
        case "WarmupAnnealing" | "linear":
            return lowest + (config.lr - lowest) * (1 - share)
        case _:
            return config.lr
