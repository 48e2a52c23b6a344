"""The denoising loop: its noise, its order, its end, and one row for each seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from fakes.scheduler_configs import COSXL, STABLE_DIFFUSION, ZERO_TERMINAL_SNR
from torch import Tensor

from engine.denoising.masking import LatentMask
from engine.denoising.sampling import StepInfo, sample
from engine.denoising.schedulers import make_scheduler, set_steps
from engine.edit_settings import SchedulerName
from engine.progress import Cancelled, CancelToken

CPU = torch.device("cpu")
DISCRETE = [(name, config) for name in SchedulerName for config in (STABLE_DIFFUSION, ZERO_TERMINAL_SNR)]
EVERY = [
    *DISCRETE,
    *((name, COSXL) for name in SchedulerName if name not in (SchedulerName.UNIPC, SchedulerName.LCM)),
]
SHAPE = (1, 4, 6, 8)
every_scheduler = pytest.mark.parametrize(
    ("name", "config"),
    EVERY,
    ids=[f"{name}-{config.get('_class_name', config['prediction_type'])}" for name, config in EVERY],
)


def nothing(latents: Tensor, timestep: Tensor) -> Tensor:
    return torch.zeros_like(latents)


def something(latents: Tensor, timestep: Tensor) -> Tensor:
    return torch.tanh(latents + 0.1)


def run(
    scheduler: Any,
    denoise: Callable[[Tensor, Tensor], Tensor] = nothing,
    *,
    steps: int = 4,
    seeds: Sequence[int] = (7,),
    on_step: Callable[[StepInfo], None] = lambda info: None,
    cancel: CancelToken | None = None,
    mask: LatentMask | None = None,
) -> Tensor:
    return sample(
        denoise,
        scheduler,
        SHAPE,
        steps=steps,
        seeds=seeds,
        device=CPU,
        on_step=on_step,
        cancel=cancel or CancelToken(),
        mask=mask,
    )


@every_scheduler
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_every_scheduler_reports_each_step_with_a_picture_of_the_end(
    name: SchedulerName, config: dict[str, Any], steps: int
) -> None:
    heard: list[StepInfo] = []
    latents = run(
        make_scheduler(name, config),
        lambda latents, timestep: 0.1 * latents,
        steps=steps,
        seeds=(7, 8, 9),
        on_step=heard.append,
    )
    assert latents.shape == (3, *SHAPE[1:])
    assert latents.dtype == torch.float32
    assert torch.isfinite(latents).all()
    assert [(info.step, info.total) for info in heard] == [(step, steps) for step in range(1, steps + 1)]
    assert all(info.estimate.shape == latents.shape for info in heard)
    assert all(torch.isfinite(info.estimate).all() for info in heard)
    torch.testing.assert_close(heard[-1].estimate, latents, rtol=1e-3, atol=1e-3)


def test_noise_is_drawn_for_the_start_and_then_for_each_ancestral_step() -> None:
    scheduler = make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION)
    latents = run(scheduler, seeds=(11,), steps=5)
    # a UNet that sees no noise leaves the latents alone, so that only what is drawn adds up
    noise = torch.Generator().manual_seed(11)
    expected = torch.randn(SHAPE, generator=noise) * scheduler.sigmas[0]
    for before, after in zip(scheduler.sigmas[:-1], scheduler.sigmas[1:], strict=True):
        added = (after**2 * (before**2 - after**2) / before**2).sqrt()
        expected = expected + added * torch.randn(SHAPE, generator=noise)
    torch.testing.assert_close(latents, expected, rtol=1e-4, atol=1e-4)


@every_scheduler
def test_each_row_is_the_picture_of_its_seed_alone(name: SchedulerName, config: dict[str, Any]) -> None:
    seeds = (5, 6, 5, 2**63 - 1)
    together = run(make_scheduler(name, config), something, seeds=seeds)
    for seed, row in zip(seeds, together, strict=True):
        assert torch.equal(run(make_scheduler(name, config), something, seeds=(seed,))[0], row)
    assert not torch.allclose(together[0], together[1])


def test_the_noise_of_other_work_changes_nothing() -> None:
    first = run(make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION))
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert torch.equal(run(make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION)), first)
    assert torch.equal(torch.get_rng_state(), state)


def half_mask() -> LatentMask:
    """Keeps the left three columns, blends in one, edits the others."""
    weight = torch.ones(1, 1, *SHAPE[-2:])
    weight[..., :3], weight[..., 3] = 0, 0.5
    source = torch.randn(SHAPE, generator=torch.Generator().manual_seed(100))
    return LatentMask(weight, source)


@every_scheduler
def test_what_a_mask_keeps_follows_the_source_at_every_step(
    name: SchedulerName, config: dict[str, Any]
) -> None:
    mask, scheduler = half_mask(), make_scheduler(name, config)
    noise = torch.cat([torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed)) for seed in (3, 4)])
    seen: list[Tensor] = []

    def denoise(scaled: Tensor, timestep: Tensor) -> Tensor:
        # diffusers' own way to the noise of this step
        kept = scheduler.add_noise(mask.source.expand(2, -1, -1, -1), noise, timestep.reshape(1))
        expected = scheduler.scale_model_input(kept, timestep)[..., :3]
        torch.testing.assert_close(scaled[..., :3], expected, rtol=1e-4, atol=1e-5)
        seen.append(scaled)
        return something(scaled, timestep)

    estimates: list[Tensor] = []
    latents = run(
        scheduler,
        denoise,
        steps=6,
        seeds=(3, 4),
        mask=mask,
        on_step=lambda info: estimates.append(info.estimate),
    )
    assert len(seen) == 6
    for finished in (latents, *estimates):
        assert torch.equal(finished[..., :3], mask.source[..., :3].expand(2, -1, -1, -1))
    assert not torch.allclose(latents[..., 4:], mask.source[..., 4:].expand(2, -1, -1, -1), atol=0.1)


@every_scheduler
def test_a_mask_of_everything_is_no_mask(name: SchedulerName, config: dict[str, Any]) -> None:
    mask = LatentMask(torch.ones(1, 1, *SHAPE[-2:]), torch.randn(SHAPE))
    masked = run(make_scheduler(name, config), something, seeds=(1, 2), mask=mask)
    assert torch.equal(masked, run(make_scheduler(name, config), something, seeds=(1, 2)))


@pytest.mark.parametrize("name", SchedulerName)
def test_cancelling_stops_within_one_step(name: SchedulerName) -> None:
    cancel = CancelToken()
    evaluated: list[float] = []

    def denoise(latents: Tensor, timestep: Tensor) -> Tensor:
        evaluated.append(float(timestep))
        if len(evaluated) == 3:
            cancel.cancel()
        return torch.zeros_like(latents)

    with pytest.raises(Cancelled):
        run(make_scheduler(name, STABLE_DIFFUSION), denoise, steps=50, cancel=cancel)
    assert len(evaluated) == 3


def test_work_cancelled_before_it_began_evaluates_nothing() -> None:
    cancel = CancelToken()
    cancel.cancel()
    heard: list[StepInfo] = []
    with pytest.raises(Cancelled):
        run(make_scheduler(SchedulerName.DDIM, STABLE_DIFFUSION), on_step=heard.append, cancel=cancel)
    assert heard == []


@every_scheduler
def test_a_scheduler_can_be_used_again(name: SchedulerName, config: dict[str, Any]) -> None:
    scheduler = make_scheduler(name, config)
    first = run(scheduler, something, steps=5)
    set_steps(scheduler, 3, CPU)
    assert torch.equal(run(scheduler, something, steps=5), first)
