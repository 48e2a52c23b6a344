"""What a run has written is deleted, and its model kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.stored_runs import NOON, stopped_run

from engine.errors import ModelNotUsable, OutputNotWritable
from engine.library import ModelLibrary, list_models
from ip2p_desktop.training.runs.run_removal import disk_use, forget_run, keep_model
from ip2p_desktop.training.runs.training_runs import (
    TrainingPlan,
    new_run,
    read_run,
)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


def exported(folder: Path, name: str = "Negative") -> Path:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "ip2p.json").write_text(json.dumps({"name": name, "suggestions": ["invert it"]}))
    return folder


def test_forgetting_removes_the_folder(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    forget_run(run)
    assert not run.folder.exists()
    forget_run(run)


def test_forgetting_removes_only_what_the_trainer_wrote(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    written = [
        *("run.json", "run.lock", "numerics.json", "metrics.jsonl", "checked-pairs.sqlite", "repairs.json"),
        *("events.jsonl", "commands.jsonl", "trainer.log", "snapshots/step-00000002.safetensors"),
        *(
            "previews/photo-0.png",
            "previews/step-00000002-0.png",
            "previews/wanted-0.png",
            "judgement/judgement.json",
            "judgement/pair-0-new.jpg",
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
    card = keep_model(run, exported(run.folder / "model"), ModelLibrary(tmp_path / "models"))
    assert list_models(tmp_path / "models") == [card]
    assert (card.name, card.path.name) == ("Negative", run.folder.name)
    assert not run.folder.exists()


def test_a_run_that_is_kept_has_its_next_model_replace_the_first(plan: TrainingPlan, tmp_path: Path) -> None:
    run, library = new_run(plan, tmp_path / "runs", NOON), ModelLibrary(tmp_path / "models")
    first = keep_model(run, exported(run.folder / "model", "first"), library, keeps_run=True)
    found = read_run(run.folder)
    assert found is not None
    assert found.kept == first.path
    second = keep_model(found, exported(run.folder / "model", "second"), library)
    assert second.path == first.path
    assert [card.name for card in list_models(tmp_path / "models")] == ["second"]
    assert not run.folder.exists()


def test_a_run_made_elsewhere_stays_when_its_model_is_kept(
    plan: TrainingPlan, tmp_path: Path, copy_starter: Callable[[Path], Path]
) -> None:
    run, library = new_run(plan, tmp_path / "runs", NOON), ModelLibrary(tmp_path / "models")
    own = keep_model(run, exported(run.folder / "model"), library, keeps_run=True)
    model = copy_starter(run.folder / "model")
    card = keep_model(replace(run, is_own=False), model, library)
    assert card.path != own.path, "a model that happens to have the name of the folder is not replaced"
    assert sorted(path.name for path in run.folder.iterdir()) == ["model", "teaching.json"]
    assert (model / "model_index.json").is_file()


def test_disk_use_is_that_of_all_files(plan: TrainingPlan, runs: Path) -> None:
    run = stopped_run(plan, runs, 2)
    before = disk_use(run.folder)
    (run.folder / "checkpoints").mkdir()
    (run.folder / "checkpoints" / "state.pt").write_bytes(b"x" * 1000)
    assert disk_use(run.folder) == before + 1000
    assert disk_use(runs / "nowhere") == 0


def test_a_folder_that_is_no_model_is_not_installed(plan: TrainingPlan, tmp_path: Path) -> None:
    run = new_run(plan, tmp_path / "runs", NOON)
    (run.folder / "model").mkdir()
    with pytest.raises(ModelNotUsable):
        keep_model(run, run.folder / "model", ModelLibrary(tmp_path / "models"))
    assert run.folder.is_dir()


def test_a_place_for_models_that_cannot_be_written_leaves_the_model_with_its_run(
    plan: TrainingPlan, tmp_path: Path
) -> None:
    run = new_run(plan, tmp_path / "runs", NOON)
    model = exported(run.folder / "model")
    (tmp_path / "models").write_text("in the way")
    with pytest.raises(OutputNotWritable):
        keep_model(run, model, ModelLibrary(tmp_path / "models"))
    assert model.is_dir()
