"""The denoising loop, from noise to latents."""

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
    """The finished latents (N, C, H, W) as estimated after this step."""


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

    `shape` ends in C, H, W. Every seed has a float32 CPU generator of its own, for the initial latents and
    then the noise of each step, so that the result of a seed does not depend on the device or on the other
    seeds in the batch. With a mask, latents where it is 0 follow the source. Raises `Cancelled` between
    steps.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    set_steps(scheduler, steps, device)
    noise = torch.cat([initial_noise(own, shape) for own in generators]).to(device)
    takes_generator = "generator" in inspect.signature(scheduler.step).parameters
    options = {"generator": generators} if takes_generator else {}

    def masked(latents: Tensor, signal: float, noise_share: float) -> Tensor:
        return latents if mask is None else mask.hold(latents, signal * mask.source + noise_share * noise)

    levels = [noise_level(scheduler, step) for step in range(len(scheduler.timesteps) + 1)]
    latents = masked(noise * scheduler.init_noise_sigma, *levels[0])
    throttle = _GpuThrottle(device)
    for index, timestep in enumerate(scheduler.timesteps):
        cancel.raise_if_cancelled()
        prediction = denoise(scheduler.scale_model_input(latents, timestep), timestep)
        output = scheduler.step(prediction, timestep, latents, **options)
        latents = masked(output.prev_sample, *levels[index + 1])
        throttle.wait()
        on_step(StepInfo(index + 1, steps, masked(_estimate(output, scheduler), 1.0, 0.0)))
    cancel.raise_if_cancelled()
    return latents


class _GpuThrottle:
    """Keeps the CPU at most one step ahead of the GPU, so that steps are not reported too early."""

    def __init__(self, device: torch.device) -> None:
        self._is_cuda = device.type == "cuda"
        self._last: torch.cuda.Event | None = None

    def wait(self) -> None:
        """Waits until the GPU has finished the step before the last; called after each step."""
        if not self._is_cuda:
            return
        before, current = self._last, torch.cuda.Event(blocking=True)  # type: ignore[no-untyped-call]
        current.record()
        if before is not None:
            before.synchronize()
        self._last = current


def initial_noise(generator: torch.Generator, shape: Sequence[int]) -> Tensor:
    """The initial noise (1, C, H, W) for a `shape` that ends in C, H, W; a generator's first draw."""
    return torch.randn((1, *shape[-3:]), generator=generator)


def _estimate(output: object, scheduler: Scheduler) -> Tensor:
    """The finished latents as the scheduler estimates them; a multistep solver stores its estimate."""
    for name in ("pred_original_sample", "denoised"):
        if (found := getattr(output, name, None)) is not None:
            estimate: Tensor = found
            return estimate
    stored: Tensor = scheduler.model_outputs[-1]
    return stored
