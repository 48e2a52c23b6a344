"""Files given at once are matched as datasets match them, else by order or time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ip2p_desktop.base.paths import sample_photos
from ip2p_desktop.training.pictures.collections.file_matching import (
    FileMatching,
    GivenFiles,
    MatchMode,
    files_of_folders,
    photos_among,
    sides_of_folders,
)


def make(folder: Path, *names: str) -> tuple[Path, ...]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(sample_photos()[0])
    return tuple(folder / name for name in names)


def names(matching: FileMatching) -> list[tuple[str, str]]:
    return [(pair.original.name, pair.edited.name) for pair in matching.pairs]


@pytest.mark.parametrize(
    ("files", "pairs", "left_over"),
    [
        (("a.jpg", "a-edited.png", "b.jpg", "c.jpg"), [("a.jpg", "a-edited.png")], ["b.jpg", "c.jpg"]),
        (("before_1.jpg", "after_1.jpg", "after_2.jpg"), [("before_1.jpg", "after_1.jpg")], ["after_2.jpg"]),
        (("IMG_1_before.JPG", "IMG_1_after.jpg"), [("IMG_1_before.JPG", "IMG_1_after.jpg")], []),
    ],
)  # fmt: skip
def test_names_with_endings(
    tmp_path: Path, files: tuple[str, ...], pairs: list[tuple[str, str]], left_over: list[str]
) -> None:
    mode, matching = GivenFiles(make(tmp_path, *files)).best()
    assert mode is MatchMode.NAME
    assert names(matching) == pairs
    assert [file.name for file in matching.left_over] == left_over


def test_other_names_are_matched_by_order_and_by_time(tmp_path: Path) -> None:
    files = make(tmp_path, "IMG_0001.jpg", "IMG_0002.jpg", "IMG_0003.jpg", "IMG_0004.jpg", "IMG_0005.jpg")
    mode, matching = GivenFiles(files).best()
    assert mode is MatchMode.ORDER
    assert names(matching) == [("IMG_0001.jpg", "IMG_0002.jpg"), ("IMG_0003.jpg", "IMG_0004.jpg")]
    assert [file.name for file in matching.left_over] == ["IMG_0005.jpg"]
    for age, file in enumerate(files):
        file.unlink()
        file.write_bytes(sample_photos()[0].read_bytes())
        os.utime(file, (1000 - age, 1000 - age))
    by_time = GivenFiles(files).matched(MatchMode.TIME)
    assert names(by_time)[0] == ("IMG_0005.jpg", "IMG_0004.jpg")
    assert names(by_time.swapped())[0] == ("IMG_0004.jpg", "IMG_0005.jpg")


def test_two_folders_anywhere_are_matched_with_their_texts(tmp_path: Path) -> None:
    before, after = tmp_path / "raw" / "photos", tmp_path / "lightroom out"
    make(before, "a.jpg", "b.jpg", "deep/c.jpg")
    make(after, "a.png", "b.jpg", "deep/c.jpg", "d.jpg")
    (after / "a.txt").write_text("make it warm\nwarm it up")
    mode, matching = files_of_folders(before, after).best()
    assert mode is MatchMode.NAME
    assert names(matching) == [("a.jpg", "a.png"), ("b.jpg", "b.jpg"), ("c.jpg", "c.jpg")]
    assert [pair.words for pair in matching.pairs] == [("make it warm", "warm it up"), (), ()]
    assert [file.name for file in matching.left_over] == ["d.jpg"]


def test_the_sides_of_folders_are_told_by_their_names(tmp_path: Path) -> None:
    for given in (("before", "after"), ("after", "before")):
        folders = [tmp_path / name for name in given]
        assert [folder.name for folder in sides_of_folders(folders)] == ["before", "after"]
    for given in (("x", "y"), ("x", "results"), ("results", "x")):
        folders = [tmp_path / name for name in given]
        assert [folder.name for folder in sides_of_folders(folders)] == sorted(given, key="xyresults".index)


def test_only_photos_count(tmp_path: Path) -> None:
    assert photos_among([tmp_path / "a.jpg", tmp_path / "b.txt", tmp_path]) == (tmp_path / "a.jpg",)
