"""What an edit will cost, told before it begins from what edits cost on this machine before."""

from __future__ import annotations

import json
import logging
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from engine.errors import InvalidRequest
from engine.files.atomic import atomic_write
from engine.library import ModelCard
from engine.models.families import find_family
from engine.request import EditSettings

log = logging.getLogger(__name__)

KEPT_MEASUREMENTS = 200
COMMONEST_FAMILY = "sd1"


@dataclass(frozen=True, kw_only=True, slots=True)
class EditKind:
    """What the cost of an edit depends on."""

    model: str
    """The model's path, resolved."""
    device: str
    dtype: str
    pixels: int
    """Pixels of the working picture."""
    branches: int
    """Evaluations of the UNet per step and picture, 1 to 3."""
    turbo: bool = False
    steps: int = 20
    variations: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """What one edit cost."""

    kind: EditKind
    load_seconds: float
    """0 if the model was loaded already."""
    reading_seconds: float
    """Encoding photo and instruction; next to nothing if they were encoded already."""
    step_seconds: float
    """One step of one picture."""
    decode_seconds: float
    """From latents to one finished picture."""
    peak_bytes: int | None
    """Most memory in use, on the GPU if it computed there; None where that is unknown."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an edit will cost."""

    seconds: float
    """Without loading the model."""
    load_seconds: float | None
    """Loading it; None if it was never seen to be loaded."""
    peak_bytes: int | None


class CostHistory:
    """Measured edits in a JSON file, read and written whole. A damaged file counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, measurement: Measurement) -> None:
        """Write one more down; a disk that refuses only costs the estimate."""
        kept = [*self.read(), measurement][-KEPT_MEASUREMENTS:]
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(self._path) as temporary:
                temporary.write_text(json.dumps([asdict(each) for each in kept]), encoding="utf-8")
        except OSError as error:
            log.warning("The cost of an edit was not kept: %s", error)

    def read(self) -> list[Measurement]:
        """All measurements, oldest first."""
        try:
            return [_measurement(each) for each in json.loads(self._path.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            log.warning("%s is damaged: %s", self._path, error)
            return []

    def estimate(self, kind: EditKind) -> Estimate | None:
        """What an edit of this kind will cost; None if none of its model was made here so far."""
        return _estimate(kind, self.read())

    def foresee(
        self, model: ModelCard, photo: tuple[int, int], settings: EditSettings, variations: int = 1
    ) -> Estimate | None:
        """What an edit of a photo of that width and height will cost where the model was last used.

        None if it never was, or if no such edit can be made. Loads no torch.
        """
        measured = self.read()
        last = next(
            (each.kind for each in reversed(measured) if each.kind.model == str(model.path.resolve())), None
        )
        if last is None:
            return None
        try:
            pixels = _pixels(model, photo, settings)
        except (OSError, ValueError, LookupError, TypeError, InvalidRequest) as error:
            log.info("No estimate for %s: %s", model.path.name, error)
            return None
        kind = replace(
            last,
            pixels=pixels,
            branches=_branches(settings.text_guidance_scale, settings.image_guidance_scale),
            turbo=settings.turbo,
            steps=settings.num_inference_steps,
            variations=variations,
        )
        return _estimate(kind, measured)


def _estimate(kind: EditKind, measured: Sequence[Measurement]) -> Estimate | None:
    of_model = [
        each
        for each in measured
        if (each.kind.model, each.kind.device, each.kind.dtype) == (kind.model, kind.device, kind.dtype)
    ]
    alike = [each for each in of_model if each.kind.turbo == kind.turbo]
    if not alike:
        return None
    step = kind.branches * _at(kind.pixels, alike, lambda each: each.step_seconds / each.kind.branches)
    picture = _at(kind.pixels, of_model, lambda each: each.decode_seconds)
    reading = max(each.reading_seconds / each.kind.pixels for each in of_model) * kind.pixels
    loads = [each.load_seconds for each in of_model if each.load_seconds > 0]
    return Estimate(
        seconds=reading + kind.variations * (kind.steps * step + picture),
        load_seconds=statistics.median(loads) if loads else None,
        peak_bytes=_peak(kind.pixels, of_model),
    )


def _pixels(model: ModelCard, photo: tuple[int, int], settings: EditSettings) -> int:
    """Of the working picture. Raises what reading a damaged configuration may, or `InvalidRequest`."""
    from engine.editing.framing import plan_frame  # numpy comes with it, and a window shows sooner without

    width, height = plan_frame(photo, settings.fit, settings.resolution, size_multiple(model)).padded
    return width * height


def size_multiple(model: ModelCard) -> int:
    """What each side of a working picture is a multiple of, told by configurations alone."""
    return int(2 ** (_levels(model, "unet") + _levels(model, "vae") - 2))


def _levels(model: ModelCard, part: str) -> int:
    file = model.path / part / "config.json"
    if file.is_file():
        config = json.loads(file.read_text(encoding="utf-8"))
    else:
        config = find_family(model.family or COMMONEST_FAMILY).config(part)
    return len(config["block_out_channels"])


def _branches(text_guidance_scale: float, image_guidance_scale: float) -> int:
    """As many as `engine.denoising.guidance` leaves, counted without torch."""
    weights = text_guidance_scale, image_guidance_scale - text_guidance_scale, 1 - image_guidance_scale
    return max(1, sum(weight != 0 for weight in weights))


def _measurement(values: dict[str, Any]) -> Measurement:
    """Raises `KeyError` or `TypeError` for anything else than a measurement as it is written."""
    kind = EditKind(**values.pop("kind"))
    made = Measurement(kind=kind, **values)
    numbers = [getattr(made, field.name) for field in fields(made) if field.name.endswith("seconds")]
    if not all(isinstance(number, (int, float)) and number >= 0 for number in numbers):
        raise TypeError("a time is not a number")
    if not min(kind.pixels, kind.branches) > 0:
        raise TypeError("an edit without pixels")
    return made


def _peak(pixels: int, measured: Sequence[Measurement]) -> int | None:
    """Programs tell the most they ever used, for larger edits too: the least seen at a size is nearest.

    No smaller picture takes less than the least seen, for most of it is the model.
    """
    least: dict[int, Measurement] = {}
    for each in measured:
        known = least.get(each.kind.pixels, each)
        if each.peak_bytes is not None and each.peak_bytes <= (known.peak_bytes or 0):
            least[each.kind.pixels] = each
    if not least:
        return None
    peaks = [each.peak_bytes or 0 for each in least.values()]
    return max(min(peaks), round(_at(pixels, list(least.values()), lambda each: float(each.peak_bytes or 0))))


def _at(pixels: int, measured: Sequence[Measurement], cost: Callable[[Measurement], float]) -> float:
    """The cost at a number of pixels: a line through what was measured at several sizes.

    With a single size the cost is taken to grow with the pixels.
    """
    by_size: dict[int, list[float]] = {}
    for each in measured:
        by_size.setdefault(each.kind.pixels, []).append(cost(each))
    points = {size: statistics.median(costs) for size, costs in by_size.items()}
    if pixels in points:
        return points[pixels]
    if len(points) == 1:
        ((size, seen),) = points.items()
        return seen * pixels / size
    slope, intercept = statistics.linear_regression(list(points), list(points.values()))
    return max(slope * pixels + intercept, min(points.values()) * min(1.0, pixels / min(points)))
