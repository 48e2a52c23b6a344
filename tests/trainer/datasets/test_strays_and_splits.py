"""Files that are no part of a dataset hide nothing, and parts of a dataset are used as such."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.datasets import DatasetLayout, DatasetNotUsable, PairSet
from trainer.datasets.splits import split

Find = Callable[[Path], PairSet]


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"invert" if name.endswith(".txt") else b"photo")
    return folder


def pair_folders(folder: Path, *names: str) -> Path:
    """Folders `before` and `after` with images of these names, and an instruction."""
    sides = [f"{side}/{name}" for side in ("before", "after") for name in names]
    return files(folder, "instruction.txt", *sides)


def metadata(folder: Path, *entries: dict[str, str], name: str = "metadata.jsonl") -> None:
    lines = [json.dumps({"edited_image": "b.png", "edit": "x", **entry}) for entry in entries]
    (folder / name).write_text("\n".join(lines), encoding="utf-8")


STRAYS = ["__MACOSX/pairs/._p.png", ".DS_Store", "Thumbs.db", "desktop.ini", "$RECYCLE.BIN/x.png", "@eaDir/x"]


def test_what_systems_add_to_folders_is_skipped_and_counted(
    tmp_path: Path, find: Find, packed: Callable[[Path], Path]
) -> None:
    folder = tmp_path / "set"
    pair_folders(folder / "pairs", "p.png", "q.png")
    files(folder, *STRAYS, "pairs/before/._p.png", "pairs/after/Thumbs.db")
    for place, prefix in ((folder, ""), (packed(folder), "set/")):
        found = find(place)
        assert [pair.name for pair in found.pairs] == ["p", "q"]
        assert (found.problems, found.left_out) == ((), {})
        strays = {entry.name.removeprefix(prefix) for entry in found.skipped}
        assert strays >= {name.partition("/")[0] for name in STRAYS} | {"pairs/before/._p.png"}
        assert len(strays) == len(found.skipped) == 8


@pytest.mark.parametrize("other", ["notes/todo.txt", "docs/cover.png", "empty/.keep"])
def test_another_folder_beside_the_pairs(tmp_path: Path, find: Find, other: str) -> None:
    pair_folders(tmp_path / "pairs", "p.png")
    files(tmp_path, other, "README.md")
    found = find(tmp_path)
    assert [pair.name for pair in found.pairs] == ["p"]
    assert other.partition("/")[0] in [entry.name for entry in found.skipped]


def test_links_that_lead_in_circles(tmp_path: Path, find: Find) -> None:
    pair_folders(tmp_path / "pairs", "p.png")
    files(tmp_path / "other", "readme.txt")
    for link, target in (
        ("again", tmp_path),
        ("itself", tmp_path / "itself"),
        ("pairs/up", tmp_path / "pairs"),
        ("pairs/before/up", tmp_path),
        ("pairs/across", tmp_path / "other"),
        ("other/across", tmp_path / "pairs"),
        ("pairs/before/gone.png", tmp_path / "gone.png"),
    ):
        (tmp_path / link).symlink_to(target)
    os.mkfifo(tmp_path / "pairs" / "before" / "pipe.png")  # reading it would never end
    found = find(tmp_path / "pairs")
    assert ([pair.name for pair in found.pairs], found.problems) == (["p"], ())
    assert {"up", "before/up", "before/gone.png", "before/pipe.png"} <= {
        entry.name for entry in found.skipped
    }
    assert [pair.name for pair in find(tmp_path).pairs] == ["other/p", "pairs/p"]


def test_a_link_to_a_folder_elsewhere_is_followed(tmp_path: Path, find: Find) -> None:
    pair_folders(tmp_path / "real", "p.png")
    (tmp_path / "set").mkdir()
    for name in ("before", "after", "instruction.txt"):
        (tmp_path / "set" / name).symlink_to(tmp_path / "real" / name)
    assert [pair.name for pair in find(tmp_path / "set").pairs] == ["p"]


@pytest.mark.parametrize("val", ["val", "valid", "Validation", "dev"])
def test_splits_with_metadata_each(tmp_path: Path, find: Find, val: str) -> None:
    for name, count in (("train", 3), (val, 2), ("test", 1)):
        files(tmp_path / name, "a.png", "b.png")
        metadata(tmp_path / name, *[{"original_image": "a.png"}] * count)
    found = find(tmp_path)
    assert Counter(pair.part for pair in found.pairs) == {"train": 3, "val": 2, "test": 1}
    assert {pair.name for pair in found.pairs if pair.part == "test"} == {"test/Line 1"}
    parts = split(found)
    assert [len(part.pairs) for part in (parts.train, parts.val, parts.test)] == [3, 2, 1]


def test_splits_with_folders_each(tmp_path: Path, find: Find, packed: Callable[[Path], Path]) -> None:
    folder = tmp_path / "set"
    pair_folders(folder / "train", "p.png", "q.png")
    pair_folders(folder / "test", "p.png")
    for place in (folder, packed(folder)):
        found = find(place)
        assert found.layout is DatasetLayout.TWO_FOLDERS
        assert [(pair.name, pair.part) for pair in found.pairs] == [
            *[("train/p", "train"), ("train/q", "train")],
            *[("test/p", "test")],
        ]


def test_splits_with_one_instruction_above_them(tmp_path: Path, find: Find) -> None:
    for part in ("train", "test"):
        files(tmp_path / "set" / part, "before/p.png", "after/p.png")
    files(tmp_path / "set", "instruction.txt")
    assert find(tmp_path).instructions == ("invert",)


def test_pairs_deep_in_a_zip(tmp_path: Path, find: Find) -> None:
    pair_folders(tmp_path / "a" / "b" / "c" / "d" / "e" / "pairs", "p.png")
    assert [pair.name for pair in find(tmp_path).pairs] == ["p"]


def test_folders_whose_sides_are_not_known(tmp_path: Path, find: Find) -> None:
    files(tmp_path, "set/day/p.png", "set/night/p.jpg", "set/maps/x.png")
    with pytest.raises(DatasetNotUsable, match=r"images in day and night have the same names.*“before”"):
        find(tmp_path)


def test_splits_inside_the_two_folders(tmp_path: Path, find: Find) -> None:
    pair_folders(tmp_path, "train/p.png", "train/deep/p.png", "test/p.png", "p.png")
    assert [(pair.name, pair.part) for pair in find(tmp_path).pairs] == [
        *[("p", ""), ("train/deep/p", "train"), ("train/p", "train"), ("test/p", "test")],
    ]


def test_splits_in_the_names_of_folders_and_files(tmp_path: Path, find: Find) -> None:
    files(tmp_path / "a", "trainA/p.png", "trainB/p.png", "testA/q.png", "testB/q.png", "instruction.txt")
    assert sorted((pair.name, pair.part) for pair in find(tmp_path / "a").pairs) == [
        *[("test/q", "test"), ("train/p", "train")],
    ]
    files(tmp_path / "b", "a.png", "b.png")
    for part in ("train", "val"):
        metadata(tmp_path / "b", {"original_image": "a.png"}, name=f"{part}.jsonl")
    assert [(pair.name, pair.part) for pair in find(tmp_path / "b").pairs] == [
        *[("train.jsonl, Line 1", "train"), ("val.jsonl, Line 1", "val")],
    ]


def test_splits_in_one_file_of_metadata(tmp_path: Path, find: Find) -> None:
    files(tmp_path, "test/a.png", "a.png", "b.png")
    entries = [{"split": "Validation"}, {"split": "train"}, {}, {"original_image": "test/a.png"}]
    metadata(tmp_path, *({"original_image": "a.png", **entry} for entry in entries))
    assert [pair.part for pair in find(tmp_path).pairs] == ["train", "", "val", "test"]


def test_several_folders_of_pairs_are_all_read(tmp_path: Path, find: Find) -> None:
    pair_folders(tmp_path / "dogs", "p.png")
    pair_folders(tmp_path / "cats", "p.png")
    assert [(pair.name, pair.part) for pair in find(tmp_path).pairs] == [("cats/p", ""), ("dogs/p", "")]


def test_one_folder_for_each_pair(tmp_path: Path, find: Find) -> None:
    for name in ("one", "two"):
        files(tmp_path / name, "before.png", "after.jpg", "instruction.txt")
    found = find(tmp_path)
    assert [(pair.name, pair.original.name, pair.edited.name) for pair in found.pairs] == [
        (f"{name}/{name}", f"{name}/before.png", f"{name}/after.jpg") for name in ("one", "two")
    ]
