"""A run that is killed at any moment resumes, and ends as an uninterrupted one, bit for bit."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from fakes.trainer_programs import (
    CAN_FORK,
    DieSyncing,
    DieWriting,
    Threads,
    TrainerProgram,
    busy_processes,
    run_trainer,
    same,
)

from trainer.learning.checkpoint import Checkpoints, load_state

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="nothing is killed so there")
STEPS = 8


def arguments(pairs: Path, model: Path, run: Path, *more: str) -> list[str]:
    return [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
        "data.resolution=32",
        "data.num_workers=0",
        "data.check=False",
        "model.micro_batch_size=2",
        "trainer.threads=1",
        f"trainer.max_steps={STEPS}",
        "model.optim.lr=1e-3",
        "model.optim.sched.decay=True",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=2",
        *more,
    ]


def last_state(run: Path) -> dict[str, Any]:
    return load_state(Checkpoints(run, keep=2).saved()[-1])


def test_a_killed_run_ends_with_the_weights_of_an_unbroken_one(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    code, _, errors = run_trainer(arguments(pair_folder, tiny_editor, whole), logs)
    assert code == 0, errors
    words = arguments(pair_folder, tiny_editor, broken)
    # in the middle of the bytes of the checkpoint of step 2, and again between its bytes and its place
    for before in (DieWriting(2), DieSyncing(4)):
        killed = TrainerProgram(words, logs, before=before)
        assert killed.wait() == -signal.SIGKILL, killed.errors.read_text()
    # before the first step, between two, and after a checkpoint that may have been its last act
    for kind, count in (("started", 1), ("step", 3)):
        killed = TrainerProgram(words, logs)
        killed.wait_for(kind, count)
        assert killed.kill() == -signal.SIGKILL
    killed = TrainerProgram(words, logs)
    killed.wait_for("checkpoint")
    assert killed.kill() in (-signal.SIGKILL, 0)
    code, events, errors = run_trainer(words, logs)
    assert code == 0, errors
    assert next(event for event in events if event["type"] == "started")["start_step"] >= 2
    assert events[-1]["type"] == "finished"
    assert last_state(broken)["step"] == STEPS
    assert same(last_state(whole), last_state(broken))
    weights = Path("model") / "unet" / "diffusion_pytorch_model.safetensors"
    assert (whole / weights).read_bytes() == (broken / weights).read_bytes()


def test_under_load_and_with_other_numbers_of_threads_it_does_too(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    """The unbroken run has the machine for itself; every start of the broken one finds other cores."""
    logs = tmp_path / "logs"

    def words(run: str, *more: str) -> list[str]:
        cache = ("data.cache.enable=True", f"data.cache.folder={tmp_path / run / 'cache'}")
        size = ("data.resolution=64", "trainer.threads=0", "validation.edits=0")
        return arguments(pair_folder, tiny_editor, tmp_path / run, *size, *cache, *more)

    code, _, errors = run_trainer(words("whole"), logs, before=Threads(2))
    assert code == 0, errors
    code, _, errors = run_trainer(words("other", "trainer.threads=1"), logs)
    assert code == 0, errors
    with busy_processes(2):
        # while the caches are filled, in the first checkpoint, in a later one, and between two steps
        killed = TrainerProgram(words("broken"), logs, before=Threads(2))
        killed.wait_for("caching", 2)
        assert killed.kill() == -signal.SIGKILL
        killed = TrainerProgram(words("broken"), logs, before=Threads(1, DieWriting(1)))
        assert killed.wait() == -signal.SIGKILL, killed.errors.read_text()
        assert Checkpoints(tmp_path / "broken", keep=2).saved() == []
        killed = TrainerProgram(words("broken"), logs, before=Threads(4, DieWriting(3)))
        assert killed.wait() == -signal.SIGKILL, killed.errors.read_text()
        assert Checkpoints(tmp_path / "broken", keep=2).saved() != []
        killed = TrainerProgram(words("broken"), logs, before=Threads(1))
        killed.wait_for("step", 3)
        assert killed.kill() == -signal.SIGKILL
        code, events, errors = run_trainer(words("broken"), logs, before=Threads(3))
        assert code == 0, errors
    assert next(event for event in events if event["type"] == "started")["start_step"] >= 2
    assert not [event for event in events if event["type"] == "warning"]
    whole, broken, other = (last_state(tmp_path / run) for run in ("whole", "broken", "other"))
    assert whole["numerics"]["threads"] == [2]
    assert same(whole, broken)
    assert not same(whole["weights"], other["weights"]), "the number of threads makes a difference here"
