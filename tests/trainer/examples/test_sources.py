"""Settings of a run become sources, columns and parts."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest

from trainer.config import ConfigNotValid, TrainingConfig, read_config
from trainer.datasets import ColumnNames, DatasetNotUsable, Source
from trainer.datasets.training_pairs import columns_of, find_training_pairs, sources_of
from trainer.examples.sources import divide_pairs
from trainer.protocol.events import EventStream


def config(*arguments: str) -> TrainingConfig:
    return read_config([*arguments, "model.unet_config.from_pretrained=model", "exp_manager.exp_dir=run"])


def test_one_folder_or_several_with_weights() -> None:
    assert sources_of(config("data.data_path=a")) == [Source(Path("a"))]
    assert sources_of(config("data.data_path=[a,b.zip]", "data.weights=[3,1]")) == [
        Source(Path("a"), 3.0),
        Source(Path("b.zip"), 1.0),
    ]
    with pytest.raises(ConfigNotValid, match="one number for each folder"):
        config("data.data_path=[a,b]", "data.weights=[1]")


def test_the_keys_of_nemo_mean_the_usual_columns_or_name_others() -> None:
    usual = config("data.data_path=a", "model.first_stage_key=edited", "model.cond_stage_key=edit")
    assert columns_of(usual) == ColumnNames()
    named = config("data.data_path=a", "model.first_stage_key=after", "data.columns.original=before")
    assert columns_of(named) == ColumnNames("before", "after", "", "")


def test_pairs_are_checked_before_they_are_divided(pair_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(pair_folder, copy)
    (copy / "2-after.png").write_bytes(b"damaged")
    lines = io.StringIO()
    run = config(f"data.data_path='{copy}'", "data.split.smallest_val=2")
    parts = divide_pairs(run, find_training_pairs(run), EventStream(lines))
    assert [len(part.pairs) for part in (parts.train, parts.val, parts.test)] == [5, 2, 0]
    events = [json.loads(line) for line in lines.getvalue().splitlines()]
    checked = [event["done"] for event in events if event.get("stage") == "checking pairs"]
    assert checked == list(range(1, 9))
    (warning,) = (event for event in events if event["type"] == "warning")
    assert (warning["code"], warning["values"]) == ("dataset.left-out", {"count": 1, "reasons": "1 corrupt"})
    assert parts.train.left_out == {"corrupt": 1}


def test_a_dataset_with_nothing_to_train_on(pair_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(pair_folder, copy)
    for path in copy.glob("*-after.png"):
        path.write_bytes(b"damaged")
    run = config(f"data.data_path='{copy}'")
    with pytest.raises(DatasetNotUsable, match=r"no pair that can be used for training\. Damaged images: 8"):
        divide_pairs(run, find_training_pairs(run), EventStream(io.StringIO()))


def test_a_dataset_whose_pairs_for_training_cannot_be_used(pair_folder: Path, tmp_path: Path) -> None:
    for part in ("train", "test"):
        shutil.copytree(pair_folder, tmp_path / "data" / part)
    for path in (tmp_path / "data" / "train").glob("*-after.png"):
        path.write_bytes(b"damaged")
    run = config(f"data.data_path={tmp_path / 'data'}")
    with pytest.raises(DatasetNotUsable, match="No usable pair is left for training"):
        divide_pairs(run, find_training_pairs(run), EventStream(io.StringIO()))


def test_of_pairs_in_two_parts_those_for_training_are_used(pair_folder: Path, tmp_path: Path) -> None:
    for part in ("train", "test"):
        shutil.copytree(pair_folder, tmp_path / "data" / part)
    run = config(f"data.data_path={tmp_path / 'data'}")
    parts = divide_pairs(run, find_training_pairs(run), EventStream(io.StringIO()))
    assert {pair.name.partition("/")[0] for pair in parts.train.pairs} == {"train"}
    assert [len(part.pairs) for part in (parts.train, parts.val, parts.test)] == [8, 0, 0]
