"""What the training pairs of an edit show at their own size, which a model at its working size cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.files.json_record import JsonRecord

STRONGEST, COARSEST = 64.0, 0.02
"""The largest strength and size of grain that a card can have."""
PLACES = 11
"""Places to each side of a photo for which a card has gains."""
LARGEST_GAIN = 4.0
PlaceGains = tuple[tuple[tuple[float, ...], ...], ...]
"""Factors by place: rows from top to bottom, columns from left to right, and for each red, green and blue."""
NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Grain:
    """The grain of a film or sensor, blurred noise of equal strength everywhere."""

    strength: float
    """Its standard deviation in levels."""
    size: float
    """The radius of the blur, a standard deviation, as a share of the photo's longer side; 0 for none."""
    is_grey: bool
    """Whether it is the same in all colours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditLook:
    """What is known of one trained edit."""

    instructions: tuple[str, ...]
    """Its wordings."""
    keeps_detail: bool
    """Whether it changes tone and colour only, so that its results are as sharp as the photo."""
    grain: Grain | None = None
    gains: PlaceGains = ()
    """What results are multiplied by in each of `PLACES` × `PLACES` parts, so that vignette, tone and colour
    are as strong as in the pairs; empty for nothing."""

    def to_json(self) -> dict[str, Any]:
        """An object for a card."""
        return asdict(self)


def looks_from(records: Sequence[JsonRecord]) -> tuple[EditLook, ...]:
    """The looks of a card; what is invalid counts as not known."""
    return tuple(
        EditLook(
            instructions=record.texts("instructions"),
            keeps_detail=record.get("keeps_detail", False),
            grain=_grain(record.record("grain")) if record.has("grain") else None,
            gains=_gains(record.value("gains")),
        )
        for record in records
    )


def _grain(record: JsonRecord) -> Grain | None:
    strength, size = float(record.get("strength", 0.0)), float(record.get("size", 0.0))
    if not (math.isfinite(strength) and 0 < strength <= STRONGEST and 0 <= size <= COARSEST):
        return None
    return Grain(strength=strength, size=size, is_grey=record.get("is_grey", True))


def _gains(value: object) -> PlaceGains:
    try:
        rows: PlaceGains = tuple(tuple(tuple(map(float, place)) for place in row) for row in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return ()
    places = [place for row in rows for place in row]
    is_whole = len(rows) == PLACES and all(len(row) == PLACES for row in rows)
    has_range = all(len(place) == 3 and all(0 <= gain <= LARGEST_GAIN for gain in place) for place in places)
    return rows if is_whole and has_range else ()


def look_of(looks: Sequence[EditLook], instruction: str) -> EditLook | None:
    """The look of an instruction, by its words; None if it is another edit."""
    words = _words(instruction)
    return next((look for look in looks if words in map(_words, look.instructions)), None)


def _words(text: str) -> str:
    return NO_WORD.sub(" ", text.casefold()).strip()
