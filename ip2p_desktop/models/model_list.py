"""The models on this computer: the one that ships with the app, then the user's own."""

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
    """What is installed at one moment."""

    folder: Path
    """Of the user's own models."""
    cards: tuple[ModelCard, ...] = ()
    """Of all usable models, the starter first; without it, if this copy of the app lacks it."""
    damaged: tuple[DamagedModel, ...] = ()


def library() -> ModelLibrary:
    """The user's own models, wherever they are moved to."""
    return ModelLibrary(paths.models_folder)


def read_models() -> ModelList:
    """Looks at the disk; may take a while."""
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
        log.warning("Not offered: %s", model.report)
    return ModelList(own.folder, (*starter, *cards), tuple(damaged))
