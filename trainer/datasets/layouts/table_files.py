"""Tables in files: parquet, whose row groups are read one at a time, and Arrow, whose record batches are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from trainer.datasets.layouts.archives import DAMAGED
from trainer.datasets.layouts.trees import FolderTree, Tree
from trainer.datasets.pairs import DatasetNotUsable

if TYPE_CHECKING:
    import pyarrow as pa

ARROW = (".arrow", ".feather")
STATE = "state.json"
"""Beside the Arrow files that `save_to_disk` of the `datasets` library writes."""


class TableFile(Protocol):
    """A table that is read in groups of rows."""

    schema: pa.Schema
    group_count: int

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """Returns some columns of a group. Raises `OSError` or `pyarrow.ArrowException`."""


class ParquetTable:
    """A parquet file."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 (pyarrow has no types)
        self._file = import_parquet().ParquetFile(file)
        self.schema: pa.Schema = self._file.schema_arrow
        self.group_count: int = self._file.num_row_groups

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """As `TableFile.read`."""
        return self._file.read_row_group(group, columns=list(columns))


class ArrowTable:
    """An Arrow file, of the streaming format as the `datasets` library writes it, or of the other."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 (pyarrow has no types)
        import pyarrow as pa

        try:
            reader = pa.ipc.open_stream(file)
            self._batches = list(reader)
        except pa.ArrowInvalid:
            file.seek(0)
            reader = pa.ipc.open_file(file)
            self._batches = [reader.get_batch(number) for number in range(reader.num_record_batches)]
        self.schema: pa.Schema = reader.schema
        self.group_count = len(self._batches)

    def read(self, group: int, columns: Sequence[str]) -> pa.Table:
        """As `TableFile.read`."""
        import pyarrow as pa

        return pa.Table.from_batches([self._batches[group].select(list(columns))])


@contextmanager
def open_table(tree: Tree, name: str) -> Iterator[TableFile]:
    """Opens a table. Raises `OSError`, `pyarrow.ArrowException`, or `DatasetNotUsable` without pyarrow."""
    import_parquet()
    import pyarrow as pa

    is_arrow = name.lower().endswith(ARROW)
    is_mapped = is_arrow and isinstance(tree, FolderTree)
    with pa.memory_map(str(tree.path / name)) if is_mapped else tree.open(name) as file:
        yield ArrowTable(file) if is_arrow else ParquetTable(file)


def table_errors() -> tuple[type[Exception], ...]:
    """Returns what reading a damaged table raises; `ValueError` is for texts that are not UTF-8."""
    import pyarrow as pa

    return pa.ArrowException, ValueError, *DAMAGED


def import_parquet() -> Any:  # noqa: ANN401 (a module without types)
    """Returns pyarrow's parquet module. Raises `DatasetNotUsable` if it is not installed."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise DatasetNotUsable(
            "dataset.pyarrow-missing",
            "Parquet and Arrow files need the library pyarrow, which is not installed.",
            "Install it with “pip install pyarrow”, or choose a folder of images.",
        ) from error
    return pyarrow.parquet


def without_leftovers(tree: Tree, files: Sequence[str]) -> list[str]:
    """Returns the tables without those that a `state.json` beside them does not list, such as caches.

    Raises `DatasetNotUsable` for a dataset whose rows were selected without being copied.
    """
    listed: dict[str, frozenset[str] | None] = {}
    for name in files:
        folder = name.rpartition("/")[0]
        if folder not in listed:
            listed[folder] = _listed(tree, f"{folder}/" if folder else "")
    kept = []
    for name in files:
        own = listed[name.rpartition("/")[0]]
        if own is None or not name.lower().endswith(ARROW) or PurePosixPath(name).name in own:
            kept.append(name)
    return kept


def _listed(tree: Tree, folder: str) -> frozenset[str] | None:
    """Returns the data files that a `state.json` lists; None without one."""
    try:
        state = json.loads(tree.read(folder + STATE))
        names = frozenset(str(entry["filename"]) for entry in state["_data_files"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if state.get("_indices_files"):
        raise DatasetNotUsable(
            "dataset.arrow-selection",
            "{folder} holds a selection of rows that were not copied.",
            "Call flatten_indices() on the dataset, and save it again.",
            folder=tree.path / folder,
        )
    return names
