"""A run that is killed at any moment resumes, and ends as an uninterrupted one, bit for bit."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fakes.trainer_programs import (
    CAN_FORK,
    DieSending,
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
STEPS = 6


def arguments(pairs: Path, model: Path, run: Path, *more: str) -> list[str]:
    return [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
        "data.replay.pairs=0",
        "data.resolution=64",
        "data.num_workers=0",
        "data.check=False",
        "model.micro_batch_size=2",
        "validation.edits=0",
        f"trainer.max_steps={STEPS}",
        "model.optim.lr=1e-3",
        "model.optim.sched.decay=True",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=2",
        *more,
    ]


def last_state(run: Path) -> dict[str, Any]:
    return load_state(Checkpoints(run, keep=2).saved()[-1])


MOMENTS = (
    Threads(2, DieSending("caching", 2)),
    Threads(1, DieWriting(1)),
    Threads(4, DieSyncing(4)),
    Threads(1, DieSending("started")),
    Threads(3, DieSending("step", 1)),
)
"""While the caches are filled; in the middle of the bytes of the first checkpoint; between those of the third
and its place; before the first step; and between two. Every start finds other cores."""


def test_killed_under_load_it_ends_with_the_weights_of_an_unbroken_run(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    """The unbroken run has the machine for itself, the broken one shares it with two other processes."""
    logs = tmp_path / "logs"

    def words(run: str, *more: str, cache: str) -> list[str]:
        cached = ("data.cache.enable=True", f"data.cache.folder={tmp_path / cache}")
        return arguments(pair_folder, tiny_editor, tmp_path / run, *cached, *more)

    code, _, errors = run_trainer(words("whole", cache="one"), logs, before=Threads(2))
    assert code == 0, errors
    code, _, errors = run_trainer(words("other", "trainer.threads=1", cache="one"), logs)
    assert code == 0, errors
    broken = words("broken", cache="two")
    saved = []
    with busy_processes(2):
        for before in MOMENTS:
            killed = TrainerProgram(broken, logs, before=before)
            assert killed.wait() == -signal.SIGKILL, killed.errors.read_text()
            saved.append([path.name[-1] for path in Checkpoints(tmp_path / "broken", keep=2).saved()])
        # after a checkpoint that may have been its last act
        killed = TrainerProgram(broken, logs, before=Threads(1))
        killed.wait_for("checkpoint")
        assert killed.kill() in (-signal.SIGKILL, 0)
        code, events, errors = run_trainer(broken, logs, before=Threads(3))
        assert code == 0, errors
    assert saved == [[], [], ["0", "2"], ["0", "2"], ["0", "2"]]
    assert next(event for event in events if event["type"] == "started")["start_step"] >= 4
    assert events[-1]["type"] == "finished"
    assert not [event for event in events if event["type"] == "warning"]
    whole, ended, other = (last_state(tmp_path / run) for run in ("whole", "broken", "other"))
    assert ended["step"] == STEPS
    assert whole["numerics"]["threads"] == [2]
    assert same(whole, ended)
    weights = Path("model") / "unet" / "diffusion_pytorch_model.safetensors"
    assert (tmp_path / "whole" / weights).read_bytes() == (tmp_path / "broken" / weights).read_bytes()
    assert not same(whole["weights"], other["weights"]), "the number of threads makes a difference here"


def test_pairs_in_tables_keep_their_order_with_other_workers(
    pair_folder: Path, tiny_editor: Path, tmp_path: Path
) -> None:
    images = [pair_folder / f"{number}-before.png" for number in range(8)]
    columns = {
        "original_image": [path.read_bytes() for path in images],
        "edited_image": [path.with_name(f"{path.name[0]}-after.png").read_bytes() for path in images],
        "edit": [f"edit {path.name[0]}" for path in images],
    }
    pq.write_table(pa.table(columns), tmp_path / "train.parquet", row_group_size=2)

    def words(run: str, workers: int) -> list[str]:
        return arguments(
            tmp_path / "train.parquet",
            tiny_editor,
            tmp_path / run,
            f"data.num_workers={workers}",
            "trainer.threads=1",
            "trainer.max_steps=4",
        )

    logs = tmp_path / "logs"
    code, _, errors = run_trainer(words("whole", 2), logs)
    assert code == 0, errors
    code, _, errors = run_trainer(words("other", 0), logs)
    assert code == 0, errors
    killed = TrainerProgram(words("broken", 2), logs, before=DieSending("step", 3))
    assert killed.wait() == -signal.SIGKILL, killed.errors.read_text()
    code, events, errors = run_trainer(words("broken", 0), logs)
    assert code == 0, errors
    assert next(event for event in events if event["type"] == "started")["start_step"] == 2
    whole, ended, other = (last_state(tmp_path / run) for run in ("whole", "broken", "other"))
    assert whole["numerics"]["shards"] == ended["numerics"]["shards"] == [1, 2]
    assert same(whole["weights"], ended["weights"])
    assert not same(whole["weights"], other["weights"]), "a run that begins with others has another order"
