"""Model cards: name, recommended settings, source and weight files of a model.

A model is a diffusers folder (`model_index.json`) or a single file. Its card is `ip2p.json` in the folder, or
a file beside the single file, with its name and `.ip2p.json`. Without a card, the name of the model is that
of its folder or file.

A card is read leniently, except for the list of weight files, by which damage is recognised.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from engine.edit_settings import EditSettings
from engine.errors import ModelNotUsable
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from engine.library.edit_looks import EditLook, looks_from
from engine.library.useful_ranges import UsefulRanges
from engine.model_options import WeightSet
from engine.models.model_folders import find_model, model_name

CARD_NAME = "ip2p.json"
CARD_VERSION = 1
"""Raised when earlier programs would misread the card; a new field does not need that."""
INDEX_NAME = "model_index.json"
MODEL_SUFFIXES = (".safetensors", ".ckpt", ".nemo", ".pt", ".pth", ".bin")
"""Suffixes of single-file models in the library; elsewhere they may have any name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightFile:
    """A file of weights, as it was when the model was added to the library."""

    name: str
    """Path below the model's folder, with slashes; for a single file its name."""
    size: int
    """In bytes."""
    sha256: str
    """64 hexadecimal digits."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """Fields that another version of the program wrote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCard:
    """The description of an installed model. Unknown values are empty or 0."""

    path: Path
    """The model's folder, or its single file."""
    name: str
    description: str = ""
    suggestions: tuple[str, ...] = ()
    """Instructions of the model's training, as examples."""
    lists_all_edits: bool = False
    """Whether the suggestions are all edits that it knows, so that other instructions count as unknown."""
    one_edit_at_a_time: bool = False
    """Whether it often makes only one of two edits (`engine.instructions.sequence.steps_for`)."""
    painted_styles: tuple[str, ...] = ()
    """The families of known edits that its second UNet makes."""
    recommended: EditSettings = field(default_factory=EditSettings)
    useful_ranges: UsefulRanges = field(default_factory=UsefulRanges)
    seeded_edits: tuple[str, ...] | None = None
    """The families of known edits whose result depends on the seed in a single step; None if all may."""
    looks: tuple[EditLook, ...] = ()
    """What the training pairs of trained edits show at their own size."""
    family: str = ""
    """Name of a folder in `resources/families`."""
    licence: str = ""
    source: str = ""
    """The repository, address or file from which the model was added."""
    preview: str = ""
    """Name of a preview image in the folder of the model, or beside its file."""
    size: int = 0
    """Size of all files in bytes."""
    weights: tuple[WeightFile, ...] = ()
    files: tuple[str, ...] | None = field(default=None, compare=False)
    """Paths of all files that the library wrote, as in `weights`; at most a preview for a model that it did
    not write, and None if the card does not list them."""
    weight_sets: tuple[WeightSet, ...] = ()
    """The sets of UNet weights in its file; empty until the file was read."""
    weight_set: WeightSet = WeightSet.EMA
    """The set that the user has chosen."""
    trained_from: str = ""
    """The fingerprint of the UNet from which it was trained (`engine.models.unet_fingerprint`)."""
    edit_pack: str = ""
    """The sha256 of the weights of the edit pack from which it was installed."""
    unknown_fields: dict[str, Any] = field(default_factory=dict, hash=False)
    """Fields that another version of the program wrote."""

    @property
    def is_file(self) -> bool:
        """Whether the model is a single file."""
        has_suffix = self.path.suffix.lower() in MODEL_SUFFIXES and not self.path.is_dir()
        return has_suffix or self.path.is_file()

    @property
    def known_weight_sets(self) -> tuple[WeightSet, ...]:
        """`weight_sets`; a folder always has one set, which needs no reading."""
        return self.weight_sets if self.is_file else (WeightSet.EMA,)

    @property
    def folder(self) -> Path:
        """The folder of the model's files: its own, or the one that contains its single file."""
        return self.path.parent if self.is_file else self.path

    @property
    def preview_file(self) -> Path | None:
        """The path of the preview image, if there is one."""
        file = self.folder / self.preview
        return file if self.preview and file.is_file() else None


def card_file(model: Path) -> Path:
    """The path of a model's card."""
    return model / CARD_NAME if model.is_dir() else model.with_name(f"{model.name}.{CARD_NAME}")


def is_model(path: Path) -> bool:
    """Whether `path` looks like a model: a diffusers folder, or a file with a suffix of models."""
    return (path / INDEX_NAME).is_file() or (path.suffix.lower() in MODEL_SUFFIXES and path.is_file())


def library_name(path: Path) -> str:
    """The name of a model in the library, with a suffix of models if it is a file."""
    if path.is_dir():
        return model_name(path)
    return path.name if is_model(path) else f"{path.name}{MODEL_SUFFIXES[0]}"


def read_model_card(path: Path) -> ModelCard:
    """The card of a model folder or of any file. Raises `ModelNotUsable` if it is neither.

    The folder of a training script or of a hub's cache stands for the model in it (`find_model`). The content
    of a file is not read.
    """
    path = find_model(path)
    _check_exists(path)
    card = card_file(path)
    name = model_name(path)
    if not card.is_file():
        return ModelCard(path=path, name=name, files=())
    try:
        values = JsonRecord(json.loads(read_bounded(card, JSON_LIMIT)))
        if values.version <= CARD_VERSION:
            return _card_from(values, path, name)
    except (OSError, ValueError, RecursionError) as error:
        raise ModelNotUsable(
            "model.card-unreadable",
            "{file} cannot be read ({reason}).",
            "Restore or delete that file.",
            file=card,
            reason=error,
        ) from error
    raise ModelNotUsable(
        "model.newer-version",
        "{file} was written by a newer version of IP2P Desktop.",
        "Update IP2P Desktop to use this model.",
        file=card,
    )


