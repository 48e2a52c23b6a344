"""Files are found by names that were written on another system, or by another program."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.datasets import DatasetNotUsable, PairSet

Find = Callable[[Path], PairSet]


def written(folder: Path, names: list[str], lines: list[tuple[str, str]]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())
    entries = [{"original_image": one, "edited_image": two, "edit_instruction": "x"} for one, two in lines]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, entries)), encoding="utf-8")
    return folder


FORMS = [
    ("before/p.png", "before\\p.png"),
    ("before/p.png", "./before//p.png"),
    ("before/p.png", ".\\before\\p.png"),
    ("before/P.JPG", "before/p.jpg"),
    ("Before/p.png", "before/P.PNG"),
    ("before/p.jpeg", "before/p.jpg"),
    ("before/p.jpg", "before/p.JFIF"),
    (unicodedata.normalize("NFD", "übung/Größe.png"), unicodedata.normalize("NFC", "übung/Größe.png")),
    (unicodedata.normalize("NFC", "naïve.png"), unicodedata.normalize("NFD", "naïve.png")),
    ("at 3.14\u202fPM.png", "at 3.14 PM.png"),
    ("my photo #1.png", "my%20photo%20%231.png"),
    ("before/p.png", "C:\\Users\\me\\pairs\\before\\p.png"),
    ("before/p.png", "/home/me/pairs/before/p.png"),
    ("before/p.png", " before/p.png "),
    ("before/p.png", "set/before/p.png"),
]


@pytest.mark.parametrize(("on_disk", "name"), FORMS)
def test_a_name_written_differently_is_found(
    tmp_path: Path, find: Find, packed: Callable[[Path], Path], on_disk: str, name: str
) -> None:
    folder = written(tmp_path / "set", [on_disk, "after.png"], [(name, "after.png")])
    for place in (folder, packed(folder)):
        found = find(place)
        assert found.problems == ()
        assert found.pairs[0].original.read() == on_disk.encode()


def test_the_exact_name_goes_first_and_ambiguous_ones_are_reported(tmp_path: Path, find: Find) -> None:
    names = ["p.png", "P.png", "P.PNG", "Q.png", "q.PNG", "50%25.png", "50%.png"]
    lines = [("p.png", "P.PNG"), ("q.png", "p.png"), ("50%25.png", "50%.png")]
    found = find(written(tmp_path, names, lines))
    read = [(pair.original.read(), pair.edited.read()) for pair in found.pairs]
    assert read == [(b"p.png", b"P.PNG"), (b"50%25.png", b"50%.png")]
    assert found.problems == ("Line 2: q.png can be Q.png or q.PNG.",)
    assert found.left_out == {"ambiguous name": 1}


def test_a_missing_file_is_named_as_it_is_written(tmp_path: Path, find: Find) -> None:
    written(tmp_path / "edited", ["p0.png"], [])
    (tmp_path / "edited" / "metadata.jsonl").unlink()
    folder = written(tmp_path, [], [("input_images/p0.png", "edited/p0.png"), ("../other/p.png", "p.png")])
    with pytest.raises(DatasetNotUsable, match=r"Line 1: input_images/p0\.png is missing\."):
        find(folder)


def test_a_damaged_file_is_named_with_its_folder(tmp_path: Path, find: Find) -> None:
    (pair,) = find(
        written(tmp_path, ["before/p.png", "after/p.png"], [("before/p.png", "after/p.png")])
    ).pairs
    assert (pair.original.name, pair.edited.name) == ("before/p.png", "after/p.png")


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """Packs members under exactly these names."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return path


def test_a_zip_of_powershell(tmp_path: Path, find: Find) -> None:
    members = {
        "pairs\\before\\": b"",
        "pairs\\before\\p.png": b"before",
        "pairs\\after\\p.png": b"after",
        "pairs\\instruction.txt": b"invert",
    }
    (pair,) = find(zipped(tmp_path / "a.zip", members)).pairs
    assert (pair.original.read(), pair.edited.read(), pair.instruction) == (b"before", b"after", "invert")
    assert pair.original.name == "pairs/before/p.png"


def test_a_zip_with_dots_and_slashes_before_its_names(tmp_path: Path, find: Find) -> None:
    members = {"./before/p.png": b"before", "/after/p.png": b"after", "./instruction.txt": b"invert"}
    (pair,) = find(zipped(tmp_path / "a.zip", members)).pairs
    assert (pair.original.read(), pair.edited.read()) == (b"before", b"after")


def test_a_zip_of_macos_whose_names_are_not_marked_as_utf8(tmp_path: Path, find: Find) -> None:
    name = unicodedata.normalize("NFD", "Größe.png")
    line = {"original_image": "before/Größe.png", "edited_image": "after/Größe.png", "edit": "x"}
    members = {
        f"before/{name}": b"before",
        f"after/{name}": b"after",
        "metadata.jsonl": json.dumps(line).encode(),
        f"__MACOSX/before/._{name}": b"resource fork",
    }
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in members.items():
            archive.writestr(_Unmarked(member), data)
    assert name not in [member.filename.partition("/")[2] for member in zipfile.ZipFile(path).infolist()]
    found = find(path)
    assert [(pair.original.read(), pair.edited.read()) for pair in found.pairs] == [(b"before", b"after")]


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("照片/猫.png", "gbk"), ("写真/猫.png", "cp932"), ("été/à.png", "cp1252"), ("фото/кот.png", "cp866")],
)
@pytest.mark.parametrize("is_unpacked", [False, True])
def test_names_that_a_zip_holds_in_another_encoding(
    tmp_path: Path, find: Find, name: str, encoding: str, is_unpacked: bool
) -> None:
    misread = name.encode(encoding).decode("cp437")
    line = json.dumps({"original_image": name, "edited_image": "b.png", "edit": "x"})
    members = {misread: b"before", "b.png": b"after", "metadata.jsonl": line.encode()}
    place = zipped(tmp_path / "a.zip", members)
    if is_unpacked:
        zipfile.ZipFile(place).extractall(tmp_path / "unpacked")
        place = tmp_path / "unpacked"
    (pair,) = find(place).pairs
    assert (pair.original.read(), pair.edited.read()) == (b"before", b"after")


class _Unmarked(zipfile.ZipInfo):
    """A member whose name is written as UTF-8, without the flag that says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(), self.flag_bits & ~0x800
