"""The layout with `metadata.jsonl`, `metadata.csv` or the like: a row names two images and an instruction."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from trainer.datasets.columns import ColumnNames, caption_columns
from trainer.datasets.layouts.instruction_texts import is_image, wordings_of
from trainer.datasets.layouts.metadata_rows import JSON_SUFFIXES, TABLE_SUFFIXES, Row, metadata_rows
from trainer.datasets.layouts.name_lookup import NameLookup, shown
from trainer.datasets.layouts.text_decoding import decode_text
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import DatasetNotUsable, Pair, PairImage, SkippedEntry, SkipReason
from trainer.datasets.sides import PARTS, part_of

JSON_LINES = "metadata.jsonl"
STEM = "metadata"
SUFFIXES = (*JSON_SUFFIXES, *TABLE_SUFFIXES)
MOST_FILES = 16
"""Folders with more files of these kinds, such as one beside each image, are not searched for metadata."""
SPLIT = "split"
"""Column with the part of the dataset that a pair belongs to."""


def metadata_files(tree: Tree, root: str, columns: ColumnNames) -> list[str]:
    """Returns the files of metadata in a folder: `metadata.…`, else those whose first row names two images.

    Of files in several formats, those of the first in `SUFFIXES` are used.
    """
    names = sorted(name for name in tree.entries(root)[0] if _suffix(name) in SUFFIXES)
    names = sorted(names, key=lambda name: SUFFIXES.index(_suffix(name)))
    usual = [name for name in names if PurePosixPath(name).stem.lower() == STEM]
    # Excel saves “Unicode text” so
    usual += sorted(name for name in tree.entries(root)[0] if name.lower() == f"{STEM}.txt")
    if usual:
        tree.strays.update(root + name for name in usual[1:])
        return usual[:1]
    if len(names) > MOST_FILES:
        return []
    found = [name for name in names if _names_images(tree, root + name, columns)]
    return [name for name in found if _suffix(name) == _suffix(found[0])]


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _names_images(tree: Tree, name: str, columns: ColumnNames) -> bool:
    try:
        _, row = next(metadata_rows(_text(tree, name), name, columns), ("", ""))
        if isinstance(row, str) or (names := columns.fitted_to(row, row, needs_words=False)) is None:
            return False
        return is_image(_file(row, names.original)) and is_image(_file(row, names.edited))
    except (OSError, ValueError, csv.Error, RowNotUsable):
        return False


def _text(tree: Tree, name: str) -> str:
    return decode_text(tree.read(name))


def metadata_entries(
    tree: Tree, root: str, name: str, columns: ColumnNames, instruction: str
) -> Iterator[Pair | SkippedEntry]:
    """Yields each row's pair, or why there is none; `instruction` is that of rows without one.

    Raises `DatasetNotUsable` if the file is not text.
    """
    words, part = wordings_of(instruction), part_of(PurePosixPath(name).stem)
    metadata = _Metadata(tree, root, columns, words, part)
    try:
        for where, row in metadata_rows(_text(tree, root + name), name, columns):
            yield from metadata.pairs_of(where, row)
    except OSError as error:
        raise DatasetNotUsable(
            "dataset.file-unreadable",
            "{file} cannot be read ({reason}).",
            "Pack or download the dataset again.",
            file=tree.path / root / name,
            reason=error.strerror or error,
        ) from error
    except (ValueError, csv.Error) as error:
        raise DatasetNotUsable(
            "dataset.not-text",
            "{file} is not UTF-8 text.",
            "Save it as UTF-8 text.",
            file=tree.path / root / name,
        ) from error


class RowNotUsable(Exception):
    """A row names no pair."""

    def __init__(self, reason: SkipReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class _Metadata:
    """Makes pairs of rows."""

    def __init__(
        self, tree: Tree, root: str, columns: ColumnNames, words: tuple[str, ...], part: str
    ) -> None:
        self._tree, self._root, self._columns = tree, root, columns
        self._words, self._part = words, part
        self._lookup = NameLookup(tree)
        self._names: dict[tuple[str, ...], ColumnNames | None] = {}

    def pairs_of(self, where: str, row: Row) -> Iterator[Pair | SkippedEntry]:
        try:
            if isinstance(row, str):
                raise RowNotUsable(SkipReason.UNREADABLE, row)
            yield from self._pairs_of(where, row)
        except RowNotUsable as error:
            yield SkippedEntry(error.reason, where, f"{where}: {error}.")

    def _pairs_of(self, where: str, row: dict[str, Any]) -> Iterator[Pair]:
        fields = tuple(row)
        if fields not in self._names:
            self._names[fields] = self._columns.fitted_to(row, row, needs_words=not self._words)
        names = self._names[fields]
        if names is None:
            raise self._incomplete(row)
        files = _file(row, names.original), _file(row, names.edited)
        original, edited = (self._image(file) for file in files)
        instructions = _texts(row, names.instruction) if names.instruction else ()
        if not instructions and not self._words:
            raise RowNotUsable(SkipReason.NO_INSTRUCTION, "the instruction is empty")
        captions = _captions(row, names)
        part = (
            PARTS.get(str(row.get(SPLIT, "")).strip().lower(), "") or self._part or part_of(_folder(files[0]))
        )
        yield Pair(original, edited, instructions or self._words, where, part=part, captions=captions)
        if names.inverse_instruction and (inverse := _texts(row, names.inverse_instruction)):
            back = captions[::-1] if captions else None
            yield Pair(edited, original, inverse, f"{where}, back", part=part, captions=back)

    def _image(self, file: str) -> PairImage:
        found = self._lookup.find(self._root, file)
        if not found:
            raise RowNotUsable(SkipReason.MISSING, f"{shown(file)} is missing")
        if len(found) > 1:
            raise RowNotUsable(SkipReason.AMBIGUOUS, f"{file} can be {' or '.join(found)}")
        return self._tree.image(found[0])

    def _incomplete(self, row: dict[str, Any]) -> RowNotUsable:
        columns = self._columns
        if columns.fitted_to(row, row, needs_words=False) is not None:
            return RowNotUsable(SkipReason.NO_INSTRUCTION, "there is no instruction")
        wanted = (
            columns.original or "original_image",
            columns.edited or "edited_image",
            columns.instruction or "edit_instruction",
        )
        return RowNotUsable(SkipReason.UNREADABLE, f"needs {wanted[0]}, {wanted[1]} and {wanted[2]}")


def _file(row: dict[str, Any], column: str) -> str:
    """Returns the name of an image's file; the `datasets` library also writes it as `{"path": …}`."""
    value = row[column]
    if isinstance(value, dict):
        value = value.get("path")
    if value is None or value == "":
        raise RowNotUsable(SkipReason.UNREADABLE, f"{column} is empty")
    if not isinstance(value, str):
        raise RowNotUsable(SkipReason.UNREADABLE, f"{column} is not the name of a file")
    return value.strip()


def _texts(row: dict[str, Any], column: str) -> tuple[str, ...]:
    """Returns a text, or its several wordings, without empty ones."""
    value = row[column]
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(text, str) for text in listed):
        raise RowNotUsable(SkipReason.UNREADABLE, f"{column} is not text")
    return tuple(text.strip() for text in listed if text.strip())


def _captions(row: dict[str, Any], names: ColumnNames) -> tuple[str, str] | None:
    used = {names.original, names.edited, names.instruction}
    texts = {name: value.strip() for name, value in row.items() if isinstance(value, str) and value.strip()}
    found = caption_columns(texts.keys() - used)
    return (texts[found[0]], texts[found[1]]) if found else None


def _folder(file: str) -> str:
    """Returns the uppermost folder of a file's written name."""
    folder, slash, _ = file.replace("\\", "/").removeprefix("./").partition("/")
    return folder if slash else ""
