"""Measured costs of edits on this computer, in a file."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.denoising.branches import guidance_branches
from engine.edit_settings import EditSettings
from engine.editing.costs import EditKind, Estimate, Measurement, estimate_cost, result_pixels
from engine.errors import InvalidRequest
from engine.files.atomic import atomic_write
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.library import ModelCard
from engine.models.families import find_family

if TYPE_CHECKING:
    from engine.editing.framing import Frame

log = logging.getLogger(__name__)

HISTORY_VERSION = 1
"""Raised when earlier programs would misread the file; a new field does not need that."""
KEPT_MEASUREMENTS = 200
COMMONEST_FAMILY = "sd1"


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
        return estimate_cost(kind, self.read())

    def forecast(
        self,
        model: ModelCard,
        photo: tuple[int, int],
        settings: EditSettings,
        variations: int = 1,
        *,
        is_encoded: bool = False,
    ) -> Estimate | None:
        """The expected cost of an edit on the device last used with the model; does not load torch.

        `photo` is width and height, `is_encoded` whether an earlier edit has encoded it. None if the
        model was never used, or if the edit is not possible.
        """
        measured = self.read()
        last = next(
            (each.kind for each in reversed(measured) if each.kind.model == str(model.path.resolve())), None
        )
        if last is None:
            return None
        try:
            frame = _frame(model, photo, settings)
        except (OSError, ValueError, LookupError, TypeError, InvalidRequest) as error:
            log.info("No estimate for %s: %s", model.path.name, error)
            return None
        kind = replace(
            last,
            pixels=frame.padded[0] * frame.padded[1],
            branches=max(
                1, len(guidance_branches(settings.text_guidance_scale, settings.image_guidance_scale))
            ),
            turbo=settings.turbo,
            steps=settings.num_inference_steps,
            variations=variations,
            photo_pixels=photo[0] * photo[1],
            result_pixels=result_pixels(settings, photo[0] * photo[1], frame.content),
            detail=settings.detail,
        )
        return estimate_cost(kind, measured, is_encoded=is_encoded)


def _frame(model: ModelCard, photo: tuple[int, int], settings: EditSettings) -> Frame:
    """The sizes of the working image. Raises errors of damaged configurations, or `InvalidRequest`."""
    from engine.editing.framing import plan_frame  # loads NumPy, which would delay the start of the window

    return plan_frame(photo, settings.fit, settings.resolution, size_multiple(model))


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
        framing_seconds=_seconds(values, "framing_seconds"),
        transfer_seconds=_seconds(values, "transfer_seconds"),
        storing_seconds=_seconds(values, "storing_seconds"),
        is_encoded=values.get("is_encoded", False),
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
