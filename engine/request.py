"""What an edit asks for, and what it gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image

from engine.errors import InvalidRequest

MAX_GUIDANCE_SCALE = 50.0
MAX_STEPS = 1000
MAX_SEED = 2**63 - 1
MIN_RESOLUTION, MAX_RESOLUTION = 64, 4096


class SchedulerName(StrEnum):
    """Schedulers by the names users know them by; the first is the original's."""

    EULER_ANCESTRAL = "euler-ancestral"
    EULER = "euler"
    DPMPP_2M = "dpmpp-2m"
    DDIM = "ddim"


class Fit(StrEnum):
    """How a photo is brought to the working resolution."""

    KEEP = "keep"
    """Scaled and padded; nothing is cropped and the aspect stays."""
    ORIGINAL = "original"
    """The rule of the original `edit_cli.py`: sides on a grid of 64 pixels, cropped to fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditSettings:
    """Everything about an edit but the photo, the instruction and the model.

    Raises `InvalidRequest` for values no edit can be made with.
    """

    num_inference_steps: int = 20
    """Denoising steps, 1 to 1000."""
    text_guidance_scale: float = 7.5
    """How strongly the instruction is followed, 0 to 50."""
    image_guidance_scale: float = 1.5
    """How strongly the photo is kept, 0 to 50."""
    seed: int = 0
    """Chooses the noise, 0 to 2**63 - 1; the same seed gives the same picture on every device."""
    scheduler: SchedulerName = SchedulerName.EULER_ANCESTRAL
    resolution: int = 512
    """Longer side of the working picture in pixels, 64 to 4096."""
    fit: Fit = Fit.KEEP

    def __post_init__(self) -> None:
        if not 1 <= self.num_inference_steps <= MAX_STEPS:
            raise InvalidRequest(
                f"The number of steps must be from 1 to {MAX_STEPS}, not {self.num_inference_steps}."
            )
        for name, scale in (("text", self.text_guidance_scale), ("image", self.image_guidance_scale)):
            if not (math.isfinite(scale) and 0 <= scale <= MAX_GUIDANCE_SCALE):
                raise InvalidRequest(
                    f"The {name} guidance scale must be from 0 to {MAX_GUIDANCE_SCALE:g}, not {scale:g}."
                )
        if not 0 <= self.seed <= MAX_SEED:
            raise InvalidRequest(f"The seed must be from 0 to {MAX_SEED}, not {self.seed}.")
        if not MIN_RESOLUTION <= self.resolution <= MAX_RESOLUTION:
            raise InvalidRequest(
                f"The resolution must be from {MIN_RESOLUTION} to {MAX_RESOLUTION} pixels, "
                f"not {self.resolution}."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRequest:
    """One edit. The same request gives the same picture.

    Raises `InvalidRequest` if the instruction is empty or the photo has only one pixel a side.
    """

    source_image: Image.Image
    """An upright RGB photo, as `engine.image_files.open_photo` gives it."""
    instruction: str
    model: Path
    """Folder of the model."""
    settings: EditSettings

    def __post_init__(self) -> None:
        if not self.instruction.strip():
            raise InvalidRequest(
                "The instruction is empty.",
                "Write what should change, for example “make it black and white”.",
            )
        if min(self.source_image.size) < 2:
            raise InvalidRequest(
                f"The photo is only {self.source_image.width} × {self.source_image.height} pixels.",
                "Choose a larger one.",
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class EditResult:
    """An edited photo and how it came about."""

    edited_image: Image.Image
    request: EditRequest
    device: str
    """"cpu", "cuda" or "mps"."""
    dtype: str
    """"fp32", "bf16" or "fp16"."""
    load_seconds: float
    """Time spent on loading the model; 0 if it was loaded already."""
    edit_seconds: float
