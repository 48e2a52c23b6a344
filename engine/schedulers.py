"""Schedulers by the names users know, set up as the model's own configuration asks."""

from __future__ import annotations

import inspect
from typing import Any, TypeAlias

from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
)

from engine.request import SchedulerName

Scheduler: TypeAlias = (
    EulerAncestralDiscreteScheduler | EulerDiscreteScheduler | DPMSolverMultistepScheduler | DDIMScheduler
)

_CLASSES: dict[SchedulerName, Any] = {
    SchedulerName.EULER_ANCESTRAL: EulerAncestralDiscreteScheduler,
    SchedulerName.EULER: EulerDiscreteScheduler,
    SchedulerName.DPMPP_2M: DPMSolverMultistepScheduler,
    SchedulerName.DDIM: DDIMScheduler,
}


def make_scheduler(name: SchedulerName, model_config: dict[str, Any]) -> Scheduler:
    """The named scheduler with the model's betas, prediction type and timestep spacing.

    "leading" spacing is replaced by "linspace": it would start at a lower noise than training ended
    with (sigma 10.97 instead of 14.61 at 20 steps of Stable Diffusion).
    """
    scheduler = _CLASSES[name]
    known = inspect.signature(scheduler).parameters
    config = {key: value for key, value in model_config.items() if key in known}
    if config.get("timestep_spacing", "leading") == "leading":
        config["timestep_spacing"] = "linspace"
    made: Scheduler = scheduler(**config)
    return made
