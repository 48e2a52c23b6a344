"""Models that training can start from, read off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.devices.free_memory import DeviceMemory, device_memory
from engine.library import ModelCard, read_model_card
from engine.library.model_contents import start_weights_of
from engine.library.parameter_count import ParameterCount, count_parameters
from engine.progress import CancelToken
from ip2p_desktop.base.engine_loading import load_libraries
from ip2p_desktop.training.plans.default_settings import names_what_it_knows


@dataclass(frozen=True, slots=True)
class BaseModel:
    """A model to start from."""

    card: ModelCard
    is_editor: bool = True
    """False for a text-to-image model, which becomes an editor by training."""
    parameters: ParameterCount | None = None
    """None until they were counted, or if nothing tells them."""


def read_base_model(path: Path, cancel: CancelToken) -> BaseModel:
    """The model in a folder or file that the user chose: an editor, or a text-to-image model.

    Loads the libraries of the engine. Raises `ModelNotUsable`, which names the kind of any other file, and
    `Cancelled`.
    """
    card = read_model_card(path)
    load_libraries(cancel)
    found = start_weights_of(card.path)
    card = replace(card, family=found.family)
    return BaseModel(card, found.is_editor, count_parameters(card.path, found.family))


def counted(cards: Iterable[ModelCard]) -> tuple[BaseModel, ...]:
    """Installed editors with their numbers of parameters.

    What they know is read too, so that the settings of a plan follow without reading files.
    """
    cards = tuple(cards)
    for card in cards:
        names_what_it_knows(card)
    return tuple(BaseModel(card, parameters=count_parameters(card.path, card.family)) for card in cards)


def training_memory(cancel: CancelToken) -> DeviceMemory:
    """The memory of the device on which the trainer works. Loads the libraries of the engine."""
    load_libraries(cancel)
    return device_memory()
