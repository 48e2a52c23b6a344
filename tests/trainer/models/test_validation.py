"""Validation uses the same noise every time, changes no weights, and saves previews."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine.models.loading import Model, load_model
from trainer.config import DataConfig, ExperimentConfig, ModelConfig, TrainingConfig, ValidationConfig
from trainer.datasets import PairSet, Source, find_pairs
from trainer.protocol.events import EventStream, PreviewMade, ValidationFinished, parse_event
from trainer.validation.validation import Validation, make_validation, preview_settings

CPU = torch.device("cpu")


@pytest.fixture
def model(starter: Path) -> Model:
    return load_model(starter, device=CPU, dtype=torch.float32)


@pytest.fixture
def pairs(pair_folder: Path) -> PairSet:
    return find_pairs([Source(pair_folder)])


@pytest.fixture
def config(tmp_path: Path, pair_folder: Path) -> TrainingConfig:
    return TrainingConfig(
        data=DataConfig(data_path=str(pair_folder), resolution=64),
        model=ModelConfig(micro_batch_size=2, noise_offset=0.1),
        exp_manager=ExperimentConfig(exp_dir=str(tmp_path / "run")),
        validation=ValidationConfig(edits=2),
    )


def events_of(stream: io.StringIO) -> list[object]:
    return [parse_event(line) for line in stream.getvalue().splitlines()]


def made(
    model: Model, config: TrainingConfig, val: PairSet, train: PairSet, stream: io.StringIO
) -> Validation:
    validation = make_validation(model, config, val, train, EventStream(stream))
    assert validation is not None
    return validation


def test_the_loss_is_the_same_until_the_model_is_not(
    model: Model, config: TrainingConfig, pairs: PairSet
) -> None:
    stream = io.StringIO()
    validation = made(model, config, pairs, pairs, stream)
    state = torch.get_rng_state()
    validation.preview(0)
    first, again = validation.measure(0), validation.measure(1)
    assert first is not None
    assert first == again
    assert torch.equal(torch.get_rng_state(), state), "training draws what it would have drawn"
    with torch.no_grad():
        model.unet.conv_out.weight.mul_(1.5)
    worse = validation.measure(2)
    assert worse is not None
    assert worse > first
    done = [event for event in events_of(stream) if isinstance(event, ValidationFinished)]
    assert [(event.step, event.best) for event in done] == [(0, True), (1, False), (2, False)]
    assert validation.best == first


def test_a_second_validation_of_the_same_run_measures_the_same(
    model: Model, config: TrainingConfig, pairs: PairSet
) -> None:
    losses = [made(model, config, pairs, pairs, io.StringIO()).measure(0) for _ in range(2)]
    assert losses[0] == losses[1]


@pytest.mark.parametrize("weight", [None, 3.0], ids=["alike", "weighted"])
def test_every_val_pair_is_measured_once(
    model: Model, config: TrainingConfig, pairs: PairSet, weight: float | None
) -> None:
    """Seven in batches of four, of two datasets that may have different weights in training."""
    other = [replace(pair, source=1) for pair in pairs.pairs[:2]]
    sources = (replace(pairs.sources[0], weight=weight), Source(pairs.folder, weight and 1.0))
    seven = replace(pairs, sources=sources, pairs=(*pairs.pairs[2:7], *other))
    config.model.micro_batch_size, config.validation.edits = 4, 0
    validation = made(model, config, seven, pairs, io.StringIO())
    assert [len(batch.instructions) for batch in validation._pixels] == [4, 3]
    images = torch.cat([batch.original for batch in validation._pixels])
    assert len(torch.unique(images.flatten(1), dim=0)) == 7
    loss = validation.measure(0)
    config.model.micro_batch_size = 1
    assert made(model, config, seven, pairs, io.StringIO()).measure(0) == pytest.approx(loss, rel=1e-4)
    config.model.micro_batch_size, config.trainer.limit_val_batches = 3, 2
    assert len(made(model, config, seven, pairs, io.StringIO())._pixels) == 2


def test_an_interval_of_zero_validates_never(model: Model, config: TrainingConfig, pairs: PairSet) -> None:
    config.trainer.val_check_interval = 0
    assert make_validation(model, config, pairs, pairs, EventStream(io.StringIO())) is None


def test_no_condition_is_dropped(model: Model, config: TrainingConfig, pairs: PairSet) -> None:
    config.model.conditioning_dropout_prob = 1 / 3
    dropped = made(model, config, pairs, pairs, io.StringIO()).measure(0)
    config.model.conditioning_dropout_prob = 0.0
    assert made(model, config, pairs, pairs, io.StringIO()).measure(0) == dropped


def test_previews_are_pictures_of_the_same_edits_from_the_same_noise(
    model: Model, config: TrainingConfig, pairs: PairSet, tmp_path: Path
) -> None:
    Image.new("RGB", (100, 50), "orange").save(tmp_path / "own.png")
    config.validation.photos = [str(tmp_path / "own.png"), str(tmp_path / "missing.png")]
    config.validation.instructions = ["make it night", "make it day"]
    stream = io.StringIO()
    validation = made(model, config, pairs, pairs, stream)
    for step in (0, 5):
        validation.preview(step)
    shown = [event for event in events_of(stream) if isinstance(event, PreviewMade)]
    assert [(event.step, event.number) for event in shown] == [(s, n) for s in (0, 5) for n in range(3)]
    assert shown[2].instruction == "make it night"
    for before, after in zip(shown[:3], shown[3:], strict=True):
        assert Path(before.edited) != Path(after.edited)
        assert Path(before.edited).read_bytes() == Path(after.edited).read_bytes()
        with Image.open(before.edited) as edited, Image.open(before.source) as source:
            assert edited.size == source.size
    with Image.open(shown[2].edited) as edited:
        assert edited.size == (64, 32)
    assert {path.suffix for path in (tmp_path / "run").rglob("*") if path.is_file()} == {".png"}


def test_without_val_pairs_there_are_previews_and_no_loss(
    model: Model, config: TrainingConfig, pairs: PairSet
) -> None:
    stream = io.StringIO()
    validation = made(model, config, pairs.with_pairs([]), pairs, stream)
    validation.preview(0)
    assert validation.measure(0) is None
    assert [type(event) for event in events_of(stream)] == [PreviewMade, PreviewMade]
    config.validation.edits = 0
    assert make_validation(model, config, pairs.with_pairs([]), pairs, EventStream(stream)) is None


def test_a_disk_that_takes_no_picture_ends_nothing(
    model: Model, config: TrainingConfig, pairs: PairSet, tmp_path: Path
) -> None:
    (tmp_path / "run").write_text("in the way of the folder")
    validation = made(model, config, pairs, pairs, io.StringIO())
    validation.preview(0)
    loss = validation.measure(0)
    assert loss is not None
    assert math.isfinite(loss)


def test_networks_that_train_go_on_training(model: Model, config: TrainingConfig, pairs: PairSet) -> None:
    model.unet.train()
    validation = made(model, config, pairs, pairs, io.StringIO())
    validation.preview(0)
    validation.measure(0)
    assert model.unet.training
    assert not model.vae.training
    assert all(weight.grad is None for weight in model.unet.parameters())


def test_previews_follow_the_card_of_the_start_weights(model: Model, config: TrainingConfig) -> None:
    settings = preview_settings(config, model)
    assert (settings.num_inference_steps, settings.text_guidance_scale, settings.resolution) == (1, 1.0, 64)
    config.validation.steps, config.validation.text_guidance_scale = 7, 3.0
    settings = preview_settings(config, model)
    assert (settings.num_inference_steps, settings.text_guidance_scale) == (7, 3.0)


def test_a_compiled_unet_is_not_compiled_anew_for_validation(
    model: Model, config: TrainingConfig, pairs: PairSet
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("it was asked")

    model.unet._compiled_call_impl = refuse
    validation = made(model, config, pairs, pairs, io.StringIO())
    validation.preview(0)
    assert validation.measure(0) is not None
    assert model.unet._compiled_call_impl is refuse
