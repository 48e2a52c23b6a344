"""The models on this computer: their cards, the library folder, and the catalogue of downloads."""

from __future__ import annotations

from engine.library.cards import (
    ModelCard,
    WeightFile,
    check_weight_files,
    is_model,
    list_models,
    read_model_card,
    write_model_card,
)
from engine.library.file_copy import BytesCallback, ignore_bytes
from engine.library.model_library import DamagedModel, ModelLibrary

__all__ = [
    "BytesCallback",
    "DamagedModel",
    "ModelCard",
    "ModelLibrary",
    "WeightFile",
    "check_weight_files",
    "ignore_bytes",
    "is_model",
    "list_models",
    "read_model_card",
    "write_model_card",
]
