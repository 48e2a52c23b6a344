"""The columns of a dataset with sample values, for choosing those that are not recognised by their names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from trainer.datasets.columns import ColumnNames
from trainer.datasets.layouts.instruction_texts import is_image
from trainer.datasets.layouts.metadata_rows import JSON_SUFFIXES, TABLE_SUFFIXES, metadata_rows
from trainer.datasets.layouts.name_lookup import shown
from trainer.datasets.layouts.table_files import open_table, table_errors
from trainer.datasets.layouts.text_decoding import decode_text
from trainer.datasets.layouts.tree_opening import is_table, open_tree
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import DatasetNotUsable

SAMPLES = 3
"""Rows that are shown."""
DEEPEST = 2
"""Folders in folders that are searched for files with columns."""
MOST_FILES = 100
"""Files that are opened in the search, at most."""


@dataclass(frozen=True, slots=True)
class SampledColumn:
    """A column with the values of the first rows, as texts; none for images inside a table."""

    name: str
    samples: tuple[str, ...]
    holds_images: bool
    """Whether the values are images or names of image files."""

    @property
    def wordiness(self) -> float:
        """The mean number of words in the values."""
        return sum(len(sample.split()) for sample in self.samples) / max(1, len(self.samples))


@dataclass(frozen=True, slots=True)
class SampledColumns:
    """The columns of the first file of a dataset that has some."""

    file: str
    columns: tuple[SampledColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def wordiest(self) -> SampledColumn | None:
        """The column of texts with most words in a value; None if no value has several words."""
        texts = [column for column in self.columns if not column.holds_images and column.wordiness > 1]
        return max(texts, key=lambda column: column.wordiness, default=None)

    @property
    def are_recognised(self) -> bool:
        """Whether the columns of the images have usual names."""
        images = [column.name for column in self.columns if column.holds_images]
        return ColumnNames().fitted_to(self.names, images, needs_words=False) is not None


def sampled_columns(path: Path) -> SampledColumns | None:
    """Returns the columns of a dataset; None if no file has two columns of images.

    Raises `DatasetNotUsable` if the dataset cannot be opened.
    """
    tree = open_tree(path)
    for name in islice(_files(tree, "", DEEPEST), MOST_FILES):
        with suppress(OSError, ValueError, csv.Error, DatasetNotUsable, *_errors_of(name)):
            columns = _of_table(tree, name) if is_table(name) else _of_text(tree, name)
            if sum(column.holds_images for column in columns) >= 2:
                return SampledColumns(name, columns)
    return None


def _errors_of(name: str) -> tuple[type[Exception], ...]:
    with suppress(ImportError):
        return table_errors() if is_table(name) else ()
    return ()


def _files(tree: Tree, root: str, depth: int) -> Iterator[str]:
    names, folders = tree.entries(root)
    suffixes = (*JSON_SUFFIXES, *TABLE_SUFFIXES)
    yield from sorted(
        root + name for name in names if is_table(name) or PurePosixPath(name).suffix.lower() in suffixes
    )
    if depth:
        for folder in folders:
            yield from _files(tree, f"{root}{folder}/", depth - 1)


def _of_text(tree: Tree, name: str) -> tuple[SampledColumn, ...]:
    rows = metadata_rows(decode_text(tree.read(name)), name, ColumnNames())
    found = [row for _, row in islice(rows, SAMPLES) if isinstance(row, dict)]
    columns = dict.fromkeys(column for row in found for column in row)
    return tuple(_column(column, [row.get(column) for row in found]) for column in columns)


def _of_table(tree: Tree, name: str) -> tuple[SampledColumn, ...]:
    with open_table(tree, name) as table:
        if not table.group_count:
            return ()
        embedded = {field.name for field in table.schema if "binary" in str(field.type)}
        # a group of embedded images may be larger than the memory
        texts = [name for name in table.schema.names if name not in embedded]
        head = table.read(0, texts).slice(0, SAMPLES)
        return tuple(
            SampledColumn(name, (), True) if name in embedded else _column(name, head[name].to_pylist())
            for name in table.schema.names
        )


def _column(name: str, values: list[Any]) -> SampledColumn:
    texts = tuple(filter(None, map(_as_text, values)))
    are_images = [_is_image(value) for value in values if value not in (None, "")]
    return SampledColumn(name, texts, bool(are_images) and all(are_images))


def _is_image(value: object) -> bool:
    if isinstance(value, dict):
        return _is_image(value.get("path"))
    return isinstance(value, str) and is_image(value)


def _as_text(value: object) -> str:
    """Returns a value as a short text; of an image the name of its file."""
    match value:
        case None:
            return ""
        case dict():
            path = value.get("path")
            return path if isinstance(path, str) else ""
        case list():
            return ", ".join(filter(None, map(_as_text, value[:SAMPLES])))
    return shown(" ".join(str(value).split()))
