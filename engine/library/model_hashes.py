"""Measures the files of a model for its card."""

from __future__ import annotations

from dataclasses import replace

from engine.library.cards import MODEL_SUFFIXES, ModelCard, WeightFile
from engine.library.file_copy import BytesCallback, FileCopier, total_size
from engine.library.model_files import file_names, files_to_add
from engine.progress import CancelToken


def with_hashes(card: ModelCard, on_progress: BytesCallback, cancel: CancelToken | None = None) -> ModelCard:
    """The card with the size of all files and the hashes of the weight files. Raises `Cancelled`."""
    files = files_to_add(card)
    names = file_names(files, card, card.path.name)
    if card.weights:
        return replace(card, size=total_size(files), files=names)
    hashed = [file for file in files if file.suffix.lower() in MODEL_SUFFIXES]
    copier = FileCopier(total_size(hashed), on_progress, cancel)
    weights = tuple(
        WeightFile(
            name=file.relative_to(card.folder).as_posix(),
            size=file.stat().st_size,
            sha256=copier.hash(file),
        )
        for file in hashed
    )
    return replace(card, weights=weights, size=total_size(files), files=names)
