"""Creates schedulers by name, with the noise schedule of the model's configuration.

A model is either discrete, trained at integer timesteps of a table of betas (Stable Diffusion), or an EDM
model, trained at any noise level sigma (Karras et al. 2022; CosXL). Its configuration says which.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any, TypeAlias

import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    EDMDPMSolverMultistepScheduler,
    EDMEulerScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    UniPCMultistepScheduler,
)
from diffusers.schedulers.scheduling_edm_euler import EDMEulerSchedulerOutput
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteSchedulerOutput
from diffusers.utils.torch_utils import randn_tensor
from torch import Tensor

from engine.edit_settings import SCHEDULER_LABELS, SchedulerName
from engine.errors import InvalidRequest, ModelNotUsable

Generators: TypeAlias = list[torch.Generator] | torch.Generator | None
"""One generator for each row of a batch, or one for all."""


class AncestralEuler(EulerDiscreteScheduler):  # type: ignore[misc]
    """Euler a for models that predict the sample, which diffusers' own class does not support."""

    def step(
        self, model_output: Tensor, timestep: Tensor, sample: Tensor, generator: Generators = None
    ) -> EulerDiscreteSchedulerOutput:
        """One ancestral step; arguments and result as in diffusers."""
        output = super().step(model_output, timestep, sample)
        output.prev_sample = _ancestral_sample(self, output.pred_original_sample, sample, generator)
        return output


class AncestralEDMEuler(EDMEulerScheduler):  # type: ignore[misc]
    """Euler a for EDM models, which diffusers lacks."""

    def step(
        self, model_output: Tensor, timestep: Tensor, sample: Tensor, generator: Generators = None
    ) -> EDMEulerSchedulerOutput:
        """One ancestral step; arguments and result as in diffusers."""
        output = super().step(model_output, timestep, sample)
        output.prev_sample = _ancestral_sample(self, output.pred_original_sample, sample, generator)
        return output


Scheduler: TypeAlias = (
    EulerAncestralDiscreteScheduler
    | EulerDiscreteScheduler
    | DPMSolverMultistepScheduler
    | UniPCMultistepScheduler
    | LCMScheduler
    | EDMEulerScheduler
    | EDMDPMSolverMultistepScheduler
)

_SDE = {"algorithm_type": "sde-dpmsolver++"}
_DISCRETE: dict[SchedulerName, tuple[Any, dict[str, Any]]] = {
    SchedulerName.EULER_ANCESTRAL: (EulerAncestralDiscreteScheduler, {}),
    SchedulerName.EULER: (EulerDiscreteScheduler, {}),
    SchedulerName.DPMPP_2M: (DPMSolverMultistepScheduler, {}),
    SchedulerName.DPMPP_2M_KARRAS: (DPMSolverMultistepScheduler, {"use_karras_sigmas": True}),
    SchedulerName.DPMPP_2M_SDE: (DPMSolverMultistepScheduler, _SDE),
    SchedulerName.UNIPC: (UniPCMultistepScheduler, {}),
    # DDIM is DPM-Solver of first order (Lu et al. 2022, section 4.1). diffusers' DDIMScheduler assumes that
    # every step is 1000 // steps long: unless steps divide 1000, the remaining noise is not the level of the
    # next step, and with 600 steps it is far from it.
    SchedulerName.DDIM: (DPMSolverMultistepScheduler, {"solver_order": 1}),
    SchedulerName.LCM: (LCMScheduler, {}),
}
_EDM: dict[SchedulerName, tuple[Any, dict[str, Any]]] = {
    SchedulerName.EULER_ANCESTRAL: (AncestralEDMEuler, {}),
    SchedulerName.EULER: (EDMEulerScheduler, {}),
    SchedulerName.DPMPP_2M: (EDMDPMSolverMultistepScheduler, {}),
    SchedulerName.DPMPP_2M_KARRAS: (EDMDPMSolverMultistepScheduler, {"sigma_schedule": "karras"}),
    SchedulerName.DPMPP_2M_SDE: (EDMDPMSolverMultistepScheduler, _SDE),
    SchedulerName.DDIM: (EDMDPMSolverMultistepScheduler, {"solver_order": 1}),
}
# entries of a configuration about the model; the others are about the scheduler that was saved
_OF_DISCRETE_MODEL = (
    *("num_train_timesteps", "beta_start", "beta_end", "beta_schedule", "trained_betas"),
    *("prediction_type", "rescale_betas_zero_snr", "timestep_spacing"),
)
_OF_EDM_MODEL = (
    *("num_train_timesteps", "prediction_type"),
    *("sigma_min", "sigma_max", "sigma_data", "sigma_schedule", "rho"),
)
_TRAIN_TIMESTEPS = range(1, 100_001)
"""Valid numbers of training timesteps."""
_TERMINAL_ALPHA = 2.0**-24
"""Replaces the zero of a zero terminal SNR, so that sigma is finite; the value that diffusers uses."""
_KARRAS_SIGMA_MAX = 80.0
"""The first sigma of Karras et al. 2022. From a nearly infinite sigma most steps would see only noise."""
_LCM_GRID = 50
"""Number of timesteps at which latent consistency models are distilled; the steps are chosen among them."""


def make_scheduler(name: SchedulerName, model_config: dict[str, Any]) -> Scheduler:
    """The named scheduler with the model's noise schedule, prediction type and timestep spacing.

    "leading" spacing is replaced by "linspace", because it would start at less noise than training ended with
    (sigma 10.97 instead of 14.61 at 20 steps of Stable Diffusion). Raises `InvalidRequest` if the scheduler
    does not exist for this kind of model, and `ModelNotUsable` if the configuration is invalid.
    """
    try:
        if is_edm(model_config):
            return _make_edm(name, model_config)
        return _make_discrete(name, model_config)
    except (LookupError, RuntimeError, TypeError, ValueError) as error:
        raise ModelNotUsable(
            "model.scheduler-invalid",
            "The model's scheduler configuration is invalid ({reason}).",
            "Install the model again.",
            reason=error,
        ) from error


