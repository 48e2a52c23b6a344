"""A collection of pairs: a folder of the program's own that is a valid dataset after every change.

`metadata.jsonl` has a line for each pair, `collection.json` the name and the words for all pairs. The images
are copies, which never change: another picture gets another name. An image is written before the line that
names it, so a program that is killed loses at most the pair it was adding.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.files.atomic import atomic_write
from engine.files.bounded_reading import TEXT_LIMIT, read_bounded
from engine.files.disk_space import not_written
from engine.files.json_record import VERSION_NAME, JsonRecord, with_unknown
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPair, GivenPicture
from trainer.datasets.layouts.metadata_files import JSON_LINES
from trainer.datasets.pair_writing import (
    AFTER,
    BEFORE,
    EDITED,
    INSTRUCTION,
    ORIGINAL,
    append_pair_line,
    image_name,
    pair_line,
)

DESCRIPTION_NAME = "collection.json"
DESCRIPTION_VERSION = 1
OWN_WORDS = "own_instruction"
"""The column that says whether a pair has words of its own, instead of those for all pairs."""
OWN_IMAGE = re.compile(r"(\d{4,})-(before|after)(\.\w+)?")
"""The names of our images."""


class CollectionUnreadable(EngineError):
    """A collection cannot be read, or was written by a newer version of the program."""

    kind = "collection"


@dataclass(frozen=True, slots=True)
class CollectedPair:
    """A pair by the names of its images."""

    original: str
    edited: str
    words: tuple[str, ...] = ()
    """Wordings of this pair alone; none for those of the collection."""
    unknown: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def image(self, side: str) -> str:
        """The name of the image of a side, BEFORE or AFTER."""
        return self.original if side == BEFORE else self.edited


@dataclass(frozen=True, slots=True)
class PairCollection:
    """A collection as it is on disk."""

    folder: Path
    name: str
    words: tuple[str, ...] = ()
    """Wordings of the edit, for all pairs without their own."""
    pairs: tuple[CollectedPair, ...] = ()
    created: float = 0.0
    """Seconds since 1970."""
    unknown: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def words_of(self, pair: CollectedPair) -> tuple[str, ...]:
        """The wordings that a pair is trained with."""
        return pair.words or self.words


def create_collection(folder: Path, name: str) -> PairCollection:
    """Make the folder of a new collection. Raises `OutputNotWritable`."""
    collection = PairCollection(folder, name, created=time.time())
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise not_written(folder, error) from error
    write_collection(collection)
    return collection


def write_collection(collection: PairCollection) -> None:
    """Write name, words and lines. Raises `OutputNotWritable`."""
    values = {
        VERSION_NAME: DESCRIPTION_VERSION,
        "name": collection.name,
        "words": list(collection.words),
        "created": collection.created,
    }
    text = json.dumps(with_unknown(values, collection.unknown), indent=1, ensure_ascii=False)
    lines = "".join(_line(collection, pair) for pair in collection.pairs)
    try:
        for name, content in ((JSON_LINES, lines), (DESCRIPTION_NAME, text)):
            with atomic_write(collection.folder / name) as temporary:
                temporary.write_text(content, encoding="utf-8")
    except OSError as error:
        raise not_written(collection.folder, error) from error


def _line(collection: PairCollection, pair: CollectedPair) -> str:
    others = {**pair.unknown, OWN_WORDS: bool(pair.words)}
    return pair_line(pair.original, pair.edited, collection.words_of(pair), others)


def read_collection(folder: Path) -> PairCollection:
    """The collection in a folder; lines that cannot be read are left out. Raises `CollectionUnreadable`."""
    try:
        record = JsonRecord(json.loads(_read(folder / DESCRIPTION_NAME) or "{}"))
        lines = _read(folder / JSON_LINES).split("\n")
    except (OSError, ValueError, RecursionError) as error:
        raise CollectionUnreadable(
            "collection.unreadable",
            "The pairs in {folder} cannot be read ({reason}).",
            "Check the folder, or collect the pairs again.",
            folder=folder,
            reason=getattr(error, "strerror", None) or error,
        ) from error
    if record.version > DESCRIPTION_VERSION:
        raise CollectionUnreadable(
            "collection.newer-version",
            "The pairs in {folder} were collected by a newer version of this program.",
            "Install the newer version, or choose other pairs.",
            folder=folder,
        )
    words = record.texts("words")
    pairs = tuple(pair for line in lines if (pair := _pair_of(line)) is not None)
    return PairCollection(
        folder,
        record.get("name", "") or folder.name,
        words,
        pairs,
        record.get("created", 0.0),
        record.unknown(),
    )


def _read(file: Path) -> str:
    """The text of a file; "" if there is none, as a killed program may leave it. Raises `OSError`."""
    try:
        return read_bounded(file, TEXT_LIMIT).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _pair_of(line: str) -> CollectedPair | None:
    try:
        record = JsonRecord(json.loads(line))
    except (ValueError, RecursionError):
        return None
    original, edited = record.get(ORIGINAL, ""), record.get(EDITED, "")
    listed = record.texts(INSTRUCTION) or (record.get(INSTRUCTION, ""),)
    words = tuple(filter(None, listed)) if record.get(OWN_WORDS, True) else ()
    if not (original and edited):
        return None
    return CollectedPair(original, edited, words, record.unknown())


def next_number(collection: PairCollection) -> int:
    """A number that no image has had, also none of a pair that was removed."""
    try:
        names = [each.name for each in collection.folder.iterdir()]
    except OSError as error:
        raise not_written(collection.folder, error) from error
    return 1 + max((int(found[1]) for name in names if (found := OWN_IMAGE.fullmatch(name))), default=0)


def add_pair(collection: PairCollection, given: GivenPair, number: int = 0) -> PairCollection:
    """Copy the pictures of a pair and add its line; returns the collection with it.

    `number` is one that no image has had, in the names of the copies; 0 for `next_number`. Raises
    `ImageUnreadable` or `OutputNotWritable`; the collection is then as before.
    """
    number = number or next_number(collection)
    names = [
        _copied(collection, picture, number, side)
        for picture, side in ((given.original, BEFORE), (given.edited, AFTER))
    ]
    pair = CollectedPair(names[0], names[1], given.words)
    grown = replace(collection, pairs=(*collection.pairs, pair))
    try:
        append_pair_line(collection.folder, _line(collection, pair))
    except OSError as error:
        raise not_written(collection.folder, error) from error
    return grown


def replace_picture(
    collection: PairCollection, place: int, side: str, picture: GivenPicture
) -> PairCollection:
    """Copy another picture for one side of a pair; returns the collection with it.

    Raises `ImageUnreadable` or `OutputNotWritable`; the collection is then as before.
    """
    name = _copied(collection, picture, next_number(collection), side)
    pair = collection.pairs[place]
    changed = replace(pair, original=name) if side == BEFORE else replace(pair, edited=name)
    pairs = (*collection.pairs[:place], changed, *collection.pairs[place + 1 :])
    return _stored(replace(collection, pairs=pairs))


def remove_pairs(collection: PairCollection, places: Iterable[int]) -> PairCollection:
    """Remove pairs; their images stay until `delete_unused`, for undo. Raises `OutputNotWritable`."""
    gone = set(places)
    return _stored(
        replace(
            collection,
            pairs=tuple(pair for place, pair in enumerate(collection.pairs) if place not in gone),
        )
    )


def set_pair_words(collection: PairCollection, places: Iterable[int], words: Sequence[str]) -> PairCollection:
    """Give pairs words of their own, or with none those for all. Raises `OutputNotWritable`."""
    chosen = set(places)
    own = () if tuple(words) == collection.words else tuple(words)
    pairs = tuple(
        replace(pair, words=own) if place in chosen else pair for place, pair in enumerate(collection.pairs)
    )
    return _stored(replace(collection, pairs=pairs))


def set_common_words(collection: PairCollection, words: Sequence[str]) -> PairCollection:
    """Set the words of all pairs without their own. Raises `OutputNotWritable`."""
    return _stored(replace(collection, words=tuple(words)))


def _stored(collection: PairCollection) -> PairCollection:
    write_collection(collection)
    return collection


def _copied(collection: PairCollection, picture: GivenPicture, number: int, side: str) -> str:
    """Copy a picture under a name that no line has yet, so that a part of a copy does no harm."""
    name = image_name(number, side, picture.suffix)
    try:
        picture.write(collection.folder / name)
        with (collection.folder / name).open("rb+") as file:
            os.fsync(file.fileno())
    except OSError as error:
        raise not_written(collection.folder / name, error) from error
    return name


def delete_unused(collection: PairCollection) -> None:
    """Delete our images that no pair has; those that cannot be deleted stay."""
    used = {name for pair in collection.pairs for name in (pair.original, pair.edited)}
    for file in own_files(collection.folder):
        if OWN_IMAGE.fullmatch(file.name) and file.name not in used:
            try:
                file.unlink()
            except OSError:
                continue


def own_files(folder: Path) -> list[Path]:
    """The files in the folder of a collection that this program has written."""
    try:
        files = [each for each in folder.iterdir() if each.is_file() and not each.is_symlink()]
    except OSError:
        return []
    known = (JSON_LINES, DESCRIPTION_NAME)
    return [file for file in files if file.name in known or OWN_IMAGE.fullmatch(file.name)]
