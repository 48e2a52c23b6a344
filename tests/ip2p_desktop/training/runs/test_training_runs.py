"""Runs on disk: described and read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.stored_runs import NOON, stopped_run

from engine.errors import OutputNotWritable
from ip2p_desktop.training.runs.training_runs import (
    TrainingPlan,
    TrainingRun,
    new_run,
    read_run,
    slug_of,
    write_description,
)
from trainer.config import read_config
from trainer.protocol.events import WarningRaised


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Make it snow!", "make-it-snow-20260801-120000"),
        ("Ölgemälde", "olgemalde-20260801-120000"),
        ("../../CON", "con-20260801-120000"),
        ("雪", "model-20260801-120000"),
        ("x" * 100, "x" * 40 + "-20260801-120000"),
    ],
)
def test_slugs_fit_every_file_system(name: str, slug: str) -> None:
    assert slug_of(name, NOON) == slug


def test_a_run_is_found_again_as_it_was(plan: TrainingPlan, runs: Path) -> None:
    run = new_run(replace(plan, name="Ölgemälde 🦊"), runs, NOON)
    assert read_run(run.folder) == run


def test_warnings_are_kept_with_their_run(plan: TrainingPlan, runs: Path) -> None:
    warning = WarningRaised(kind="memory", message="Memory was short.", advice="Close other programs.")
    run = new_run(plan, runs, NOON)
    write_description(replace(run, warnings=(warning,)))
    found = read_run(run.folder)
    assert found is not None
    assert found.warnings == (warning,)


def test_a_run_of_an_earlier_version_has_no_warnings(plan: TrainingPlan, runs: Path) -> None:
    run = new_run(plan, runs, NOON)
    description = run.folder / "teaching.json"
    values = json.loads(description.read_text(encoding="utf-8"))
    del values["warnings"]
    description.write_text(json.dumps(values), encoding="utf-8")
    assert read_run(run.folder) == run


def test_a_run_of_another_version_is_read_leniently(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    description = run.folder / "teaching.json"
    values = json.loads(description.read_text(encoding="utf-8"))
    assert values.pop("version") == 1
    del values["base_model_name"]
    warning = {"kind": "memory", "message": "Memory was short.", "severity": 3}
    description.write_text(json.dumps({**values, "warnings": [warning], "later": 5}), encoding="utf-8")
    found = read_run(run.folder)
    assert found is not None
    assert found.plan == replace(plan, base_model_name="")
    assert found.warnings == (WarningRaised(kind="memory", message="Memory was short."),)
    write_description(replace(found, step=3))
    assert json.loads(description.read_text(encoding="utf-8"))["later"] == 5
    description.write_text(json.dumps({**values, "version": 2}), encoding="utf-8")
    assert read_run(run.folder) is None


def test_runs_of_one_name_and_second_have_folders_of_their_own(plan: TrainingPlan, runs: Path) -> None:
    assert new_run(plan, runs, NOON).folder != new_run(plan, runs, NOON).folder


def test_a_place_that_cannot_be_written_is_named(plan: TrainingPlan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputNotWritable, match="cannot be written"):
        new_run(plan, tmp_path / "file", NOON)


@pytest.mark.parametrize(
    "name",
    [
        "Night: blue #2",
        "yes",
        "null",
        "[x",
        "${oc.env:HOME}",
        r"a\${b}",
        'say "hi"',
        "it's",
        "%s",
        " ~ ",
        "雪 🦊",
    ],
)
def test_the_trainer_reads_settings_to_the_letter(plan: TrainingPlan, tmp_path: Path, name: str) -> None:
    odd = tmp_path / "pairs, [2024]: #1 ${x}"
    run = TrainingRun(folder=tmp_path / "run", plan=replace(plan, name=name, dataset=odd))
    config = read_config(run.settings())
    assert config.model.name == name
    assert Path(config.data.data_path) == odd
    assert Path(config.model.unet_config.from_pretrained) == plan.base_model
    assert (config.trainer.max_steps, config.run_folder) == (plan.steps, run.folder)


def test_the_newest_checkpoint_says_where_a_run_goes_on(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    for name in ("step-00000100", "step-00000200", "step-00000300.temporary"):
        (run.folder / "checkpoints" / name).mkdir(parents=True)
    found = read_run(run.folder)
    assert found is not None
    assert found.step == 200
