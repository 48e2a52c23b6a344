"""Zips are read without unpacking, and their names cannot lead out of them."""

from __future__ import annotations

import multiprocessing
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.datasets import DatasetLayout, DatasetNotUsable, PairImage, PairSet
from trainer.datasets.opening import open_pair

Write = Callable[..., None]
Find = Callable[[Path], PairSet]
Packed = Callable[[Path], Path]


def test_a_zip_of_any_layout(
    tmp_path: Path, metadata_folder: Callable[..., Path], write_pair: Write, find: Find, packed: Packed
) -> None:
    write_pair(tmp_path / "two" / "before" / "x.png", tmp_path / "two" / "after" / "x.png")
    (tmp_path / "two" / "instruction.txt").write_text("edit", encoding="utf-8")
    write_pair(tmp_path / "ends" / "x_0.png", tmp_path / "ends" / "x_1.png")
    (tmp_path / "ends" / "instruction.txt").write_text("edit", encoding="utf-8")
    write_pair(tmp_path / "release" / "0001" / "7_0.jpg", tmp_path / "release" / "0001" / "7_1.jpg")
    (tmp_path / "release" / "0001" / "prompt.json").write_text('{"input": "a", "edit": "edit"}')
    (tmp_path / "release" / "seeds.json").write_text('[["0001", ["7"]], ["0002", ["7"]]]')
    folders = {
        DatasetLayout.METADATA: metadata_folder(2),
        DatasetLayout.TWO_FOLDERS: tmp_path / "two",
        DatasetLayout.NAME_ENDINGS: tmp_path / "ends",
        DatasetLayout.RELEASE: tmp_path / "release",
    }
    before = sorted(tmp_path.rglob("*"))
    for layout, folder in folders.items():
        archive = packed(folder)
        from_folder, from_zip = find(folder), find(archive)
        assert from_folder.layout is from_zip.layout is layout
        assert from_zip.problems == from_folder.problems
        for one, other in zip(from_folder.pairs, from_zip.pairs, strict=True):
            assert (one.original.read(), one.edited.read()) == (other.original.read(), other.edited.read())
            assert one.instructions == other.instructions
        archive.unlink()
    assert sorted(tmp_path.rglob("*")) == before, "nothing was unpacked"


def test_names_that_lead_out_of_a_zip_lead_nowhere(tmp_path: Path, find: Find, write_pair: Write) -> None:
    write_pair(tmp_path / "secret.png", tmp_path / "inner.png")
    archive = tmp_path / "slip.zip"
    line = '{"original_image": "../secret.png", "edited_image": "inner.png", "edit": "x"}'
    with zipfile.ZipFile(archive, "w") as file:
        file.write(tmp_path / "inner.png", "inner.png")
        file.writestr("metadata.jsonl", line)
        file.writestr("../../escaped.txt", "x")
    with pytest.raises(DatasetNotUsable, match=r"secret\.png is missing"):
        find(archive)
    assert not list(tmp_path.parent.rglob("escaped.txt"))


def test_a_zip_with_a_password(tmp_path: Path, find: Find) -> None:
    archive = tmp_path / "locked.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("metadata.jsonl", "{}")
    data = bytearray(archive.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag that a member is encrypted
    archive.write_bytes(data)
    with pytest.raises(DatasetNotUsable, match=r"locked\.zip is protected by a password\. Unpack it"):
        find(archive)


def test_a_zip_packed_by_a_rare_method(tmp_path: Path, find: Find) -> None:
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
        archive.writestr("before/p.png", b"before")
        archive.getinfo("before/p.png").compress_type = 9  # Deflate64
    with pytest.raises(DatasetNotUsable, match=r"large\.zip is packed by a method .* Unpack it"):
        find(tmp_path / "large.zip")


@pytest.mark.parametrize("name", ["pairs.rar", "pairs.7z"])
def test_archives_of_other_programs(tmp_path: Path, find: Find, name: str) -> None:
    (tmp_path / name).write_bytes(b"7z\xbc\xaf\x27\x1c")
    with pytest.raises(DatasetNotUsable, match=rf"{name} is an archive .* Unpack it"):
        find(tmp_path / name)


def test_files_that_are_no_datasets(tmp_path: Path, find: Find) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(DatasetNotUsable, match=r"notes\.txt is not a zip"):
        find(tmp_path / "notes.txt")


def test_a_damaged_member_is_a_picture_that_cannot_be_read(
    metadata_folder: Callable[..., Path], find: Find, packed: Packed
) -> None:
    archive = packed(metadata_folder(1))
    found = find(archive)
    data = bytearray(archive.read_bytes())
    start = data.index(b"0-a.png") + 2000
    data[start : start + 500] = bytes(500)
    archive.write_bytes(data)
    with pytest.raises(Exception, match="damaged"):
        open_pair(found.pairs[0])


def _read(picture: PairImage) -> bytes:
    return picture.read()


def test_a_forked_process_reads_the_zip_by_itself(
    metadata_folder: Callable[..., Path], find: Find, packed: Packed
) -> None:
    pictures = [pair.original for pair in find(packed(metadata_folder(5))).pairs]
    expected = [picture.read() for picture in pictures]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_read, pictures * 4) == expected * 4
