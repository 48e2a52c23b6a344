"""The denoising loop: from noise to latents, one scheduler step after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.guidance import Denoiser
from engine.progress import CancelToken
from engine.schedulers import Scheduler


@dataclass(frozen=True, slots=True)
class StepInfo:
    """One finished step, counted from 1."""

    step: int
    total: int
    estimate: Tensor
    """The finished latents as they look from here, (1, C, H, W)."""


def sample(
    denoise: Denoiser,
    scheduler: Scheduler,
    shape: tuple[int, ...],
    *,
    steps: int,
    seed: int,
    device: torch.device,
    on_step: Callable[[StepInfo], None],
    cancel: CancelToken,
) -> Tensor:
    """Scaled latents of `shape`, float32, denoised in `steps` steps.

    All noise comes from one float32 CPU generator, the initial latents first and then each ancestral
    step's, so that a seed means the same picture on every device. Raises `Cancelled` between steps.
    """
    generator = torch.Generator().manual_seed(seed)
    scheduler.set_timesteps(steps, device=device)
    latents: Tensor = torch.randn(shape, generator=generator).to(device) * scheduler.init_noise_sigma
    options = {"generator": generator} if "generator" in inspect.signature(scheduler.step).parameters else {}
    total = len(scheduler.timesteps)
    for index, timestep in enumerate(scheduler.timesteps):
        cancel.raise_if_cancelled()
        prediction = denoise(scheduler.scale_model_input(latents, timestep), timestep)
        output = scheduler.step(prediction, timestep, latents, **options)
        latents = output.prev_sample
        on_step(StepInfo(index + 1, total, _estimate(output, scheduler)))
    cancel.raise_if_cancelled()
    return latents


def _estimate(output: object, scheduler: Scheduler) -> Tensor:
    """The finished latents as the scheduler foresees them; a multistep solver keeps them itself."""
    foreseen = getattr(output, "pred_original_sample", None)
    estimate: Tensor = scheduler.model_outputs[-1] if foreseen is None else foreseen
    return estimate
