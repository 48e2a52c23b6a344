"""No near-duplicate of what is trained on is validated or tested with."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from engine.progress import Cancelled, CancelToken
from trainer.datasets import PairSet, Source, find_pairs
from trainer.datasets.checking.fingerprints import group_near, perceptual_hash
from trainer.datasets.splits import Splits, split

Folder = Callable[..., Path]


def names(part: PairSet) -> list[str]:
    return [pair.name for pair in part.pairs]


def sizes(splits: Splits) -> list[int]:
    return [len(part.pairs) for part in (splits.train, splits.val, splits.test)]


def test_a_hash_survives_what_does_not_change_the_photo(photos: list[Image.Image]) -> None:
    hashes = []
    for photo in photos:
        saved = io.BytesIO()
        photo.resize((300, 225)).save(saved, "JPEG", quality=40)
        darker = photo.point(lambda value: int(value * 0.9))
        variants = [photo, Image.open(saved), darker]
        hashes.append([perceptual_hash(variant.convert("L")) for variant in variants])
    flat = np.array([value for variants in hashes for value in variants], dtype=np.uint64)
    groups = group_near(flat)
    assert groups == [3 * (place // 3) for place in range(len(flat))]


def test_near_duplicates_stay_together_and_the_rest_is_shared_out(metadata_folder: Folder) -> None:
    folder = metadata_folder(40)
    lines = (folder / "metadata.jsonl").read_text().splitlines()
    for number in range(40):
        with Image.open(folder / f"{number}-a.png") as photo:
            photo.resize((160, 120)).save(folder / f"{number}-again.jpg", quality=80)
        again = {"original_image": f"{number}-again.jpg", "edited_image": f"{number}-b.png"}
        lines.append(json.dumps({**again, "edit_instruction": "other"}))
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = find_pairs([Source(folder)])
    splits = split(found)
    assert sizes(splits) == [72, 4, 4]
    for part in (splits.train, splits.val, splits.test):
        lines_of = {int(name.split()[1]) - 1 for name in names(part)}
        assert all((number + 40) % 80 in lines_of for number in lines_of)


def test_the_order_of_the_pairs_does_not_matter_to_their_content(metadata_folder: Folder) -> None:
    found = find_pairs([Source(metadata_folder(40))])
    mixed = list(found.pairs)
    random.Random(0).shuffle(mixed)
    one, other = split(found), split(found.with_pairs(mixed))
    assert sizes(one) == [36, 2, 2]
    for part in ("train", "val", "test"):
        assert sorted(names(getattr(one, part))) == sorted(names(getattr(other, part)))


def test_small_datasets_are_not_divided_by_default(metadata_folder: Folder) -> None:
    found = find_pairs([Source(metadata_folder(12))])
    for by in ("content", "order"):
        assert sizes(split(found, by=by)) == [12, 0, 0]
        assert sizes(split(found, by=by, smallest_val=2)) == [10, 2, 0]
    one = found.with_pairs(found.pairs[:1])
    assert sizes(split(one, smallest_val=2)) == [1, 0, 0]


def test_the_release_is_divided_by_order_scene_by_scene(tmp_path: Path) -> None:
    listed = []
    for number in range(20):
        folder = tmp_path / f"{number:04d}"
        folder.mkdir()
        (folder / "prompt.json").write_text('{"edit": "x"}')
        for name in ("7_0.jpg", "7_1.jpg", "8_0.jpg", "8_1.jpg"):
            (folder / name).write_bytes(b"never opened")
        listed.append([folder.name, ["7", "8"]])
    (tmp_path / "seeds.json").write_text(json.dumps(listed))
    splits = split(find_pairs([Source(tmp_path)]))
    assert [pair.scene for pair in splits.val.pairs] == ["0018", "0018"]
    assert [pair.scene for pair in splits.test.pairs] == ["0019", "0019"]
    assert len(splits.train.pairs) == 36


def test_a_division_can_be_given_up(metadata_folder: Folder) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        split(find_pairs([Source(metadata_folder(20))]), cancel=token)


def test_parts_that_a_dataset_names_are_kept(tmp_path: Path) -> None:
    cell = {"bytes": b"never opened", "path": "x"}
    for part, count in (("train", 3), ("dev", 1), ("test", 2)):
        columns = {"source_img": [cell] * count, "target_img": [cell] * count, "instruction": ["x"] * count}
        pq.write_table(pa.table(columns), tmp_path / f"{part}-00000-of-00001.parquet")
    assert sizes(split(find_pairs([Source(tmp_path)]))) == [3, 1, 2]
