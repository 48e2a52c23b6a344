"""Whether training a base model fits into the memory of this computer, measured or estimated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine.devices.free_memory import DeviceMemory
from engine.library.parameter_count import ParameterCount
from ip2p_desktop.training.plans.setting_words import by_key, is_on, number
from ip2p_desktop.training.plans.training_estimate import MICRO_BATCH, TrainingEstimate

FULL_BYTES = 20
"""For each trained weight: itself, its gradient, AdamW's two averages and the averaged weight, in float32."""
FROZEN_BYTES = 4
LORA_SHARE = 0.02
"""Parameters of a LoRA of rank 16 for all layers, as a share of the UNet's."""
USUAL_RANK = 16
ACTIVATION_BYTES = 1.6e9
"""Of one example of 256 × 256 pixels in a UNet of Stable Diffusion 1.5's size; others need more or less with
the number of their parameters."""
ACTIVATION_PARAMETERS, ACTIVATION_RESOLUTION = 860e6, 256
CHECKPOINTED = 0.2
"""Share of the activations that activation checkpointing keeps."""
PROGRAM_BYTES = 900e6
"""Of the trainer and its libraries. With the starter, 1.2 GB were measured for Balanced and 1.0 GB for Little
memory; without other models at hand, the estimates for large ones are computed only."""
UNTRAINABLE_FAMILIES = ("cosxl",)


class MemoryFit(StrEnum):
    """Whether a training run fits."""

    UNKNOWN = "unknown"
    FITS = "fits"
    TIGHT = "tight"
    """It needs more memory than is free now, and less than there is."""
    TOO_LARGE = "too large"
    NOT_TRAINABLE = "not trainable"


@dataclass(frozen=True, slots=True)
class Fitness:
    """Whether a run fits, and how that is known."""

    fit: MemoryFit
    memory: int = 0
    """Bytes that it needs; 0 if not known."""
    is_measured: bool = False
    seconds_per_step: float = 0.0
    """0 unless measured."""

    @property
    def is_possible(self) -> bool:
        """Whether the run may be chosen."""
        return self.fit not in (MemoryFit.TOO_LARGE, MemoryFit.NOT_TRAINABLE)


def estimated_memory(parameters: ParameterCount, settings: Iterable[str]) -> int:
    """About how many bytes a run needs, from the number of parameters; not measured."""
    values = by_key(settings)
    examples = number(values, "model.micro_batch_size", MICRO_BATCH)
    side = number(values, "data.resolution", ACTIVATION_RESOLUTION)
    share = CHECKPOINTED if is_on(values, "model.unet_config.use_checkpoint") else 1.0
    trained = float(parameters.unet)
    frozen = float(parameters.others)
    if is_on(values, "model.lora.enable"):
        rank = number(values, "model.lora.rank", USUAL_RANK)
        frozen += trained
        trained *= LORA_SHARE * rank / USUAL_RANK
    size = parameters.unet / ACTIVATION_PARAMETERS
    activations = ACTIVATION_BYTES * size * examples * (side / ACTIVATION_RESOLUTION) ** 2 * share
    return int(trained * FULL_BYTES + frozen * FROZEN_BYTES + activations + PROGRAM_BYTES)


def fitness(
    parameters: ParameterCount | None,
    settings: Iterable[str],
    memory: DeviceMemory | None,
    *,
    family: str = "",
    measured: TrainingEstimate | None = None,
    is_short: bool = False,
) -> Fitness:
    """Whether a run fits: as measured, else as estimated from the number of parameters.

    `is_short` says that a measurement ended because memory was short.
    """
    if family in UNTRAINABLE_FAMILIES:
        return Fitness(MemoryFit.NOT_TRAINABLE)
    needed = estimated_memory(parameters, settings) if parameters else 0
    if is_short:
        return Fitness(MemoryFit.TOO_LARGE, needed, is_measured=True)
    if measured is not None:
        return Fitness(
            MemoryFit.FITS, measured.memory, is_measured=True, seconds_per_step=measured.seconds_per_step
        )
    if not needed or memory is None:
        return Fitness(MemoryFit.UNKNOWN, needed)
    if needed > memory.total:
        return Fitness(MemoryFit.TOO_LARGE, needed)
    return Fitness(MemoryFit.FITS if needed <= memory.free else MemoryFit.TIGHT, needed)
