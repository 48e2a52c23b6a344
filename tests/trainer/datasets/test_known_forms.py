"""Folders and names of files by which originals and edited images are told, and their texts."""

from __future__ import annotations

import codecs
import io
import json
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.images.image_files import OPENABLE_SUFFIXES
from trainer.datasets import DatasetLayout, DatasetNotUsable, PairSet, Source, find_pairs

Find = Callable[[Path], PairSet]


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    return folder


def names_of(folder: Path) -> list[tuple[str, str]]:
    found = find_pairs([Source(folder)], instruction="edit")
    assert found.problems == ()
    return [(pair.original.name, pair.edited.name) for pair in found.pairs]


FOLDERS = [
    *[("original_images", "edited_images"), ("input_images", "output_images"), ("inputs", "outputs")],
    *[("Source Photos", "Target Photos"), ("A", "B"), ("img_before", "img_after"), ("original", "after")],
    *[
        ("InputImages", "EditedImages"),
        ("trainA", "trainB"),
        ("old", "new"),
        ("source", "edited"),
        ("0", "1"),
    ],
    *[("before-pictures", "after-pictures"), ("raw", "retouched"), ("control", "target"), ("SRC", "DST")],
    *[("01_before", "02_after"), ("1 Input", "2 Output")],
]


@pytest.mark.parametrize(("original", "edited"), FOLDERS)
def test_names_of_two_folders(tmp_path: Path, original: str, edited: str) -> None:
    files(tmp_path, f"{original}/p.png", f"{edited}/p.png", "masks/p.png", "sheet.png")
    assert names_of(tmp_path) == [(f"{original}/p.png", f"{edited}/p.png")]
    skipped = find_pairs([Source(tmp_path)], instruction="edit").skipped
    assert [entry.name for entry in skipped] == ["masks", "sheet.png"]


ENDINGS = [
    ("before\\cat.png", "after\\cat.png"),
    *[("input_1.png", "output_1.png"), ("input1.png", "output1.png"), ("before cat.png", "after cat.png")],
    *[("cat (before).png", "cat (after).png"), ("catBefore.png", "catAfter.png"), ("01a.png", "01b.png")],
    *[("cat.png", "edited_cat.png"), ("cat_original.png", "cat_result.png"), ("x.input.png", "x.output.png")],
    *[
        ("my.cat_before.png", "my.cat_after.jpg"),
        ("beforeCat.png", "afterCat.png"),
        ("cat_src.png", "cat_dst.png"),
    ],
]


@pytest.mark.parametrize(("original", "edited"), ENDINGS)
def test_names_of_files(tmp_path: Path, original: str, edited: str) -> None:
    files(tmp_path, original, edited)
    assert names_of(tmp_path) == [(original, edited)]


@pytest.mark.parametrize("suffix", [*OPENABLE_SUFFIXES, ".JFIF", ".Png", ".TIFF"])
def test_every_suffix_that_can_be_opened(tmp_path: Path, suffix: str) -> None:
    files(tmp_path, f"before/p{suffix}", "after/p.png")
    assert names_of(tmp_path) == [(f"before/p{suffix}", "after/p.png")]


def test_numbered_photos_are_no_pairs(tmp_path: Path, find: Find) -> None:
    files(tmp_path, *(f"holiday {number}.jpg" for number in range(2, 9)))
    with pytest.raises(DatasetNotUsable, match="No pairs were recognised"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("original", "edited"),
    [("p_before", "p_after"), ("input_1", "output_1"), ("0", "edited_0"), ("x/p (input)", "x/p (output)")],
)
def test_names_in_two_folders_may_have_the_sides_too(tmp_path: Path, original: str, edited: str) -> None:
    files(tmp_path, f"Input/{original}.png", f"Output/{edited}.png", "Input/2.png")
    assert [
        (pair.original.name, pair.edited.name)
        for pair in find_pairs([Source(tmp_path)], instruction="edit").pairs
    ] == [(f"Input/{original}.png", f"Output/{edited}.png")]


def test_names_of_the_two_sides_may_be_written_differently(tmp_path: Path) -> None:
    one, other = (unicodedata.normalize(form, "Größe") for form in ("NFC", "NFD"))
    files(tmp_path, f"before/{one}.JPG", f"after/{other}.png", "before/Cat.png", "after/cat.PNG")
    assert names_of(tmp_path) == [
        ("before/Cat.png", "after/cat.PNG"),
        (f"before/{one}.JPG", f"after/{other}.png"),
    ]


def test_two_images_of_one_stem_are_two_pairs_and_named(tmp_path: Path) -> None:
    files(tmp_path, *(f"{side}/p.{suffix}" for side in ("before", "after") for suffix in ("png", "jpg")))
    assert names_of(tmp_path) == [("before/p.jpg", "after/p.jpg"), ("before/p.png", "after/p.png")]
    found = find_pairs([Source(tmp_path)], instruction="edit")
    assert [pair.name for pair in found.pairs] == ["p.jpg", "p.png"]
    assert [(entry.reason, entry.name) for entry in found.skipped] == [
        ("same name", "p.jpg"),
        ("same name", "p.png"),
    ]


def test_images_that_can_belong_to_several_are_left_out_by_name(tmp_path: Path) -> None:
    files(
        tmp_path,
        "before/p.png",
        "before/p.jpg",
        "after/p.webp",
        "before/q.jpg",
        "before/q.png",
        "after/q.png",
    )
    found = find_pairs([Source(tmp_path)], instruction="edit")
    assert [pair.name for pair in found.pairs] == ["q.png"]
    assert found.problems == (
        "p: it is not clear which of before/p.jpg, before/p.png, after/p.webp belong together.",
        "q.jpg: is in before but not in after.",
    )


