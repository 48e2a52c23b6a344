"""The layout of public datasets: parquet files with embedded images, read a row group at a time.

An image is a struct of `bytes` and `path`, as the `datasets` library writes it, or plain bytes.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from engine.errors import ImageUnreadable
from trainer.datasets.columns import ColumnNames, caption_columns
from trainer.datasets.layouts.trees import Tree, open_tree
from trainer.datasets.pairs import DatasetNotUsable, Pair, SkippedEntry, SkipReason

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".parquet"
PARTS = {"train": "train", "val": "val", "validation": "val", "valid": "val", "dev": "val", "test": "test"}
"""The part of a file's pairs, by the beginning of the file's name."""
GROUPS_HELD = 2
"""Row groups that a process keeps in memory, at least: as many as are mixed (`order.BLOCKS_MIXED`)."""


@dataclass(frozen=True, slots=True)
class Table:
    """One parquet file in a folder or zip."""

    place: Path
    """The folder or zip."""
    file: str


@dataclass(frozen=True, slots=True)
class CellImage:
    """An image in a table."""

    table: Table
    column: str
    group: int
    row: int
    """Index in the row group."""

    @property
    def name(self) -> str:
        """Column, row and file of the image."""
        return (
            f"{self.column} of row {self.row} in group {self.group} of {PurePosixPath(self.table.file).name}"
        )

    @property
    def location(self) -> tuple[Path, str]:
        """As `PairImage.location`."""
        cell = f"{self.column}/{self.group}/{self.row}"
        if self.table.place.is_file():
            return self.table.place, f"{self.table.file}/{cell}"
        return self.table.place / self.table.file, cell

    def read(self) -> bytes:
        """Returns the bytes of the image file. Raises `ImageUnreadable`."""
        import pyarrow as pa

        try:
            column = _held_groups(os.getpid()).column(self.table, self.group, self.column)
            content = column[self.row].as_py()
        except (OSError, pa.ArrowException) as error:
            raise ImageUnreadable(
                "image.table-damaged", "{file} is damaged.", "Download it again.", file=self.table.file
            ) from error
        data: bytes | None = content["bytes"] if isinstance(content, dict) else content
        if data is None:
            raise ImageUnreadable(
                "image.cell-empty", "{name} is empty.", "Leave out the row, or add the image.", name=self.name
            )
        return data


def parquet_entries(tree: Tree, files: list[str], columns: ColumnNames) -> Iterator[Pair | SkippedEntry]:
    """Yields the pairs of all rows. Raises `DatasetNotUsable`, also if pyarrow is missing."""
    import_parquet()
    block = 0
    for name in files:
        table = Table(tree.path, name)
        for group, rows in _groups(tree, name, columns):
            block += 1
            for row, (names, words) in enumerate(rows):
                yield from _pairs_of(table, group, row, names, words, block)


def import_parquet() -> Any:  # noqa: ANN401 (a module without types)
    """Returns pyarrow's parquet module. Raises `DatasetNotUsable` if it is not installed."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DatasetNotUsable(
            "dataset.pyarrow-missing",
            "Parquet files need the library pyarrow, which is not installed.",
            "Install it with “pip install pyarrow”, or choose a folder of images.",
        ) from error
    return pyarrow.parquet


Words = list[tuple[str, ...]]
"""Instruction, inverse instruction and both captions of a row; missing ones are empty tuples."""


def _groups(
    tree: Tree, name: str, columns: ColumnNames
) -> Iterator[tuple[int, Iterator[tuple[ColumnNames, Words]]]]:
    """Yields number and rows of each row group; of the rows only the texts."""
    import pyarrow as pa

    try:
        with tree.open(name) as file:
            reader = import_parquet().ParquetFile(file)
            names = _fitted(reader.schema_arrow, name, columns)
            others = caption_columns(set(_word_columns(reader.schema_arrow)) - {names.instruction})
            text_columns = (names.instruction, names.inverse_instruction, *(others or ("", "")))
            for group in range(reader.num_row_groups):
                words = reader.read_row_group(group, columns=[column for column in text_columns if column])
                nothing = [None] * len(words)
                values = zip(
                    *(words[column].to_pylist() if column else nothing for column in text_columns),
                    strict=True,
                )
                yield group, ((names, [_wordings(value) for value in row]) for row in values)
    except (OSError, pa.ArrowException) as error:
        raise DatasetNotUsable(
            "dataset.parquet-damaged",
            "{file} is not a readable parquet file.",
            "Download it again.",
            file=name,
        ) from error


