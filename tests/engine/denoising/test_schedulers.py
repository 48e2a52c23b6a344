"""Schedulers by name: their noise, their steps and where they lead, for both kinds of model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler
from fakes.scheduler_configs import COSXL, STABLE_DIFFUSION, ZERO_TERMINAL_SNR
from torch import Tensor

from engine.denoising.sampling import sample
from engine.denoising.schedulers import make_scheduler, noise_level, set_steps
from engine.edit_settings import SCHEDULER_LABELS, SchedulerName
from engine.errors import InvalidRequest, ModelNotUsable
from engine.progress import CancelToken

CPU = torch.device("cpu")
DISCRETE = [
    STABLE_DIFFUSION,
    {**STABLE_DIFFUSION, "prediction_type": "sample"},
    {**STABLE_DIFFUSION, "timestep_spacing": "trailing"},
    ZERO_TERMINAL_SNR,
]
FOR_EDM = [name for name in SchedulerName if name not in (SchedulerName.UNIPC, SchedulerName.LCM)]
NOISY = (SchedulerName.EULER_ANCESTRAL, SchedulerName.DPMPP_2M_SDE)
SHAPE = (1, 4, 32, 32)
SPREAD = 0.5
"""Standard deviation of the Gaussian pictures that `GaussianModel` was perfectly trained on."""


class GaussianModel:
    """What a perfect UNet would predict for pictures of independent Gaussian values around zero.

    Every solver of the probability flow then has to end at the start noise scaled to `SPREAD`.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self.kind = config["prediction_type"]
        self.edm = "sigma_data" in config
        if not self.edm:
            scheduler = make_scheduler(SchedulerName.EULER, config)
            alphas = scheduler.alphas_cumprod.double().numpy()
            self.log_sigmas = np.log(((1 - alphas) / alphas) ** 0.5)

    def sigma(self, timestep: Tensor) -> float:
        if self.edm:
            return float(torch.exp(4 * timestep.double()))
        return float(np.exp(np.interp(float(timestep), np.arange(1000), self.log_sigmas)))

    def __call__(self, scaled: Tensor, timestep: Tensor) -> Tensor:
        sigma = self.sigma(timestep)
        latents = scaled.double() * (sigma**2 + 1) ** 0.5
        estimate = latents * SPREAD**2 / (SPREAD**2 + sigma**2)
        noise = (latents - estimate) / sigma
        predicted = {
            "sample": estimate,
            "epsilon": noise,
            "v_prediction": (noise - sigma * estimate) / (sigma**2 + 1) ** 0.5,
        }
        return predicted[self.kind].float()


def run(
    name: SchedulerName,
    config: dict[str, Any],
    denoise: Callable[[Tensor, Tensor], Tensor] | None = None,
    *,
    steps: int,
    shape: tuple[int, ...] = SHAPE,
) -> Tensor:
    return sample(
        denoise or GaussianModel(config),
        make_scheduler(name, config),
        shape,
        steps=steps,
        seeds=[3],
        device=CPU,
        on_step=lambda info: None,
        cancel=CancelToken(),
    )


def start_noise() -> Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(3))


def psnr(found: Tensor, wanted: Tensor) -> float:
    error = (found.double() - wanted.double()).square().mean()
    return float(10 * torch.log10((wanted.max() - wanted.min()) ** 2 / error))


def test_every_scheduler_has_the_name_people_know_it_by() -> None:
    assert list(SCHEDULER_LABELS) == list(SchedulerName)
    assert len(set(SCHEDULER_LABELS.values())) == len(SchedulerName)


@pytest.mark.parametrize(
    ("config", "prediction"),
    [
        (STABLE_DIFFUSION, "epsilon"),
        (STABLE_DIFFUSION, "v_prediction"),
        (STABLE_DIFFUSION, "sample"),
        # noise alone says nothing about a picture that is not in it, so no epsilon here
        (ZERO_TERMINAL_SNR, "v_prediction"),
        (ZERO_TERMINAL_SNR, "sample"),
    ],
    ids=["epsilon", "v", "sample", "zero terminal SNR v", "zero terminal SNR sample"],
)
@pytest.mark.parametrize("name", SchedulerName)
def test_no_number_of_steps_breaks_a_scheduler(
    name: SchedulerName, config: dict[str, Any], prediction: str
) -> None:
    for steps in (1, 2, 3, 7, 61, 600, 1000):
        latents = run(name, {**config, "prediction_type": prediction}, steps=steps, shape=(1, 4, 4, 4))
        assert torch.isfinite(latents).all(), steps


@pytest.mark.parametrize("name", FOR_EDM)
def test_no_number_of_steps_breaks_an_edm_scheduler(name: SchedulerName) -> None:
    for steps in (1, 2, 3, 7, 61, 1000):
        latents = run(name, COSXL, steps=steps, shape=(1, 4, 4, 4))
        assert torch.isfinite(latents).all(), steps
        assert latents.abs().max() < 10, steps


