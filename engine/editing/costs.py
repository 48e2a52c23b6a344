"""The cost of an edit in time and memory: what is measured, and what follows from it for the next edit."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.edit_settings import Detail, EditSettings, OutputSize

LATEST = 5
"""Measurements of one size that count: those made last, as other programs slow the computer for a time."""
KEPT_READINGS = 10
"""Measurements among which one is expected whose photo was not encoded before."""
ALIKE = 1.5
"""Sizes whose ratio is below this are too near to each other for a line through them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditKind:
    """The properties of an edit that determine its cost."""

    model: str
    """The model's path, resolved."""
    device: str
    dtype: str
    pixels: int
    """Pixels of the working image."""
    branches: int
    """Evaluations of the UNet per step and image, 1 to 3."""
    turbo: bool = False
    steps: int = 20
    variations: int = 1
    photo_pixels: int = 0
    """Pixels of the photo; 0 if unknown."""
    result_pixels: int = 0
    """Pixels of each result; 0 if unknown."""
    detail: Detail = Detail.PHOTO


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """The measured cost of one edit."""

    kind: EditKind
    load_seconds: float
    """0 if the model was loaded already."""
    reading_seconds: float
    """Time of encoding photo and instruction; about 0 if they were encoded already."""
    step_seconds: float
    """Time of one step of one image."""
    decode_seconds: float
    """Time from the latents to one image of the working size; longer for a photo that was not encoded."""
    peak_bytes: int | None
    """Peak memory, on the GPU if it computed there; None if unknown."""
    framing_seconds: float = 0.0
    """Time of scaling the photo to the working size."""
    transfer_seconds: float = 0.0
    """Time of bringing one edit to the size of the photo; 0 for results of the working size."""
    storing_seconds: float = 0.0
    """Time of storing one result; 0 if unknown."""
    is_encoded: bool = False
    """Whether the photo had been encoded by an earlier edit."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """Fields that another version of the program wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """The expected cost of an edit."""

    load_seconds: float | None
    """Time of loading the model; None if it was never measured."""
    peak_bytes: int | None
    reading_seconds: float
    """Time of scaling and encoding the photo."""
    step_seconds: float
    """Time of one step of one image."""
    finishing_seconds: float
    """Time from the latents to one result."""
    storing_seconds: float
    """Time of storing one result."""
    steps: int
    variations: int

    @property
    def seconds(self) -> float:
        """Time without loading the model."""
        of_image = self.steps * self.step_seconds + self.finishing_seconds + self.storing_seconds
        return self.reading_seconds + self.variations * of_image

    @property
    def total_seconds(self) -> float:
        """Time with loading the model."""
        return self.seconds + (self.load_seconds or 0.0)


def result_pixels(settings: EditSettings, photo_pixels: int, content: tuple[int, int]) -> int:
    """Pixels of a result; `content` is width and height of the working image without its padding."""
    return photo_pixels if settings.output_size is OutputSize.SOURCE else content[0] * content[1]


def estimate_cost(
    kind: EditKind, measured: Sequence[Measurement], *, is_encoded: bool = False
) -> Estimate | None:
    """The expected cost of an edit of this kind; None if no edit of its model was measured.

    `is_encoded` is whether an earlier edit has encoded its photo, which takes a part of the time.
    """
    of_model = [
        each
        for each in measured
        if (each.kind.model, each.kind.device, each.kind.dtype) == (kind.model, kind.device, kind.dtype)
    ]
    alike = [each for each in of_model if each.kind.turbo == kind.turbo]
    if not alike:
        return None
    loads = [each.load_seconds for each in of_model if each.load_seconds > 0]
    return Estimate(
        load_seconds=statistics.median(loads[-LATEST:]) if loads else None,
        peak_bytes=_peak(kind.pixels, of_model),
        reading_seconds=_reading(kind, of_model, is_encoded) + _framing(kind, measured),
        step_seconds=kind.branches
        * _cost_at(kind.pixels, alike, _working_pixels, lambda each: each.step_seconds / each.kind.branches),
        finishing_seconds=_decoding(kind, of_model, is_encoded) + _transfer(kind, measured),
        storing_seconds=_storing(kind, measured),
        steps=kind.steps,
        variations=kind.variations,
    )


def _working_pixels(measurement: Measurement) -> int:
    return measurement.kind.pixels