def is_edm(model_config: dict[str, Any]) -> bool:
    """Whether the model was trained at noise levels instead of integer timesteps."""
    return str(model_config.get("_class_name", "")).startswith("EDM") or "sigma_data" in model_config


def _make_edm(name: SchedulerName, model_config: dict[str, Any]) -> Scheduler:
    if name not in _EDM:
        others = ", ".join(SCHEDULER_LABELS[other] for other in _EDM)
        raise InvalidRequest(
            "request.scheduler-not-usable",
            "{scheduler} cannot be used with models of the EDM kind, such as CosXL.",
            "Choose one of {known}.",
            scheduler=SCHEDULER_LABELS[name],
            known=others,
        )
    kind, options = _EDM[name]
    _check(model_config, "num_train_timesteps", _TRAIN_TIMESTEPS)
    _check(model_config, "prediction_type", ("epsilon", "v_prediction"))
    made: Scheduler = kind(
        **{key: model_config[key] for key in _OF_EDM_MODEL if key in model_config} | options
    )
    return made


def _make_discrete(name: SchedulerName, model_config: dict[str, Any]) -> Scheduler:
    config = {key: model_config[key] for key in _OF_DISCRETE_MODEL if key in model_config}
    if config.get("timestep_spacing", "leading") == "leading":
        config["timestep_spacing"] = "linspace"
    kind, options = _DISCRETE[name]
    _check(config, "num_train_timesteps", _TRAIN_TIMESTEPS)
    _check(config, "timestep_spacing", ("linspace", "trailing"))
    _check(config, "prediction_type", ("epsilon", "v_prediction", "sample"))
    if kind is EulerAncestralDiscreteScheduler and config.get("prediction_type") == "sample":
        kind = AncestralEuler
    made: Scheduler = kind(**config | options)
    if config.get("rescale_betas_zero_snr"):
        made.alphas_cumprod[-1] = _TERMINAL_ALPHA
        if "use_karras_sigmas" in options:
            made.register_to_config(sigma_max=_KARRAS_SIGMA_MAX)
    return made


def _check(config: dict[str, Any], key: str, known: Container[object]) -> None:
    """Raises `ValueError` for an unknown value, which diffusers notices only at the first step or never."""
    if key in config and config[key] not in known:
        raise ValueError(f"{key}: {config[key]}")


def set_steps(scheduler: Scheduler, steps: int, device: torch.device) -> None:
    """Sets exactly `steps` steps, the first at the noise level at which training ended."""
    options, whole = {}, scheduler.config.num_train_timesteps
    if isinstance(scheduler, LCMScheduler):
        options["original_inference_steps"] = _LCM_GRID if steps <= _LCM_GRID else whole
    elif steps == whole and "timestep_spacing" in scheduler.config:
        # each timestep once; "linspace" of a multistep solver would round two of 1001 to the same one
        scheduler.register_to_config(timestep_spacing="trailing")
    if steps == 1 and "sigma_schedule" in scheduler.config:
        # a single step of "exponential" spacing would be at sigma_min
        scheduler.register_to_config(sigma_schedule="karras")
    scheduler.set_timesteps(steps, device=device, **options)
    # rounding in the "trailing" spacing of diffusers adds a step at timestep -1, with 61 steps for one
    scheduler.timesteps = scheduler.timesteps[:steps]
    if not isinstance(scheduler, LCMScheduler):
        scheduler.sigmas = torch.cat([scheduler.sigmas[:steps], scheduler.sigmas[-1:]])
    # otherwise it searches the first timestep in the table, and takes the second of two equal ones
    scheduler.set_begin_index(0)


def noise_level(scheduler: Scheduler, step: int) -> tuple[float, float]:
    """The factors of the finished latents and of noise in the latents before `step`, counted from 0.

    For a scheduler after `set_steps`; (1, 0) after the last step. The first factor is always 1 where latents
    are not scaled (Euler schedulers and EDM), otherwise the squares of the two add up to 1.
    """
    if step == len(scheduler.timesteps):
        return 1.0, 0.0
    if isinstance(scheduler, LCMScheduler):
        alpha = float(scheduler.alphas_cumprod[int(scheduler.timesteps[step])])
        return alpha**0.5, (1 - alpha) ** 0.5
    sigma = float(scheduler.sigmas[step])
    if isinstance(scheduler, DPMSolverMultistepScheduler | UniPCMultistepScheduler):
        scale = (sigma**2 + 1) ** -0.5
        return scale, sigma * scale
    return 1.0, sigma


def _ancestral_sample(
    scheduler: EulerDiscreteScheduler | EDMEulerScheduler,
    estimate: Tensor,
    sample: Tensor,
    generator: Generators,
) -> Tensor:
    """The sample after an ancestral Euler step of eta 1: down below the next sigma, then new noise up to it.

    As `sample_euler_ancestral` of k-diffusion; `scheduler` must have counted the step already.
    """
    sigma, target = scheduler.sigmas[scheduler.step_index - 1], scheduler.sigmas[scheduler.step_index]
    up = (target**2 * (sigma**2 - target**2) / sigma**2) ** 0.5
    down = (target**2 - up**2) ** 0.5
    noise = randn_tensor(sample.shape, generator=generator, device=sample.device, dtype=sample.dtype)
    reached: Tensor = sample + (sample - estimate) / sigma * (down - sigma) + noise * up
    return reached
