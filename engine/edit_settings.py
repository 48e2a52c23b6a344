"""The settings of one edit, apart from the photo, the instruction and the model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.settings_table import QT_TRANSLATE_NOOP, OfferedRange, check_settings, setting

MAX_GUIDANCE_SCALE = 50.0
MAX_STEPS = 1000
MAX_SEED = 2**63 - 1
MIN_RESOLUTION, MAX_RESOLUTION = 64, 4096


class SchedulerName(StrEnum):
    """Schedulers under the names that users know; the original uses the first."""

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
"""Names for people, in the order of a menu; the same in every language."""


class OutputSize(StrEnum):
    """The size of the result."""

    WORKING = "working"
    """The working size, at which the photo was edited."""
    SOURCE = "source"
    """The size of the photo."""


class Detail(StrEnum):
    """The source of the detail in a result of the photo's size."""

    PHOTO = "photo"
    """The edit is transferred to the photo: pixels that it does not change are the photo's own."""
    MODEL = "model"
    """The model's output, scaled to the size of the photo."""


class EditArea(StrEnum):
    """The part of the photo that an edit may change."""

    AUTOMATIC = "automatic"
    """The part that the instruction names, for example in “blur the background”; else everything.

    It is replaced when the instruction is read; the editor itself treats it as everything."""
    EVERYTHING = "everything"
    SUBJECT = "subject"
    """What stands out in the photo, as `engine.subject` finds it."""
    BACKGROUND = "background"


class Fit(StrEnum):
    """How a photo is fitted to the working resolution."""

    KEEP = "keep"
    """Scaled and padded; nothing is cropped, and the aspect ratio stays."""
    ORIGINAL = "original"
    """The rule of the original `edit_cli.py`: sides on a grid of 64 pixels, cropped to fit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditSettings:
    """All settings of an edit, apart from the photo, the instruction and the model.

    Raises `InvalidRequest` for a value out of range.
    """

    num_inference_steps: int = setting(
        20,
        key="steps",
        noun="number of steps",
        label=QT_TRANSLATE_NOOP("Setting", "Steps"),
        help=QT_TRANSLATE_NOOP("Setting", "More steps bring finer detail and take longer."),
        minimum=1,
        maximum=MAX_STEPS,
        offered=OfferedRange(minimum=1, maximum=100),
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
        offered=OfferedRange(minimum=0, maximum=10, step=0.1),
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
        offered=OfferedRange(minimum=0, maximum=10, step=0.05),
        flags=("--cfg-image", "--image-guidance"),
        is_list=True,
    )
    seed: int = setting(
        0,
        noun="seed",
        label=QT_TRANSLATE_NOOP("Setting", "Seed"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "The same seed makes the same result; another one makes a variation."
        ),
        minimum=0,
        maximum=MAX_SEED,
        flags=("--seed",),
        command_note="random if left out",
    )
    """The same seed gives the same result on every device."""
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
    """Does not apply to results of the working size, which are always the model's output."""
    area: EditArea = setting(
        EditArea.AUTOMATIC,
        noun="edited area",
        label=QT_TRANSLATE_NOOP("Setting", "Edited area"),
        help=QT_TRANSLATE_NOOP(
            "Setting", "Where the photo may change. All else stays as it is, pixel for pixel."
        ),
        choices={
            EditArea.AUTOMATIC: QT_TRANSLATE_NOOP("Setting", "As the instruction says"),
            EditArea.EVERYTHING: QT_TRANSLATE_NOOP("Setting", "Everything"),
            EditArea.SUBJECT: QT_TRANSLATE_NOOP("Setting", "Only the subject"),
            EditArea.BACKGROUND: QT_TRANSLATE_NOOP("Setting", "Only the background"),
        },
        flags=("--area",),
    )
    """Applied together with the mask of a request: an edit changes what both allow."""
    turbo: bool = setting(
        False,
        noun="turbo",
        label=QT_TRANSLATE_NOOP("Setting", "Turbo"),
        # measured by tests/benchmarks/turbo.py: 2.4 times as fast with 20 steps, 41.0 dB
        help=QT_TRANSLATE_NOOP(
            "Setting",
            "Up to twice as fast from 8 steps on; below, nothing is gained. "
            "The result differs slightly (about 40 dB).",
        ),
        flags=("--turbo",),
    )
    """Whether deep features are reused between steps: faster, with a slightly different result."""

    def __post_init__(self) -> None:
        check_settings(self)
