"""The denoising loop: from noise to latents, one scheduler step after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.denoising.guidance import Denoiser
from engine.denoising.masking import LatentMask
from engine.denoising.schedulers import Scheduler, noise_level, set_steps
from engine.progress import CancelToken


@dataclass(frozen=True, slots=True)
class StepInfo:
    """One finished step, counted from 1."""

    step: int
    total: int
    estimate: Tensor
    """The finished latents as they look from here, (N, C, H, W)."""


def sample(
    denoise: Denoiser,
    scheduler: Scheduler,
    shape: tuple[int, ...],
    *,
    steps: int,
    seeds: Sequence[int],
    device: torch.device,
    on_step: Callable[[StepInfo], None],
    cancel: CancelToken,
    mask: LatentMask | None = None,
) -> Tensor:
    """Scaled latents (N, C, H, W) of N seeds, float32, denoised in `steps` steps.

    `shape` ends in C, H, W. Every seed has a float32 CPU generator of its own, for the initial latents
    first and then for the noise of each step, so that a seed means the same picture on every device and
    in every company. With a mask, what it keeps follows the source. Raises `Cancelled` between steps.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    set_steps(scheduler, steps, device)
    noise = torch.cat([initial_noise(own, shape) for own in generators]).to(device)
    takes_generator = "generator" in inspect.signature(scheduler.step).parameters
    options = {"generator": generators} if takes_generator else {}

    def held(latents: Tensor, signal: float, noise_share: float) -> Tensor:
        return latents if mask is None else mask.hold(latents, signal * mask.source + noise_share * noise)

    levels = [noise_level(scheduler, step) for step in range(len(scheduler.timesteps) + 1)]
    latents = held(noise * scheduler.init_noise_sigma, *levels[0])
    throttle = _GpuThrottle(device)
    for index, timestep in enumerate(scheduler.timesteps):
        cancel.raise_if_cancelled()
        prediction = denoise(scheduler.scale_model_input(latents, timestep), timestep)
        output = scheduler.step(prediction, timestep, latents, **options)
        latents = held(output.prev_sample, *levels[index + 1])
        throttle.wait()
        on_step(StepInfo(index + 1, steps, held(_estimate(output, scheduler), 1.0, 0.0)))
    cancel.raise_if_cancelled()
    return latents


class _GpuThrottle:
    """Keeps a GPU one step behind what was asked of it: it never waits, and reports are not early."""

    def __init__(self, device: torch.device) -> None:
        self._is_cuda = device.type == "cuda"
        self._last: torch.cuda.Event | None = None

    def keep(self) -> None:
        """To be called after each step; waits until the GPU is done with the one before."""
        if not self._is_cuda:
            return
        before, asked = self._last, torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
        asked.record()
        if before is not None:
            before.synchronize()
        self._last = asked


def initial_noise(generator: torch.Generator, shape: Sequence[int]) -> Tensor:
    """(1, C, H, W) for a `shape` that ends in C, H, W: the first that is drawn for a seed."""
    return torch.randn((1, *shape[-3:]), generator=generator)


def _estimate(output: object, scheduler: Scheduler) -> Tensor:
    """The finished latents as the scheduler foresees them; a multistep solver keeps them itself."""
    for name in ("pred_original_sample", "denoised"):
        if (foreseen := getattr(output, name, None)) is not None:
            estimate: Tensor = foreseen
            return estimate
    kept: Tensor = scheduler.model_outputs[-1]
    return kept