TEXTS = [
    *["p.txt", "before/p.txt", "after/p.TXT", "after/p.caption", "P.Caption", "after/p.png.txt", "p.json"],
    *["after/p.JSON", "p.cap"],
    *["after/p_instruction.txt", "prompt_p.txt", "p.edit.txt", "captions/p.txt", "Prompts/P.txt", "p.prompt"],
]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_for_each_pair(tmp_path: Path, find: Find, name: str) -> None:
    files(tmp_path, "before/p.png", "after/p.png", "before/r.png", "after/r.png", "instruction.txt", name)
    text = '{"Edit": "own words", "id": 3}' if name.lower().endswith("json") else "own words\n"
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert [pair.instructions for pair in find(tmp_path).pairs] == [("own words",), ("instruction.txt",)]


@pytest.mark.parametrize(
    "name", ["INSTRUCTION.TXT", "instruction.caption", "after/instruction.txt", "words.txt"]
)
def test_a_text_for_all_pairs(tmp_path: Path, find: Find, name: str) -> None:
    files(tmp_path, "before/p.png", "after/p.png", name)
    assert find(tmp_path).instructions == (name,)


def test_the_text_of_one_image_is_not_that_of_all(tmp_path: Path, find: Find) -> None:
    files(tmp_path, "before/p.png", "after/p.png", "before/r.png", "after/r.png", "P.txt")
    found = find(tmp_path)
    assert [(pair.name, pair.instruction) for pair in found.pairs] == [("p", "P.txt")]
    assert found.problems == ("r: no text file says what was done to it.",)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252", "utf-32"])
@pytest.mark.parametrize("name", ["instruction.txt", "p.txt"])
def test_encodings_of_texts(tmp_path: Path, find: Find, name: str, encoding: str) -> None:
    files(tmp_path, "before/p.png", "after/p.png")
    (tmp_path / name).write_bytes("café à “Zürich”\n".encode(encoding))
    assert find(tmp_path).instructions == ("café à “Zürich”",)


@pytest.mark.parametrize(
    "data", ["сделай снег".encode("koi8-r"), b"\x89PNG\r\n\x1a\n\x01", codecs.BOM_UTF16 + b"x"]
)
@pytest.mark.parametrize("name", ["instruction.txt", "p.txt"])
def test_a_text_that_cannot_be_read_is_not_absent(tmp_path: Path, find: Find, name: str, data: bytes) -> None:
    files(tmp_path, "before/p.png", "after/p.png")
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DatasetNotUsable, match=rf"p: {name} is not UTF-8 text\."):
        find(tmp_path)


def packed_tar(path: Path, names: dict[str, str], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, text in names.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def shard(number: int) -> dict[str, str]:
    names = (f"{number}.before.png", f"{number}.after.png")
    return {**{name: name for name in names}, f"{number}.json": json.dumps({"edit": f"edit {number}"})}


def test_the_shards_of_a_webdataset(tmp_path: Path, find: Find) -> None:
    packed_tar(tmp_path / "train-000.tar", {**shard(1), **shard(2)})
    packed_tar(tmp_path / "train-001.tar", shard(3))
    packed_tar(tmp_path / "val-000.tar", shard(4))
    found = find(tmp_path)
    assert [(pair.instruction, pair.part) for pair in found.pairs] == [
        (f"edit {number}", "val" if number == 4 else "train") for number in range(1, 5)
    ]
    assert found.pairs[2].name == "train-001.tar/3"
    assert found.pairs[2].edited.read() == b"3.after.png"
    (pair,) = find(tmp_path / "val-000.tar").pairs
    assert (pair.original.read(), pair.original.name) == (b"4.before.png", "4.before.png")


def test_archives_in_a_folder(tmp_path: Path, find: Find) -> None:
    for part in ("train", "test"):
        with zipfile.ZipFile(tmp_path / f"{part}.zip", "w") as archive:
            for name in ("before/p.png", "after/p.png", "instruction.txt"):
                archive.writestr(f"set/{name}", f"{part} {name}")
    (tmp_path / "broken.tar").write_bytes(b"no tar")
    found = find(tmp_path)
    assert [(pair.name, pair.part, pair.instruction) for pair in found.pairs] == [
        ("train.zip/p", "train", "train instruction.txt"),
        ("test.zip/p", "test", "test instruction.txt"),
    ]
    assert found.pairs[0].edited.read() == b"train after/p.png"
    assert [entry.name for entry in found.skipped] == ["broken.tar"]


def test_a_damaged_archive_alone_is_named(tmp_path: Path, find: Find) -> None:
    (tmp_path / "broken.tar").write_bytes(b"no tar")
    with pytest.raises(DatasetNotUsable, match=r"broken\.tar"):
        find(tmp_path)


def test_a_tar_of_a_folder_and_one_that_is_compressed(tmp_path: Path, find: Find) -> None:
    names = {"set/before/p.png": "one", "./set/after/p.png": "two", "set/instruction.txt": "x", "../up": "y"}
    found = find(packed_tar(tmp_path / "a.tar", names))
    assert (found.layout, found.pairs[0].edited.read()) == (DatasetLayout.TWO_FOLDERS, b"two")
    compressed = packed_tar(tmp_path / "a.tar.gz", names, "w:gz")
    with pytest.raises(DatasetNotUsable, match=r"a\.tar\.gz is damaged, or a compressed tar\. Unpack it"):
        find(compressed)
