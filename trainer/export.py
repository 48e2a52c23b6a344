"""Turns the weights of a run into a model folder that the engine and diffusers load."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import torch
from diffusers.models import UNet2DConditionModel
from safetensors import SafetensorError
from safetensors.torch import save_file

from engine.errors import EngineError
from engine.library import ModelCard, read_model_card, write_model_card
from engine.weights import Model

MAX_SUGGESTIONS = 24


class ModelNotWritten(EngineError):
    """A taught model could not be stored."""

    kind = "output"


def export_model(model: Model, target: Path, *, name: str, instructions: tuple[str, ...]) -> Path:
    """Write a diffusers folder with fp16 weights to `target`, aside first; replaces an older one.

    What training does not touch is copied from the folder the model was loaded from. Raises
    `ModelNotWritten`; then an older model is still there.
    """
    aside = target.with_name(target.name + ".part")
    try:
        _write_model(model, aside, name, instructions)
        shutil.rmtree(target, ignore_errors=True)
        aside.rename(target)
    except (OSError, SafetensorError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise ModelNotWritten(
            f"The taught model could not be written to {target}.",
            "Free some disk space and start again; training goes on from the last checkpoint.",
        ) from error
    return target


def _write_model(model: Model, aside: Path, name: str, instructions: tuple[str, ...]) -> None:
    shutil.rmtree(aside, ignore_errors=True)
    shutil.copytree(model.folder, aside, ignore=shutil.ignore_patterns("unet", "README.md", "*.part"))
    _save_half(model.unet, aside / "unet")
    if any(weight.requires_grad for weight in model.text_encoder.parameters()):
        model.text_encoder.save_pretrained(aside / "text_encoder")
    card = read_model_card(model.folder)
    write_model_card(_taught_card(card, aside, name, instructions))


def _save_half(unet: UNet2DConditionModel, folder: Path) -> None:
    folder.mkdir(parents=True)
    unet.save_config(folder)
    halves = {
        key: value.detach().to("cpu", torch.float16).contiguous() for key, value in unet.state_dict().items()
    }
    save_file(halves, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})


def _taught_card(card: ModelCard, folder: Path, name: str, instructions: tuple[str, ...]) -> ModelCard:
    return replace(
        card,
        folder=folder,
        name=name,
        description=f"Taught on this computer, starting from {card.name}.",
        suggestions=instructions[:MAX_SUGGESTIONS],
    )
