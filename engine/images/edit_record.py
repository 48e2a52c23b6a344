"""The record of an edit in a saved result: written with the result, and read back.

The record is a JSON object: in PNG files as text, in other formats as the EXIF comment. It contains names of
files and models, never their paths; nothing in it is opened or run. Everything except the instruction may be
missing, and then has its default.
"""

from __future__ import annotations

import io
import json
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PIL import Image

import engine
from engine.edit_settings import EditSettings
from engine.errors import ImageUnreadable, ModelNotUsable, NewerVersion
from engine.files.bounded_reading import IMAGE_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.images.file_metadata.exif import comment_of
from engine.images.file_metadata.side_data import without_side_data
from engine.library import ModelCard, read_model_card
from engine.model_options import WeightSet
from engine.request import EditRequest
from engine.settings_table import setting_keys

METADATA_KEY = "ip2p"
"""Keyword of the record in PNG files, and prefix of the EXIF comment."""
SOFTWARE = f"IP2P Desktop {engine.__version__}"
RECORD_VERSION = 1
"""Raised when earlier programs would misread the record; a new field does not need that."""
SETTING_NAMES = setting_keys(EditSettings)
"""Names of the settings in the record, by field name."""
MAX_RECORD_CHARACTERS = 32_000
RECORD_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedLora:
    """A LoRA: name of its file, and weight."""

    name: str
    weight: float


@dataclass(frozen=True, kw_only=True, slots=True)
class EditRecord:
    """The record of an edit: everything except the photo, the mask and the files themselves."""

    instruction: str
    settings: EditSettings
    """With the seed of this image."""
    model: str = ""
    """Name of the model's folder or file."""
    model_name: str = ""
    """Display name of the model."""
    model_family: str = ""
    model_sha256: str = ""
    """Hash of the model's file or of its UNet; empty if unknown."""
    negative_instruction: str = ""
    weight_set: WeightSet = WeightSet.EMA
    vae: str = ""
    """File name of the VAE that replaced the model's own."""
    loras: tuple[NamedLora, ...] = ()
    is_masked: bool = False
    software: str = SOFTWARE
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """Fields that another version of the program wrote."""

    @classmethod
    def of(cls, request: EditRequest, seed: int) -> EditRecord:
        """The record of the result of `request` for one of its seeds."""
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
        """The record as one line of ASCII, for the file."""
        values = {
            VERSION_NAME: RECORD_VERSION,
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
            **{key: getattr(self.settings, name) for name, key in SETTING_NAMES.items()},
            "masked": self.is_masked,
        }
        return json.dumps(with_unknown(values, self.unknown_fields))

    @classmethod
    def from_json(cls, text: str) -> EditRecord:
        """The inverse of `to_json`, also for records of other versions of the program.

        Raises `NewerVersion` if this version would misread the record, `ValueError` if it is not a record.
        """
        if len(text) > MAX_RECORD_CHARACTERS:
            raise ValueError("too long")
        values = JsonRecord(json.loads(text))
        if values.version > RECORD_VERSION:
            raise NewerVersion(
                "version.edit-settings",
                "The edit settings were saved by a newer version of IP2P Desktop.",
                "Update IP2P Desktop to use them.",
            )
        instruction = values.get("instruction", "")
        if not instruction.strip():
            raise ValueError("no instruction")
        return cls(
            instruction=instruction,
            settings=values.fill(EditSettings(), SETTING_NAMES),
            model=values.get("model", ""),
            model_name=values.get("model_name", ""),
            model_family=values.get("model_family", ""),
            model_sha256=values.get("model_sha256", ""),
            negative_instruction=values.get("negative_instruction", ""),
            weight_set=values.get("weights", WeightSet.EMA),
            vae=values.get("vae", ""),
            loras=tuple(
                NamedLora(name=name, weight=lora.get("weight", 1.0))
                for lora in values.records("loras")
                if (name := lora.get("name", ""))
            ),
            is_masked=values.get("masked", False),
            software=values.get("software", ""),
            unknown_fields=values.unknown(),
        )

    def lines(self) -> str:
        """The record as text for people, one line for each value that is not empty."""
        settings = self.settings
        values = {
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
        return "\n".join(f"{name}: {' '.join(value.split())}" for name, value in values.items() if value)


def _card(model: Path) -> ModelCard:
    try:
        return read_model_card(model)
    except ModelNotUsable:  # the model was removed or damaged since the edit
        return ModelCard(path=model, name=model.name)


def _unet_hash(card: ModelCard) -> str:
    of_unet = (weight.sha256 for weight in card.weights if card.is_file or weight.name.startswith("unet/"))
    return next(of_unet, "")


def record_in_comment(record: EditRecord) -> str:
    """The record as an EXIF comment, behind METADATA_KEY."""
    return f"{METADATA_KEY} {record.to_json()}"


def read_edit_record(path: Path) -> EditRecord | None:
    """The edit record in a saved image; None if there is none, or if it is damaged.

    Raises `NewerVersion` if this version of the program would misread the record, `ImageUnreadable` if the
    file cannot be read as an image.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = _stored_text(read_bounded(path, IMAGE_LIMIT))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, MemoryError) as error:
        raise ImageUnreadable(
            "image.not-an-image",
            "{file} cannot be read as an image.",
            "Choose a PNG, JPEG, WebP or TIFF file.",
            file=path.name,
        ) from error
    try:
        return EditRecord.from_json(text) if text else None
    except NewerVersion as error:
        raise NewerVersion(
            "version.edit-settings-of-file",
            "The edit settings in {file} were saved by a newer version of IP2P Desktop.",
            "Update IP2P Desktop to use them.",
            file=path.name,
        ) from error
    except (ValueError, RecursionError):
        return None


def _stored_text(data: bytes) -> str:
    try:
        return _text_in(data)
    except (OSError, ValueError, SyntaxError):
        return _text_in(without_side_data(data))


def _text_in(data: bytes) -> str:
    with Image.open(io.BytesIO(data), formats=RECORD_FORMATS) as image:
        if image.format == "PNG":
            return str(image.info.get(METADATA_KEY, ""))
        return comment_of(image, f"{METADATA_KEY} ", data).partition(" ")[2]
