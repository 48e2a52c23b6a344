"""The request of one edit, and its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from engine.edit_settings import MAX_SEED, EditSettings
from engine.errors import InvalidRequest
from engine.model_options import ModelOptions
from engine.settings_table import (
    QT_TRANSLATE_NOOP,
    OfferedRange,
    Setting,
    check_settings,
    setting,
    settings_of,
)

MAX_VARIATIONS = 64


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
        offered=OfferedRange(minimum=1, maximum=8),
        flags=("--variations",),
        command_note="1 if left out",
    )
    """Their seeds are seed, seed + 1, and so on."""
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
        check_settings(self)
        if self.settings.seed + self.variations - 1 > MAX_SEED:
            raise InvalidRequest("The seeds of the variations grow too large.", "Choose a smaller seed.")

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