def _photo_pixels(measurement: Measurement) -> int:
    return measurement.kind.photo_pixels


def _result_pixels(measurement: Measurement) -> int:
    return measurement.kind.result_pixels


def _reading(kind: EditKind, of_model: Sequence[Measurement], is_encoded: bool) -> float:
    """Time of encoding photo and instruction."""
    alike = [each for each in of_model if each.is_encoded is is_encoded]
    if is_encoded:
        return _cost_at(kind.pixels, alike, _working_pixels, lambda each: each.reading_seconds)
    # of those that are not known to be encoded, some may be: they took about no time
    shares = [each.reading_seconds / each.kind.pixels for each in (alike or of_model)[-KEPT_READINGS:]]
    return max(shares) * kind.pixels


def _decoding(kind: EditKind, of_model: Sequence[Measurement], is_encoded: bool) -> float:
    """Time from the latents to one image of the working size, in edits as like this one as are known."""
    transferred = [each for each in of_model if _is_transferred(each.kind) is _is_transferred(kind)]
    alike = [each for each in transferred if each.is_encoded is is_encoded]
    known = alike or transferred or of_model
    return _cost_at(kind.pixels, known, _working_pixels, lambda each: each.decode_seconds)


def _is_transferred(kind: EditKind) -> bool:
    """Whether the edit is brought to the photo's own size."""
    return 0 < kind.result_pixels == kind.photo_pixels


def _framing(kind: EditKind, measured: Sequence[Measurement]) -> float:
    known = [each for each in measured if each.kind.photo_pixels and each.framing_seconds]
    return _cost_at(kind.photo_pixels, known, _photo_pixels, lambda each: each.framing_seconds)


def _transfer(kind: EditKind, measured: Sequence[Measurement]) -> float:
    """Time of bringing one edit to the size of the photo, of which the model is no part."""
    known = [
        each
        for each in measured
        if each.transfer_seconds and each.kind.result_pixels and each.kind.detail is kind.detail
    ]
    if not _is_transferred(kind):
        return 0.0
    return _cost_at(kind.result_pixels, known, _result_pixels, lambda each: each.transfer_seconds)


def _storing(kind: EditKind, measured: Sequence[Measurement]) -> float:
    known = [each for each in measured if each.storing_seconds and each.kind.result_pixels]
    return _cost_at(kind.result_pixels, known, _result_pixels, lambda each: each.storing_seconds)


def _peak(pixels: int, measured: Sequence[Measurement]) -> int | None:
    """The expected peak memory, from the lowest peak measured at each size.

    A process reports the highest peak since its start, so the lowest is the most exact. The result is never
    below the lowest of all, because most of the memory is the model.
    """
    least: dict[int, Measurement] = {}
    for each in measured:
        known = least.get(each.kind.pixels, each)
        if each.peak_bytes is not None and each.peak_bytes <= (known.peak_bytes or 0):
            least[each.kind.pixels] = each
    if not least:
        return None
    peaks = [each.peak_bytes or 0 for each in least.values()]
    expected = _cost_at(
        pixels, list(least.values()), _working_pixels, lambda each: float(each.peak_bytes or 0)
    )
    return max(min(peaks), round(expected))


def _cost_at(
    pixels: int,
    measured: Sequence[Measurement],
    size: Callable[[Measurement], int],
    cost: Callable[[Measurement], float],
) -> float:
    """The cost at a number of pixels, by linear regression over the measured sizes; 0 if there are none.

    Near a measured size, and with a single one, the cost is assumed to be proportional to the pixels.
    """
    by_size: dict[int, list[float]] = {}
    for each in measured:
        by_size.setdefault(size(each), []).append(cost(each))
    points = {pixels_: statistics.median(costs[-LATEST:]) for pixels_, costs in by_size.items()}
    if not points or not pixels:
        return 0.0
    nearest = min(points, key=lambda known: max(known / pixels, pixels / known))
    proportional = points[nearest] * pixels / nearest
    is_near = max(nearest / pixels, pixels / nearest) < ALIKE
    if is_near or max(points) / min(points) < ALIKE:
        return proportional
    slope, intercept = statistics.linear_regression(list(points), list(points.values()))
    if slope < 0:  # the computer was busy with something else
        return proportional
    return max(slope * pixels + intercept, min(points.values()) * min(1.0, pixels / min(points)))
