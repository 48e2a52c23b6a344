"""The layout of public datasets: tables with embedded images, or with the names of their files.

An image is a struct of `bytes` and `path`, as the `datasets` library writes it, plain bytes, or a path.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import ImageUnreadable
from trainer.datasets.columns import ColumnNames, caption_columns
from trainer.datasets.layouts.instruction_texts import wordings_of
from trainer.datasets.layouts.name_lookup import NameLookup, shown
from trainer.datasets.layouts.table_files import import_parquet, open_table, table_errors, without_leftovers
from trainer.datasets.layouts.tree_opening import open_tree
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import DatasetNotUsable, Pair, PairImage, SkippedEntry, SkipReason
from trainer.datasets.sides import part_of

if TYPE_CHECKING:
    import pyarrow as pa

GROUPS_HELD = 2
"""Row groups that a process keeps in memory, at least: as many as are mixed (`order.BLOCKS_MIXED`)."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file of a table in a folder or archive."""

    place: Path
    """The folder or archive."""
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
        try:
            column = _held_groups(os.getpid()).column(self.table, self.group, self.column)
            content = column[self.row].as_py()
        except table_errors() as error:
            raise ImageUnreadable(
                "image.table-damaged", "{file} is damaged.", "Download it again.", file=self.table.file
            ) from error
        data: bytes | None = content.get("bytes") if isinstance(content, dict) else content
        if data is not None:
            return data
        path = content.get("path") if isinstance(content, dict) else None
        if not path:
            raise ImageUnreadable(
                "image.cell-empty", "{name} is empty.", "Leave out the row, or add the image.", name=self.name
            )
        return _file_beside(self.table, path).read()


def _file_beside(table: Table, path: str) -> PairImage:
    """Returns the image that a cell names instead of holding it. Raises `ImageUnreadable`."""
    lookup = _lookup(table.place, os.getpid())
    found = _find(lookup, table, path)
    if len(found) != 1:
        raise ImageUnreadable(
            "image.file-of-cell-missing",
            "{file}, which {table} names, is missing.",
            "Put the images beside the table.",
            file=path,
            table=table.file,
        )
    return lookup.tree.image(found[0])


@lru_cache(maxsize=8)
def _lookup(place: Path, process: int) -> NameLookup:
    """Returns the files of a folder or archive, which a process lists once."""
    return NameLookup(open_tree(place))


def _find(lookup: NameLookup, table: Table, path: str) -> tuple[str, ...]:
    """Returns the files that a path in a table can mean, relative to the table or to the dataset."""
    folder = table.file.rpartition("/")[0]
    return lookup.find(f"{folder}/" if folder else "", path) or lookup.find("", path)


def table_entries(
    tree: Tree, files: list[str], columns: ColumnNames, instruction: str
) -> Iterator[Pair | SkippedEntry]:
    """Yields the pairs of all rows; `instruction` is that of rows without one.

    Raises `DatasetNotUsable`, also if pyarrow is missing.
    """
    import_parquet()
    lookup, block, words = NameLookup(tree), 0, wordings_of(instruction)
    for name in without_leftovers(tree, files):
        table = Table(tree.path, name)
        for group, rows in _groups(tree, name, columns, needs_words=not words):
            block += 1
            for number, row in enumerate(rows):
                yield from _pairs_of(table, group, number, row, block, lookup, words)


class _Row(NamedTuple):
    """The texts of a row; missing ones are empty."""

    names: ColumnNames
    paths: tuple[str, ...]
    """The image columns that hold the names of files."""
    instruction: tuple[str, ...]
    inverse: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    original: tuple[str, ...]
    """The name of the image's file, if the table holds that."""
    edited: tuple[str, ...]


def _groups(
    tree: Tree, name: str, columns: ColumnNames, *, needs_words: bool
) -> Iterator[tuple[int, Iterator[_Row]]]:
    """Yields number and rows of each row group; of the rows only the texts."""
    try:
        with open_table(tree, name) as table:
            words = [field.name for field in table.schema if _holds_words(field.type)]
            names = _fitted(table.schema, words, name, columns, needs_words=needs_words)
            captions = caption_columns(set(words) - {names.instruction, names.original, names.edited})
            paths = tuple(column if column in words else "" for column in (names.original, names.edited))
            wanted = (names.instruction, names.inverse_instruction, *(captions or ("", "")), *paths)
            for group in range(table.group_count):
                texts = table.read(group, [column for column in wanted if column])
                nothing = [None] * texts.num_rows
                values = zip(
                    *(texts[column].to_pylist() if column else nothing for column in wanted), strict=True
                )
                yield group, (_Row(names, paths, *map(_wordings, row)) for row in values)
    except table_errors() as error:
        raise DatasetNotUsable(
            "dataset.parquet-damaged",
            "{file} is not a readable parquet or Arrow file.",
            "Download it again.",
            file=name,
        ) from error


def _fitted(
    schema: pa.Schema, words: list[str], file: str, columns: ColumnNames, *, needs_words: bool
) -> ColumnNames:
    pictures = [field.name for field in schema if _holds_images(field.type)]
    names = columns.fitted_to(words, pictures, needs_words=needs_words)
    names = names or columns.fitted_to(words, [*pictures, *words], needs_words=needs_words)
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


def _holds_words(kind: pa.DataType) -> bool:
    from pyarrow import types

    is_list = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
    value = kind.value_type if is_list else kind
    value = value.value_type if types.is_dictionary(value) else value
    return bool(types.is_string(value) or types.is_large_string(value) or types.is_string_view(value))


def _holds_images(kind: pa.DataType) -> bool:
    from pyarrow import types

    kind = kind.value_type if types.is_dictionary(kind) else kind
    if types.is_struct(kind):
        return any(kind.field(index).name in ("bytes", "path") for index in range(kind.num_fields))
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind))


def _wordings(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    return tuple(text.strip() for text in listed if isinstance(text, str) and text.strip())


def _pairs_of(
    table: Table, group: int, number: int, row: _Row, block: int, lookup: NameLookup, words: tuple[str, ...]
) -> Iterator[Pair | SkippedEntry]:
    path = PurePosixPath(table.file)
    where = f"{path.stem}, group {group}, row {number}"
    instructions = row.instruction or words
    if not instructions:
        yield SkippedEntry(SkipReason.NO_INSTRUCTION, where, f"{where}: the instruction is empty.")
        return
    images: list[PairImage] = []
    for column, paths in ((row.names.original, row.original), (row.names.edited, row.edited)):
        if column not in row.paths:
            images.append(CellImage(table, column, group, number))
            continue
        found = _find(lookup, table, paths[0]) if paths else ()
        if len(found) != 1:
            fault = f"can be {' or '.join(found)}" if found else "is missing"
            sentence = f"{where}: {shown(paths[0]) if paths else column} {fault}."
            yield SkippedEntry(SkipReason.AMBIGUOUS if found else SkipReason.MISSING, where, sentence)
            return
        images.append(lookup.tree.image(found[0]))
    part = next(filter(None, map(part_of, (path.stem, *reversed(path.parts[:-1])))), "")
    captions = (row.before[0], row.after[0]) if row.before and row.after else None
    yield Pair(images[0], images[1], instructions, where, part=part, block=block, captions=captions)
    if row.inverse:
        back = captions[::-1] if captions else None
        yield Pair(images[1], images[0], row.inverse, f"{where}, back", part=part, block=block, captions=back)


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
    with open_table(open_tree(table.place), table.file) as opened:
        return opened.read(group, [column])[column]
