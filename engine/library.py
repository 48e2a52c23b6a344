"""Models on disk: what a folder holds, what it has learned, and how it is best used.

A model is a diffusers folder (`model_index.json`). Beside it may lie `ip2p.json`: the name people
read, the recommended settings, and the instructions the model has learned.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import InvalidRequest, ModelNotUsable
from engine.request import EditSettings, Fit, SchedulerName

CARD_NAME = "ip2p.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCard:
    """An installed model, known without loading it."""

    folder: Path
    name: str
    description: str = ""
    suggestions: tuple[str, ...] = ()
    """Instructions the model has learned, in the words of its makers."""
    recommended: EditSettings = field(default_factory=EditSettings)


def _settings_from(values: dict[str, Any]) -> EditSettings:
    known = {key: value for key, value in values.items() if key in EditSettings.__dataclass_fields__}
    for name in ("num_inference_steps", "resolution", "seed"):
        if not isinstance(known.get(name, 0), int):
            raise TypeError(f"{name} is not a whole number")
    if "scheduler" in known:
        known["scheduler"] = SchedulerName(known["scheduler"])
    if "fit" in known:
        known["fit"] = Fit(known["fit"])
    return EditSettings(**known)


def read_model_card(folder: Path) -> ModelCard:
    """What lies in a model folder. Raises `ModelNotUsable` if it is none."""
    if not (folder / "model_index.json").is_file():
        raise ModelNotUsable(
            f"{folder} is not a model folder: it has no model_index.json.",
            "Choose a folder that holds an InstructPix2Pix model in the diffusers layout.",
        )
    card = folder / CARD_NAME
    if not card.is_file():
        return ModelCard(folder=folder, name=folder.name)
    try:
        values = json.loads(card.read_text(encoding="utf-8"))
        return ModelCard(
            folder=folder,
            name=str(values.get("name") or folder.name),
            description=str(values.get("description", "")),
            suggestions=tuple(str(text) for text in values.get("suggestions", ())),
            recommended=_settings_from(values.get("recommended", {})),
        )
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, InvalidRequest) as error:
        raise ModelNotUsable(f"{card} cannot be read ({error}).", "Restore or delete that file.") from error


def write_model_card(card: ModelCard) -> None:
    """Store the card in its model folder: written aside, then renamed."""
    values = asdict(card)
    del values["folder"]
    del values["recommended"]["seed"]
    target = card.folder / CARD_NAME
    aside = target.with_suffix(".part")
    aside.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(target)


def list_models(folder: Path) -> list[ModelCard]:
    """Every usable model directly below `folder`, by name; damaged ones are left out."""
    cards = []
    for child in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            cards.append(read_model_card(child))
        except ModelNotUsable:
            continue
    return sorted(cards, key=lambda card: card.name.casefold())
