"""Schedulers by name and the denoising loop: its noise, its order, its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.progress import Cancelled, CancelToken
from engine.request import SchedulerName
from engine.sampling import StepInfo, sample
from engine.schedulers import make_scheduler

STABLE_DIFFUSION = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
}
SHAPE = (1, 4, 6, 8)

# diffusers hands tensors to NumPy 2 in a way that NumPy has deprecated


@pytest.fixture(scope="session")
def starter_config(starter: Path) -> dict[str, Any]:
    config: dict[str, Any] = json.loads((starter / "scheduler" / "scheduler_config.json").read_text())
    return config


def run(
    scheduler: Any,
    denoise: Callable[[Tensor, Tensor], Tensor] = lambda latents, timestep: torch.zeros_like(latents),
    *,
    steps: int = 4,
    seed: int = 7,
    on_step: Callable[[StepInfo], None] = lambda info: None,
    cancel: CancelToken | None = None,
) -> Tensor:
    return sample(
        denoise,
        scheduler,
        SHAPE,
        steps=steps,
        seed=seed,
        device=torch.device("cpu"),
        on_step=on_step,
        cancel=cancel or CancelToken(),
    )


@pytest.mark.parametrize("name", SchedulerName)
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_every_scheduler_reports_each_step_with_a_picture_of_the_end(
    name: SchedulerName, steps: int, starter_config: dict[str, Any]
) -> None:
    heard: list[StepInfo] = []
    latents = run(
        make_scheduler(name, starter_config),
        lambda latents, timestep: 0.1 * latents,
        steps=steps,
        on_step=heard.append,
    )
    assert latents.shape == SHAPE
    assert latents.dtype == torch.float32
    assert torch.isfinite(latents).all()
    assert [(info.step, info.total) for info in heard] == [(step, steps) for step in range(1, steps + 1)]
    assert all(info.estimate.shape == SHAPE and torch.isfinite(info.estimate).all() for info in heard)
    torch.testing.assert_close(heard[-1].estimate, latents, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", SchedulerName)
@pytest.mark.parametrize("spacing", [{}, {"timestep_spacing": "leading"}, {"timestep_spacing": "linspace"}])
def test_sampling_starts_at_the_noise_that_training_ended_with(
    name: SchedulerName, spacing: dict[str, str]
) -> None:
    scheduler = make_scheduler(name, {**STABLE_DIFFUSION, **spacing})
    scheduler.set_timesteps(20)
    assert scheduler.config.timestep_spacing == "linspace"
    assert float(scheduler.timesteps[0]) == 999


@pytest.mark.parametrize("name", SchedulerName)
def test_the_models_own_configuration_is_kept(name: SchedulerName, starter_config: dict[str, Any]) -> None:
    config = make_scheduler(name, starter_config).config
    for key in ("beta_start", "beta_end", "beta_schedule", "prediction_type", "timestep_spacing"):
        assert config[key] == starter_config[key]


def test_the_noise_levels_are_the_originals() -> None:
    scheduler = make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION)
    scheduler.set_timesteps(20)
    assert float(scheduler.sigmas[0]) == pytest.approx(14.6146, abs=1e-4)
    assert float(scheduler.sigmas[-1]) == 0
    assert (scheduler.sigmas.diff() < 0).all()


def test_noise_is_drawn_for_the_start_and_then_for_each_ancestral_step() -> None:
    scheduler = make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION)
    latents = run(scheduler, seed=11, steps=5)
    # a UNet that sees no noise leaves the latents alone, so that only what is drawn adds up
    noise = torch.Generator().manual_seed(11)
    expected = torch.randn(SHAPE, generator=noise) * scheduler.sigmas[0]
    for before, after in zip(scheduler.sigmas[:-1], scheduler.sigmas[1:], strict=True):
        added = (after**2 * (before**2 - after**2) / before**2).sqrt()
        expected = expected + added * torch.randn(SHAPE, generator=noise)
    torch.testing.assert_close(latents, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", SchedulerName)
def test_a_seed_means_one_noise(name: SchedulerName) -> None:
    first, again, other = (run(make_scheduler(name, STABLE_DIFFUSION), seed=seed) for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


def test_the_noise_of_other_work_changes_nothing() -> None:
    first = run(make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION))
    torch.manual_seed(99)
    state = torch.get_rng_state()
    assert torch.equal(run(make_scheduler(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION)), first)
    assert torch.equal(torch.get_rng_state(), state)


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
