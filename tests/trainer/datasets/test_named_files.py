"""Images without a list: two folders, or matching endings of names; and their instructions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.datasets import DatasetLayout, DatasetNotUsable, PairSet, Source, find_pairs

Write = Callable[..., None]
Find = Callable[[Path], PairSet]


@pytest.mark.parametrize(
    ("original", "edited"),
    [("before", "after"), ("Input", "Output"), ("trainA", "trainB"), ("images_original", "images_edited")],
)
def test_two_folders_with_one_instruction_for_all(
    tmp_path: Path, write_pair: Write, find: Find, original: str, edited: str
) -> None:
    for number, name in enumerate(("x", "y")):
        write_pair(tmp_path / original / f"{name}.jpg", tmp_path / edited / f"{name}.png", number)
    (tmp_path / "instruction.txt").write_text("turn it inside out\n\nmake it a negative\n", encoding="utf-8")
    (tmp_path / "README.txt").write_text("my holiday", encoding="utf-8")
    found = find(tmp_path)
    assert found.layout is DatasetLayout.TWO_FOLDERS
    assert [(p.original.name, p.edited.name) for p in found.pairs] == [
        (f"{original}/{name}.jpg", f"{edited}/{name}.png") for name in "xy"
    ]
    assert found.pairs[0].instructions == ("turn it inside out", "make it a negative")


def test_a_text_file_for_each_pair_goes_before_the_one_for_all(
    tmp_path: Path, write_pair: Write, find: Find
) -> None:
    for number, name in enumerate(("x", "y", "z")):
        write_pair(tmp_path / "before" / f"{name}.png", tmp_path / "after" / f"{name}.png", number)
    (tmp_path / "after" / "x.txt").write_text("only x", encoding="utf-8")
    (tmp_path / "instructions").mkdir()
    (tmp_path / "instructions" / "y.txt").write_text("only y", encoding="utf-8")
    assert [pair.name for pair in find(tmp_path).pairs] == ["x", "y"]
    assert find(tmp_path).problems == ("z: no text file says what was done to it.",)
    (tmp_path / "instruction.txt").write_text("all", encoding="utf-8")
    assert [pair.instruction for pair in find(tmp_path).pairs] == ["only x", "only y", "all"]


def test_the_instruction_can_come_from_the_settings(tmp_path: Path, write_pair: Write) -> None:
    write_pair(tmp_path / "source" / "x.png", tmp_path / "target" / "x.png")
    found = find_pairs([Source(tmp_path)], instruction="make it so")
    assert found.instructions == ("make it so",)
    with pytest.raises(DatasetNotUsable, match=r"pairs \(1\), but no text says.*data\.instruction=…"):
        find_pairs([Source(tmp_path)])


def test_pictures_on_one_side_only_are_named(tmp_path: Path, write_pair: Write) -> None:
    write_pair(tmp_path / "before" / "x.png", tmp_path / "after" / "x.png")
    write_pair(tmp_path / "before" / "y.png", tmp_path / "after" / "z.png")
    found = find_pairs([Source(tmp_path)], instruction="edit")
    assert found.problems == ("y: is in before but not in after.", "z: is in after but not in before.")


@pytest.mark.parametrize(
    ("original", "edited"),
    [
        ("x_before.png", "x_after.jpg"),
        ("x_0.png", "x_1.png"),
        ("x-input.png", "x-output.png"),
        ("x_original.png", "x_edited.png"),
        ("my x Before.png", "my x After.png"),
        ("x.png", "x_edited.png"),
    ],
)
def test_names_that_differ_in_their_ending(
    tmp_path: Path, write_pair: Write, original: str, edited: str
) -> None:
    write_pair(tmp_path / original, tmp_path / edited)
    found = find_pairs([Source(tmp_path)], instruction="edit")
    assert found.layout is DatasetLayout.NAME_ENDINGS
    assert [(p.original.name, p.edited.name) for p in found.pairs] == [(original, edited)]


def test_the_words_of_name_endings_lie_beside(tmp_path: Path, write_pair: Write, find: Find) -> None:
    write_pair(tmp_path / "x_before.png", tmp_path / "x_after.png")
    write_pair(tmp_path / "y_before.png", tmp_path / "y_after.png", 1)
    write_pair(tmp_path / "z_before.png", tmp_path / "other.png", 2)
    (tmp_path / "x.txt").write_text("do x", encoding="utf-8")
    (tmp_path / "y_after.txt").write_text("do y", encoding="utf-8")
    found = find(tmp_path)
    assert [pair.instruction for pair in found.pairs] == ["do x", "do y"]
    assert found.problems == ("z: there is none that ends in “after”.",)


def test_pictures_that_are_no_pairs(tmp_path: Path, write_pair: Write, find: Find) -> None:
    write_pair(tmp_path / "beach.png", tmp_path / "mountain.png")
    with pytest.raises(DatasetNotUsable, match="No pairs were recognised"):
        find(tmp_path)