@pytest.mark.parametrize("steps", [61, 600])
@pytest.mark.parametrize(
    ("name", "config"),
    [
        *((name, config) for name in SchedulerName if name is not SchedulerName.LCM for config in DISCRETE),
        *((name, COSXL) for name in FOR_EDM),
    ],
)
def test_a_perfect_model_is_followed_to_its_pictures(
    name: SchedulerName, config: dict[str, Any], steps: int
) -> None:
    latents = run(name, config, steps=steps)
    if name in NOISY:
        # steps of first order with fresh noise come out somewhat too even
        assert float(latents.std()) == pytest.approx(SPREAD, rel=0.1)
    else:
        assert psnr(latents, SPREAD * start_noise()) > 35


@pytest.mark.parametrize("steps", [1, 4, 8, 50, 51, 200])
def test_lcm_goes_from_noise_to_estimate_and_back(steps: int) -> None:
    scheduler = make_scheduler(SchedulerName.LCM, STABLE_DIFFUSION)
    set_steps(scheduler, steps, CPU)
    timesteps = scheduler.timesteps.tolist()
    assert len(timesteps) == steps
    assert timesteps[0] == 999
    assert timesteps == sorted(set(timesteps), reverse=True)
    if steps <= 50:
        # those that models are distilled at
        assert all((timestep + 1) % 20 == 0 for timestep in timesteps)


@pytest.mark.parametrize("name", [name for name in SchedulerName if name is not SchedulerName.LCM])
@pytest.mark.parametrize("spacing", [{}, {"timestep_spacing": "leading"}, {"timestep_spacing": "linspace"}])
def test_sampling_starts_at_the_noise_that_training_ended_with(
    name: SchedulerName, spacing: dict[str, str]
) -> None:
    scheduler = make_scheduler(name, {**STABLE_DIFFUSION, **spacing})
    set_steps(scheduler, 20, CPU)
    assert scheduler.config.timestep_spacing == "linspace"
    assert float(scheduler.timesteps[0]) == 999
    assert float(scheduler.sigmas[0]) == pytest.approx(14.6146, abs=1e-4)
    assert float(scheduler.sigmas[-1]) == 0
    assert (scheduler.sigmas.diff() < 0).all()


@pytest.mark.parametrize("name", SchedulerName)
def test_the_models_own_configuration_is_kept(name: SchedulerName, starter: Path) -> None:
    starter_config = json.loads((starter / "scheduler" / "scheduler_config.json").read_text())
    config = make_scheduler(name, starter_config).config
    for key in ("beta_start", "beta_end", "beta_schedule", "prediction_type", "timestep_spacing"):
        assert config[key] == starter_config[key]
    assert config["rescale_betas_zero_snr"]


def test_what_a_configuration_says_about_another_scheduler_is_left_aside() -> None:
    scheduler = make_scheduler(
        SchedulerName.DPMPP_2M,
        {**STABLE_DIFFUSION, "solver_order": 3, "use_karras_sigmas": True, "thresholding": True},
    )
    assert scheduler.config.solver_order == 2
    assert not scheduler.config.use_karras_sigmas
    assert not scheduler.config.thresholding


def test_karras_spacing_is_that_of_the_paper() -> None:
    scheduler = make_scheduler(SchedulerName.DPMPP_2M_KARRAS, STABLE_DIFFUSION)
    set_steps(scheduler, 20, CPU)
    # Karras et al. 2022, equation 5, with rho 7
    ramp = np.linspace(14.6146 ** (1 / 7), 0.02917 ** (1 / 7), 20) ** 7
    np.testing.assert_allclose(scheduler.sigmas[:-1].numpy(), ramp, rtol=1e-3)


def test_karras_spacing_wastes_no_steps_on_an_endless_noise() -> None:
    scheduler = make_scheduler(SchedulerName.DPMPP_2M_KARRAS, ZERO_TERMINAL_SNR)
    set_steps(scheduler, 20, CPU)
    assert float(scheduler.sigmas[0]) == pytest.approx(80)
    assert (scheduler.sigmas > 25).sum() <= 6


@pytest.mark.parametrize("steps", [20, 50, 100])
def test_euler_a_is_the_originals(steps: int) -> None:
    """The original's sampler, written out: DiscreteSchedule.get_sigmas and sample_euler_ancestral."""

    def predicted_noise(scaled: Tensor, timestep: Tensor) -> Tensor:
        return torch.tanh(1.3 * scaled + 0.1) * (0.4 + float(timestep) / 2000)

    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    alphas = torch.cumprod(1 - betas, dim=0).numpy()
    log_sigmas = np.log(((1 - alphas) / alphas) ** 0.5)
    levels = np.exp(np.interp(np.linspace(999, 0, steps), np.arange(1000), log_sigmas))
    generator = torch.Generator().manual_seed(3)
    latents = torch.randn(SHAPE, generator=generator) * levels[0]
    for sigma, target in zip(levels, [*levels[1:], 0.0], strict=True):
        timestep = torch.tensor(np.interp(np.log(sigma), log_sigmas, np.arange(1000)))
        noise = predicted_noise(latents / (sigma**2 + 1) ** 0.5, timestep)
        up = min(target, (target**2 * (sigma**2 - target**2) / sigma**2) ** 0.5)
        down = (target**2 - up**2) ** 0.5
        latents = latents + noise * (down - sigma) + torch.randn(SHAPE, generator=generator) * up
    ours = run(SchedulerName.EULER_ANCESTRAL, STABLE_DIFFUSION, predicted_noise, steps=steps)
    assert psnr(ours, latents) >= 50


