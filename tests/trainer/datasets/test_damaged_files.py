"""Damaged, endless and huge files of a dataset are refused in a sentence, or left out by name."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import ImageUnreadable
from trainer.datasets import DatasetNotUsable, PairSet
from trainer.datasets.opening import orientation, upright_size
from trainer.datasets.small_copies import decoded_small

Find = Callable[[Path], PairSet]
TOO_LARGE = 2**33
ENTRY = {"original_image": "a.png", "edited_image": "b.png", "edit": "x"}


def sparse(path: Path) -> Path:
    """A file of 8 GiB that takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(TOO_LARGE)
    return path


def damage_member(archive: Path, name: str) -> None:
    data = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        member = opened.getinfo(name)
    start = member.header_offset + 30 + len(name)
    data[start : start + member.compress_size] = b"\xfe" * member.compress_size
    archive.write_bytes(data)


@pytest.mark.parametrize("name", ["metadata.jsonl", "seeds.json"])
def test_a_damaged_list_in_a_zip(tmp_path: Path, find: Find, name: str) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, json.dumps(ENTRY) * 100)
    damage_member(archive, name)
    with pytest.raises(DatasetNotUsable, match=name) as failure:
        find(archive)
    assert failure.value.code in ("dataset.file-unreadable", "dataset.seeds-invalid")


def test_a_damaged_table_in_a_zip(tmp_path: Path, find: Find) -> None:
    table = tmp_path / "a.parquet"
    columns = {"original_image": [b"a"] * 9, "edited_image": [b"b"] * 9, "edit": ["x" * 999] * 9}
    pq.write_table(pa.table(columns), table, compression="none", use_dictionary=False)
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(table, "a.parquet")
    damage_member(archive, "a.parquet")
    with pytest.raises(DatasetNotUsable, match=r"a\.parquet is not a readable parquet or Arrow file"):
        find(archive)


def test_files_that_are_too_large(tmp_path: Path, find: Find) -> None:
    (tmp_path / "images").mkdir()
    for name in ("x_before.png", "x_after.png"):
        sparse(tmp_path / "images" / name)
    (tmp_path / "images" / "x.txt").write_text("x")
    (pair,) = find(tmp_path / "images").pairs
    with pytest.raises(ImageUnreadable, match="larger than"):
        pair.original.read()
    sparse(tmp_path / "images" / "x.txt")
    with pytest.raises(DatasetNotUsable, match=r"x: x\.txt is not UTF-8 text"):
        find(tmp_path / "images")
    sparse(tmp_path / "metadata.jsonl")
    with pytest.raises(DatasetNotUsable, match=r"metadata\.jsonl cannot be read \(it is larger than"):
        find(tmp_path)


def test_files_that_are_nested_too_deeply(tmp_path: Path, find: Find) -> None:
    columns = {"original_image": [b"a"], "edited_image": [b"b"], "edit": ["x"]}
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    (tmp_path / "state.json").write_text("[" * 100_000)
    (tmp_path / "notes.json").write_text('{"a":' * 100_000)
    assert find(tmp_path).instructions == ("x",)


def test_an_image_that_claims_to_be_gigantic_is_unreadable_and_ends_nothing() -> None:
    """A few bytes that would take gigabytes of memory."""
    size = struct.pack(">II5B", 40_000, 40_000, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(100))), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    assert orientation(data) == 1
    with pytest.raises(ImageUnreadable, match="too large"):
        upright_size(data, "huge.png")
    with pytest.raises(ImageUnreadable, match="too large"):
        decoded_small(data, "huge.png", 1, 64)