def _card_from(values: JsonRecord, path: Path, name: str) -> ModelCard:
    """The card of a record. Raises `ValueError` for an invalid list of weight files."""
    sets = values.texts("weight_sets")
    return ModelCard(
        path=path,
        name=values.get("name", "") or name,
        description=values.get("description", ""),
        suggestions=values.texts("suggestions"),
        lists_all_edits=values.get("lists_all_edits", False),
        one_edit_at_a_time=values.get("one_edit_at_a_time", False),
        painted_styles=values.texts("painted_styles"),
        recommended=values.record("recommended").fill(EditSettings()),
        useful_ranges=UsefulRanges.from_record(values.record("useful_ranges")),
        seeded_edits=values.texts("seeded_edits") if values.has("seeded_edits") else None,
        looks=looks_from(tuple(values.records("looks"))),
        family=values.get("family", ""),
        licence=values.get("licence", ""),
        source=values.get("source", ""),
        preview=PurePosixPath(values.get("preview", "")).name,
        size=values.get("size", 0),
        weights=tuple(_weight_file_from(entry) for entry in values.records("weights")),
        files=_file_names(values) if values.has("files") else None,
        weight_sets=tuple(map(WeightSet, sets)) if set(sets) <= set(WeightSet) else (),
        weight_set=values.get("weight_set", WeightSet.EMA),
        trained_from=values.get("trained_from", ""),
        edit_pack=values.get("edit_pack", ""),
        unknown_fields=values.unknown(),
    )


def _check_exists(path: Path) -> None:
    if not (is_model(path) or path.is_file()):
        raise ModelNotUsable(
            "model.not-a-model-folder",
            "{folder} is not a model folder: it has no {index}.",
            "Choose a folder of an InstructPix2Pix model in the diffusers layout, or a model file.",
            folder=path,
            index=INDEX_NAME,
        )


def _file_names(values: JsonRecord) -> tuple[str, ...]:
    """The listed names of files; those outside the model are ignored."""
    names = map(PurePosixPath, values.texts("files"))
    return tuple(str(name) for name in names if not (name.is_absolute() or ".." in name.parts))


def _weight_file_from(values: JsonRecord) -> WeightFile:
    name, size = PurePosixPath(values.get("name", "")), values.get("size", -1)
    if not name.name or size < 0:
        raise ValueError("a weight file has no name or no size")
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"{name} is outside the model")
    sha256 = values.get("sha256", "")
    return WeightFile(name=str(name), size=size, sha256=sha256, unknown_fields=values.unknown())


def write_model_card(card: ModelCard) -> None:
    """Writes the card to its model. Raises `OSError`."""
    values = {VERSION_NAME: CARD_VERSION, **_known_values(card)}
    del values["path"]
    del values["recommended"]["seed"]
    values["useful_ranges"] = card.useful_ranges.to_json()
    for optional in ("files", "seeded_edits"):
        if values[optional] is None:
            del values[optional]
    values["weights"] = [
        with_unknown(_known_values(weight), weight.unknown_fields) for weight in card.weights
    ]
    text = json.dumps(with_unknown(values, card.unknown_fields), indent=2, ensure_ascii=False)
    with atomic_write(card_file(card.path)) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def _known_values(instance: ModelCard | WeightFile) -> dict[str, Any]:
    values = asdict(instance)
    del values["unknown_fields"]
    return values


def check_weight_files(card: ModelCard) -> None:
    """Raises `ModelNotUsable` if a weight file is missing or has another size; does not read the files."""
    if card.is_file and card.path.stat().st_size == 0:
        raise ModelNotUsable(
            "model.file-empty",
            "{file} is empty (0 bytes).",
            "Remove it and add the model again.",
            file=card.path,
        )
    for weight in card.weights:
        _check_length(card.folder / weight.name, weight.size)


def _check_length(file: Path, expected: int) -> None:
    try:
        size = file.stat().st_size
    except OSError:
        raise ModelNotUsable(
            "model.file-missing", "{file} is missing.", "Restore it, or remove the model.", file=file
        ) from None
    if size != expected:
        raise ModelNotUsable(
            "model.size-differs",
            "{file} is damaged: it has {size} bytes instead of {expected}.",
            "Restore it, or remove the model and add it again.",
            file=file,
            size=size,
            expected=expected,
        )


def list_models(folder: Path) -> list[ModelCard]:
    """Cards of the usable models directly below `folder`, sorted by name."""
    cards = []
    for child in model_paths(folder):
        try:
            card = read_model_card(child)
            check_weight_files(card)
        except ModelNotUsable:
            continue
        cards.append(card)
    return sorted(cards, key=lambda card: card.name.casefold())


def model_paths(folder: Path) -> list[Path]:
    """Paths directly below `folder` that look like models; hidden names are skipped."""
    children = sorted(folder.iterdir()) if folder.is_dir() else []
    return [child for child in children if not child.name.startswith(".") and is_model(child)]
