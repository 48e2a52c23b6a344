"""Finds the photos in folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.errors import ImageUnreadable
from engine.images.image_files import OPENABLE_SUFFIXES


def photos_of_folder(folder: Path) -> list[Path]:
    """The photos in a folder, sorted by name, without those in folders below it. Raises `ImageUnreadable`."""
    try:
        paths = sorted(folder.iterdir(), key=_order)
    except OSError as error:
        raise _unreadable(folder, error) from error
    return [path for path in paths if is_photo_name(path.name) and path.is_file()]


def photos_below(folder: Path, left_out: Sequence[Path] = ()) -> Iterator[Path]:
    """The photos in a folder and in those below it, except in the folders `left_out`, each folder once.

    Hidden folders are skipped, and so are folders that cannot be read. Raises `ImageUnreadable` if that is
    `folder` itself.
    """
    seen = {path.resolve() for path in (folder, *left_out)}  # links can make a circle
    yield from photos_of_folder(folder)
    for place, names, _ in os.walk(folder, followlinks=True):
        folders = {
            name: Path(place, name).resolve()
            for name in sorted(names, key=str.casefold)
            if not name.startswith(".")
        }
        names.clear()
        for name, real in folders.items():
            if real in seen:
                continue
            seen.add(real)
            names.append(name)
            try:
                yield from photos_of_folder(Path(place, name))
            except ImageUnreadable:
                continue


def is_photo_name(name: str) -> bool:
    """Whether a file name is one of a photo that can be opened."""
    return not name.startswith(".") and name.lower().endswith(OPENABLE_SUFFIXES)


def _order(path: Path) -> str:
    return path.name.casefold()


def _unreadable(folder: Path, error: OSError) -> ImageUnreadable:
    return ImageUnreadable(
        "image.folder-unreadable",
        "{folder} cannot be read ({reason}).",
        "Check who may read it, and the disk.",
        folder=folder,
        reason=error.strerror or error,
    )
