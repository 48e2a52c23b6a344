"""The edits of the starter model: families, colours and strengths, independent of wordings."""

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
"""Colours that "colour swap" can replace, and replace by."""

TONE_EDITS = (
    *("black and white", "sepia", "faded", "warmer", "cooler", "brighter", "darker"),
    *("more contrast", "less contrast", "more colourful", "less colourful", "negative"),
    *("night", "golden hour", "autumn", "spring", "underwater", "teal and orange", "infrared"),
    *("tint", "duotone", "colour swap"),
)
"""Edits that change the colour of each pixel independently of other pixels."""

OTHER_EDITS = (
    *("foggy", "snowy", "rainy"),
    *("pencil sketch", "charcoal", "watercolour", "oil painting", "comic", "pop art", "pointillism"),
    *("mosaic", "pixel art", "embossed", "neon", "blueprint", "halftone"),
    *("film grain", "old film", "blurry", "sharper", "dreamy"),
    *("vignette", "tilt-shift", "white frame"),
)

FAMILIES = (*TONE_EDITS, *OTHER_EDITS)
"""Edits of the whole photo that recipes make; the starter that ships knows these."""

PAINTED = (
    *("pastel drawing", "ink drawing", "gouache", "vintage poster", "impressionist", "batik"),
    *("expressionist", "coloured pencil", "linocut", "gold leaf", "like Monet", "psychedelic", "porcelain"),
    *("stained glass", "crayon drawing", "tapestry", "woodcut", "like Van Gogh", "lava", "like Matisse"),
    *("cubist", "like Rembrandt", "like Hokusai", "like Klimt"),
)
"""Edits of the whole photo that a teacher makes (`painted_styles.py`)."""

PLACES = ("background", "subject")
PLACED: dict[str, tuple[str, ...]] = {
    "background": (
        *("blurry", "black and white", "darker", "less colourful", "plain"),
        *("tint", "pencil sketch", "watercolour"),
    ),
    "subject": ("black and white", "brighter", "more colourful", "pop art", "sepia"),
}
"""Families that are also made at one place of the photo alone; "plain" fills it with one colour."""

UNCHANGED = "unchanged"
"""The family of every unknown instruction: the photo stays unchanged."""

WITH_STRENGTH = frozenset(
    {
        *("faded", "warmer", "cooler", "brighter", "darker", "more contrast", "less contrast"),
        *("more colourful", "less colourful", "golden hour", "foggy", "snowy", "rainy", "tint"),
        *("film grain", "blurry", "sharper", "dreamy", "vignette"),
    }
)
"""Families with strengths, such as "slightly" and "very"."""

BY_NOISE = frozenset({"snowy", "rainy", "watercolour", "film grain", "old film"})
"""Families whose flakes, streaks and grain depend on the initial noise of denoising."""

PLAIN_COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (250, 250, 250),
    "black": (8, 8, 10),
    "grey": (128, 128, 130),
    **COLOURS,
}
"""Colours of "plain", as sRGB, 0 to 255."""

STRENGTHS = (0.5, 1.0, 1.5)
"""Slightly, plainly, very."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: a family, its strength, and its colours."""

    family: str
    strength: float = 1.0
    colour: str | None = None
    """The colour of "tint", "duotone", "colour swap" and "plain", a key of `COLOURS` or `PLAIN_COLOURS`."""
    swapped: str | None = None
    """The colour that "colour swap" replaces, one of `SWAPPABLE`."""
    place: str | None = None
    """One of `PLACES` if only this part of the photo is edited."""

    @property
    def meaning(self) -> str:
        """The family, and the place if there is one."""
        return meaning_of(self.family, self.place)


Edits = tuple[Edit, ...]
"""The edits of one sentence: one edit, or two in this order."""


def meaning_of(family: str, place: str | None = None) -> str:
    """Returns the name of a family of edits at a place."""
    return family if place is None else f"{family} {place}"


PLACED_MEANINGS = tuple(
    meaning_of(family, place) for place, families in PLACED.items() for family in families
)
"""The meanings of all edits at a place, such as "blurry background"."""
