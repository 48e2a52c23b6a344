"""Presets of a training run: its length and its settings, in words a user chooses by.

How many steps and how much replay each preset has depends on the base model and on the number of pairs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from engine.library import ModelCard
from ip2p_desktop.training.plans.default_settings import default_settings
from ip2p_desktop.training.plans.setting_words import merged

USUAL_PAIRS = 24
"""The number of pairs for which the steps below are meant."""
LEAST_GROWTH, MOST_GROWTH = 0.6, 4.0
"""Limits of the factor by which the number of pairs changes the number of steps."""
STEP = 100
"""Numbers of steps are multiples of this."""


class Preset(StrEnum):
    """What matters most in a training run."""

    QUICK = "quick"
    BALANCED = "balanced"
    BEST = "best"
    LITTLE_MEMORY = "little-memory"


class BaseKind(StrEnum):
    """How a base model makes an edit."""

    FEW_STEPS = "few steps"
    """In one or a few denoising steps, as the starter."""
    MANY_STEPS = "many steps"
    TEXT_TO_IMAGE = "text to image"
    """Not yet: it makes pictures from text, and becomes an editor by training."""


@dataclass(frozen=True, slots=True)
class Amount:
    """The amounts of a preset for one kind of base model."""

    steps: int
    replay_pairs: int = 0
    replay_share: float = 0.5


AMOUNTS: dict[BaseKind, dict[Preset, Amount]] = {
    BaseKind.FEW_STEPS: {
        Preset.QUICK: Amount(300, 384, 0.7),
        Preset.BALANCED: Amount(1200, 1536, 0.8),
        Preset.BEST: Amount(4000, 3072, 0.8),
        Preset.LITTLE_MEMORY: Amount(1200, 768, 0.8),
    },
    BaseKind.MANY_STEPS: {
        Preset.QUICK: Amount(200, 24),
        Preset.BALANCED: Amount(1000, 96),
        Preset.BEST: Amount(4000, 192),
        Preset.LITTLE_MEMORY: Amount(1000, 48),
    },
    BaseKind.TEXT_TO_IMAGE: {
        Preset.QUICK: Amount(500),
        Preset.BALANCED: Amount(4000),
        Preset.BEST: Amount(12_000),
        Preset.LITTLE_MEMORY: Amount(4000),
    },
}
"""Chosen by what was measured with the starter and 24 pairs (`tests/benchmarks/new_edit.py`, 6 photos an old
edit): the quick try brings a stencil 10.1 dB nearer to its recipe and leaves 97.3 % of the old edits, and
balanced 11.2 dB and 98.1 %. 200 steps are too few for a finer look (an old postcard: 5.2 dB instead of 6.4),
and 400 with half of the examples from the new pairs are too many (6.1 dB): it learns the few by heart.
The amounts of the other presets, and for other models, were not measured."""
LITTLE_MEMORY_SETTINGS = (
    "model.lora.enable=true",
    "model.lora.rank=32",
    "model.lora.alpha=32",
    'model.lora.target="all"',
    "model.optim.lr=5e-4",
    "model.unet_config.use_checkpoint=true",
    "model.micro_batch_size=1",
    "trainer.accumulate_grad_batches=4",
)
"""Small matrices instead of all weights, activations computed twice, and one example at a time; a step has as
many examples as by default. Their learning rate is usually some times that of all weights."""


@dataclass(frozen=True, slots=True)
class PresetPlan:
    """What a preset is for one base model and number of pairs."""

    steps: int
    settings: tuple[str, ...]
    """Arguments of the trainer, each key once."""


def kind_of(base: ModelCard, *, is_editor: bool) -> BaseKind:
    """How the base model edits."""
    # imports omegaconf, which the window does not need to start
    from trainer.config.replay_defaults import edits_in_few_steps

    if not is_editor:
        return BaseKind.TEXT_TO_IMAGE
    return BaseKind.FEW_STEPS if edits_in_few_steps(base) else BaseKind.MANY_STEPS


def preset_plan(
    preset: Preset, base: ModelCard, *, pairs: int, keeps_edits: bool, is_editor: bool = True
) -> PresetPlan:
    """The steps and settings of a preset. A model that cannot edit yet has nothing to keep."""
    kind = kind_of(base, is_editor=is_editor)
    amount = AMOUNTS[kind][preset]
    replays = keeps_edits and kind is not BaseKind.TEXT_TO_IMAGE
    replay = (f"data.replay.pairs={amount.replay_pairs}", f"data.replay.share={amount.replay_share}")
    own = LITTLE_MEMORY_SETTINGS if preset is Preset.LITTLE_MEMORY else ()
    settings = merged(
        default_settings(base, keeps_edits=replays, is_editor=is_editor), replay if replays else (), own
    )
    return PresetPlan(_steps(preset, amount, pairs), settings)


def _steps(preset: Preset, amount: Amount, pairs: int) -> int:
    """The number of steps, which grows as the root of the number of pairs: more pairs are also more alike."""
    if preset is Preset.QUICK:
        return amount.steps
    growth = min(MOST_GROWTH, max(LEAST_GROWTH, math.sqrt(pairs / USUAL_PAIRS)))
    return max(STEP, round(amount.steps * growth / STEP) * STEP)
