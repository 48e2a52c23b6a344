"""Checkpoints are complete or missing; the newest and the best are kept, others are removed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from trainer.learning.checkpoint import (
    LOSS_FILE,
    STATE_FILE,
    CheckpointNotUsable,
    Checkpoints,
    load_state,
    tensor_bytes,
)


def state(step: int) -> dict[str, Any]:
    return {"step": step, "weights": {"a": torch.full((2,), float(step))}}


def names(checkpoints: Checkpoints) -> list[int]:
    return [int(path.name.removeprefix("step-")) for path in checkpoints.saved()]


def newest(checkpoints: Checkpoints) -> dict[str, Any]:
    found = checkpoints.load_newest()
    assert found is not None
    return found


@pytest.mark.parametrize("mapped", [False, True])
def test_the_newest_comes_back_and_old_ones_go(tmp_path: Path, mapped: bool) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    for step in (5, 10, 15):
        checkpoints.save(state(step), step)
    assert names(checkpoints) == [10, 15]
    found = checkpoints.load_newest(mapped=mapped)
    assert found is not None
    assert found["step"] == 15
    assert torch.equal(found["weights"]["a"], torch.full((2,), 15.0))


def test_all_are_kept_if_configured(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=-1)
    for step in range(6):
        checkpoints.save(state(step), step)
    assert names(checkpoints) == list(range(6))


def test_the_best_stays_with_the_newest(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=1)
    assert checkpoints.best() == (None, float("inf"))
    for step, loss in ((1, 0.5), (2, 0.2), (3, None), (4, 0.3), (5, None)):
        checkpoints.save(state(step), step, loss=loss)
    assert names(checkpoints) == [2, 5]
    path, loss = checkpoints.best()
    assert path is not None
    assert (path.name, loss) == ("step-00000002", 0.2)


def test_the_same_step_can_be_saved_again(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=1)
    checkpoints.save({"step": 1, "try": 1}, 1, loss=0.5)
    checkpoints.save({"step": 1, "try": 2}, 1)
    assert newest(checkpoints)["try"] == 2
    assert names(checkpoints) == [1]


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    checkpoints.save(state(1), 1)
    last = checkpoints.save(state(2), 2, loss=0.1)
    (last / STATE_FILE).write_bytes((last / STATE_FILE).read_bytes()[:100])
    (last / LOSS_FILE).write_text("{")
    assert newest(checkpoints)["step"] == 1
    assert checkpoints.best()[0] is None
    with pytest.raises(CheckpointNotUsable, match="missing or damaged"):
        load_state(last)


@pytest.mark.parametrize("step", ["15", -5, 10**25, True, None])
def test_a_checkpoint_of_an_impossible_step_is_passed_over(tmp_path: Path, step: object) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    checkpoints.save(state(10), 10)
    checkpoints.save({**state(15), "step": step}, 15)
    assert newest(checkpoints)["step"] == 10


def test_what_a_killed_save_leaves_is_not_a_checkpoint_and_is_cleared_away(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    half = checkpoints.folder / "step-00000007"
    half.mkdir(parents=True)
    (half / f".{STATE_FILE}.ip2p-0123abcd.tmp").write_bytes(b"half")
    assert checkpoints.saved() == []
    assert checkpoints.load_newest() is None
    checkpoints.save(state(9), 9)
    assert not half.exists()


DYING = """
import os, signal, sys
from pathlib import Path
import torch
from trainer.learning.checkpoint import Checkpoints

real = os.fsync
def fsync(descriptor):
    os.kill(os.getpid(), signal.SIGKILL)
checkpoints = Checkpoints(Path(sys.argv[1]), keep=1)
checkpoints.save({"step": 1}, 1)
os.fsync = fsync
checkpoints.save({"step": int(sys.argv[2])}, int(sys.argv[2]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing is killed so there")
@pytest.mark.parametrize("step", [1, 2])
def test_the_last_one_survives_a_kill_before_the_next_is_on_disk(tmp_path: Path, step: int) -> None:
    command = [sys.executable, "-c", DYING, str(tmp_path), str(step)]
    killed = subprocess.run(command, cwd=Path(__file__).parents[3])
    assert killed.returncode == -signal.SIGKILL
    assert newest(Checkpoints(tmp_path, keep=1)) == {"step": 1}


def test_a_checkpoint_that_runs_code_is_not_loaded(tmp_path: Path) -> None:
    marker = tmp_path / "ran"

    class Malicious:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return (open, (str(marker), "w"))

    checkpoints = Checkpoints(tmp_path, keep=2)
    path = checkpoints.folder / "step-00000001"
    path.mkdir(parents=True)
    torch.save({"step": Malicious()}, path / STATE_FILE)
    assert checkpoints.load_newest() is None
    assert not marker.exists()


def test_a_run_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "run"
    blocked.write_text("a file")
    with pytest.raises(CheckpointNotUsable, match="could not be written"):
        Checkpoints(blocked, keep=1).save({}, 1)


def test_free_space_is_checked_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoints = Checkpoints(tmp_path, keep=3)
    for step in (1, 2, 3):
        checkpoints.save(state(step), step, loss=0.1 if step == 1 else None)
    monkeypatch.setattr("trainer.learning.checkpoint.free_space", lambda folder: 1000)
    with pytest.raises(CheckpointNotUsable, match="not enough disk space for a checkpoint"):
        checkpoints.save(state(4), 4)
    assert names(checkpoints) == [1, 3], "the best and the newest are never given up"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a device that is always full")
def test_a_disk_that_fills_up_leaves_no_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints = Checkpoints(tmp_path, keep=3)
    checkpoints.save(state(1), 1)
    real = Path.open

    def open_full(path: Path, *arguments: Any, **options: Any) -> Any:
        is_state = path.name.startswith(f".{STATE_FILE}.") and arguments == ("wb",)
        return real(Path("/dev/full") if is_state else path, *arguments, **options)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(CheckpointNotUsable, match="could not be written"):
        checkpoints.save(state(2), 2)
    monkeypatch.undo()
    assert [path.name for path in checkpoints.folder.iterdir()] == ["step-00000001"]
    assert newest(checkpoints)["step"] == 1


def test_bytes_of_all_tensors_are_counted() -> None:
    assert tensor_bytes({"a": [torch.zeros(3), (torch.zeros(2, dtype=torch.float16), "x")], "b": 5}) == 16
