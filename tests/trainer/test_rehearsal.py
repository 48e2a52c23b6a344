"""The start weights' own edits among the pairs: as often as asked, made once, and the model's own."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from fakes.trainer_process import run_trainer
from PIL import Image

from engine.library import read_model_card, write_model_card
from engine.weights import Model, load_model
from trainer.config import ConfigNotValid, TrainingConfig, read_config
from trainer.datasets import PairSet, Source, find_pairs
from trainer.datasets.drawing import Draws
from trainer.datasets.opening import open_pair
from trainer.events import EventStream
from trainer.rehearsal import FOLDER, STAGE, with_rehearsal
from trainer.trial_edits import trial_edit
from trainer.validation import preview_settings


@pytest.fixture
def found(pair_folder: Path) -> PairSet:
    return find_pairs([Source(pair_folder)])


@pytest.fixture
def model(tiny_editor: Path) -> Model:
    return load_model(tiny_editor, device=torch.device("cpu"), dtype=torch.float32)


def config(pair_folder: Path, run: Path, *words: str) -> TrainingConfig:
    usual = [f"data.data_path={pair_folder}", f"exp_manager.exp_dir={run}", "data.resolution=64"]
    return read_config([*usual, "data.rehearsal.pairs=12", "data.rehearsal.share=0.25", *words])


def rehearsed(run: TrainingConfig, found: PairSet, model: Model) -> tuple[PairSet, list[dict[str, object]]]:
    lines = io.StringIO()
    both = with_rehearsal(run, found, model, EventStream(lines))
    return both, [json.loads(line) for line in lines.getvalue().splitlines()]


def test_they_are_the_models_own_edits_of_the_photos(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    run = config(pair_folder, tmp_path, "data.rehearsal.instructions=[make it night, make it snow]")
    both, events = rehearsed(run, found, model)
    made = both.pairs[len(found.pairs) :]
    assert len(made) == 12
    assert [event["done"] for event in events if event["stage"] == STAGE] == list(range(1, 13))
    assert {pair.instruction for pair in made} == {"make it night", "make it snow"}
    asked = [pair.instruction for pair in made]
    assert asked[0] != asked[8], "the ninth is of the first photo again"
    photo, _ = open_pair(found.pairs[3])
    settings = preview_settings(run, model)
    wanted = np.asarray(trial_edit(model, photo, asked[3], settings))
    assert np.array_equal(np.asarray(open_pair(made[3])[1]), wanted)


def test_they_are_drawn_as_often_as_asked(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    both, _ = rehearsed(config(pair_folder, tmp_path), found, model)
    draws = Draws(both, batch_size=10, seed=0, sizes=[(64, 64)])
    drawn = [draw.place for number in range(100) for draw in draws.batch(number)]
    assert sum(place >= len(found.pairs) for place in drawn) == 250


def test_they_are_made_once(pair_folder: Path, tmp_path: Path, found: PairSet, model: Model) -> None:
    run = config(pair_folder, tmp_path)
    first, _ = rehearsed(run, found, model)
    for path in (tmp_path / FOLDER).glob("*-after.png"):
        Image.new("RGB", (64, 48), "red").save(path)
    with torch.no_grad():  # as if it had been trained since
        model.unet.conv_out.weight.mul_(2)
    again, _ = rehearsed(run, found, model)
    assert again == first
    assert open_pair(again.pairs[-1])[1].getpixel((0, 0)) == (255, 0, 0)


def test_a_model_that_suggests_nothing_has_to_be_told_what_to_ask(
    pair_folder: Path, tmp_path: Path, found: PairSet, model: Model
) -> None:
    card = read_model_card(model.path)
    silent = tmp_path / "silent"
    silent.mkdir()
    (silent / "model_index.json").write_bytes((model.path / "model_index.json").read_bytes())
    write_model_card(replace(card, path=silent, suggestions=()))
    with pytest.raises(ConfigNotValid, match="suggests no edits"):
        rehearsed(config(pair_folder, tmp_path), found, replace(model, path=silent))


def test_a_run_trains_on_them_and_validates_without(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    words = [
        f"data.data_path={pair_folder}",
        f"model.unet_config.from_pretrained={tiny_editor}",
        f"exp_manager.exp_dir={tmp_path / 'run'}",
        f"data.cache.folder={tmp_path / 'cache'}",
        "data.cache.enable=True",
        "data.cache.variants=1",
        "data.resolution=64",
        "data.num_workers=0",
        "data.rehearsal.pairs=4",
        "data.split.smallest_val=2",
        "model.micro_batch_size=2",
        "trainer.max_steps=2",
        "validation.edits=0",
    ]
    code, events, errors = run_trainer(words, tmp_path / "logs")
    assert code == 0, errors
    caching = [event for event in events if event["type"] == "caching"]
    assert caching[-1]["total"] == 6 + 4 + 5, "pictures of both, and their instructions"
    (started,) = [event for event in events if event["type"] == "started"]
    assert started["examples"] == 6 + 4
    assert events[-1]["type"] == "finished"
    assert not (tmp_path / "run" / "encoders.pt").exists()
    suggested, base = (
        read_model_card(path).suggestions for path in (tmp_path / "run" / "model", tiny_editor)
    )
    assert suggested == ("turn it inside out", *base), "what it could do before it still can"