@pytest.mark.parametrize("config", [COSXL, {**STABLE_DIFFUSION, "prediction_type": "sample"}])
def test_our_ancestral_steps_are_those_of_the_formula(config: dict[str, Any]) -> None:
    scheduler = make_scheduler(SchedulerName.EULER_ANCESTRAL, config)
    set_steps(scheduler, 6, CPU)
    model = GaussianModel(config)
    generator = torch.Generator().manual_seed(3)
    latents = torch.randn(SHAPE, generator=generator) * float(scheduler.init_noise_sigma)
    for sigma, target in zip(scheduler.sigmas[:-1].double(), scheduler.sigmas[1:].double(), strict=True):
        estimate = latents * SPREAD**2 / (SPREAD**2 + sigma**2)
        up = target * (1 - target**2 / sigma**2) ** 0.5
        down = target**2 / sigma
        latents = estimate + (latents - estimate) * down / sigma
        latents = latents + up * torch.randn(SHAPE, generator=generator)
    assert psnr(run(SchedulerName.EULER_ANCESTRAL, config, model, steps=6), latents) > 60


@pytest.mark.parametrize("config", [{**STABLE_DIFFUSION, "timestep_spacing": "trailing"}, ZERO_TERMINAL_SNR])
def test_ddim_is_that_of_diffusers_where_steps_divide_the_timesteps(config: dict[str, Any]) -> None:
    theirs = DDIMScheduler(**config, clip_sample=False)
    theirs.set_timesteps(20)
    model = GaussianModel(config)
    latents = start_noise()
    for timestep in theirs.timesteps:
        latents = theirs.step(model(latents, timestep), timestep, latents).prev_sample
    assert psnr(run(SchedulerName.DDIM, config, model, steps=20), latents) > 50


@pytest.mark.parametrize("name", FOR_EDM)
def test_a_model_of_the_edm_kind_is_sampled_at_its_own_noise(name: SchedulerName) -> None:
    scheduler = make_scheduler(name, COSXL)
    set_steps(scheduler, 10, CPU)
    assert float(scheduler.sigmas[0]) == pytest.approx(120)
    assert float(scheduler.sigmas[-2]) == pytest.approx(0.002, rel=1e-3)
    ratios = (scheduler.sigmas[1:-1] / scheduler.sigmas[:-2]).tolist()
    exponential = name is not SchedulerName.DPMPP_2M_KARRAS
    assert (max(ratios) - min(ratios) < 1e-3) is exponential


def test_sigma_data_alone_says_that_a_model_is_of_the_edm_kind() -> None:
    config = {key: value for key, value in COSXL.items() if key != "_class_name"}
    assert make_scheduler(SchedulerName.EULER, config).config.sigma_data == 1.0


@pytest.mark.parametrize("name", [SchedulerName.UNIPC, SchedulerName.LCM])
def test_what_does_not_exist_for_edm_is_said_in_a_sentence(name: SchedulerName) -> None:
    with pytest.raises(InvalidRequest, match=SCHEDULER_LABELS[name]) as refused:
        make_scheduler(name, COSXL)
    assert "DPM++ 2M" in refused.value.advice


@pytest.mark.parametrize("name", SchedulerName)
@pytest.mark.parametrize(
    "wrong",
    [
        {"prediction_type": "flow_prediction"},
        {"beta_schedule": "unknown"},
        {"timestep_spacing": 3},
        {"beta_start": "a lot"},
        {"num_train_timesteps": -1},
        {"num_train_timesteps": 0},
    ],
    ids=str,
)
def test_a_configuration_without_sense_is_said_in_a_sentence(
    name: SchedulerName, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ModelNotUsable):
        make_scheduler(name, {**STABLE_DIFFUSION, **wrong})


@pytest.mark.parametrize("name", SchedulerName)
def test_the_noise_level_is_what_diffusers_adds(name: SchedulerName) -> None:
    scheduler = make_scheduler(name, STABLE_DIFFUSION)
    set_steps(scheduler, 8, CPU)
    levels = [noise_level(scheduler, step) for step in range(9)]
    assert levels[-1] == (1.0, 0.0)
    shares = [noise / signal for signal, noise in levels]
    assert shares == sorted(shares, reverse=True)
    signal, noise = scheduler.add_noise(
        torch.ones(2, 1), torch.tensor([[0.0], [1.0]]), scheduler.timesteps[:1]
    )
    assert levels[0] == (
        pytest.approx(float(signal), rel=1e-5),
        pytest.approx(float(noise - signal), rel=1e-5),
    )
