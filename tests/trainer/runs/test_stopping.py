"""A run and its workers as processes: stopped together, killed, started twice, and exported later."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest
from fakes.tiny_editor import save_tiny_editor
from fakes.trainer_programs import CAN_FORK, TrainerProgram, run_trainer
from safetensors.torch import load_file, save_file

from engine.library import read_model_card
from trainer.export.__main__ import main as export_main
from trainer.export.run_record import read_record
from trainer.protocol.run_files import EVENTS_FILE

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="signals are others there")
FOREVER = "trainer.max_steps=100000"
WORKERS = 2
WEIGHTS = Path("unet") / "diffusion_pytorch_model.safetensors"
Words = Callable[..., list[str]]


class StoppedRun(NamedTuple):
    """A run whose whole group was asked to stop."""

    folder: Path
    code: int
    events: list[dict[str, Any]]
    errors: str
    workers: list[psutil.Process]


@pytest.fixture(scope="module")
def words(pair_folder: Path, tiny_editor: Path) -> Words:
    def make(run: Path, *more: str) -> list[str]:
        return [
            f"data.data_path={pair_folder}",
            f"model.unet_config.from_pretrained={tiny_editor}",
            f"exp_manager.exp_dir={run}",
            "exp_manager.checkpoint_callback_params.every_n_train_steps=2",
            "exp_manager.checkpoint_callback_params.save_top_k=-1",
            f"data.num_workers={WORKERS}",
            "data.resolution=32",
            "data.check=False",
            "data.replay.pairs=0",
            "model.micro_batch_size=2",
            "trainer.precision=32",
            "trainer.threads=1",
            "trainer.val_check_interval=0",
            "validation.edits=0",
            *more,
        ]

    return make


def children_of(run: TrainerProgram) -> list[psutil.Process]:
    children = psutil.Process(run.process.pid).children(recursive=True)
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


@pytest.fixture(scope="module")
def stopped(words: Words, tmp_path_factory: pytest.TempPathFactory) -> StoppedRun:
    folder = tmp_path_factory.mktemp("stopped")
    run = TrainerProgram(words(folder / "run", FOREVER), folder / "logs", before=os.setsid)
    run.wait_for("step", 3)
    workers = children_of(run)
    assert run.process.pid is not None
    os.killpg(run.process.pid, signal.SIGTERM)
    return StoppedRun(folder / "run", run.wait(), run.events(), run.errors.read_text(), workers)


def test_a_request_to_stop_to_the_whole_group_ends_it_with_checkpoint_and_model(stopped: StoppedRun) -> None:
    assert stopped.code == 0, stopped.errors
    *_, checkpoint, finished = stopped.events
    assert (finished["type"], finished["stopped"], finished["reason"]) == ("finished", True, "stop")
    assert checkpoint["step"] == finished["step"] >= 3
    assert Path(finished["model"], "model_index.json").is_file()
    assert len(stopped.workers) == WORKERS
    assert not any(worker.is_running() for worker in stopped.workers)
    assert not (stopped.folder / "run.lock").exists()


def test_the_losses_of_its_steps_lie_beside_its_checkpoints(stopped: StoppedRun) -> None:
    lines = [json.loads(line) for line in (stopped.folder / "metrics.jsonl").read_text().splitlines()]
    steps = [event for event in stopped.events if event["type"] == "step"]
    assert [line["step"] for line in lines] == [event["step"] for event in steps]
    assert [line["loss"] for line in lines] == [event["loss"] for event in steps]


def test_a_killed_trainer_leaves_no_worker(words: Words, tmp_path: Path) -> None:
    run = TrainerProgram(words(tmp_path / "run", FOREVER), tmp_path / "logs")
    run.wait_for("step", 2)
    workers = children_of(run)
    assert len(workers) == WORKERS
    run.kill()
    _, alive = psutil.wait_procs(workers, timeout=60)
    assert [worker for worker in alive if worker.status() != psutil.STATUS_ZOMBIE] == []
    again = TrainerProgram(words(tmp_path / "run", "trainer.max_steps=2"), tmp_path / "logs")
    assert again.wait() == 0, "the lock of the killed run holds nobody up"


def test_two_runs_do_not_use_one_folder_at_once(words: Words, tmp_path: Path) -> None:
    first = TrainerProgram(words(tmp_path / "run", FOREVER), tmp_path / "logs")
    first.wait_for("step")
    code, events, _ = run_trainer(words(tmp_path / "run", "trainer.max_steps=2"), tmp_path / "logs")
    first.send(signal.SIGTERM)
    assert first.wait() == 0
    assert (code, events[-1]["code"]) == (2, "run.in-use")
    assert str(tmp_path / "run") in events[-1]["message"]


def test_other_start_weights_do_not_resume_it(stopped: StoppedRun, words: Words, tmp_path: Path) -> None:
    other = save_tiny_editor(tmp_path / "other", sample_size=8)
    shutil.copytree(stopped.folder, tmp_path / "run")
    unet = load_file(other / WEIGHTS)
    unet["conv_in.bias"] += 1
    save_file(unet, other / WEIGHTS, metadata={"format": "pt"})
    before = {path: path.stat().st_mtime_ns for path in sorted((tmp_path / "run").rglob("*"))}
    told = (tmp_path / "run" / EVENTS_FILE).read_text("utf-8")
    changed = f"model.unet_config.from_pretrained={other}"
    code, events, _ = run_trainer(words(tmp_path / "run", FOREVER, changed), tmp_path / "logs")
    assert (code, events[-1]["code"]) == (2, "run.other-start-weights")
    assert read_model_card(other).name in events[-1]["message"]
    said = (tmp_path / "run" / EVENTS_FILE).read_text("utf-8")
    assert said.startswith(told)
    assert "run.other-start-weights" in said.removeprefix(told), "the run says why it did not go on"
    files = [path for path in before if path.is_file() and path.name != EVENTS_FILE]
    assert [path for path in files if path.stat().st_mtime_ns != before[path]] == []
    assert sorted((tmp_path / "run").rglob("*")) == list(before)


def test_a_kept_checkpoint_is_exported(
    stopped: StoppedRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = stopped.events[-1]["step"]
    assert export_main([str(stopped.folder)]) == 0
    steps = [int(line) for line in capsys.readouterr().out.splitlines()]
    assert steps == sorted({*range(0, last + 1, 2), last})
    made = [
        export_main([str(stopped.folder), "--step", str(step), "--output", str(tmp_path / f"{step}")])
        for step in (2, last)
    ]
    assert made == [0, 0]
    trained, exported, earlier = (
        load_file(folder / WEIGHTS)
        for folder in (stopped.folder / "model", tmp_path / f"{last}", tmp_path / "2")
    )
    assert all((trained[name] == exported[name]).all() for name in trained)
    assert any((trained[name] != earlier[name]).any() for name in trained)
    assert read_model_card(tmp_path / "2").suggestions == ("turn it inside out",)
    text = (tmp_path / "2" / "README.md").read_text(encoding="utf-8")
    assert "- 2 steps, 4 examples" in text
    assert "at most 4 of them were trained on so far" in text


def test_a_step_that_is_not_kept_names_those_that_are(
    stopped: StoppedRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export_main([str(stopped.folder), "--step", "99999"]) == 2
    assert "no checkpoint of step 99999. It has those of 0, 2, " in capsys.readouterr().err
    assert export_main([str(tmp_path), "--step", "1"]) == 2
    assert "contains no checkpoints of a run" in capsys.readouterr().err


def test_the_record_names_data_start_weights_and_settings(stopped: StoppedRun, tiny_editor: Path) -> None:
    record = read_record(stopped.folder)
    assert record is not None
    assert (record.pairs, record.start_name) == (8, read_model_card(tiny_editor).name)
    assert record.settings["data.resolution"] == 32
    assert record.instructions == ("turn it inside out",)
    assert record.data.train == 8
