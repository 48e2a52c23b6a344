"""The ranges of settings within which a model gives useful results."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.edit_settings import MAX_GUIDANCE_SCALE, MAX_STEPS, EditSettings
from engine.files.json_record import JsonRecord

SPREAD = 0.2
"""How far around its recommended value a scale stays useful if nothing else is known, as a share of it.

The original's `edit_app.py` draws scales from 6 to 9 and from 1.2 to 1.8, a fifth around its 7.5 and 1.5.
"""


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Values from `minimum` to `maximum`. Raises `ValueError` if it holds none."""

    minimum: float
    maximum: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.minimum) and 0 <= self.minimum <= self.maximum < math.inf):
            raise ValueError(f"no range: {self.minimum} to {self.maximum}")

    def spread(self, count: int) -> tuple[float, ...]:
        """`count` values at equal distances, from the minimum to the maximum; its middle for one."""
        if count == 1:
            return ((self.minimum + self.maximum) / 2,)
        step = (self.maximum - self.minimum) / (count - 1)
        return tuple(self.minimum + place * step for place in range(count))


@dataclass(frozen=True, kw_only=True, slots=True)
class UsefulRanges:
    """What is known of a model; None where nothing is known."""

    text_guidance_scale: ValueRange | None = None
    image_guidance_scale: ValueRange | None = None
    num_inference_steps: ValueRange | None = None
    """More steps than its maximum bring nothing."""

    @classmethod
    def from_record(cls, record: JsonRecord) -> UsefulRanges:
        """The ranges of a card, each a list of two numbers; invalid ones count as not known."""
        return cls(
            text_guidance_scale=_range(record.value("text_guidance_scale"), MAX_GUIDANCE_SCALE),
            image_guidance_scale=_range(record.value("image_guidance_scale"), MAX_GUIDANCE_SCALE),
            num_inference_steps=_range(record.value("num_inference_steps"), MAX_STEPS),
        )

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> UsefulRanges:
        """The same, strictly. Raises `ValueError` for an invalid range or an unknown name."""
        ranges = cls.from_record(JsonRecord(dict(values)))
        if ranges.to_json().keys() != values.keys():
            raise ValueError(f"useful ranges are invalid: {values}")
        return ranges

    def to_json(self) -> dict[str, list[float]]:
        """The known ranges as lists of two numbers."""
        ranges = {
            "text_guidance_scale": self.text_guidance_scale,
            "image_guidance_scale": self.image_guidance_scale,
            "num_inference_steps": self.num_inference_steps,
        }
        return {name: [each.minimum, each.maximum] for name, each in ranges.items() if each is not None}

    def completed(self, recommended: EditSettings) -> CompleteRanges:
        """The ranges of both scales; those that are not known lie around the recommended values."""
        return CompleteRanges(
            text=self.text_guidance_scale or around(recommended.text_guidance_scale),
            image=self.image_guidance_scale or around(recommended.image_guidance_scale),
        )


@dataclass(frozen=True, slots=True)
class CompleteRanges:
    """The useful ranges of the two guidance scales."""

    text: ValueRange
    image: ValueRange


def around(recommended: float) -> ValueRange:
    """The range around a recommended scale."""
    low, high = recommended * (1 - SPREAD), recommended * (1 + SPREAD)
    return ValueRange(round(low, 2), min(round(high, 2), MAX_GUIDANCE_SCALE))


def _range(values: object, largest: float) -> ValueRange | None:
    if not (isinstance(values, list) and len(values) == 2):
        return None
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return None
    try:
        found = ValueRange(float(values[0]), float(values[1]))
    except (ValueError, OverflowError):
        return None
    return found if found.maximum <= largest else None
