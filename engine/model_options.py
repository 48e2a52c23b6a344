"""The options of a model for one edit: its set of weights, another VAE, LoRA files."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.errors import InvalidRequest
from engine.settings_table import QT_TRANSLATE_NOOP, setting

MAX_LORA_WEIGHT = 4.0


class WeightSet(StrEnum):
    """One of the two sets of UNet weights that some checkpoints hold."""

    EMA = "ema"
    """The averaged weights, which the original program uses; also the name of the only set of a
    checkpoint."""
    LIVE = "live"
    """The weights as the optimiser left them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lora:
    """A LoRA file applied to a model. Raises `InvalidRequest` for a weight out of range."""

    path: Path
    weight: float = 1.0
    """Factor of its changes, -4 to 4; 0 leaves the model unchanged."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and abs(self.weight) <= MAX_LORA_WEIGHT):
            raise InvalidRequest(
                "request.lora-weight",
                "The weight of a LoRA must be from -{maximum:g} to {maximum:g}, not {weight:g}.",
                maximum=MAX_LORA_WEIGHT,
                weight=self.weight,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelOptions:
    """The set of weights used, a VAE that replaces the model's own, and the LoRAs applied."""

    weight_set: WeightSet = setting(
        WeightSet.EMA,
        key="weights",
        noun="set of weights",
        label=QT_TRANSLATE_NOOP("Setting", "Weights"),
        help=QT_TRANSLATE_NOOP(
            "Setting",
            "This model has two sets: the average over its training, which edits more evenly, "
            "and the one it ended with.",
        ),
        choices={
            WeightSet.EMA: QT_TRANSLATE_NOOP("Setting", "Averaged (EMA)"),
            WeightSet.LIVE: QT_TRANSLATE_NOOP("Setting", "Live"),
        },
        flags=("--weights",),
        command_note="ema if left out",
    )
    vae: Path | None = None
    """A VAE file or folder to use instead of the model's own."""
    loras: tuple[Lora, ...] = ()
