"""What an edit asks for, and what it gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image

from engine.errors import InvalidRequest
from engine.settings_table import (
    QT_TRANSLATE_NOOP,
    Offered,
    Setting,
    check_settings,
    setting,
    settings_of,
)

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


SCHEDULER_LABELS: dict[SchedulerName, str] = {
    SchedulerName.EULER_ANCESTRAL: "Euler a",
    SchedulerName.EULER: "Euler",
    SchedulerName.DPMPP_2M: "DPM++ 2M",
    SchedulerName.DPMPP_2M_KARRAS: "DPM++ 2M Karras",
    SchedulerName.DPMPP_2M_SDE: "DPM++ 2M SDE",
    SchedulerName.UNIPC: "UniPC",
    SchedulerName.DDIM: "DDIM",
    SchedulerName.LCM: "LCM",
}
"""The names the field uses, in the order of a menu. Names, and so the same in every language."""


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

    num_inference_steps: int = setting(
        20,
        key="steps",
        noun="number of steps",
        label=QT_TRANSLATE_NOOP("Setting", "Steps"),
        help=QT_TRANSLATE_NOOP("Setting", "More steps bring finer detail and take longer."),
        minimum=1,
        maximum=MAX_STEPS,
        offered=Offered(minimum=1, maximum=100),
        flags=("--steps",),
    )
    text_guidance_scale: float = setting(
        7.5,
        noun="text guidance scale",
        label=QT_TRANSLATE_NOOP("Setting", "Text guidance"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "How strongly the instruction is followed. Raise it if too little changes."
        ),
        minimum=0.0,
        maximum=MAX_GUIDANCE_SCALE,
        offered=Offered(minimum=0, maximum=10, step=0.1),
        flags=("--cfg-text", "--text-guidance"),
        is_list=True,
    )
    image_guidance_scale: float = setting(
        1.5,
        noun="image guidance scale",
        label=QT_TRANSLATE_NOOP("Setting", "Image guidance"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "How closely the photo is kept. Lower it, even below 1, for bolder edits."
        ),
        minimum=0.0,
        maximum=MAX_GUIDANCE_SCALE,
        offered=Offered(minimum=0, maximum=10, step=0.05),
        flags=("--cfg-image", "--image-guidance"),
        is_list=True,
    )
    seed: int = setting(
        0,
        noun="seed",
        label=QT_TRANSLATE_NOOP("Setting", "Seed"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "The same seed makes the same picture; another one makes a variation."
        ),
        minimum=0,
        maximum=MAX_SEED,
        flags=("--seed",),
        command_note="random if left out",
    )
    """The same seed gives the same picture on every device."""
    scheduler: SchedulerName = setting(
        SchedulerName.EULER_ANCESTRAL,
        noun="scheduler",
        label=QT_TRANSLATE_NOOP("Setting", "Scheduler"),
        help=QT_TRANSLATE_NOOP("Setting", "How noise is removed from step to step."),
        choices=SCHEDULER_LABELS,
        flags=("--scheduler",),
    )
    resolution: int = setting(
        512,
        noun="resolution",
        label=QT_TRANSLATE_NOOP("Setting", "Resolution"),
        help=QT_TRANSLATE_NOOP("Setting", "Longer side of the photo while it is edited."),
        minimum=MIN_RESOLUTION,
        maximum=MAX_RESOLUTION,
        unit="pixels",
        choices=dict.fromkeys((256, 384, 512, 640, 768, 1024), ""),
        flags=("--resolution",),
    )
    fit: Fit = setting(
        Fit.KEEP,
        noun="fit rule",
        label=QT_TRANSLATE_NOOP("Setting", "Photo edges"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "Crop slightly: the rule of the original program, sides on a grid of 64 pixels."
        ),
        choices={
            Fit.KEEP: QT_TRANSLATE_NOOP("Setting", "Keep all of it"),
            Fit.ORIGINAL: QT_TRANSLATE_NOOP("Setting", "Crop slightly"),
        },
        flags=("--fit",),
    )
    output_size: OutputSize = setting(
        OutputSize.WORKING,
        noun="output size",
        label=QT_TRANSLATE_NOOP("Setting", "Size of the result"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "As it was edited: at the working resolution, as the model painted it."
        ),
        choices={
            OutputSize.SOURCE: QT_TRANSLATE_NOOP("Setting", "As large as the photo"),
            OutputSize.WORKING: QT_TRANSLATE_NOOP("Setting", "As it was edited"),
        },
        flags=("--output-size",),
        command_note="source if left out, working if the photo is cropped",
    )
    detail: Detail = setting(
        Detail.PHOTO,
        noun="kind of detail",
        label=QT_TRANSLATE_NOOP("Setting", "Detail"),
        help=QT_TRANSLATE_NOOP(
            "Setting",
            "The photo's own: what the edit does not change stays as it is, pixel for pixel. "
            "For results as large as the photo.",
        ),
        choices={
            Detail.PHOTO: QT_TRANSLATE_NOOP("Setting", "The photo's own"),
            Detail.MODEL: QT_TRANSLATE_NOOP("Setting", "As the model painted it"),
        },
        flags=("--detail",),
    )
    """Does not apply to results of the working size, which are always as the model painted them."""
    turbo: bool = setting(
        False,
        noun="turbo",
        label=QT_TRANSLATE_NOOP("Setting", "Turbo"),
        # measured by tests/benchmarks/turbo.py: 2.4 times as fast with 20 steps, 41.0 dB
        help=QT_TRANSLATE_NOOP(
            "Setting",
            "Up to twice as fast from 8 steps on; below, nothing is gained. "
            "The picture differs slightly (about 40 dB).",
        ),
        flags=("--turbo",),
    )
    """Reuse deep features between steps: faster, and not quite the same picture."""

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lora:
    """A LoRA file laid over a model. Raises `InvalidRequest` for a weight that is not a number."""

    path: Path
    weight: float = 1.0
    """Its share, -4 to 4; 0 leaves the model as it is."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and abs(self.weight) <= MAX_LORA_WEIGHT):
            raise InvalidRequest(
                "request.lora-weight",
                "The weight of a LoRA must be from -{maximum:g} to {maximum:g}, not {weight:g}.",
                maximum=MAX_LORA_WEIGHT,
                weight=self.weight,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelOptions:
    """What is taken from a model, and what is put on top of it."""

    weight_set: WeightSet = setting(
        WeightSet.EMA,
        key="weights",
        noun="set of weights",
        label=QT_TRANSLATE_NOOP("Setting", "Weights"),
        help=QT_TRANSLATE_NOOP(
            "Setting",
            "This model has two sets: the average over its training, which edits more evenly, "
            "and the one it ended with.",
        ),
        choices={
            WeightSet.EMA: QT_TRANSLATE_NOOP("Setting", "Averaged (EMA)"),
            WeightSet.LIVE: QT_TRANSLATE_NOOP("Setting", "Live"),
        },
        flags=("--weights",),
        command_note="ema if left out",
    )
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
    negative_instruction: str = setting(
        "",
        noun="negative instruction",
        label=QT_TRANSLATE_NOOP("Setting", "Avoid"),
        help=QT_TRANSLATE_NOOP("Setting", "What the edit should keep away from, for example “blurry, dark”."),
        flags=("--negative",),
    )
    """Takes the place of the empty instruction."""
    mask: Image.Image | None = None
    """Where to edit: mode "L", as large as the photo; 255 edits, 0 keeps every pixel, between blends."""
    variations: int = setting(
        1,
        noun="number of variations",
        label=QT_TRANSLATE_NOOP("Setting", "Variations"),
        help=QT_TRANSLATE_NOOP("Setting", "Several pictures, each with its own seed."),
        minimum=1,
        maximum=MAX_VARIATIONS,
        # as many as can be told apart in the strip of results
        offered=Offered(minimum=1, maximum=8),
        flags=("--variations",),
        command_note="1 if left out",
    )
    """Their seeds are seed, seed + 1, and so on."""
    model_options: ModelOptions = ModelOptions()

    def __post_init__(self) -> None:
        if not self.instruction.strip():
            raise InvalidRequest(
                "request.instruction-empty",
                "The instruction is empty.",
                "Write what should change, for example “make it black and white”.",
            )
        if not (_is_text(self.instruction) and _is_text(self.negative_instruction)):
            raise InvalidRequest(
                "request.instruction-not-text",
                "The instruction contains characters that are not text.",
                "Type it again.",
            )
        if min(self.source_image.size) < 2:
            raise InvalidRequest(
                "request.photo-too-small",
                "The photo is only {width} × {height} pixels.",
                "Choose a larger one.",
                width=self.source_image.width,
                height=self.source_image.height,
            )
        if self.mask is not None and self.mask.size != self.source_image.size:
            raise InvalidRequest(
                "request.mask-size",
                "The mask is {mask_width} × {mask_height} pixels, the photo {width} × {height}.",
                "Draw the mask on this photo.",
                mask_width=self.mask.width,
                mask_height=self.mask.height,
                width=self.source_image.width,
                height=self.source_image.height,
            )
        if self.mask is not None and self.mask.mode != "L":
            raise InvalidRequest(
                "request.mask-not-grey", "The mask is not a grey image.", "Save it as an 8-bit grey image."
            )
        check_settings(self)
        if self.settings.seed + self.variations - 1 > MAX_SEED:
            raise InvalidRequest(
                "request.seed-too-large",
                "The seeds of the variations become too large.",
                "Choose a smaller seed.",
            )

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seed of every variation."""
        return tuple(range(self.settings.seed, self.settings.seed + self.variations))


SETTINGS: tuple[Setting, ...] = (
    *settings_of(EditSettings),
    *settings_of(EditRequest),
    *settings_of(ModelOptions),
)
"""Every setting of an edit that people choose."""


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
