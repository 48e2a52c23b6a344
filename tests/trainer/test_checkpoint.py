"""Checkpoints are whole or not there, and old ones go."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from trainer.checkpoint import STATE_FILE, CheckpointNotUsable, Checkpoints


def test_the_newest_comes_back_and_old_ones_go(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    for step in (5, 10, 15):
        checkpoints.save({"step": step, "weights": [torch.full((2,), float(step))]}, step)
    assert [path.name for path in checkpoints.saved()] == ["step-00000010", "step-00000015"]
    newest = checkpoints.load_newest()
    assert newest is not None
    assert newest["step"] == 15
    assert torch.equal(newest["weights"][0], torch.full((2,), 15.0))


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    checkpoints.save({"step": 1}, 1)
    newest = checkpoints.save({"step": 2}, 2) / STATE_FILE
    newest.write_bytes(newest.read_bytes()[:100])
    state = checkpoints.load_newest()
    assert state is not None
    assert state["step"] == 1


def test_a_leftover_of_a_killed_save_is_not_a_checkpoint(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=2)
    aside = tmp_path / "checkpoints" / "step-00000007.part"
    aside.mkdir(parents=True)
    (aside / STATE_FILE).write_bytes(b"half")
    assert checkpoints.saved() == []
    assert checkpoints.load_newest() is None


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
