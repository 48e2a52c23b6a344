"""Everything one edit depends on but the photo, as one value that is set, kept and written as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from engine.errors import InvalidRequest
from engine.images.edit_record import EditRecord
from engine.request import EditRequest, EditSettings, Lora, ModelOptions, OutputSize
from engine.settings_table import read_settings, write_settings

Part = TypeVar("Part", EditSettings, ModelOptions)

VERSION = 1
"""Of the written form; it grows only if what this program reads would no longer be understood."""
STANDARD_OPTIONS = ModelOptions()
STANDARD_SETTINGS = EditSettings(output_size=OutputSize.SOURCE)
"""What a new window starts with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditState:
    """The instruction, the model and every setting. Raises `InvalidRequest` for a setting out of range."""

    instruction: str = ""
    negative_instruction: str = ""
    model: Path | None = None
    model_options: ModelOptions = STANDARD_OPTIONS
    settings: EditSettings = STANDARD_SETTINGS
    variations: int = 1
    randomises_seed: bool = True
    """Whether every edit draws a new seed."""
    unknown: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What a later version wrote beside these; kept, and written again."""

    @classmethod
    def of_request(cls, request: EditRequest) -> EditState:
        """The state that asks for a request with this very seed again."""
        return cls(
            instruction=request.instruction,
            negative_instruction=request.negative_instruction,
            model=request.model,
            model_options=request.model_options,
            settings=request.settings,
            variations=request.variations,
            randomises_seed=False,
        )

    def with_record(self, record: EditRecord) -> EditState:
        """The state that makes the edit a saved picture tells of, with the model chosen here."""
        return replace(
            self.with_settings(record.settings),
            instruction=record.instruction,
            negative_instruction=record.negative_instruction,
        )

    def with_settings(self, settings: EditSettings) -> EditState:
        """The same with all settings of one picture, its seed too."""
        return replace(self, settings=settings, variations=1, randomises_seed=False)

    def as_asked(self) -> EditState:
        """The state as one edit asks for it: without blanks around the text, with the seed it has now."""
        return replace(
            self,
            instruction=self.instruction.strip(),
            negative_instruction=self.negative_instruction.strip(),
            randomises_seed=False,
        )

    def with_values(self, **values: object) -> EditState:
        """The same with other values, by the names of the settings or of this class's own fields."""
        parts: dict[str, Any] = {
            "settings": _changed(self.settings, values),
            "model_options": _changed(self.model_options, values),
        }
        own = {each.name for each in fields(self)}
        return replace(self, **(parts | {name: value for name, value in values.items() if name in own}))

    def value(self, name: str) -> object:
        """The value of a setting, or of a field of this class, by its name."""
        parts: tuple[object, ...] = (self, self.settings, self.model_options)
        return getattr(next(part for part in parts if hasattr(part, name)), name)

    def differences(self, other: EditState) -> frozenset[str]:
        """The names of all values that are not the same in another state."""
        pairs: tuple[tuple[Any, Any], ...] = (
            (self, other),
            (self.settings, other.settings),
            (self.model_options, other.model_options),
        )
        changed = {
            each.name
            for part, its in pairs
            for each in fields(part)
            if each.compare and getattr(part, each.name) != getattr(its, each.name)
        }
        return frozenset(changed - {"settings", "model_options"})

    def request(self, photo: Image.Image, model: Path) -> EditRequest:
        """What these settings ask for. Raises `InvalidRequest` if no edit can be made with them."""
        asked = self.as_asked()
        return EditRequest(
            source_image=photo,
            instruction=asked.instruction,
            model=model,
            settings=self.settings,
            negative_instruction=asked.negative_instruction,
            variations=self.variations,
            model_options=self.model_options,
        )

    def to_json(self) -> dict[str, Any]:
        """A plain object for JSON: settings under the keys they have in saved pictures."""
        options = self.model_options
        return {
            **self.unknown,
            "version": VERSION,
            "instruction": self.instruction,
            "negative_instruction": self.negative_instruction,
            "model": str(self.model) if self.model is not None else None,
            **write_settings(options),
            "vae": str(options.vae) if options.vae is not None else None,
            "loras": [{"path": str(lora.path), "weight": lora.weight} for lora in options.loras],
            **write_settings(self.settings),
            "variations": self.variations,
            "randomises_seed": self.randomises_seed,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> EditState:
        """The state of `to_json`: what is unknown is kept, what is missing has its default.

        Raises `InvalidRequest` for a later version and for values that are damaged.
        """
        if not isinstance(version := values.get("version", VERSION), int) or version > VERSION:
            raise InvalidRequest(
                "These settings were written by a newer version of this program.", "Update it to use them."
            )
        try:
            return cls._read(values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InvalidRequest(f"The stored settings are damaged: {error}.") from error

    @classmethod
    def _read(cls, values: Mapping[str, Any]) -> EditState:
        standard = cls()
        options = replace(
            ModelOptions(**read_settings(ModelOptions, values)),
            vae=_path(values.get("vae")),
            loras=tuple(_lora(lora) for lora in values.get("loras", ())),
        )
        known = standard.to_json().keys()
        return cls(
            instruction=_text(values.get("instruction", "")),
            negative_instruction=_text(values.get("negative_instruction", "")),
            model=_path(values.get("model")),
            model_options=options,
            settings=replace(standard.settings, **read_settings(EditSettings, values)),
            variations=int(values.get("variations", standard.variations)),
            randomises_seed=bool(values.get("randomises_seed", standard.randomises_seed)),
            unknown={name: value for name, value in values.items() if name not in known},
        )


def _changed(part: Part, values: Mapping[str, Any]) -> Part:
    return replace(part, **{each.name: values[each.name] for each in fields(part) if each.name in values})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text")
    return value


def _lora(values: Mapping[str, Any]) -> Lora:
    return Lora(path=Path(_text(values["path"])), weight=float(values["weight"]))


def _path(value: object) -> Path | None:
    return None if value is None else Path(_text(value))
