"""Places of a library: a folder of its own, what may be replaced, and models that are to be removed."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from engine.errors import ErrorReport, ModelNotUsable, OutputNotWritable, PlaceNotUsable
from engine.files.atomic import is_temporary
from engine.files.disk_space import not_written
from engine.files.locking import AlreadyLocked, locked
from engine.library.cards import ModelCard, card_file, read_model_card
from engine.library.file_copy import files_below, free_path
from engine.library.model_files import (
    is_own,
    own_files,
    own_models,
    placed_by_hand,
    real_files,
    remove_emptied,
)

STAGING_NAME = ".part"
"""Name of the folder in a library in which models are assembled and downloaded."""
SYSTEM_FILES = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that systems put into any folder they show."""
LOCK_NAME = "changing.lock"
"""Name of the lock file in that folder."""
SUBFOLDER = "IP2P models"
"""Name of the folder for the models in a chosen folder that contains other things."""


def check_apart(current: Path, chosen: Path) -> None:
    """Raises `PlaceNotUsable` if one of two folders contains the other."""
    here, there = current.resolve(), chosen.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise PlaceNotUsable(
            "output.folders-nested",
            "One of the folders {folder} and {current} contains the other.",
            "Choose another folder.",
            folder=chosen,
            current=current,
        )


def check_in_library(card: ModelCard, library: Path) -> None:
    """Raises `ModelNotUsable` if a model does not lie directly in the folder of a library."""
    names = {child.name for child in library.iterdir()} if library.is_dir() else set()
    if card.path.name not in names or card.path.parent.resolve() != library.resolve():
        raise ModelNotUsable(
            "model.not-in-library",
            "{file} is not in the library {folder}.",
            "It is left as it is.",
            file=card.path,
            folder=library,
        )


def check_describable(card: ModelCard, library: Path) -> None:
    """Raises `ModelNotUsable` if a model is not in a library, or only a link in it."""
    check_in_library(card, library)
    if card.path.is_symlink():
        raise ModelNotUsable(
            "model.is-a-link",
            "{file} is a link to a model outside the library, which is left as it is.",
            "Add that model to the library and describe the copy.",
            file=card.path,
        )


def free_folder(current: Path, chosen: Path) -> Path:
    """`chosen`, or a folder in it if it contains anything but models of the library `current`.

    Raises `PlaceNotUsable` if it is a file.
    """
    if not os.path.lexists(chosen):
        return chosen
    if not chosen.is_dir():
        raise PlaceNotUsable(
            "output.not-a-folder", "{file} is not a folder.", "Choose another folder.", file=chosen
        )
    known = {
        file.relative_to(library)
        for library in (current, chosen)
        for card in own_models(library)
        for file in own_files(card)
    }
    try:
        return chosen / SUBFOLDER if _has_others(chosen, known) else chosen
    except OSError as error:
        raise not_written(chosen, error) from error


def _has_others(folder: Path, known: Collection[Path]) -> bool:
    """Whether a folder contains anything besides the known files and partial downloads."""
    folders = {path.parts[0] for path in known}
    with os.scandir(folder) as entries:
        children = list(entries)
    for child in children:
        if child.name in folders and child.is_dir(follow_symlinks=False):
            if _others_below(Path(child.path), [folder / path for path in known]):
                return True
        elif Path(child.name) not in known and child.name not in (STAGING_NAME, *SYSTEM_FILES):
            return True
    return False


def _others_below(folder: Path, own: Collection[Path]) -> list[Path]:
    """The files and links below a folder that are not among the own ones, nor made by the system or by us."""
    others = set(files_below(folder)) - set(own)
    return [file for file in others if not (is_temporary(file) or file.name in SYSTEM_FILES)]


def is_replaceable(model: Path) -> bool:
    """Whether a newer model may take the place of this one: the library wrote everything there."""
    with suppress(ModelNotUsable):
        card = read_model_card(model)
        if is_own(card):
            return card.is_file or not _others_below(model, own_files(card))
    return False


def export_place(target: Path) -> Path:
    """`target` if it is free or an earlier export without other files, else a free path beside it."""
    if not os.path.lexists(target):
        return target
    with suppress(ModelNotUsable):
        card = read_model_card(target)
        if is_own(card) and (card.files is None or not _others_below(target, own_files(card))):
            return target
    return free_path(target)


def set_aside(card: ModelCard, stage: Path) -> None:
    """Moves the files of a model to the folder `stage`, all or none; a link is moved itself.

    Raises `OSError`.
    """
    if card.path.is_symlink():
        beside = [card_file(card.path)] if card.is_file else []
        files = [card.path, *(file for file in beside if file.is_file())]
    else:
        with suppress(ModelNotUsable):  # else its layout says what belongs to it
            card = read_model_card(card.path)
        files = own_files(card)
    moved: list[tuple[Path, Path]] = []
    try:
        for file in files:
            place = stage / file.relative_to(card.path.parent)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.rename(place)
            moved.append((file, place))
    except OSError:
        for file, place in moved:
            place.rename(file)
        raise
    remove_emptied(files, card.path.parent)


def check_no_downloads(staging: Path) -> None:
    """Raises `OutputNotWritable` while a program downloads a model into the library."""
    for lock in staging.glob("*.lock"):
        try:
            if lock.name != LOCK_NAME:
                with locked(lock):
                    pass
        except AlreadyLocked:
            raise OutputNotWritable(
                "output.download-running",
                "A model is being downloaded into {folder}.",
                "Wait until that has finished, or cancel it.",
                folder=staging.parent,
            ) from None


def partial_downloads(library: Path) -> list[Path]:
    """The files of interrupted downloads into a library."""
    staging = library / STAGING_NAME
    if staging.is_symlink():
        return []
    return [file for file in real_files(staging) if file.suffix != ".lock"]


def models_left_report(old: Path) -> ErrorReport | None:
    """What is said of models in a library that was moved, which others put there and which therefore stay."""
    left = placed_by_hand(old)
    if not left:
        return None
    return OutputNotWritable(
        "output.models-stay",
        "These models were put into {folder} by hand and stay there: {names}.",
        "Add them to the library to go on using them.",
        folder=old,
        names=", ".join(path.name for path in left),
    ).report()


def remove_empty(folder: Path) -> None:
    """Removes the folder of a library that was moved, unless something is left in it."""
    for path in (folder / STAGING_NAME, folder):
        with suppress(OSError):
            path.rmdir()
