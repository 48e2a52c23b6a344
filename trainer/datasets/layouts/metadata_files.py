"""The layout with `metadata.jsonl` or `metadata.csv`: each line names both images and the instruction."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from trainer.datasets.columns import ColumnNames, caption_columns
from trainer.datasets.layouts.trees import Tree
from trainer.datasets.pairs import DatasetNotUsable, Pair, SkippedEntry, SkipReason

JSON_LINES, CSV = "metadata.jsonl", "metadata.csv"


def metadata_entries(tree: Tree, root: str, name: str, columns: ColumnNames) -> Iterator[Pair | SkippedEntry]:
    """Yields each line's pair, or why there is none. Raises `DatasetNotUsable` if the file is not text."""
    try:
        with (
            tree.open(root + name) as file,
            io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as lines,
        ):
            for where, entry in _csv_rows(lines) if name == CSV else _json_rows(lines):
                yield from _pairs_of(tree, root, where, entry, columns)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetNotUsable(
            "dataset.not-text",
            "{file} is not UTF-8 text.",
            "Save it as UTF-8 text.",
            file=tree.path / root / name,
        ) from error


def _json_rows(lines: io.TextIOWrapper) -> Iterator[tuple[str, dict[str, Any] | None]]:
    for number, line in enumerate(_lines(lines), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        yield f"Line {number}", entry if isinstance(entry, dict) else None


def _lines(lines: io.TextIOWrapper) -> Iterator[str]:
    """Yields lines that end with a line feed only, since JSON strings may contain other separators."""
    for line in lines:
        yield line.rstrip("\r\n")


def _csv_rows(lines: io.TextIOWrapper) -> Iterator[tuple[str, dict[str, Any] | None]]:
    reader = csv.DictReader(lines)
    for row in reader:
        yield f"Line {reader.line_num}", row


def _pairs_of(
    tree: Tree, root: str, where: str, entry: dict[str, Any] | None, columns: ColumnNames
) -> Iterator[Pair | SkippedEntry]:
    if entry is None:
        yield SkippedEntry(SkipReason.UNREADABLE, where, f"{where}: not a JSON object.")
        return
    texts = {key: wordings for key, value in entry.items() if (wordings := _texts(value))}
    names = columns.fitted_to(texts, texts)
    if names is None:
        yield _incomplete(where, entry, texts, columns)
        return
    original, edited = texts[names.original][0], texts[names.edited][0]
    for file in (original, edited):
        if not tree.has(root + file):
            yield SkippedEntry(SkipReason.MISSING, where, f"{where}: {file.rpartition('/')[2]} is missing.")
            return
    images = tree.image(root + original), tree.image(root + edited)
    others = caption_columns(texts.keys() - {names.original, names.edited, names.instruction})
    captions = (texts[others[0]][0], texts[others[1]][0]) if others else None
    yield Pair(*images, texts[names.instruction], where, captions=captions)
    if names.inverse_instruction:
        back = captions[::-1] if captions else None
        inverse = texts[names.inverse_instruction]
        yield Pair(images[1], images[0], inverse, f"{where}, back", captions=back)


def _texts(value: object) -> tuple[str, ...]:
    """Returns a text, or its several wordings, without empty ones."""
    listed = value if isinstance(value, list) else [value]
    return tuple(text.strip() for text in listed if isinstance(text, str) and text.strip())


def _incomplete(
    where: str, entry: dict[str, Any], texts: dict[str, tuple[str, ...]], columns: ColumnNames
) -> SkippedEntry:
    if columns.fitted_to(entry, texts) is not None:
        return SkippedEntry(SkipReason.NO_INSTRUCTION, where, f"{where}: the instruction is empty.")
    wanted = (
        columns.original or "original_image",
        columns.edited or "edited_image",
        columns.instruction or "edit_instruction",
    )
    sentence = f"{where}: needs {wanted[0]}, {wanted[1]} and {wanted[2]}."
    return SkippedEntry(SkipReason.UNREADABLE, where, sentence)
