"""Model cards: what a model is, how it is best used, and where it came from.

A model is a diffusers folder (`model_index.json`) or a single file. Its card lies in the folder as
`ip2p.json`, or beside the file under the file's name and `.ip2p.json`. A model without one is known by
its own name.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import InvalidRequest, ModelNotUsable
from engine.files.atomic import atomic_write
from engine.request import Detail, EditSettings, Fit, OutputSize, SchedulerName, WeightSet

CARD_NAME = "ip2p.json"
INDEX_NAME = "model_index.json"
MODEL_SUFFIXES = (".safetensors", ".ckpt", ".nemo", ".pt", ".pth", ".bin")
"""How the names of single-file models end in the library; elsewhere they may have any name."""
UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidRequest)
"""What reading a damaged record may raise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightFile:
    """A file of weights, as it was when the model came into the library."""

    name: str
    """Below the folder of the model, with slashes; a single file's own name."""
    size: int
    """In bytes."""
    sha256: str
    """64 hexadecimal digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCard:
    """An installed model, known without loading it. What nobody knows is empty, or 0."""

    path: Path
    """The model's folder, or its single file."""
    name: str
    description: str = ""
    suggestions: tuple[str, ...] = ()
    """Instructions the model has learned, in the words of its makers."""
    lists_all_edits: bool = False
    """Whether the suggestions are all that it knows, so that other instructions can be called unknown."""
    recommended: EditSettings = field(default_factory=EditSettings)
    family: str = ""
    """Name of a folder in `resources/families`."""
    licence: str = ""
    source: str = ""
    """The repository, address or file the model came from."""
    preview: str = ""
    """Name of a picture in the folder of the model, or beside its file."""
    size: int = 0
    """Of all files together, in bytes."""
    weights: tuple[WeightFile, ...] = ()
    weight_sets: tuple[WeightSet, ...] = ()
    """The sets of UNet weights that its file holds; empty while nobody has looked."""
    weight_set: WeightSet = WeightSet.EMA
    """The set that its owner edits with."""

    @property
    def is_file(self) -> bool:
        has_suffix = self.path.suffix.lower() in MODEL_SUFFIXES and not self.path.is_dir()
        return has_suffix or self.path.is_file()

    @property
    def known_weight_sets(self) -> tuple[WeightSet, ...]:
        """`weight_sets`; a folder has one of them, which needs no looking."""
        return self.weight_sets if self.is_file else (WeightSet.EMA,)

    @property
    def folder(self) -> Path:
        """Where the files of the model lie: its own folder, or the one its single file is in."""
        return self.path.parent if self.is_file else self.path

    @property
    def preview_file(self) -> Path | None:
        """The picture of the model, if there is one."""
        picture = self.folder / self.preview
        return picture if self.preview and picture.is_file() else None


def card_file(model: Path) -> Path:
    """Where the card of a model lies."""
    return model / CARD_NAME if model.is_dir() else model.with_name(f"{model.name}.{CARD_NAME}")


def is_model(path: Path) -> bool:
    """Whether `path` looks like a model from outside: a diffusers folder, or a file of a known name."""
    return (path / INDEX_NAME).is_file() or (path.suffix.lower() in MODEL_SUFFIXES and path.is_file())


def library_name(path: Path) -> str:
    """What a model is called in the library, so that it is found again."""
    return path.name if is_model(path) else f"{path.name}{MODEL_SUFFIXES[0]}"


def read_model_card(path: Path) -> ModelCard:
    """What is known of a model folder, or of any file. Raises `ModelNotUsable` if it is neither.

    What a file of an unknown name is, its content will say when it is opened.
    """
    _check_is_there(path)
    card = card_file(path)
    name = path.stem if path.is_file() else path.name
    if not card.is_file():
        return ModelCard(path=path, name=name)
    try:
        values = json.loads(card.read_text(encoding="utf-8"))
        return ModelCard(
            path=path,
            name=str(values.get("name") or name),
            suggestions=tuple(str(text) for text in values.get("suggestions", ())),
            lists_all_edits=values.get("lists_all_edits") is True,
            recommended=settings_from(values.get("recommended", {})),
            preview=PurePosixPath(str(values.get("preview", ""))).name,
            size=int(values.get("size", 0)),
            weights=tuple(_weight_file_from(entry) for entry in values.get("weights", ())),
            weight_sets=tuple(WeightSet(name) for name in values.get("weight_sets", ())),
            weight_set=WeightSet(values.get("weight_set", WeightSet.EMA)),
            **{key: str(values.get(key, "")) for key in ("description", "family", "licence", "source")},
        )
    except (
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
        InvalidRequest,
    ) as error:
        raise ModelNotUsable(f"{card} cannot be read ({error}).", "Restore or delete that file.") from error


def _check_is_there(path: Path) -> None:
    if not (is_model(path) or path.is_file()):
        raise ModelNotUsable(
            f"{path} is not a model folder: it has no {INDEX_NAME}.",
            "Choose a folder that holds an InstructPix2Pix model in the diffusers layout, or a model file.",
        )


def settings_from(values: dict[str, Any]) -> EditSettings:
    """Settings from a JSON object; names of later versions are passed over.

    Raises `ValueError`, `TypeError` or `InvalidRequest` for values that make no sense.
    """
    known = {key: value for key, value in values.items() if key in EditSettings.__dataclass_fields__}
    for name in ("num_inference_steps", "resolution", "seed"):
        if not isinstance(known.get(name, 0), int):
            raise TypeError(f"{name} is not a whole number")
    kinds = {"scheduler": SchedulerName, "fit": Fit, "output_size": OutputSize, "detail": Detail}
    for name, kind in kinds.items():
        if name in known:
            known[name] = kind(known[name])
    return EditSettings(**known)


def _weight_file_from(values: dict[str, Any]) -> WeightFile:
    name = PurePosixPath(str(values["name"]))
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"{name} is outside the model")
    return WeightFile(name=str(name), size=int(values["size"]), sha256=str(values["sha256"]))


def write_model_card(card: ModelCard) -> None:
    """Store the card with its model. Raises `OSError`."""
    values = asdict(card)
    del values["path"]
    del values["recommended"]["seed"]
    target = card_file(card.path)
    with atomic_write(target) as temporary:
        temporary.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check_whole(card: ModelCard) -> None:
    """Raises `ModelNotUsable` if a weight file is missing, or not as long as it was; reads none."""
    if card.is_file and card.path.stat().st_size == 0:
        raise ModelNotUsable(f"{card.path} is empty (0 bytes).", "Remove it and add the model again.")
    for weight in card.weights:
        _check_length(card.folder / weight.name, weight.size)


def _check_length(file: Path, expected: int) -> None:
    try:
        size = file.stat().st_size
    except OSError:
        raise ModelNotUsable(f"{file} is missing.", "Restore it, or remove the model.") from None
    if size != expected:
        raise ModelNotUsable(
            f"{file} is damaged: it has {size} bytes instead of {expected}.",
            "Restore it, or remove the model and add it again.",
        )


def list_models(folder: Path) -> list[ModelCard]:
    """Every usable model directly below `folder`, by name; damaged ones are left out."""
    cards = []
    for child in model_places(folder):
        try:
            card = read_model_card(child)
            check_whole(card)
        except ModelNotUsable:
            continue
        cards.append(card)
    return sorted(cards, key=lambda card: card.name.casefold())


def model_places(folder: Path) -> list[Path]:
    """What looks like a model directly below `folder`; hidden names are no models."""
    children = sorted(folder.iterdir()) if folder.is_dir() else []
    return [child for child in children if not child.name.startswith(".") and is_model(child)]
