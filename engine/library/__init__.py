"""The models on this computer: their records, and the folder they are kept in."""

from __future__ import annotations

from engine.library.cards import (
    ModelCard,
    WeightFile,
    check_whole,
    is_model,
    list_models,
    read_model_card,
    write_model_card,
)
from engine.library.copying import BytesCallback, ignore_bytes
from engine.library.shelf import DamagedModel, Library

__all__ = [
    "BytesCallback",
    "DamagedModel",
    "Library",
    "ModelCard",
    "WeightFile",
    "check_whole",
    "ignore_bytes",
    "is_model",
    "list_models",
    "read_model_card",
    "write_model_card",
]
