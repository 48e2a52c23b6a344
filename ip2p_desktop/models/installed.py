"""The models the menu offers: the one that ships with the app, then the user's own."""

from __future__ import annotations

import logging

from engine.errors import ModelNotUsable
from engine.library import ModelCard, ModelLibrary, read_model_card
from ip2p_desktop.base import paths

log = logging.getLogger(__name__)


def library() -> ModelLibrary:
    """The user's own models, wherever they are moved to."""
    return ModelLibrary(paths.models_folder)


def installed_models() -> list[ModelCard]:
    """Without the starter, if this copy of the app lacks it, and without damaged ones."""
    try:
        starter = [read_model_card(paths.starter_model())]
    except ModelNotUsable as error:
        log.warning("No starter model: %s", error)
        starter = []
    for damaged in library().damaged():
        log.warning("Not offered: %s", damaged.report)
    return starter + library().models()
