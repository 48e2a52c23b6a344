"""A trained model beside the one its training began with: of a run, or of the folder of an exported model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from engine.errors import ModelNotUsable
from engine.instructions.knowledge import has_knowledge, read_knowledge
from engine.library import ModelCard, read_model_card
from engine.library.edit_looks import EditLook
from engine.models.loading import Model, load_model
from engine.models.unet_fingerprint import unet_fingerprint
from trainer.export.kept_steps import find_step, load_start_model, run_settings, set_strength, trained_model
from trainer.export.trained_looks import completed_looks, pairs_of_looks


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainedEdit:
    """Both models in float32 on the processor, and what the training was about."""

    start: Model
    trained: Model
    start_card: ModelCard
    name: str
    instructions: tuple[str, ...]
    """The instructions of the training."""
    keeps_edits: bool
    """Whether the training kept what the start model knows (replay)."""
    lora_rank: int = 0
    """Rank of the LoRA that was trained; 0 if all weights were."""
    looks: tuple[EditLook, ...] = ()
    """What the training pairs show at their own size."""
    photos: tuple[Path, ...] = ()
    """Files of photos to try the edit on; may be empty."""


def edit_of_run(
    run: Path, step: int | None = None, settings: Sequence[str] = (), *, strength: float = 1.0
) -> TrainedEdit:
    """Returns the edit of a kept step of a run, of the newest if `step` is None, at a strength.

    `settings` are `key=value` and override those of the run. Raises `RunNotUsable`, `CheckpointNotUsable`,
    `SnapshotNotUsable`, `ModelNotUsable` or `ConfigNotValid`.
    """
    kept = find_step(run, step)
    config, record = run_settings(run, settings)
    start = load_start_model(config, record, torch.device("cpu"))
    trained = trained_model(start, config, kept)
    set_strength(trained, start, strength)
    looks = record.looks or ()
    return TrainedEdit(
        start=start,
        trained=trained,
        start_card=read_model_card(start.path),
        name=config.model_name,
        instructions=record.instructions,
        keeps_edits=bool(config.data.replay.pairs),
        lora_rank=config.model.lora.rank if config.model.lora.enable else 0,
        looks=completed_looks(trained, looks, pairs_of_looks(config, looks), strength=strength),
        photos=tuple(sorted((run / "previews").glob("photo-*.png"))),
    )


def edit_of_model(folder: Path, start: Path, *, strength: float = 1.0) -> TrainedEdit:
    """Returns the edit of an exported model that was trained from `start`. Raises `ModelNotUsable`."""
    card, start_card = read_model_card(folder), read_model_card(start)
    if card.trained_from and card.trained_from != unet_fingerprint(start_card.path):
        raise ModelNotUsable(
            "model.not-trained-from",
            "{model} was not trained from {start}.",
            "Choose the model that its training began with.",
            model=card.name,
            start=start_card.name,
        )
    models = [
        load_model(each.path, device=torch.device("cpu"), dtype=torch.float32) for each in (start_card, card)
    ]
    shapes = [{name: tensor.shape for name, tensor in model.unet.state_dict().items()} for model in models]
    if shapes[0] != shapes[1]:
        raise ModelNotUsable(
            "model.other-structure",
            "{model} has another structure than {start}.",
            "Choose the model that its training began with.",
            model=card.name,
            start=start_card.name,
        )
    set_strength(models[1], models[0], strength)
    return TrainedEdit(
        start=models[0],
        trained=models[1],
        start_card=start_card,
        name=card.name,
        instructions=_new_instructions(card, start_card),
        keeps_edits=bool(start_card.suggestions) and set(start_card.suggestions) <= set(card.suggestions),
        looks=tuple(look for look in card.looks if look not in start_card.looks),
    )


def _new_instructions(card: ModelCard, start: ModelCard) -> tuple[str, ...]:
    """Returns the instructions that the card, or the model's knowledge, has beyond those of its start."""
    listed = list(card.suggestions)
    if has_knowledge(card.path):
        listed += read_knowledge(card.path).instructions
    known = set(start.suggestions)
    if has_knowledge(start.path):
        known |= set(read_knowledge(start.path).instructions)
    return tuple(dict.fromkeys(text for text in listed if text not in known))
