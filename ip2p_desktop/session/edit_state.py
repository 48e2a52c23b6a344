"""Everything one edit depends on but the photo, as one value that is set, kept and written as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image

from engine.errors import InvalidRequest, NewerVersion
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.images.edit_record import EditRecord
from engine.request import EditRequest, EditSettings, Lora, ModelOptions, OutputSize, WeightSet
from engine.settings_table import setting_keys

Part = TypeVar("Part", EditSettings, ModelOptions)

STATE_VERSION = 1
"""Higher once an earlier program would misread a state; a further field does not need that."""
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
    unknown_fields: dict[str, Any] = field(default_factory=dict, compare=False)
    """What another version of the program wrote beside these; written again."""

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

    def normalized(self) -> EditState:
        """The state as one edit asks for it: without blanks around the text, with the seed it has now."""
        return replace(
            self,
            instruction=self.instruction.strip(),
            negative_instruction=self.negative_instruction.strip(),
            randomises_seed=False,
        )

    def with_values(self, **values: object) -> EditState:
        """The same with other values, by the names of the settings or of this class's own fields.

        Raises `KeyError` for another name, `InvalidRequest` for a setting out of range.
        """
        parts: dict[str, Any] = {
            "settings": _changed(self.settings, values),
            "model_options": _changed(self.model_options, values),
        }
        own = {each.name for each in fields(self)}
        known = own.union(each.name for part in parts.values() for each in fields(part))
        if strange := values.keys() - known:
            raise KeyError(*strange)
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
        asked = self.normalized()
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
        }
        return with_unknown(values, self.unknown_fields)

    @classmethod
    def from_json(cls, stored: object) -> EditState:
        """The state of `to_json`, also that of another version of the program.

        What is missing or damaged has its default, what is unknown is kept. Raises `NewerVersion` if this
        version would misread it, `ValueError` if it is no JSON object.
        """
        values, standard = JsonRecord(stored), cls()
        if values.version > STATE_VERSION:
            raise NewerVersion(
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
            unknown_fields=values.unknown(),
        )


def _changed(part: Part, values: Mapping[str, Any]) -> Part:
    return replace(part, **{each.name: values[each.name] for each in fields(part) if each.name in values})


def _loras(values: JsonRecord) -> Iterator[Lora]:
    """Those that can be used."""
    for lora in values.records("loras"):
        if path := lora.get("path", ""):
            with suppress(InvalidRequest):
                yield Lora(path=Path(path), weight=lora.get("weight", 1.0))


def _path(text: str) -> Path | None:
    return Path(text) if text else None
