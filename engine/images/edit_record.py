"""What a saved picture tells of the edit it came from, and the way back to that edit.

The record is a JSON object: in PNG files as text, in the others as the EXIF comment. It names files
and models, never the places they lie at; nothing in it is opened or run.
"""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

import engine
from engine.errors import ImageUnreadable, InvalidRequest, ModelNotUsable
from engine.images.exif import comment_of
from engine.library import ModelCard, read_model_card
from engine.request import (
    Detail,
    EditRequest,
    EditSettings,
    Fit,
    OutputSize,
    SchedulerName,
    WeightSet,
)

T = TypeVar("T")

METADATA_KEY = "ip2p"
"""Keyword of the record in PNG files, and the one name in an EXIF comment."""
SOFTWARE = f"IP2P Desktop {engine.__version__}"
MAX_RECORD_CHARACTERS = 32_000
CARRYING_FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedLora:
    """A LoRA by the name of its file, and its weight."""

    name: str
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRecord:
    """An edit as a saved picture tells it: everything but the photo, the mask and the files themselves."""

    instruction: str
    settings: EditSettings
    """With the seed of this very picture."""
    model: str
    """Name of the model's folder or file."""
    model_name: str = ""
    """What people call the model."""
    model_family: str = ""
    model_sha256: str = ""
    """Of the model's file, or of its UNet; empty if nobody knows."""
    negative_instruction: str = ""
    weight_set: WeightSet = WeightSet.EMA
    vae: str = ""
    """Name of the VAE that took the place of the model's own."""
    loras: tuple[NamedLora, ...] = ()
    is_masked: bool = False
    software: str = SOFTWARE

    @classmethod
    def of(cls, request: EditRequest, seed: int) -> EditRecord:
        """The record of the picture that `request` gives for one of its seeds."""
        card, options = _card(request.model), request.model_options
        return cls(
            instruction=request.instruction,
            settings=replace(request.settings, seed=seed),
            model=request.model.name,
            model_name=card.name,
            model_family=card.family,
            model_sha256=_unet_hash(card),
            negative_instruction=request.negative_instruction,
            weight_set=options.weight_set,
            vae=options.vae.name if options.vae else "",
            loras=tuple(NamedLora(name=lora.path.name, weight=lora.weight) for lora in options.loras),
            is_masked=request.mask is not None,
        )

    def to_json(self) -> str:
        """One line of ASCII, as it is stored."""
        settings = self.settings
        values = {
            "software": self.software,
            "instruction": self.instruction,
            "negative_instruction": self.negative_instruction,
            "model": self.model,
            "model_name": self.model_name,
            "model_family": self.model_family,
            "model_sha256": self.model_sha256,
            "weights": self.weight_set.value,
            "vae": self.vae,
            "loras": [{"name": lora.name, "weight": lora.weight} for lora in self.loras],
            "steps": settings.num_inference_steps,
            "text_guidance_scale": settings.text_guidance_scale,
            "image_guidance_scale": settings.image_guidance_scale,
            "seed": settings.seed,
            "scheduler": settings.scheduler.value,
            "resolution": settings.resolution,
            "fit": settings.fit.value,
            "output_size": settings.output_size.value,
            "detail": settings.detail.value,
            "turbo": settings.turbo,
            "masked": self.is_masked,
        }
        return json.dumps(values)

    @classmethod
    def from_json(cls, text: str) -> EditRecord:
        """The record of `to_json`. Raises `ValueError`, `TypeError` or `InvalidRequest` for anything else."""
        if len(text) > MAX_RECORD_CHARACTERS:
            raise ValueError("too long")
        values = _Values(json.loads(text))
        return cls(
            instruction=values.text("instruction"),
            settings=EditSettings(
                num_inference_steps=values.whole("steps"),
                text_guidance_scale=values.number("text_guidance_scale"),
                image_guidance_scale=values.number("image_guidance_scale"),
                seed=values.whole("seed"),
                scheduler=SchedulerName(values.text("scheduler")),
                resolution=values.whole("resolution"),
                fit=Fit(values.text("fit")),
                output_size=OutputSize(values.text("output_size")),
                detail=Detail(values.text("detail", Detail.PHOTO)),
                turbo=values.flag("turbo"),
            ),
            model=values.text("model"),
            model_name=values.text("model_name"),
            model_family=values.text("model_family"),
            model_sha256=values.text("model_sha256"),
            negative_instruction=values.text("negative_instruction"),
            weight_set=WeightSet(values.text("weights")),
            vae=values.text("vae"),
            loras=tuple(
                NamedLora(name=lora.text("name"), weight=lora.number("weight"))
                for lora in values.each("loras")
            ),
            is_masked=values.flag("masked"),
            software=values.text("software"),
        )

    def lines(self) -> str:
        """The record for people, a line for each thing; of LoRAs and the like only what was used."""
        settings = self.settings
        told = {
            "Instruction": self.instruction,
            "Negative instruction": self.negative_instruction,
            "Model": self.model_name or self.model,
            "VAE": self.vae,
            "LoRAs": ", ".join(f"{lora.name} ({lora.weight:g})" for lora in self.loras),
            "Steps": f"{settings.num_inference_steps} of {settings.scheduler.value}",
            "Text guidance": f"{settings.text_guidance_scale:g}",
            "Image guidance": f"{settings.image_guidance_scale:g}",
            "Seed": str(settings.seed),
            "Edited at": f"{settings.resolution} pixels",
        }
        return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in told.items() if value)


