"""What an edit will cost, told before it begins from what edits cost on this machine before."""

from __future__ import annotations

import json
import logging
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.edit_settings import EditSettings
from engine.errors import InvalidRequest
from engine.files.atomic import atomic_write
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.library import ModelCard
from engine.models.families import find_family

log = logging.getLogger(__name__)

HISTORY_VERSION = 1
"""Higher once an earlier program would misread the file; a further field does not need that."""
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
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """What another version of the program wrote down of it."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an edit will cost."""

    seconds: float
    """Without loading the model."""
    load_seconds: float | None
    """Loading it; None if it was never seen to be loaded."""
    peak_bytes: int | None


class CostHistory:
    """Measured edits in a JSON file, read and written whole.

    A damaged file, and one of a newer version of the program, counts as empty; the latter is renamed before
    another takes its name.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reported = ""

    def add(self, measurement: Measurement) -> None:
        """Keeps one more; a disk that refuses only costs the estimate."""
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
        """What the file holds; the first versions of the program wrote the measurements alone."""
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
        """Logs a sentence once: the file is read again with every change of a setting."""
        if sentence != self._reported:
            log.warning("%s", sentence)
            self._reported = sentence

    def estimate(self, kind: EditKind) -> Estimate | None:
        """What an edit of this kind will cost; None if none of its model was made here so far."""
        return _estimate(kind, self.read())

    def forecast(
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
    step = kind.branches * _cost_at(kind.pixels, alike, lambda each: each.step_seconds / each.kind.branches)
    picture = _cost_at(kind.pixels, of_model, lambda each: each.decode_seconds)
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


def _measurements(record: JsonRecord) -> list[Measurement]:
    """Those that say which edit was measured and how long a step took."""
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
    """0 for what is not a time."""
    seconds = values.get(name, 0.0)
    return seconds if seconds > 0 and math.isfinite(seconds) else 0.0


def _values(measurement: Measurement) -> dict[str, Any]:
    values = asdict(measurement)
    unknown = values.pop("unknown_fields")
    return with_unknown(values, unknown)


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
    return max(
        min(peaks), round(_cost_at(pixels, list(least.values()), lambda each: float(each.peak_bytes or 0)))
    )


def _cost_at(pixels: int, measured: Sequence[Measurement], cost: Callable[[Measurement], float]) -> float:
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
