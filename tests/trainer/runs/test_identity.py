"""A used folder is continued by the same run only: the same pairs, start weights and settings that matter."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from engine.library import ModelCard, read_model_card, write_model_card
from trainer.config import TrainingConfig, flat_settings, read_config, stored_config
from trainer.config.replay_defaults import FEW_STEPS_REPLAY, with_replay_defaults
from trainer.datasets import Source, find_pairs
from trainer.export.run_record import FILE, RunNotUsable, RunRecord, read_record, write_record
from trainer.learning.checkpoint import Checkpoints
from trainer.runs.identity import MAY_CHANGE, earlier_run

Configured = Callable[..., TrainingConfig]


@pytest.fixture
def configured(pair_folder: Path, tiny_editor: Path, tmp_path: Path) -> Configured:
    def make(*words: str, run: str = "run") -> TrainingConfig:
        usual = (
            f"data.data_path={pair_folder}",
            f"model.unet_config.from_pretrained={tiny_editor}",
            f"exp_manager.exp_dir={tmp_path / run}",
        )
        return read_config([*usual, *words])

    return make


def record_now(config: TrainingConfig) -> RunRecord:
    """As a start of the trainer finds and compares it."""
    return earlier_run(config).record_of(config, find_pairs([Source(path) for path in config.data.paths]))


def begin(config: TrainingConfig) -> RunRecord:
    """Leaves what a run leaves that took a step."""
    record = replace(record_now(config), start_weights="own", start_name="Base")
    write_record(config.run_folder, record)
    Checkpoints(config.run_folder, keep=2).save({"step": 1}, 1)
    return record


@pytest.mark.parametrize(
    "change",
    [
        "data.resolution=64",
        "data.split.val=0.25",
        "data.replay.pairs=12",
        "data.cache.variants=1",
        "model.seed=3",
        "model.lora.enable=True",
        "model.min_snr_gamma=5",
        "model.optim.name=adam",
        "exp_manager.ema.decay=0.9",
    ],
)
def test_what_the_weights_depend_on_is_refused_by_its_name(configured: Configured, change: str) -> None:
    begin(configured())
    key, value = change.split("=")
    with pytest.raises(RunNotUsable) as refused:
        record_now(configured(change))
    assert refused.value.code == "run.differs"
    assert f"{key} is " in refused.value.message
    assert value in refused.value.message
    for way_on in ("use its dataset and settings", "another exp_manager.exp_dir", "step-00000001 it goes on"):
        assert way_on in refused.value.advice
    record_now(configured(change, run="another"))


@pytest.mark.parametrize(
    "change",
    [
        "trainer.max_steps=7",
        "trainer.max_time=00:00:10:00",
        "trainer.val_check_interval=3",
        "exp_manager.checkpoint_callback_params.save_top_k=-1",
        "model.micro_batch_size=2",
        "model.optim.lr=1e-3",
        "model.optim.weight_decay=0.1",
        "model.optim.sched.name=CosineAnnealing",
        "data.num_workers=0",
        "export.precision=32",
        "model.name=Other",
    ],
)
def test_what_may_change_is_taken(configured: Configured, change: str) -> None:
    begin(configured())
    key = change.split("=")[0]
    changed = configured(change)
    assert record_now(changed).settings[key] == flat_settings(changed)[key]


def test_every_setting_that_may_change_is_one() -> None:
    keys = flat_settings(read_config(["data.data_path=pairs"]))
    assert [pattern for pattern in MAY_CHANGE if not any(fnmatchcase(key, pattern) for key in keys)] == []


def spoil_image(data: Path) -> None:
    shutil.copyfile(data / "0-before.png", data / "3-after.png")


def other_words(data: Path) -> None:
    lines = (data / "metadata.jsonl").read_text().replace("inside out", "upside down", 1)
    (data / "metadata.jsonl").write_text(lines)


def one_fewer(data: Path) -> None:
    lines = (data / "metadata.jsonl").read_text().splitlines()
    (data / "metadata.jsonl").write_text("\n".join(lines[:-1]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (spoil_image, "its dataset has 8 other pairs"),
        (other_words, "its dataset has 8 other pairs"),
        (one_fewer, "its dataset has 8 pairs and not 7"),
    ],
)
def test_other_pairs_are_refused_and_moved_ones_are_the_same(
    configured: Configured, pair_folder: Path, tmp_path: Path, change: Callable[[Path], None], words: str
) -> None:
    begin(configured())
    moved = tmp_path / "moved"
    shutil.copytree(pair_folder, moved)
    record_now(configured(f"data.data_path={moved}"))
    change(moved)
    with pytest.raises(RunNotUsable, match=words):
        record_now(configured(f"data.data_path={moved}"))


def test_other_start_weights_are_refused_also_for_another_runs_checkpoint(configured: Configured) -> None:
    begin(configured())
    earlier = earlier_run(configured())
    earlier.check_start_weights(configured(), "own")
    with pytest.raises(RunNotUsable, match="began with other start weights, those of “Base”"):
        earlier.check_start_weights(configured(), "others")
    for part in ("", "/state.pt"):
        checkpoint = configured().run_folder / "checkpoints" / f"step-00000001{part}"
        resumed = configured(f"exp_manager.resume_from_checkpoint={checkpoint}", run="second")
        earlier = earlier_run(resumed)
        assert earlier.steps_elsewhere == 1
        earlier.check_start_weights(resumed, "own")
        with pytest.raises(RunNotUsable, match="began with other start weights"):
            earlier.check_start_weights(resumed, "others")


def test_a_run_of_an_earlier_version_is_continued_as_it_began(
    configured: Configured, tiny_editor: Path
) -> None:
    begin(configured())
    (configured().run_folder / FILE).unlink()
    earlier = earlier_run(configured())
    assert earlier.exists
    assert earlier.record is None
    config = with_replay_defaults(configured(), read_model_card(tiny_editor), earlier.settings)
    assert (config.data.replay.pairs, config.data.cache.enable) == (0, False)


def test_a_record_of_a_newer_version_is_left_alone(configured: Configured) -> None:
    begin(configured())
    file = configured().run_folder / FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"version": 99}))
    with pytest.raises(RunNotUsable, match="newer version"):
        earlier_run(configured())


def test_a_record_comes_back_as_it_was(configured: Configured) -> None:
    record = begin(configured("data.weights=[2]", "model.name='\\${odd}'"))
    assert read_record(configured().run_folder) == record
    assert record.settings["model.name"] == "${odd}"
    restored = stored_config(record.settings, ["export.nemo=True"])
    assert (restored.model.name, restored.data.weights, restored.export.nemo) == ("${odd}", [2.0], True)


def test_replay_is_on_for_models_that_name_what_they_know(configured: Configured, tmp_path: Path) -> None:
    silent, named = tmp_path / "silent", tmp_path / "named"
    for folder, suggestions in ((silent, ()), (named, ("make it night",))):
        folder.mkdir()
        (folder / "model_index.json").write_text("{}")
        write_model_card(ModelCard(path=folder, name="Any", suggestions=suggestions))

    def chosen(folder: Path, *words: str, kept: dict[str, object] | None = None) -> tuple[object, ...]:
        data = with_replay_defaults(configured(*words), read_model_card(folder), kept).data
        return data.replay.pairs, data.replay.share, data.cache.enable

    few_steps = read_model_card(named).recommended.num_inference_steps <= 4
    pairs, share = FEW_STEPS_REPLAY if few_steps else (48, 0.5)
    assert chosen(named) == (pairs, share, True)
    assert chosen(silent) == (0, share, False)
    assert chosen(named, "data.replay.pairs=0") == (0, share, False)
    assert chosen(named, "data.cache.enable=False") == (0, share, False)
    assert chosen(silent, "data.replay.pairs=5", "data.replay.share=0.1") == (5, 0.1, True)
    kept = {"data.replay.pairs": 7, "data.replay.share": 0.3, "data.cache.enable": True}
    assert chosen(silent, kept=kept) == (7, 0.3, True), "a resumed run has what it began with"
