"""Reads the rows of metadata: JSON lines, a JSON list, and tables of text with any separator."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any, TypeAlias

from trainer.datasets.columns import ColumnNames
from trainer.datasets.layouts.instruction_texts import is_image

JSON_SUFFIXES, TABLE_SUFFIXES = (".jsonl", ".ndjson", ".json"), (".csv", ".tsv")
SEPARATORS = ",;\t|"
GAP = re.compile(r"[\s,]*")
NAMELESS = ("original_image", "edited_image", "edit_instruction")
"""Columns of a table without a heading, whose rows hold two image files and a text."""

Row: TypeAlias = dict[str, Any] | str
"""The values of a row by their columns, or why they cannot be read."""


def metadata_rows(text: str, file: str, columns: ColumnNames) -> Iterator[tuple[str, Row]]:
    """Yields the place and the values of each row of a file's text. Raises `csv.Error`."""
    suffix = PurePosixPath(file).suffix.lower()
    return _json_rows(text, columns) if suffix in JSON_SUFFIXES else _table_rows(text, columns)


def _json_rows(text: str, columns: ColumnNames) -> Iterator[tuple[str, Row]]:
    if (listed := _json_list(text, columns)) is not None:
        yield from ((f"Entry {number}", _json_row(entry)) for number, entry in enumerate(listed, start=1))
        return
    # JSON strings may contain other line separators than the line feed
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if lines and isinstance(_json_row(_loaded(lines[0][1])), str) and (entries := _objects(text)):
        yield from ((f"Entry {number}", _json_row(entry)) for number, entry in enumerate(entries, start=1))
        return
    yield from ((f"Line {number}", _json_row(_loaded(line))) for number, line in lines)


def _json_list(text: str, columns: ColumnNames) -> list[Any] | None:
    """Returns the entries of a text that is one JSON list, or an object that holds one; None for lines."""
    whole = _loaded(text)
    if isinstance(whole, dict) and columns.fitted_to(whole, whole, needs_words=False) is None:
        listed = next((value for value in whole.values() if _is_list_of_objects(value)), None)
        return listed or _by_number(whole)
    if isinstance(whole, dict):
        return _of_columns(whole)
    return whole if _is_list_of_objects(whole) else None


def _by_number(whole: dict[str, Any]) -> list[Any] | None:
    """Returns the entries of an object that has them by a number or name of each."""
    entries = list(whole.values())
    return entries if len(entries) > 1 and all(isinstance(entry, dict) for entry in entries) else None


def _of_columns(whole: dict[str, Any]) -> list[Any] | None:
    """Returns the entries of an object that has a list for each column, or an object with the rows' numbers.

    So pandas writes tables. None for an object that is one entry.
    """
    lists = {name: list(held.values()) if isinstance(held, dict) else held for name, held in whole.items()}
    if not all(
        isinstance(held, list) and len(held) == len(next(iter(lists.values()))) for held in lists.values()
    ):
        return None
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _objects(text: str) -> list[Any]:
    """Returns objects that follow each other over several lines, as `jq` prints them; none with a fault."""
    found: list[Any] = []
    decoder, at = json.JSONDecoder(), _end_of_gap(text, 0)
    while at < len(text):
        try:
            entry, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        found.append(entry)
        at = _end_of_gap(text, end)
    return found


def _end_of_gap(text: str, at: int) -> int:
    """Returns where white space and commas end that begin at a place."""
    gap = GAP.match(text, at)
    return gap.end() if gap else at


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(entry, dict) for entry in value)


def _loaded(text: str) -> Any:  # noqa: ANN401 (any JSON)
    for written in (text, text.strip().removeprefix("\ufeff").removesuffix(",")):
        with suppress(ValueError, RecursionError):
            return json.loads(written)
    return None


def _json_row(entry: object) -> Row:
    return entry if isinstance(entry, dict) else "not a JSON object"


def _table_rows(text: str, columns: ColumnNames) -> Iterator[tuple[str, Row]]:
    lines = list(io.StringIO(text, newline=""))
    first = 0
    separator = ""
    if lines and lines[0].lower().startswith("sep="):  # written by Excel
        first, separator = 1, lines[0][4:].rstrip("\r\n")
    separator = separator or _separator(next((line for line in lines[first:] if line.strip()), ""), columns)
    recorded = _RecordedLines(lines[first:])
    reader = csv.reader(recorded, delimiter=separator, skipinitialspace=True)
    head: list[str] = []
    for cells in reader:
        written, cells = recorded.taken(), [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if not head:
            nameless = _nameless_head(cells)
            head = nameless or cells
            if not nameless:
                continue
        yield f"Line {first + reader.line_num}", _table_row(head, cells, written, separator, columns)


def _separator(heading: str, columns: ColumnNames) -> str:
    """Returns the separator that divides a heading into known columns, else into most columns."""
    divided = {separator: _divided(heading, separator) for separator in SEPARATORS}
    return max(
        divided,
        key=lambda separator: (
            columns.fitted_to(divided[separator], divided[separator], needs_words=False) is not None,
            len(divided[separator]),
        ),
    )


def _divided(line: str, separator: str) -> list[str]:
    cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    return [cell.strip() for cell in cells]


def _nameless_head(cells: list[str]) -> list[str]:
    """Returns the columns of a table whose first row is not a heading; empty for a heading."""
    files = [place for place, cell in enumerate(cells) if is_image(cell)]
    if len(files) != 2 or len(cells) < 3:
        return []
    free = next(place for place in range(len(cells)) if place not in files)
    named = dict(zip((*files, free), NAMELESS, strict=True))
    return [named.get(place, "") for place in range(max(named) + 1)]


class _RecordedLines:
    """Lines that remember which of them were read since the last row."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._read: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._read.append(line)
            yield line

    def taken(self) -> str:
        """Returns the lines read since the last call."""
        text = "".join(self._read)
        self._read.clear()
        return text


def _table_row(head: list[str], cells: list[str], written: str, separator: str, columns: ColumnNames) -> Row:
    """Returns a row; separators without quotes in its instruction are part of the instruction."""
    if any("\n" in cell and cell.count(separator) >= len(head) - 1 > 0 for cell in cells):
        return "a quotation mark is not closed"
    while len(cells) > len(head) and not cells[-1]:
        cells = cells[:-1]
    more = len(cells) - len(head)
    if more > 0:
        names = columns.fitted_to(head, head)
        place = head.index(names.instruction) if names else -1
        is_only_text = names is not None and set(head) <= {
            names.original,
            names.edited,
            names.instruction,
            "",
        }
        if names is None or not (is_only_text or place == len(head) - 1):
            return f"{len(cells)} values for {len(head)} columns; put the instruction in quotes"
        # without quotes, blanks after a separator are kept as they are written
        parts = cells if '"' in written else written.rstrip("\r\n").split(separator)
        joined = (f"{separator} " if parts is cells else separator).join(parts[place : place + more + 1])
        cells = [*cells[:place], joined.strip(), *cells[place + more + 1 :]]
    return {name: value for name, value in zip(head, cells, strict=False) if name}
