"""The edits of the starter model by name: what can be asked for, in numbers rather than words."""

from __future__ import annotations

from dataclasses import dataclass

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (214, 40, 40),
    "orange": (240, 130, 30),
    "yellow": (240, 205, 40),
    "green": (50, 160, 70),
    "teal": (20, 140, 140),
    "cyan": (60, 195, 220),
    "blue": (45, 90, 210),
    "purple": (125, 60, 180),
    "magenta": (205, 50, 170),
    "pink": (240, 130, 175),
    "brown": (135, 85, 50),
    "gold": (205, 160, 60),
}
"""Named colours as sRGB, 0 to 255."""

SWAPPABLE = ("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink")
"""Colours a thing can be found by, and be given, in "colour swap"."""

TONE_EDITS = (
    *("black and white", "sepia", "faded", "warmer", "cooler", "brighter", "darker"),
    *("more contrast", "less contrast", "more colourful", "less colourful", "negative"),
    *("night", "golden hour", "autumn", "spring", "underwater", "teal and orange", "infrared"),
    *("tint", "duotone", "colour swap"),
)
"""Edits that map the colour of each pixel and leave its place alone."""

OTHER_EDITS = (
    *("foggy", "snowy", "rainy"),
    *("pencil sketch", "charcoal", "watercolour", "oil painting", "comic", "pop art", "pointillism"),
    *("mosaic", "pixel art", "embossed", "neon", "blueprint", "halftone"),
    *("film grain", "old film", "blurry", "sharper", "dreamy"),
    *("vignette", "tilt-shift", "white frame"),
)

FAMILIES = (*TONE_EDITS, *OTHER_EDITS)
UNCHANGED = "unchanged"
"""The family of every wish the model does not know: the photo stays as it is."""

WITH_STRENGTH = frozenset(
    {
        *("faded", "warmer", "cooler", "brighter", "darker", "more contrast", "less contrast"),
        *("more colourful", "less colourful", "golden hour", "foggy", "snowy", "rainy", "tint"),
        *("film grain", "blurry", "sharper", "dreamy", "vignette"),
    }
)
"""Families for which "slightly" and "very" mean something."""

BY_NOISE = frozenset({"snowy", "rainy", "watercolour", "film grain", "old film"})
"""Families whose flakes, streaks and grain follow the noise that denoising begins with."""

STRENGTHS = (0.5, 1.0, 1.5)
"""Slightly, plainly, very."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: a family, how strong, and the colours it speaks of."""

    family: str
    strength: float = 1.0
    colour: str | None = None
    """A key of `COLOURS`: what "tint", "duotone" and "colour swap" turn to."""
    swapped: str | None = None
    """For "colour swap", the colour of the things to change, one of `SWAPPABLE`."""


Edits = tuple[Edit, ...]
"""What one sentence asks for: one edit, or two to be made in this order."""
