"""What an edit asks for, and what it gives back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from PIL import Image

from engine.errors import InvalidRequest

MAX_GUIDANCE_SCALE = 50.0
MAX_STEPS = 1000
MAX_SEED = 2**63 - 1
MIN_RESOLUTION, MAX_RESOLUTION = 64, 4096
MAX_VARIATIONS = 64
MAX_LORA_WEIGHT = 4.0


class SchedulerName(StrEnum):
    """Schedulers by the names users know them by; the first is the original's."""

    EULER_ANCESTRAL = "euler-ancestral"
    EULER = "euler"
    DPMPP_2M = "dpmpp-2m"
    DPMPP_2M_KARRAS = "dpmpp-2m-karras"
    DPMPP_2M_SDE = "dpmpp-2m-sde"
    UNIPC = "unipc"
    DDIM = "ddim"
    LCM = "lcm"


class OutputSize(StrEnum):
    """How large the edited picture is."""

    WORKING = "working"
    """As large as it was edited."""
    SOURCE = "source"
    """As large as the photo."""


class Detail(StrEnum):
    """Where the detail of an edited picture as large as the photo comes from."""

    PHOTO = "photo"
    """The edit is transferred to the photo: what it does not change stays the photo's, pixel for pixel."""
    MODEL = "model"
    """What the model painted, only scaled."""


class WeightSet(StrEnum):
    """Which of the two sets of UNet weights that some checkpoints hold."""

    EMA = "ema"
    """The averaged weights, which the original edits with; the only ones where there is one set."""
    LIVE = "live"
    """The weights as the optimiser left them."""


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
    output_size: OutputSize = OutputSize.WORKING
    detail: Detail = Detail.PHOTO
    """Does not apply to results of the working size, which are always as the model painted them."""
    turbo: bool = False
    """Reuse deep features between steps: faster, and not quite the same picture."""

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
class Lora:
    """A LoRA file laid over a model. Raises `InvalidRequest` for a weight that is not a number."""

    path: Path
    weight: float = 1.0
    """Its share, -4 to 4; 0 leaves the model as it is."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and abs(self.weight) <= MAX_LORA_WEIGHT):
            raise InvalidRequest(
                f"The weight of a LoRA must be from -{MAX_LORA_WEIGHT:g} to {MAX_LORA_WEIGHT:g}, "
                f"not {self.weight:g}."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelOptions:
    """What is taken from a model, and what is put on top of it."""

    weight_set: WeightSet = WeightSet.EMA
    vae: Path | None = None
    """A VAE file or folder to use instead of the model's own."""
    loras: tuple[Lora, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRequest:
    """One edit. The same request gives the same picture.

    Raises `InvalidRequest` if the instruction is empty or no text, the photo has only one pixel a side,
    or the mask is not as large as the photo.
    """

    source_image: Image.Image
    """An upright RGB photo, as `engine.images.image_files.open_photo` gives it."""
    instruction: str
    model: Path
    """Folder or single file of the model."""
    settings: EditSettings
    negative_instruction: str = ""
    """What the edit should keep away from; takes the place of the empty instruction."""
    mask: Image.Image | None = None
    """Where to edit: mode "L", as large as the photo; 255 edits, 0 keeps every pixel, between blends."""
    variations: int = 1
    """Pictures to make, with the seeds seed, seed + 1, …; 1 to 64."""
    model_options: ModelOptions = ModelOptions()

    def __post_init__(self) -> None:
        if not self.instruction.strip():
            raise InvalidRequest(
                "The instruction is empty.",
                "Write what should change, for example “make it black and white”.",
            )
        if not (_is_text(self.instruction) and _is_text(self.negative_instruction)):
            raise InvalidRequest("The instruction holds signs that are no text.", "Write it anew.")
        if min(self.source_image.size) < 2:
            raise InvalidRequest(
                f"The photo is only {self.source_image.width} × {self.source_image.height} pixels.",
                "Choose a larger one.",
            )
        if self.mask is not None and self.mask.size != self.source_image.size:
            raise InvalidRequest(
                f"The mask is {self.mask.width} × {self.mask.height} pixels, "
                f"the photo {self.source_image.width} × {self.source_image.height}.",
                "Draw the mask on this photo.",
            )
        if self.mask is not None and self.mask.mode != "L":
            raise InvalidRequest("The mask is not a grey picture.", "Save it as an 8-bit grey image.")
        if not 1 <= self.variations <= MAX_VARIATIONS:
            raise InvalidRequest(
                f"The number of variations must be from 1 to {MAX_VARIATIONS}, not {self.variations}."
            )
        if self.settings.seed + self.variations - 1 > MAX_SEED:
            raise InvalidRequest("The seeds of the variations grow too large.", "Choose a smaller seed.")

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of every variation."""
        return tuple(range(self.settings.seed, self.settings.seed + self.variations))


@dataclass(frozen=True, kw_only=True, slots=True)
class EditResult:
    """The edited photo, once for each seed, and how it came about."""

    edited_images: tuple[Image.Image, ...]
    request: EditRequest
    device: str
    """"cpu", "cuda" or "mps"."""
    dtype: str
    """"fp32", "bf16" or "fp16"."""
    load_seconds: float
    """Time spent on loading the model; 0 if it was loaded already."""
    edit_seconds: float
    fallbacks: tuple[str, ...] = ()
    """What had to be given up, mostly for lack of memory, in sentences."""
    is_unchanged: tuple[bool, ...] = ()
    """Whether each image shows hardly any change against the photo."""

    @property
    def edited_image(self) -> Image.Image:
        """The picture of the first seed."""
        return self.edited_images[0]


def _is_text(words: str) -> bool:
    """Not what Python makes of bytes that are no text, such as a command line's in another encoding."""
    return not any("\ud800" <= sign <= "\udfff" for sign in words)


def sweep(
    request: EditRequest, text_guidance_scales: Sequence[float], image_guidance_scales: Sequence[float]
) -> list[EditRequest]:
    """The request at every pair of scales, row by row: each text scale with all image scales.

    Raises `InvalidRequest` for a scale no edit can be made with.
    """
    return [
        replace(
            request,
            settings=replace(request.settings, text_guidance_scale=text, image_guidance_scale=image),
        )
        for text in text_guidance_scales
        for image in image_guidance_scales
    ]
