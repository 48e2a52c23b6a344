"""All collections of pairs: listed, named, exported and deleted."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import EngineError
from engine.files.atomic import atomic_folder
from engine.files.disk_space import check_free_space, not_written
from engine.files.file_names import first_free, valid_stem
from ip2p_desktop.training.pictures.collections.pair_collection import (
    DESCRIPTION_NAME,
    PairCollection,
    own_files,
    read_collection,
    write_collection,
)
from trainer.datasets.layouts.metadata_files import JSON_LINES
from trainer.datasets.pair_writing import pair_line

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class ListedCollection:
    """A collection in the list."""

    folder: Path
    name: str
    pairs: int
    byte_count: int
    changed: float
    """Seconds since 1970."""
    problem: str = ""
    """Why it cannot be opened."""


def listed_collections(root: Path) -> tuple[ListedCollection, ...]:
    """The collections in a folder, those changed last first; such as other programs wrote are left out."""
    folders = [each for each in _entries(root) if is_collection(each)]
    return tuple(sorted(map(_listed, folders), key=lambda each: -each.changed))


def is_collection(folder: Path) -> bool:
    """Whether a folder has a file that only collections have."""
    return (folder / DESCRIPTION_NAME).is_file() or (folder / JSON_LINES).is_file()


def _entries(root: Path) -> list[Path]:
    try:
        return [each for each in root.iterdir() if each.is_dir()]
    except OSError:
        return []


def _listed(folder: Path) -> ListedCollection:
    files = own_files(folder)
    sizes = changed = 0.0
    for file in files:
        with suppress(OSError):
            status = file.stat()
            sizes += status.st_size
            changed = max(changed, status.st_mtime)
    try:
        collection = read_collection(folder)
    except EngineError as error:
        return ListedCollection(folder, _name_in(folder), 0, int(sizes), changed, error.message)
    return ListedCollection(folder, collection.name, len(collection.pairs), int(sizes), changed)


def _name_in(folder: Path) -> str:
    with suppress(OSError, ValueError, AttributeError, RecursionError):
        name = json.loads((folder / DESCRIPTION_NAME).read_text(encoding="utf-8")).get("name")
        if isinstance(name, str) and name:
            return name
    return folder.name


def new_folder(root: Path, name: str) -> Path:
    """A path for a new collection; the folder does not exist yet."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return first_free(root / (plain or "pairs"))


def rename_collection(folder: Path, name: str) -> PairCollection:
    """Give a collection another name. Raises `CollectionUnreadable` or `OutputNotWritable`."""
    collection = replace(read_collection(folder), name=name.strip()[:LONGEST_NAME])
    write_collection(collection)
    return collection


def give_words(folder: Path, words: Sequence[str]) -> PairCollection:
    """Set the words of all pairs without their own. Raises `CollectionUnreadable` or `OutputNotWritable`."""
    collection = replace(read_collection(folder), words=tuple(words))
    write_collection(collection)
    return collection


def export_collection(folder: Path, place: Path) -> Path:
    """Copy a collection into a new folder in `place`, as a dataset for any program; returns that folder.

    Raises `CollectionUnreadable` or `OutputNotWritable`.
    """
    collection = read_collection(folder)
    target = first_free(place / valid_stem(collection.name))
    names = [name for pair in collection.pairs for name in (pair.original, pair.edited)]
    lines = [pair_line(pair.original, pair.edited, collection.words_of(pair)) for pair in collection.pairs]
    try:
        check_free_space(place, sum((folder / name).stat().st_size for name in names))
        with atomic_folder(target) as made:
            for name in names:
                shutil.copyfile(folder / name, made / name)
            (made / JSON_LINES).write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise not_written(target, error) from error
    return target


def delete_collection(folder: Path) -> None:
    """Delete what the program has written; files of others stay. Raises `OutputNotWritable`."""
    # the images first: a collection that was deleted by half stays in the list
    files = sorted(own_files(folder), key=lambda file: file.name in (DESCRIPTION_NAME, JSON_LINES))
    try:
        for file in files:
            file.unlink()
    except OSError as error:
        raise not_written(folder, error) from error
    with suppress(OSError):
        folder.rmdir()
