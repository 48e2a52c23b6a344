"""Runs on disk: described, read, locked, and installed as models."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import ModelNotUsable, OutputNotWritable
from engine.library import ModelLibrary, list_models
from ip2p_desktop.training.runs.training_runs import (
    TrainingPlan,
    TrainingRun,
    forget_run,
    keep_model,
    new_run,
    read_run,
    resumable_runs,
    slug_of,
    write_description,
)
from trainer.config import read_config
from trainer.protocol.events import WarningRaised

NOON = datetime(2026, 8, 1, 12, 0, 0)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def stopped_run(plan: TrainingPlan, runs: Path, step: int) -> TrainingRun:
    run = replace(new_run(plan, runs, NOON), step=step)
    write_description(run)
    return run


def exported(folder: Path, name: str = "Negative") -> Path:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "ip2p.json").write_text(json.dumps({"name": name, "suggestions": ["invert it"]}))
    return folder


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


def test_a_warning_is_kept_once_with_its_run(plan: TrainingPlan, runs: Path) -> None:
    warning = WarningRaised(kind="memory", message="Memory was short.", advice="Close other programs.")
    run = new_run(plan, runs, NOON).with_warning(warning).with_warning(warning)
    write_description(run)
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
    assert resumable_runs(runs) == []


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


def test_stopped_runs_are_listed_the_latest_first(plan: TrainingPlan, runs: Path) -> None:
    older = stopped_run(replace(plan, name="older"), runs, 2)
    newer = stopped_run(replace(plan, name="newer"), runs, 3)
    os.utime(older.folder / "teaching.json", (1, 1))
    assert resumable_runs(runs) == [newer, older]


def test_runs_that_cannot_go_on_are_not_listed(plan: TrainingPlan, runs: Path) -> None:
    stopped_run(replace(plan, name="nothing learned"), runs, 0)
    (stopped_run(replace(plan, name="broken"), runs, 2).folder / "teaching.json").write_text("{")
    (runs / "foreign").mkdir()
    (runs / "file.txt").write_text("")
    assert resumable_runs(runs) == []
    assert resumable_runs(runs / "nowhere") == []


def test_a_run_somebody_works_on_is_not_listed(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    lock = run.lock()
    assert lock.tryLock(0)
    assert resumable_runs(runs) == []
    lock.unlock()
    assert resumable_runs(runs) == [run]


def test_forgetting_removes_the_folder(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    forget_run(run)
    assert not run.folder.exists()
    forget_run(run)


def test_forgetting_removes_only_what_the_trainer_wrote(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    written = [
        *("run.json", "run.lock", "numerics.json", "metrics.jsonl", "checked-pairs.sqlite"),
        *(
            "previews/photo-0.png",
            "previews/step-00000002-0.png",
            "tensorboard/events.out.tfevents.1.host.2.0",
        ),
        *("checkpoints/step-00000002/state.pt", "checkpoints/step-00000002/validation.json"),
        *("model/model_index.json", "model/ip2p.json", "model/unet/config.json"),
    ]
    others = ["notes.txt", "my.json", "previews/best.png", "checkpoints/mine/state.pt", "model/unet/mine.psd"]
    for name in (*written, *others):
        (run.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (run.folder / name).write_bytes(b"x")
    outside = runs.parent / "pictures"
    outside.mkdir()
    (outside / "photo-1.png").touch()
    (run.folder / "link").symlink_to(outside)
    forget_run(run)
    left = [path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file()]
    assert sorted(left) == sorted(others)
    assert (run.folder / "link").is_symlink()
    assert (outside / "photo-1.png").is_file()


def test_a_finished_run_leaves_only_its_model(plan: TrainingPlan, tmp_path: Path) -> None:
    run = new_run(plan, tmp_path / "runs", NOON)
    card = keep_model(run, exported(run.folder / "model"), ModelLibrary(tmp_path / "models"), step=plan.steps)
    assert list_models(tmp_path / "models") == [card]
    assert (card.name, card.path.name) == ("Negative", run.folder.name)
    assert not run.folder.exists()


def test_a_stopped_run_stays_and_its_model_is_replaced_later(plan: TrainingPlan, tmp_path: Path) -> None:
    run = new_run(plan, tmp_path / "runs", NOON)
    first = keep_model(
        run, exported(run.folder / "model", "first"), ModelLibrary(tmp_path / "models"), step=2
    )
    assert run.folder.is_dir()
    second = keep_model(
        run, exported(run.folder / "model", "second"), ModelLibrary(tmp_path / "models"), step=plan.steps
    )
    assert second.path == first.path
    assert [card.name for card in list_models(tmp_path / "models")] == ["second"]


def test_a_folder_that_is_no_model_is_not_installed(plan: TrainingPlan, tmp_path: Path) -> None:
    run = new_run(plan, tmp_path / "runs", NOON)
    (run.folder / "model").mkdir()
    with pytest.raises(ModelNotUsable):
        keep_model(run, run.folder / "model", ModelLibrary(tmp_path / "models"), step=plan.steps)
    assert run.folder.is_dir()


def test_a_place_for_models_that_cannot_be_written_leaves_the_model_with_its_run(
    plan: TrainingPlan, tmp_path: Path
) -> None:
    run = new_run(plan, tmp_path / "runs", NOON)
    model = exported(run.folder / "model")
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(OutputNotWritable):
        keep_model(run, model, ModelLibrary(tmp_path / "models"), step=plan.steps)
    assert model.is_dir()
