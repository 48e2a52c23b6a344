"""Which files of a model are the library's own, so that nothing else is ever moved or removed.

The card of an installed model lists the files that the library wrote. Cards of earlier versions do not; then
the files of the diffusers layout count. A model without a card was put there by hand. Links and what lies
behind them, mounted folders and hidden files are never the library's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from engine.errors import ModelNotUsable
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.library.cards import (
    CARD_NAME,
    INDEX_NAME,
    MODEL_SUFFIXES,
    ModelCard,
    card_file,
    model_paths,
    read_model_card,
)
from engine.library.file_copy import files_below, free_path

COMPONENTS = frozenset(
    (
        *("unet", "style_unet", "vae", "text_encoder", "text_encoder_2", "image_encoder", "knowledge"),
        *("tokenizer", "tokenizer_2", "scheduler", "feature_extractor", "safety_checker"),
    )
)
"""Folders in models of the diffusers layout; their index may name others."""
COMPONENT_SUFFIXES = (*MODEL_SUFFIXES, ".json", ".txt", ".model")


def real_files(folder: Path) -> Iterator[Path]:
    """Every regular file below a folder, in order; links, mounted folders and hidden names are left out."""
    if not folder.is_dir():
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if not os.path.ismount(entry.path):
                yield from real_files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def with_all_files(card: ModelCard) -> ModelCard:
    """The card of a model folder with all files that are in it now."""
    names = tuple(file.relative_to(card.path).as_posix() for file in real_files(card.path))
    return replace(card, files=names)


def is_own(card: ModelCard) -> bool:
    """Whether the library wrote the model: not one that was put there by hand, nor a link."""
    if card.path.is_symlink() or os.path.ismount(card.path):
        return False
    return card_file(card.path).is_file() if card.files is None else _lists_model(card)


def _lists_model(card: ModelCard) -> bool:
    """Whether the listed files contain the model itself, and not only a preview that it was given."""
    return (card.path.name if card.is_file else INDEX_NAME) in (card.files or ())


def own_files(card: ModelCard) -> list[Path]:
    """The files of a model and its card; of a folder only those that are listed, or that its layout has."""
    if card.path.is_symlink():
        return []
    if card.is_file:
        beside = [card.folder / name for name in card.files or () if name != card.path.name]
        files = [card.path, card_file(card.path), *beside]
        return [file for file in files if file.is_file() and not file.is_symlink()]
    if not _lists_model(card):
        return list(layout_files(card))
    names = {CARD_NAME, *(card.files or ())}
    return [file for file in real_files(card.path) if file.relative_to(card.path).as_posix() in names]


def layout_files(card: ModelCard) -> Iterator[Path]:
    """The files in a folder that belong to a model of the diffusers layout, with card and preview."""
    at_top = {CARD_NAME, INDEX_NAME, card.preview, "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt"}
    weights = {weight.name for weight in card.weights}
    components = COMPONENTS | _components_in_index(card.path)
    for file in real_files(card.path):
        place = file.relative_to(card.path)
        is_in_component = len(place.parts) > 1 and place.parts[0] in components
        if place.as_posix() in at_top | weights or (
            is_in_component and file.suffix.lower() in COMPONENT_SUFFIXES
        ):
            yield file


def _components_in_index(folder: Path) -> frozenset[str]:
    with suppress(OSError, ValueError, RecursionError, AttributeError):
        index = json.loads(read_bounded(folder / INDEX_NAME, JSON_LIMIT))
        return frozenset(PurePosixPath(name).name for name, value in index.items() if isinstance(value, list))
    return frozenset()


def own_models(folder: Path) -> list[ModelCard]:
    """The models in a library that it wrote itself; those with an unreadable card are left out."""
    return [card for path in model_paths(folder) if (card := _readable_card(path)) and is_own(card)]


def placed_by_hand(folder: Path) -> list[Path]:
    """The models in a library that it did not write."""
    own = {card.path for card in own_models(folder)}
    return [path for path in model_paths(folder) if path not in own]


def _readable_card(path: Path) -> ModelCard | None:
    try:
        return read_model_card(path)
    except ModelNotUsable:
        return None


def remove_emptied(files: Iterable[Path], top: Path) -> None:
    """Removes the folders below `top` in which the files were, where nothing is left in them."""
    folders = {parent for file in files for parent in file.parents if top in parent.parents}
    for folder in sorted(folders, key=lambda folder: len(folder.parts), reverse=True):
        with suppress(OSError):  # not empty, or the root of a disk
            folder.rmdir()


def files_to_add(card: ModelCard) -> list[Path]:
    """The files of a model to add: all in its folder but hidden ones, or the single file and its preview."""
    if card.is_file:
        return [card.path, *([card.preview_file] if card.preview_file else [])]
    files = [file for file in files_below(card.path) if file.is_file()]
    return [file for file in files if not any(map(_is_hidden, file.relative_to(card.path).parts))]


def _is_hidden(name: str) -> bool:
    return name.startswith(".")


def file_names(files: list[Path], card: ModelCard, name: str) -> tuple[str, ...]:
    """The files as a card lists them; the single file gets the name `name`."""
    if card.is_file:
        return tuple(name if file == card.path else file.name for file in files)
    return tuple(file.relative_to(card.path).as_posix() for file in files)


def named_after(card: ModelCard, target: Path) -> ModelCard:
    """The card of a single file with the file's new name; its preview gets a free name and is moved."""
    if not card.is_file:
        return card
    weights = tuple(replace(weight, name=target.name) for weight in card.weights)
    preview = ""
    if card.preview_file is not None:
        place = free_path(target.with_name(card.preview))
        card.preview_file.replace(place)
        preview = place.name
    names = tuple(filter(None, (target.name, preview)))
    return replace(card, weights=weights, preview=preview, files=names)


def remove_original(files: list[Path], card: ModelCard) -> None:
    """Removes the original of a model; a remaining copy does no harm. Links are left."""
    with suppress(OSError):
        for file in files:
            if not file.is_symlink():
                file.unlink(missing_ok=True)
    if not card.is_file:
        remove_emptied(files, card.path.parent)
