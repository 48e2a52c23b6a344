"""Presets of a training run: amounts, settings, and what the trainer reads from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.edit_settings import EditSettings
from engine.library import ModelCard, read_model_card
from ip2p_desktop.base.paths import starter_model
from ip2p_desktop.training.plans.held_back import held_back_by_default, most_held_back
from ip2p_desktop.training.plans.presets import Preset, preset_plan
from trainer.config import TrainingConfig, read_config

STARTER = read_model_card(starter_model())
PAIRS = 24


def config_of(
    preset: Preset, base: ModelCard = STARTER, *, keeps: bool = True, **kind: bool
) -> TrainingConfig:
    plan = preset_plan(preset, base, pairs=PAIRS, keeps_edits=keeps, **kind)
    return read_config(["data.data_path=pairs", *plan.settings])


def test_more_time_means_more_steps_and_more_replay() -> None:
    order = (Preset.QUICK, Preset.BALANCED, Preset.BEST)
    steps = [preset_plan(preset, STARTER, pairs=PAIRS, keeps_edits=True).steps for preset in order]
    replayed = [config_of(preset).data.replay.pairs or 0 for preset in order]
    assert steps == sorted(set(steps))
    assert replayed == sorted(set(replayed))


@pytest.mark.parametrize("preset", Preset)
def test_every_preset_is_accepted_by_the_trainer(preset: Preset) -> None:
    plan = preset_plan(preset, STARTER, pairs=PAIRS, keeps_edits=True)
    keys = [word.partition("=")[0] for word in plan.settings]
    assert len(keys) == len(set(keys))
    config = config_of(preset)
    assert config.data.cache.enable
    assert config.step_size == 4, "a step has as many examples in each preset"
    assert config.model.timestep_sampling == "few_steps"


def test_little_memory_trains_a_lora_with_checkpointing_and_one_example_at_a_time() -> None:
    little, balanced = config_of(Preset.LITTLE_MEMORY).model, config_of(Preset.BALANCED).model
    assert (little.lora.enable, balanced.lora.enable) == (True, False)
    assert (little.unet_config.use_checkpoint, balanced.unet_config.use_checkpoint) == (True, False)
    assert little.micro_batch_size == 1
    assert little.optim.lr > balanced.optim.lr


def test_more_pairs_take_more_steps_within_limits_but_a_quick_try_stays_quick() -> None:
    def steps(preset: Preset, pairs: int) -> int:
        return preset_plan(preset, STARTER, pairs=pairs, keeps_edits=True).steps

    usual = steps(Preset.BALANCED, 24)
    assert steps(Preset.BALANCED, 4) < usual < steps(Preset.BALANCED, 100)
    assert steps(Preset.BALANCED, 10_000) == 4 * usual
    assert {steps(Preset.QUICK, pairs) for pairs in (4, 24, 10_000)} == {300}


def test_a_model_that_cannot_edit_yet_has_no_replay_and_is_trained_at_all_timesteps(tmp_path: Path) -> None:
    card = ModelCard(path=tmp_path, name="Painter", recommended=EditSettings(num_inference_steps=1))
    config = config_of(Preset.BALANCED, card, is_editor=False)
    assert config.data.replay.pairs == 0
    assert config.model.timestep_sampling == "uniform"


def test_without_keeping_nothing_is_replayed() -> None:
    assert config_of(Preset.BEST, keeps=False).data.replay.pairs == 0


@pytest.mark.parametrize(
    ("pairs", "held"), [(0, 0), (3, 0), (4, 1), (7, 1), (8, 2), (24, 2), (200, 10), (100_000, 50)]
)
def test_two_pairs_are_held_back_and_more_of_many(pairs: int, held: int) -> None:
    assert held_back_by_default(pairs) == held
    assert held <= most_held_back(pairs)
