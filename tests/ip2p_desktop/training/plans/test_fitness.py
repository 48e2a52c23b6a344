"""Whether a run fits: estimates by parameters, and measurements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.devices.free_memory import DeviceMemory, device_memory
from engine.library import read_model_card
from engine.library.parameter_count import UNET_PARAMETERS, ParameterCount, count_parameters
from ip2p_desktop.base.paths import starter_model
from ip2p_desktop.training.plans.fitness import MemoryFit, estimated_memory, fitness
from ip2p_desktop.training.plans.presets import Preset, preset_plan
from ip2p_desktop.training.plans.training_estimate import TrainingEstimate

GB = 10**9
SD1 = ParameterCount(UNET_PARAMETERS["sd1"], 207_000_000)


def settings(preset: Preset) -> tuple[str, ...]:
    return preset_plan(preset, read_model_card(starter_model()), pairs=24, keeps_edits=True).settings


def test_the_estimate_for_the_starter_is_near_what_was_measured() -> None:
    parameters = count_parameters(starter_model())
    assert parameters is not None
    assert estimated_memory(parameters, settings(Preset.BALANCED)) == pytest.approx(1.21 * GB, rel=0.1)
    assert estimated_memory(parameters, settings(Preset.LITTLE_MEMORY)) == pytest.approx(1.03 * GB, rel=0.1)


def test_little_memory_needs_a_fraction_of_the_others() -> None:
    balanced = estimated_memory(SD1, ())
    assert 18 * GB < balanced < 32 * GB
    assert estimated_memory(SD1, settings(Preset.LITTLE_MEMORY)) < balanced / 3


@pytest.mark.parametrize(
    ("free", "total", "expected"),
    [(40, 64, MemoryFit.FITS), (20, 64, MemoryFit.TIGHT), (20, 23, MemoryFit.TOO_LARGE)],
)
def test_an_estimate_is_compared_with_the_memory(free: int, total: int, expected: MemoryFit) -> None:
    found = fitness(SD1, (), DeviceMemory(free * GB, total * GB))
    assert found.fit is expected
    assert not found.is_measured
    assert found.is_possible is (expected is not MemoryFit.TOO_LARGE)


def test_a_measurement_counts_more_than_an_estimate() -> None:
    small = DeviceMemory(GB, GB)
    measured = TrainingEstimate(seconds_per_step=1.5, memory=3 * GB, disk=0)
    found = fitness(SD1, (), small, measured=measured)
    assert (found.fit, found.memory, found.seconds_per_step) == (MemoryFit.FITS, 3 * GB, 1.5)
    assert fitness(SD1, (), DeviceMemory(64 * GB, 64 * GB), is_short=True).fit is MemoryFit.TOO_LARGE


def test_what_nothing_is_known_of_may_be_tried() -> None:
    assert fitness(None, (), DeviceMemory(GB, GB)).fit is MemoryFit.UNKNOWN
    assert fitness(SD1, (), None).is_possible
    assert not fitness(SD1, (), None, family="cosxl").is_possible


def test_parameters_are_counted_from_headers_only(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "model.diffusion_model.a": {"dtype": "F16", "shape": [10, 20], "data_offsets": [0, 400]},
        "model_ema.a": {"dtype": "F16", "shape": [10, 20], "data_offsets": [400, 800]},
        "first_stage_model.b": {"dtype": "F16", "shape": [30], "data_offsets": [800, 860]},
    }
    text = json.dumps(header).encode()
    file = tmp_path / "model.safetensors"
    file.write_bytes(len(text).to_bytes(8, "little") + text)
    assert count_parameters(file) == ParameterCount(200, 30)


def test_a_file_without_a_header_is_counted_as_its_family(tmp_path: Path) -> None:
    file = tmp_path / "model.ckpt"
    file.write_bytes(b"\x80\x02 not a header")
    assert count_parameters(file) is None
    assert count_parameters(file, "sd1") == SD1
    assert count_parameters(tmp_path / "missing.safetensors") is None


def test_the_memory_of_this_computer_is_known() -> None:
    memory = device_memory()
    assert 0 < memory.free <= memory.total


def test_the_amount_of_replay_is_computed_for_other_amounts() -> None:
    measured = ("data.replay.pairs=100", "data.replay.share=0.5")
    wanted = ("data.replay.pairs=60", "data.replay.share=0.75", "model.micro_batch_size=2")
    probed = TrainingEstimate(
        seconds_per_step=1, memory=0, disk=0, replay_seconds_per_step=0.8, replay_steps=50
    )
    assert probed.per_edit(measured).for_replay(measured) == replace(probed)
    other = probed.per_edit(measured).for_replay(wanted)
    assert other.replay_steps == 40
    assert other.replay_seconds(1000) == pytest.approx(60 * 0.4)
    assert probed.per_edit(measured).for_replay(("data.replay.pairs=0",)).replay_seconds(1000) == 0
