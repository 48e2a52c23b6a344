"""Columns of unknown names are shown with their values, and several wordings can be given for one edit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.datasets import ColumnNames, DatasetNotUsable, PairSet, Source, find_pairs
from trainer.datasets.column_samples import sampled_columns


@pytest.fixture
def unknown_names(tmp_path: Path, write_pair: Callable[..., None]) -> Path:
    """A CSV whose columns no public dataset has."""
    folder = tmp_path / "unknown"
    lines = ["number;bild;fassung;wunsch"]
    for number in range(4):
        write_pair(folder / f"{number}-x.png", folder / f"{number}-y.png", number)
        lines.append(f"{number};{number}-x.png;{number}-y.png;invert number {number}")
    (folder / "liste.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_columns_of_a_csv_are_shown_and_named(unknown_names: Path) -> None:
    with pytest.raises(DatasetNotUsable):
        find_pairs([Source(unknown_names)])
    found = sampled_columns(unknown_names)
    assert found is not None
    assert found.file == "liste.csv"
    assert found.names == ("number", "bild", "fassung", "wunsch")
    assert [column.name for column in found.columns if column.holds_images] == ["bild", "fassung"]
    assert found.columns[3].samples == ("invert number 0", "invert number 1", "invert number 2")
    pairs = find_pairs([Source(unknown_names)], ColumnNames("bild", "fassung", "wunsch")).pairs
    assert [pair.instruction for pair in pairs[:2]] == ["invert number 0", "invert number 1"]


def test_columns_of_json_lines_in_a_folder_below(unknown_names: Path) -> None:
    below = unknown_names / "below"
    below.mkdir()
    (unknown_names / "liste.csv").unlink()
    entry = {"eins": "0-x.png", "zwei": {"path": "0-y.png"}, "worte": ["a", "b"]}
    (below / "rows.jsonl").write_text(json.dumps(entry) + "\nnot json\n", encoding="utf-8")
    found = sampled_columns(unknown_names)
    assert found is not None
    assert [column.samples for column in found.columns] == [("0-x.png",), ("0-y.png",), ("a, b",)]


def test_images_inside_a_parquet_file_are_not_read(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"x1": [b"\x89PNG"], "x2": [{"bytes": b"\x89PNG", "path": None}], "words": ["invert"]})
    parquet.write_table(table, tmp_path / "data.parquet")
    found = sampled_columns(tmp_path)
    assert found is not None
    assert [(column.samples, column.holds_images) for column in found.columns] == [
        ((), True),
        ((), True),
        (("invert",), False),
    ]


def test_a_folder_without_columns_of_images_has_none(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{[", encoding="utf-8")
    (tmp_path / "sizes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert sampled_columns(tmp_path) is None
    with pytest.raises(DatasetNotUsable):
        sampled_columns(tmp_path / "missing")


def test_lines_of_the_instruction_are_wordings(metadata_folder: Callable[..., Path]) -> None:
    folder = metadata_folder(2, edit_instruction="")
    wanted = ("invert it", "turn it into a negative")
    found: PairSet = find_pairs([Source(folder)], instruction="invert it\n\n turn it into a negative ")
    assert [pair.instructions for pair in found.pairs] == [wanted, wanted]
    (folder / "metadata.jsonl").unlink()
    for number in range(2):
        (folder / f"{number}-a.png").rename(folder / f"{number}_before.png")
        (folder / f"{number}-b.png").rename(folder / f"{number}_after.png")
    named = find_pairs([Source(folder)], instruction="invert it\nturn it into a negative")
    assert [pair.instructions for pair in named.pairs] == [wanted, wanted]
