"""Repairs are read leniently, kept for other versions, and applied where pairs are found and opened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainer.check import CLEAN, FOUND, NOT_USABLE, check_pairs, main
from trainer.config import ConfigNotValid, read_config
from trainer.datasets import DatasetNotUsable, PairSet, Source, find_pairs
from trainer.datasets.affine_map import AffineMap
from trainer.datasets.opening import open_pair
from trainer.datasets.repairs.pair_repair import PairRepair
from trainer.datasets.repairs.repaired_pairs import repaired_pairs
from trainer.datasets.repairs.repairs_file import Repairs, RepairsNotUsable, read_repairs, write_repairs
from trainer.examples.sources import find_training_pairs
from trainer.runs.identity import pairs_hash

SHIFTED = AffineMap((1, 0, 0.25, 0, 1, 0))
"""The edited image shows what is in the original a quarter of its width further to the left."""


@pytest.fixture
def folder(metadata_folder: Callable[..., Path]) -> Path:
    return metadata_folder(4)


@pytest.fixture
def found(folder: Path) -> PairSet:
    return find_pairs([Source(folder)])


def repaired(found: PairSet, **repairs: PairRepair) -> PairSet:
    by_name = {name.replace("_", " "): repair for name, repair in repairs.items()}
    return repaired_pairs(found, [Repairs(by_name)])


def test_each_kind_of_repair_is_applied(found: PairSet) -> None:
    now = repaired(
        found,
        Line_1=PairRepair(instructions=("make it negative", "invert it")),
        Line_2=PairRepair(swap=True),
        Line_3=PairRepair(exclude=True),
    )
    assert [pair.name for pair in now.pairs] == ["Line 1", "Line 2", "Line 4"]
    assert now.pairs[0].instructions == ("make it negative", "invert it")
    assert (now.pairs[1].original.name, now.pairs[1].edited.name) == ("1-b.png", "1-a.png")
    assert now.pairs[2] == found.pairs[3]
    assert now.problems == (), "what the user leaves out is no problem"
    assert [(entry.reason, entry.name) for entry in now.skipped] == [("excluded", "Line 3")]


def test_an_aligned_pair_is_the_part_that_both_show(found: PairSet) -> None:
    original, edited = open_pair(found.pairs[0])
    pair = replace(found.pairs[0], alignment=SHIFTED)
    part, moved = open_pair(pair)
    assert part.size == moved.size == (original.width * 3 // 4, original.height)
    assert np.array_equal(np.asarray(part), np.asarray(original.crop((0, 0, *part.size))))
    expected = edited.crop((original.width // 4, 0, original.width, original.height))
    assert np.abs(np.asarray(moved, float) - np.asarray(expected, float)).max() <= 1


def test_swapping_keeps_the_alignment(found: PairSet) -> None:
    repair = PairRepair(alignment=AffineMap((0.9, 0.05, 0.06, -0.04, 0.95, 0.01)))
    back = repair.swapped().swapped()
    assert back.alignment is not None
    assert repair.alignment is not None
    assert np.allclose(back.alignment.matrix, repair.alignment.matrix)
    one = open_pair(replace(found.pairs[0], alignment=SHIFTED))
    other = open_pair(PairRepair(alignment=SHIFTED).swapped().applied_to(found.pairs[0]))
    assert np.array_equal(np.asarray(other[1]), np.asarray(one[0]))


def test_the_file_is_read_back_and_keeps_what_it_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "repairs.json"
    repairs = Repairs(
        {
            "a/b ü": PairRepair(("one", "two"), True, False, SHIFTED, ("x.png", "y.png")),
            "empty": PairRepair(),
        }
    )
    write_repairs(file, repairs)
    read = read_repairs(file)
    assert dict(read.pairs) == {"a/b ü": repairs.pairs["a/b ü"]}
    values = json.loads(file.read_text(encoding="utf-8"))
    values["later"] = [1]
    values["pairs"]["a/b ü"] |= {"tone": "warm", "swap": "perhaps", "align": [1, 2, "x", 4, 5, 6]}
    file.write_text(json.dumps(values), encoding="utf-8")
    changed = read_repairs(file)
    repair = changed.pairs["a/b ü"]
    assert (repair.swap, repair.alignment, repair.instructions) == (False, None, ("one", "two"))
    write_repairs(file, changed)
    again = json.loads(file.read_text(encoding="utf-8"))
    assert (again["later"], again["pairs"]["a/b ü"]["tone"]) == ([1], "warm")


@pytest.mark.parametrize("matrix", [[1, 0, 0, 2, 0, 0], [1, 0, 0, 0, float("inf"), 0], [True] * 6, 7, [1, 2]])
def test_an_alignment_that_cannot_be_used_is_none(matrix: object) -> None:
    assert AffineMap.of(matrix) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"version": 99, "pairs": {}}', "repairs.newer"),
        ('{"pairs": ', "repairs.damaged"),
        ("[1]", "repairs.damaged"),
        (None, "repairs.not-readable"),
    ],
)
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, text: str | None, code: str) -> None:
    file = tmp_path / "repairs.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(RepairsNotUsable) as raised:
        read_repairs(file)
    assert raised.value.code == code
    if text is not None:
        assert file.read_text(encoding="utf-8") == text, "it is left alone"


def test_repairs_follow_the_images_when_lines_are_added(folder: Path, found: PairSet) -> None:
    own = found.pairs[2]
    repairs = Repairs({"Line 3": PairRepair(exclude=True, images=(own.original.name, own.edited.name))})
    lines = (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "metadata.jsonl").write_text("\n".join([lines[3], *lines[:3]]), encoding="utf-8")
    now = repaired_pairs(find_pairs([Source(folder)]), [repairs])
    assert [pair.original.name for pair in now.pairs] == ["3-a.png", "0-a.png", "1-a.png"]
    (folder / "metadata.jsonl").write_text("\n".join(lines[:2]), encoding="utf-8")
    gone = repaired_pairs(find_pairs([Source(folder)]), [repairs])
    assert [entry.reason for entry in gone.skipped] == ["unused repair"]
    assert len(gone.pairs) == 2


def test_a_dataset_without_any_pair_left_is_an_error(found: PairSet) -> None:
    with pytest.raises(DatasetNotUsable, match="left out"):
        repaired_pairs(found, [Repairs({pair.name: PairRepair(exclude=True) for pair in found.pairs})])


def test_a_run_with_repairs_is_another_run(found: PairSet) -> None:
    plain = pairs_hash(found)
    hashes = {
        pairs_hash(repaired(found, Line_1=repair))
        for repair in (
            PairRepair(instructions=("other",)),
            PairRepair(swap=True),
            PairRepair(exclude=True),
            PairRepair(alignment=SHIFTED),
            PairRepair(alignment=SHIFTED, swap=True),
        )
    }
    assert len(hashes | {plain}) == 6
    assert pairs_hash(repaired(found)) == plain


def test_the_setting_names_a_file_for_each_dataset(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "my repairs #1.json"
    write_repairs(file, Repairs({"Line 1": PairRepair(exclude=True)}))
    one = read_config([f"data.data_path={folder}", f"data.repairs={file}"])
    assert [pair.name for pair in find_training_pairs(one).pairs] == ["Line 2", "Line 3", "Line 4"]
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    both = read_config([f'data.data_path=["{folder}", "{other}"]', f'data.repairs=["", "{file}"]'])
    assert len(find_training_pairs(both).pairs) == 7
    with pytest.raises(ConfigNotValid, match="one file for each"):
        read_config([f'data.data_path=["{folder}", "{other}"]', f"data.repairs={file}"])


def test_the_check_applies_repairs(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Image.open(folder / "1-b.png") as image:
        image.crop((32, 0, 128, 96)).save(folder / "1-b.png")
    assert main([str(folder)]) == FOUND
    assert "Images of different shape: 1" in capsys.readouterr().out
    file = tmp_path / "repairs.json"
    write_repairs(file, Repairs({"Line 2": PairRepair(alignment=AffineMap((4 / 3, 0, -1 / 3, 0, 1, 0)))}))
    assert main([str(folder), f"data.repairs={file}"]) == CLEAN
    assert "4 of 4 pairs" in capsys.readouterr().out
    assert main([str(folder), f"data.repairs={file}", f"data.repairs={file}"]) == NOT_USABLE


def test_a_repaired_pair_is_checked_anew_and_the_others_are_remembered(
    found: PairSet, tmp_path: Path
) -> None:
    first = check_pairs(found, folder=tmp_path)
    aligned = repaired(found, Line_1=PairRepair(alignment=SHIFTED))
    second = check_pairs(aligned, folder=tmp_path)
    assert first.facts[0] is not None
    assert second.facts[0] is not None
    assert (first.facts[0].size, second.facts[0].size) == ((128, 96), (96, 96))
    assert first.facts[1:] == second.facts[1:]
    assert check_pairs(found, folder=tmp_path) == first
