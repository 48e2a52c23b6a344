"""Estimates of time and memory of an edit, from earlier edits on this computer."""

from __future__ import annotations

import json
import logging
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.denoising.branches import guidance_branches
from engine.edit_settings import EditSettings
from engine.errors import InvalidRequest
from engine.files.atomic import atomic_write
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.library import ModelCard
from engine.models.families import find_family

log = logging.getLogger(__name__)

HISTORY_VERSION = 1
"""Raised when earlier programs would misread the file; a new field does not need that."""
KEPT_MEASUREMENTS = 200
COMMONEST_FAMILY = "sd1"


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
    """Time from the latents to one finished image."""
    peak_bytes: int | None
    """Peak memory, on the GPU if it computed there; None if unknown."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """Fields that another version of the program wrote."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected cost of an edit."""

    seconds: float
    """Time without loading the model."""
    load_seconds: float | None
    """Time of loading the model; None if it was never measured."""
    peak_bytes: int | None


class CostHistory:
    """Measured edits in a JSON file, which is read and written as a whole.

    A damaged file, or one of a newer version of the program, counts as empty; the latter is renamed before a
    new file is written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reported = ""

    def add(self, measurement: Measurement) -> None:
        """Adds a measurement to the file; an error of the disk is only logged."""
        record = self._record()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if record.version > HISTORY_VERSION:
                self._path.replace(self._path.with_name(f"{self._path.stem}-version-{record.version}.json"))
                record = JsonRecord({})
            kept = [*_measurements(record), measurement][-KEPT_MEASUREMENTS:]
            values = {VERSION_NAME: HISTORY_VERSION, "measurements": [_values(each) for each in kept]}
            with atomic_write(self._path) as temporary:
                temporary.write_text(json.dumps(with_unknown(values, record.unknown())), encoding="utf-8")
        except OSError as error:
            log.warning("The cost of an edit was not kept: %s", error)

    def read(self) -> list[Measurement]:
        """All measurements, oldest first."""
        record = self._record()
        return _measurements(record) if record.version <= HISTORY_VERSION else []

    def _record(self) -> JsonRecord:
        """The contents of the file; the first versions of the program wrote only the list of measurements."""
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
            record = JsonRecord({"measurements": values} if isinstance(values, list) else values)
        except FileNotFoundError:
            return JsonRecord({})
        except (OSError, ValueError, RecursionError) as error:
            self._report(f"{self._path} is damaged: {error}")
            return JsonRecord({})
        if record.version > HISTORY_VERSION:
            self._report(f"{self._path} was written by a newer version of IP2P Desktop and is not used.")
        return record

    def _report(self, sentence: str) -> None:
        """Logs a sentence once, although the file is read after every change of a setting."""
        if sentence != self._reported:
            log.warning("%s", sentence)
            self._reported = sentence

    def estimate(self, kind: EditKind) -> Estimate | None:
        """The expected cost of an edit of this kind; None if no edit of its model was measured."""
        return _estimate(kind, self.read())

    def forecast(
        self, model: ModelCard, photo: tuple[int, int], settings: EditSettings, variations: int = 1
    ) -> Estimate | None:
        """The expected cost of an edit on the device last used with the model; does not load torch.

        `photo` is width and height. None if the model was never used, or if the edit is not possible.
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
            branches=max(
                1, len(guidance_branches(settings.text_guidance_scale, settings.image_guidance_scale))
            ),
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
    step = kind.branches * _cost_at(kind.pixels, alike, lambda each: each.step_seconds / each.kind.branches)
    decoding = _cost_at(kind.pixels, of_model, lambda each: each.decode_seconds)
    reading = max(each.reading_seconds / each.kind.pixels for each in of_model) * kind.pixels
    loads = [each.load_seconds for each in of_model if each.load_seconds > 0]
    return Estimate(
        seconds=reading + kind.variations * (kind.steps * step + decoding),
        load_seconds=statistics.median(loads) if loads else None,
        peak_bytes=_peak(kind.pixels, of_model),
    )


def _pixels(model: ModelCard, photo: tuple[int, int], settings: EditSettings) -> int:
    """Pixels of the working image. Raises errors of damaged configurations, or `InvalidRequest`."""
    from engine.editing.framing import plan_frame  # loads NumPy, which would delay the start of the window

    width, height = plan_frame(photo, settings.fit, settings.resolution, size_multiple(model)).padded
    return width * height


def size_multiple(model: ModelCard) -> int:
    """The number that each side of a working image is a multiple of, read from configurations alone."""
    return int(2 ** (_levels(model, "unet") + _levels(model, "vae") - 2))


def _levels(model: ModelCard, part: str) -> int:
    file = model.path / part / "config.json"
    if file.is_file():
        config = json.loads(file.read_text(encoding="utf-8"))
    else:
        config = find_family(model.family or COMMONEST_FAMILY).config(part)
    return len(config["block_out_channels"])


def _measurements(record: JsonRecord) -> list[Measurement]:
    """The measurements that name the edit and the time of a step."""
    made = (_measurement(values) for values in record.records("measurements"))
    return [each for each in made if each is not None]


def _measurement(values: JsonRecord) -> Measurement | None:
    kind = values.record("kind").fill(EditKind(model="", device="", dtype="", pixels=0, branches=0))
    step = _seconds(values, "step_seconds")
    if not (kind.model and kind.device and kind.dtype and min(kind.pixels, kind.branches, step) > 0):
        return None
    peak = values.get("peak_bytes", -1)
    return Measurement(
        kind=kind,
        load_seconds=_seconds(values, "load_seconds"),
        reading_seconds=_seconds(values, "reading_seconds"),
        step_seconds=step,
        decode_seconds=_seconds(values, "decode_seconds"),
        peak_bytes=peak if peak >= 0 else None,
        unknown_fields=values.unknown(),
    )


def _seconds(values: JsonRecord, name: str) -> float:
    """A time in seconds; 0 if it is not a valid one."""
    seconds = values.get(name, 0.0)
    return seconds if seconds > 0 and math.isfinite(seconds) else 0.0


def _values(measurement: Measurement) -> dict[str, Any]:
    values = asdict(measurement)
    unknown = values.pop("unknown_fields")
    return with_unknown(values, unknown)


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
    return max(
        min(peaks), round(_cost_at(pixels, list(least.values()), lambda each: float(each.peak_bytes or 0)))
    )


def _cost_at(pixels: int, measured: Sequence[Measurement], cost: Callable[[Measurement], float]) -> float:
    """The cost at a number of pixels, by linear regression over the measured sizes.

    With a single size, the cost is assumed to be proportional to the pixels.
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
