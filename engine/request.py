"""The request of one edit, and its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from engine.edit_settings import MAX_SEED, EditSettings
from engine.errors import ErrorReport, InvalidRequest
from engine.model_options import ModelOptions
from engine.settings_table import (
    QT_TRANSLATE_NOOP,
    OfferedRange,
    Setting,
    check_settings,
    setting,
    settings_of,
)

if TYPE_CHECKING:
    import numpy as np  # delays the start of the window
    from numpy.typing import NDArray

MAX_VARIATIONS = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRequest:
    """The input of one edit. The same request gives the same result.

    Raises `InvalidRequest` if the instruction is empty or contains characters that are not text, if a side
    of the photo is only one pixel long, or if the mask does not have the size of the photo.
    """

    source_image: Image.Image
    """An upright photo, as `engine.images.image_files.open_photo` returns it: mode RGB, or RGBA.

    The model sees a transparent photo on white, and the results get its alpha."""
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
    """Replaces the empty instruction of classifier-free guidance."""
    mask: Image.Image | None = None
    """Where to edit: mode "L", of the photo's size; 255 edits, 0 keeps every pixel, values between blend."""
    variations: int = setting(
        1,
        noun="number of variations",
        label=QT_TRANSLATE_NOOP("Setting", "Variations"),
        help=QT_TRANSLATE_NOOP("Setting", "Several results, each with its own seed."),
        minimum=1,
        maximum=MAX_VARIATIONS,
        # more would be too small in the strip of results
        offered=OfferedRange(minimum=1, maximum=8),
        flags=("--variations",),
        command_note="1 if left out",
    )
    """Their seeds are seed, seed + 1, and so on."""
    model_options: ModelOptions = ModelOptions()
    deep_source: NDArray[np.uint16] | None = field(default=None, compare=False, repr=False)
    """The photo with 16 bits for each colour (H, W, 3), for results with as many; None if it has none."""

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
"""Every setting of an edit that users choose."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FinishedImage:
    """One image of a request, as soon as it is made."""

    number: int
    """Its place among the variations, counted from 0."""
    image: Image.Image
    is_unchanged: bool
    """Whether it hardly differs from the photo; False if that was not measured."""
    deep: NDArray[np.uint16] | None = field(default=None, compare=False, repr=False)
    """The same with 16 bits for each colour (H, W, 3); None if the photo has no more than 8, or the
    edit shows the image of the model."""


ResultCallback = Callable[[FinishedImage], None]


def ignore_result(finished: FinishedImage) -> None:
    """Does nothing; the default callback."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditResult:
    """The results of a request, one for each seed, and how they were computed."""

    edited_images: tuple[Image.Image, ...]
    request: EditRequest
    device: str
    """"cpu", "cuda" or "mps"."""
    dtype: str
    """"fp32", "bf16" or "fp16"."""
    load_seconds: float
    """Seconds spent on loading the model; 0 if it was loaded already."""
    edit_seconds: float
    fallbacks: tuple[str, ...] = ()
    """Sentences that name the slower or smaller plans used, mostly for lack of memory."""
    warnings: tuple[ErrorReport, ...] = ()
    """What of the model's options was not used, such as modules of a LoRA that do not fit the model."""
    is_unchanged: tuple[bool, ...] = ()
    """For each image, whether it hardly differs from the photo; empty where that was not measured."""

    @property
    def edited_image(self) -> Image.Image:
        """The result of the first seed."""
        return self.edited_images[0]


def _is_text(text: str) -> bool:
    """Whether there are no surrogates, which Python puts for undecodable bytes of a command line."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
