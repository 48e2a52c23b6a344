"""All settings of one edit as one frozen value, which is set, stored and compared as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from engine.edit_settings import EditArea, EditSettings, OutputSize
from engine.errors import InvalidRequest, NewerVersion
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.images.edit_record import EditRecord
from engine.model_options import Lora, ModelOptions, WeightSet
from engine.request import EditRequest
from engine.settings_table import setting_keys
from ip2p_desktop.session.masks.stored_mask import valid_mask_id

Part = TypeVar("Part", EditSettings, ModelOptions)

STATE_VERSION = 1
"""Version of the file; incremented when earlier versions would misread it, not for a new field."""
STANDARD_OPTIONS = ModelOptions()
STANDARD_SETTINGS = EditSettings(output_size=OutputSize.SOURCE)
"""The settings of a new window."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditState:
    """The instruction, the model and every setting. Raises `InvalidRequest` for a value out of range."""

    instruction: str = ""
    negative_instruction: str = ""
    model: Path | None = None
    model_options: ModelOptions = STANDARD_OPTIONS
    settings: EditSettings = STANDARD_SETTINGS
    variations: int = 1
    randomises_seed: bool = True
    """Whether every edit draws a new seed."""
    mask_id: str = ""
    """Name of the mask painted on the photo; empty if there is none."""
    uses_mask: bool = True
    """Whether the edit is limited to that mask; otherwise it is set aside."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, compare=False)
    """Fields written by another version of the program; they are written again."""

    @classmethod
    def of_request(cls, request: EditRequest, mask_id: str = "") -> EditState:
        """The state that gives a request again, with its seed; `mask_id` is the name of its mask."""
        return cls(
            instruction=request.instruction,
            negative_instruction=request.negative_instruction,
            model=request.model,
            model_options=request.model_options,
            settings=request.settings,
            variations=request.variations,
            randomises_seed=False,
            mask_id=mask_id,
        )

    @property
    def mask_in_use(self) -> str:
        """Name of the mask that limits the edit; empty if none does."""
        return self.mask_id if self.uses_mask else ""

    def with_record(self, record: EditRecord) -> EditState:
        """The state with the settings of a saved result; the model stays."""
        return replace(
            self.with_settings(record.settings),
            instruction=record.instruction,
            negative_instruction=record.negative_instruction,
        )

    def with_settings(self, settings: EditSettings) -> EditState:
        """The state with all settings of one result, including its seed."""
        return replace(self, settings=settings, variations=1, randomises_seed=False)

    def normalized(self) -> EditState:
        """The state as it is submitted: texts without blanks around them, and a fixed seed.

        A mask that is set aside is left out; one in use takes the place of the area.
        """
        is_masked = bool(self.mask_in_use)
        return replace(
            self,
            instruction=self.instruction.strip(),
            negative_instruction=self.negative_instruction.strip(),
            randomises_seed=False,
            mask_id=self.mask_in_use,
            uses_mask=True,
            settings=replace(self.settings, area=EditArea.EVERYTHING) if is_masked else self.settings,
        )

    def with_values(self, **values: object) -> EditState:
        """The state with other values, by the names of settings or of fields of this class.

        Raises `KeyError` for an unknown name, `InvalidRequest` for a value out of range.
        """
        parts: dict[str, Any] = {
            "settings": _changed(self.settings, values),
            "model_options": _changed(self.model_options, values),
        }
        own = {each.name for each in fields(self)}
        known = own.union(each.name for part in parts.values() for each in fields(part))
        if unknown := values.keys() - known:
            raise KeyError(*unknown)
        return replace(self, **(parts | {name: value for name, value in values.items() if name in own}))

    def value(self, name: str) -> object:
        """The value of a setting, or of a field of this class, by name."""
        parts: tuple[object, ...] = (self, self.settings, self.model_options)
        return getattr(next(part for part in parts if hasattr(part, name)), name)

    def differences(self, other: EditState) -> frozenset[str]:
        """The names of all values that differ from another state."""
        pairs: tuple[tuple[Any, Any], ...] = (
            (self, other),
            (self.settings, other.settings),
            (self.model_options, other.model_options),
        )
        changed = {
            each.name
            for part, other_part in pairs
            for each in fields(part)
            if each.compare and getattr(part, each.name) != getattr(other_part, each.name)
        }
        return frozenset(changed - {"settings", "model_options"})

    def request(self, photo: Image.Image, model: Path, mask: Image.Image | None = None) -> EditRequest:
        """The request with these settings; `mask` is the image of the mask in use.

        Raises `InvalidRequest` if they cannot be used together.
        """
        normalized = self.normalized()
        return EditRequest(
            source_image=photo,
            instruction=normalized.instruction,
            model=model,
            settings=normalized.settings,
            negative_instruction=normalized.negative_instruction,
            mask=mask,
            variations=self.variations,
            model_options=self.model_options,
        )

    def to_json(self) -> dict[str, Any]:
        """An object for JSON; settings have the keys they have in saved results."""
        options = self.model_options
        values = {
            VERSION_NAME: STATE_VERSION,
            "instruction": self.instruction,
            "negative_instruction": self.negative_instruction,
            "model": str(self.model or ""),
            **{key: getattr(options, name) for name, key in setting_keys(ModelOptions).items()},
            "vae": str(options.vae or ""),
            "loras": [{"path": str(lora.path), "weight": lora.weight} for lora in options.loras],
            **{key: getattr(self.settings, name) for name, key in setting_keys(EditSettings).items()},
            "variations": self.variations,
            "randomises_seed": self.randomises_seed,
            "mask_id": self.mask_id,
            "uses_mask": self.uses_mask,
        }
        return with_unknown(values, self.unknown_fields)

    @classmethod
    def from_json(cls, stored: object) -> EditState:
        """The state of an object that this or another version of `to_json` returned.

        Missing and damaged values get their defaults; unknown ones are kept. Raises `NewerVersion` if this
        version cannot read it, `ValueError` if it is not a JSON object.
        """
        values, standard = JsonRecord(stored), cls()
        if values.version > STATE_VERSION:
            raise NewerVersion(
                "version.edit-settings",
                "The edit settings were saved by a newer version of IP2P Desktop.",
                "Update IP2P Desktop to use them.",
            )
        return cls(
            instruction=values.get("instruction", standard.instruction),
            negative_instruction=values.get("negative_instruction", standard.negative_instruction),
            model=_path(values.get("model", "")),
            model_options=replace(
                standard.model_options,
                weight_set=values.get(setting_keys(ModelOptions)["weight_set"], WeightSet.EMA),
                vae=_path(values.get("vae", "")),
                loras=tuple(_loras(values)),
            ),
            settings=values.fill(standard.settings, setting_keys(EditSettings)),
            variations=values.get("variations", standard.variations),
            randomises_seed=values.get("randomises_seed", standard.randomises_seed),
            mask_id=valid_mask_id(values.get("mask_id", "")),
            uses_mask=values.get("uses_mask", standard.uses_mask),
            unknown_fields=values.unknown(),
        )


def _changed(part: Part, values: Mapping[str, Any]) -> Part:
    return replace(part, **{each.name: values[each.name] for each in fields(part) if each.name in values})


def _loras(values: JsonRecord) -> Iterator[Lora]:
    """The LoRAs that can be used."""
    for lora in values.records("loras"):
        if path := lora.get("path", ""):
            with suppress(InvalidRequest):
                yield Lora(path=Path(path), weight=lora.get("weight", 1.0))


def _path(text: str) -> Path | None:
    return Path(text) if text else None
