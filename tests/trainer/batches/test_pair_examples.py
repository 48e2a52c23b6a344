"""Both pictures of a pair are cut alike, and every batch follows from its number."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from trainer.batches.batch import Batch, batches_from
from trainer.batches.buckets import assign_buckets, bucket_sizes, read_sizes
from trainer.batches.pair_examples import PairExamples
from trainer.datasets import DatasetNotUsable, PairSet, Source, find_pairs

Find = Callable[[Path], PairSet]
Folder = Callable[..., Path]


def examples(found: PairSet, **changes: Any) -> PairExamples:
    settings: dict[str, Any] = {"resolution": 32, "flip": True, "batch_size": 4, "seed": 0, **changes}
    return PairExamples(found, **settings)


def same(one: Batch, other: Batch) -> bool:
    return (
        torch.equal(one.original, other.original)
        and torch.equal(one.edited, other.edited)
        and one.instructions == other.instructions
    )


def test_original_and_edited_stay_aligned(pair_folder: Path, find: Find) -> None:
    for number in range(4):
        batch = examples(find(pair_folder)).batch(number)
        assert batch.original.shape == batch.edited.shape == (4, 3, 32, 32)
        assert (batch.original + batch.edited).abs().max() < 0.06, "a negative cancels its photo"


def test_a_batch_follows_from_its_number_and_the_seed(pair_folder: Path, find: Find) -> None:
    found = find(pair_folder)
    used = examples(found)
    for number in (0, 5, 1):
        used.batch(number)
    assert same(used.batch(3), examples(found).batch(3)), "whatever came before"
    assert not torch.equal(used.batch(3).original, examples(found, seed=1).batch(3).original)


def test_each_pair_is_cut_and_mirrored_by_itself(tmp_path: Path, find: Find) -> None:
    ramp = Image.linear_gradient("L").rotate(90).convert("RGB").resize((64, 64))
    ramp.save(tmp_path / "ramp.png")
    entry = {"original_image": "ramp.png", "edited_image": "ramp.png", "edit_instruction": "brighter"}
    (tmp_path / "metadata.jsonl").write_text("\n".join([json.dumps(entry)] * 8), encoding="utf-8")
    batch = examples(find(tmp_path), batch_size=8).batch(0)
    rises = [bool(square[0, 0, 0] < square[0, 0, -1]) for square in batch.original]
    assert set(rises) == {True, False}, "a batch is not mirrored as a whole"
    spans = {round(float(square[0, 0, 0] - square[0, 0, -1]), 3) for square in batch.original}
    assert len(spans) == 8, "nor cut as a whole"


def test_every_pair_comes_once_in_an_epoch(metadata_folder: Folder, find: Find) -> None:
    whole = examples(find(metadata_folder(7)), batch_size=1)
    for epoch in range(3):
        drawn = [whole._draws.batch(epoch * 7 + number)[0].place for number in range(7)]
        assert sorted(drawn) == list(range(7))


def test_pairs_that_name_a_side_are_never_mirrored(tmp_path: Path, find: Find) -> None:
    half = Image.new("RGB", (64, 64), "white")
    half.paste("black", (0, 0, 32, 64))
    half.save(tmp_path / "half.png")
    entry = {"original_image": "half.png", "edited_image": "half.png"}
    entry["edit_instruction"] = "darken the Left side"
    (tmp_path / "metadata.jsonl").write_text(json.dumps(entry), encoding="utf-8")
    for number in range(12):
        square = examples(find(tmp_path), batch_size=1).batch(number).original[0, 0]
        assert square[:, 0].mean() < square[:, -1].mean()


def test_one_take_of_a_scene_and_one_wording_is_drawn_at_a_time(tmp_path: Path) -> None:
    for scene, seeds in (("a", "789"), ("b", "7")):
        (tmp_path / scene).mkdir()
        (tmp_path / scene / "prompt.json").write_text(json.dumps({"edit": scene}))
        for seed in seeds:
            for side in (0, 1):
                Image.new("RGB", (64, 64), (int(seed) * 20, 0, 0)).save(
                    tmp_path / scene / f"{seed}_{side}.jpg"
                )
    (tmp_path / "seeds.json").write_text(json.dumps([["a", ["7", "8", "9"]], ["b", ["7"]]]))
    scenes = examples(find_pairs([Source(tmp_path)]), batch_size=2)
    assert scenes.size == 2
    batches = [scenes.batch(number) for number in range(24)]
    assert all(sorted(batch.instructions) == ["a", "b"] for batch in batches)
    takes = Counter(
        round(float((picture[0].mean() + 1) * 127.5) / 20)
        for batch in batches
        for picture, text in zip(batch.original, batch.instructions, strict=True)
        if text == "a"
    )
    assert set(takes) == {7, 8, 9}


def test_folders_are_drawn_from_as_often_as_their_weights_say(metadata_folder: Folder) -> None:
    small = metadata_folder(2, "small", edit_instruction="small")
    large = metadata_folder(6, "large", edit_instruction="large")
    found = find_pairs([Source(small, 3.0), Source(large, 1.0)])
    weighted = examples(found, batch_size=4)
    drawn = Counter(draw.instruction for number in range(250) for draw in weighted._draws.batch(number))
    assert drawn == {"small": 750, "large": 250}
    places = Counter(draw.place for number in range(250) for draw in weighted._draws.batch(number))
    assert {places[0], places[1]} == {375}, "within a folder every pair comes equally often"
    assert same(weighted.batch(17), examples(found, batch_size=4).batch(17))
    unweighted = examples(find_pairs([Source(small), Source(large)]), batch_size=4)
    assert sorted(d.place for n in range(2) for d in unweighted._draws.batch(n)) == list(range(8))


def test_buckets_have_sides_of_the_multiple_and_about_one_area() -> None:
    sizes = bucket_sizes(512, 64)
    assert sizes[0] == (512, 512)
    assert (384, 640) in sizes
    assert (640, 384) in sizes
    for width, height in sizes:
        assert width % 64 == height % 64 == 0
        assert 0.8 * 512**2 < width * height <= 512**2
        assert 0.5 <= width / height <= 2


def test_rare_shapes_join_the_nearest_bucket() -> None:
    sizes = [(512, 512), (640, 384), (384, 640)]
    pictures = [(100, 100)] * 6 + [(160, 100)] * 5 + [(100, 160)]
    assert assign_buckets(pictures, sizes, 4) == [0] * 6 + [1] * 5 + [0]
    assert set(assign_buckets(pictures, sizes, 1)) == {0, 1, 2}
    assert len(set(assign_buckets([(100, 100), (300, 100)], sizes, 4))) == 1


def test_batches_of_buckets_hold_one_shape_and_every_pair(tmp_path: Path, find: Find) -> None:
    lines = []
    for number in range(12):
        wide = Image.new("RGB", (160, 96) if number < 8 else (96, 96), (number * 20, 0, 0))
        wide.save(tmp_path / f"{number}.png")
        picture = {"original_image": f"{number}.png", "edited_image": f"{number}.png"}
        lines.append(json.dumps({**picture, "edit_instruction": str(number)}))
    (tmp_path / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = find(tmp_path)
    sizes = read_sizes(found.pairs)
    assert Counter(sizes) == {(160, 96): 8, (96, 96): 4}
    bucketed = examples(found, resolution=64, batch_size=2, image_sizes=sizes, size_multiple=16)
    shapes, seen = set(), Counter()
    for number in range(12):
        batch = bucketed.batch(number)
        shapes.add(tuple(batch.original.shape[2:]))
        seen.update(batch.instructions)
        assert len({int(text) < 8 for text in batch.instructions}) == 1
    assert shapes == {(48, 80), (64, 64)}
    assert set(seen.values()) == {2}, "twelve batches of two are two epochs"
    again = examples(found, resolution=64, batch_size=2, image_sizes=sizes, size_multiple=16)
    assert same(again.batch(9), bucketed.batch(9))


def test_a_pair_that_cannot_be_used_is_replaced_by_another(
    metadata_folder: Folder, find: Find, caplog: pytest.LogCaptureFixture
) -> None:
    folder = metadata_folder(4)
    found = find(folder)
    (folder / "1-a.png").write_bytes(b"not a picture")
    Image.new("RGB", (50, 128)).save(folder / "2-b.png")
    with caplog.at_level(logging.WARNING):
        whole = examples(found, batch_size=4)
        for number in range(3):
            assert whole.batch(number).original.shape == (4, 3, 32, 32)
    assert len(caplog.messages) == 2, "each is reported once"
    assert whole.batch(3).unusable == ("Line 2", "Line 3")
    assert "Line 2" in caplog.text
    assert "50 × 128" in caplog.text


@pytest.mark.parametrize("workers", [0, 1])
def test_a_missing_dataset_is_reported(metadata_folder: Folder, find: Find, workers: int) -> None:
    folder = metadata_folder(2)
    gone = examples(find(folder), batch_size=1)
    for path in folder.glob("*.png"):
        path.unlink()
    with pytest.raises(DatasetNotUsable) as failure:
        next(batches_from(gone, 0, 3, workers))
    assert failure.value.message == "The images of the dataset can no longer be read."


def test_workers_make_the_same_batches(metadata_folder: Folder, find: Find) -> None:
    whole = examples(find(metadata_folder(5)), batch_size=2)
    for number, batch in enumerate(batches_from(whole, 2, 6, workers=2), start=2):
        assert same(batch, whole.batch(number))


ABANDONED = """
from trainer.batches.batch import batches_from

class Numbers:
    size = 0
    def batch(self, number):
        return number

left = batches_from(Numbers(), 0, 1000, workers=1)
print(next(left))
"""


def test_a_process_ends_whose_batches_nobody_closed() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ABANDONED], capture_output=True, text=True, timeout=60, check=True
    )
    assert (ended.stdout, ended.stderr) == ("0\n", "")
