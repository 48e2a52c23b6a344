"""Reads the models on this computer: the starter, then the user's own."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelNotUsable
from engine.library import DamagedModel, ModelCard, ModelLibrary, read_model_card
from ip2p_desktop.base import paths

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelList:
    """The installed models at one moment."""

    folder: Path
    """The folder of the user's own models."""
    cards: tuple[ModelCard, ...] = ()
    """The cards of all usable models; the starter comes first, unless its files are missing."""
    damaged: tuple[DamagedModel, ...] = ()


def library() -> ModelLibrary:
    """The library of the user's own models."""
    return ModelLibrary(paths.models_folder)


def read_models() -> ModelList:
    """Read all models from the disk; may take seconds."""
    try:
        starter = [read_model_card(paths.starter_model())]
    except ModelNotUsable as error:
        log.warning("No starter model: %s", error)
        starter = []
    own = ModelLibrary(paths.models_folder())
    try:
        cards, damaged = own.models(), own.damaged()
    except OSError as error:
        log.warning("The models in %s cannot be listed: %s", own.folder, error)
        cards, damaged = [], []
    for model in damaged:
        log.warning("Model not listed: %s", model.report)
    return ModelList(own.folder, (*starter, *cards), tuple(damaged))