def _fitted(schema: pa.Schema, file: str, columns: ColumnNames) -> ColumnNames:
    words = _word_columns(schema)
    pictures = [field.name for field in schema if _holds_images(field.type)]
    names = columns.fitted_to(words, pictures)
    if names is None:
        raise DatasetNotUsable(
            "dataset.columns-unknown",
            (
                "{file} has no known columns for original, edited and instruction: images are in "
                "{images}, text in {texts}."
            ),
            ("Name them with data.columns.original=…, data.columns.edited=… and data.columns.instruction=…."),
            file=file,
            images=", ".join(pictures) or "none",
            texts=", ".join(words) or "none",
        )
    return names


def _word_columns(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if _holds_words(field.type)]


def _holds_words(kind: pa.DataType) -> bool:
    from pyarrow import types

    listed = types.is_list(kind) or types.is_large_list(kind)
    value = kind.value_type if listed else kind
    return bool(types.is_string(value) or types.is_large_string(value))


def _holds_images(kind: pa.DataType) -> bool:
    from pyarrow import types

    if types.is_struct(kind):
        return any(kind.field(index).name == "bytes" for index in range(kind.num_fields))
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _wordings(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(text.strip() for text in listed if isinstance(text, str) and text.strip())


def _pairs_of(
    table: Table, group: int, row: int, names: ColumnNames, words: Words, block: int
) -> Iterator[Pair | SkippedEntry]:
    stem = PurePosixPath(table.file).stem
    where = f"{stem}, group {group}, row {row}"
    instruction, inverse, before, after = words
    if not instruction:
        yield SkippedEntry(SkipReason.NO_INSTRUCTION, where, f"{where}: the instruction is empty.")
        return
    original = CellImage(table, names.original, group, row)
    edited = CellImage(table, names.edited, group, row)
    part = PARTS.get(stem.partition("-")[0].lower(), "")
    captions = (before[0], after[0]) if before and after else None
    yield Pair(original, edited, instruction, where, part=part, block=block, captions=captions)
    if inverse:
        back = captions[::-1] if captions else None
        yield Pair(edited, original, inverse, f"{where}, back", part=part, block=block, captions=back)


class HeldGroups:
    """The image columns of the row groups used last. Threads that need the same one read it once."""

    def __init__(self, groups: int = GROUPS_HELD) -> None:
        self.most = groups
        """Row groups that are kept; more must be read again when they are used again."""
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[Table, int], dict[str, pa.ChunkedArray]] = OrderedDict()

    def column(self, table: Table, group: int, column: str) -> pa.ChunkedArray:
        """Returns one column of a row group. Raises `OSError` or pyarrow's `ArrowException`."""
        with self._lock:
            columns = self._held.setdefault((table, group), {})
            self._held.move_to_end((table, group))
            while len(self._held) > self.most:
                self._held.popitem(last=False)
            if column not in columns:
                columns[column] = _read_column(table, group, column)
            return columns[column]


def hold_groups(count: int) -> None:
    """Sets the number of row groups that this process keeps in memory, at least `GROUPS_HELD`."""
    _held_groups(os.getpid()).most = max(GROUPS_HELD, count)


@lru_cache(maxsize=1)
def _held_groups(process: int) -> HeldGroups:
    """Returns the row groups of a process; a forked process begins without any."""
    return HeldGroups()


def _read_column(table: Table, group: int, column: str) -> pa.ChunkedArray:
    with open_tree(table.place).open(table.file) as file:
        return import_parquet().ParquetFile(file).read_row_group(group, columns=[column])[column]
