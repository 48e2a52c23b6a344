"""Settings of the optimiser and of its learning rate."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.config.checks import Checks, ConfigNotValid, at_least, fraction, one_of

OPTIMIZERS = ("adamw", "adam", "fused_adam", "adamw_8bit")
"""NeMo's "fused_adam" is AdamW; AdamW is fused here wherever torch supports that."""
SCHEDULES = ("constant", "WarmupHoldPolicy", "CosineAnnealing", "WarmupAnnealing", "linear")


@dataclass
class LearningRateConfig:
    """The schedule of the learning rate."""

    name: str = "constant"
    """After the warm-up: "constant" or NeMo's "WarmupHoldPolicy" hold the full rate, "CosineAnnealing"
    falls along a cosine, "linear" or NeMo's "WarmupAnnealing" along a line."""
    warmup_steps: int = 0
    """Steps over which the learning rate rises to its full value."""
    hold_steps: int = 0
    """Steps at the full rate before it falls; only for schedules that fall."""
    min_lr: float = 0.0
    """The rate at the last step; only for schedules that fall."""
    decay: bool = False
    """Short for "CosineAnnealing" to a fiftieth of `lr`."""


@dataclass
class OptimizerConfig:
    """The optimiser."""

    name: str = "adamw"
    """"adamw", "adam", NeMo's "fused_adam", or "adamw_8bit" where bitsandbytes works."""
    lr: float = 1e-4
    """Learning rate."""
    weight_decay: float = 0.01
    """Share of each weight that a step takes off, times the learning rate."""
    betas: list[float] = field(default_factory=lambda: [0.9, 0.999])
    """Decay of the averages of the gradient and of its square."""
    eps: float = 1e-8
    """Number added to the denominator of a step."""
    sched: LearningRateConfig = field(default_factory=LearningRateConfig)


def optimizer_checks(optim: OptimizerConfig) -> Checks:
    """Yields the checks of the optimiser settings."""
    sched = optim.sched
    yield one_of("model.optim.name", optim.name, OPTIMIZERS)
    yield fraction("model.optim.lr", optim.lr)
    yield from at_least(0, model__optim__weight_decay=optim.weight_decay)
    yield (
        len(optim.betas) == 2 and all(0 <= beta < 1 for beta in optim.betas),
        ConfigNotValid("configuration.betas-invalid", "model.optim.betas must be two numbers from 0 to 1."),
    )
    yield fraction("model.optim.eps", optim.eps)
    yield one_of("model.optim.sched.name", sched.name, SCHEDULES)
    yield from at_least(0, model__optim__sched__warmup_steps=sched.warmup_steps)
    yield from at_least(0, model__optim__sched__hold_steps=sched.hold_steps)
    yield (
        0 <= sched.min_lr <= optim.lr,
        ConfigNotValid(
            "configuration.min-lr-out-of-range",
            "model.optim.sched.min_lr must be at least 0 and at most model.optim.lr.",
        ),
    )