class _Values:
    """A JSON object whose values must be of the kinds asked for. Raises `ValueError` where they are not."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, dict):
            raise ValueError("no object")
        self._values: dict[str, Any] = values

    def text(self, name: str, missing: str | None = None) -> str:
        """With `missing`, what stands for a name that earlier versions did not write."""
        return missing if missing is not None and name not in self._values else self._of_kind(name, str)

    def whole(self, name: str) -> int:
        return self._of_kind(name, int)

    def number(self, name: str) -> float:
        whole = type(self._values.get(name)) is int
        return float(self._of_kind(name, int)) if whole else self._of_kind(name, float)

    def flag(self, name: str) -> bool:
        return self._of_kind(name, bool)

    def each(self, name: str) -> list[_Values]:
        return [_Values(entry) for entry in self._of_kind(name, list)]

    def _of_kind(self, name: str, kind: type[T]) -> T:
        value = self._values.get(name)
        if type(value) is not kind:  # a truth value is no number
            raise ValueError(f"{name} is {value!r}")
        return value


def _card(model: Path) -> ModelCard:
    try:
        return read_model_card(model)
    except ModelNotUsable:  # it was usable when the edit was made
        return ModelCard(path=model, name=model.name)


def _unet_hash(card: ModelCard) -> str:
    of_unet = (weight.sha256 for weight in card.weights if card.is_file or weight.name.startswith("unet/"))
    return next(of_unet, "")


def record_in_comment(record: EditRecord) -> str:
    """The record as an EXIF comment, marked as ours."""
    return f"{METADATA_KEY} {record.to_json()}"


def request_from_file(path: Path) -> EditRecord | None:
    """The edit a saved picture came from; None if it tells of none, or not so that it makes sense.

    Raises `ImageUnreadable` if the file is not a picture that can be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=CARRYING_FORMATS) as picture:
                return _record_of(_stored_text(picture))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError) as error:
        raise ImageUnreadable(
            f"{path.name} cannot be read as a picture.", "Choose a PNG, JPEG or WebP file."
        ) from error


def _stored_text(picture: Image.Image) -> str:
    if picture.format == "PNG":
        return str(picture.info.get(METADATA_KEY, ""))
    mark, _, text = comment_of(picture).partition(" ")
    return text if mark == METADATA_KEY else ""


def _record_of(text: str) -> EditRecord | None:
    try:
        return EditRecord.from_json(text) if text else None
    except (ValueError, TypeError, OverflowError, RecursionError, InvalidRequest):
        return None
