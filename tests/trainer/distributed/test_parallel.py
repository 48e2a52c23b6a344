"""Several processes learn what one does with their batches together."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import torch
from fakes.trainer_programs import CAN_FORK, TrainerProgram, run_trainer
from torch import Tensor

from trainer.config import ConfigNotValid, read_config
from trainer.distributed.launcher import workers
from trainer.distributed.parallel import Processes, join
from trainer.learning.checkpoint import Checkpoints, load_state

ROOT = Path(__file__).resolve().parents[3]
STEPS = 20
Words = Callable[..., list[str]]


@pytest.fixture
def words(pair_folder: Path, tiny_editor: Path) -> Words:
    def make(run: Path, *more: str) -> list[str]:
        return [
            f"data.data_path={pair_folder}",
            f"model.unet_config.from_pretrained={tiny_editor}",
            f"exp_manager.exp_dir={run}",
            "data.replay.pairs=0",
            "data.resolution=32",
            "data.num_workers=0",
            "data.check=False",
            "trainer.precision=32",
            "trainer.threads=1",
            f"trainer.max_steps={STEPS}",
            "model.optim.lr=1e-4",
            *more,
        ]

    return make


def weights(run: Path) -> dict[str, Tensor]:
    state = load_state(Checkpoints(run, keep=2).saved()[-1])
    assert state["step"] == STEPS
    assert state["examples_seen"] == 4 * STEPS
    learned: dict[str, Tensor] = state["weights"]
    return learned


def workers_of(run: TrainerProgram) -> list[psutil.Process]:
    children = psutil.Process(run.process.pid).children()
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


def furthest(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    return max(float((one[name] - other[name]).abs().max()) for name in one)


def start_weights(folder: Path) -> dict[str, Tensor]:
    from engine.models.loading import load_model

    unet = load_model(folder, device=torch.device("cpu"), dtype=torch.float32).unet
    return {f"unet.{name}": weight for name, weight in unet.named_parameters()}


def test_two_processes_end_with_the_weights_of_one_with_twice_the_batch(
    words: Words, tiny_editor: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    alone = words(tmp_path / "alone", "model.micro_batch_size=4")
    code, _, errors = run_trainer(alone, logs)
    assert code == 0, errors
    both = words(tmp_path / "both", "model.micro_batch_size=2", "trainer.devices=2")
    code, events, errors = run_trainer(both, logs)
    assert code == 0, errors
    started = next(event for event in events if event["type"] == "started")
    assert (started["processes"], started["batch"]) == (2, 4)
    assert [event["step"] for event in events if event["type"] == "step"] == list(range(1, STEPS + 1)), (
        "only the first process speaks"
    )
    learned = weights(tmp_path / "alone")
    assert furthest(learned, weights(tmp_path / "both")) < 1e-5
    assert furthest(learned, start_weights(tiny_editor)) > 1e-3


def test_two_machines_find_each_other_and_accumulate(words: Words, tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    sizes = ("model.micro_batch_size=1", "model.global_batch_size=4", "trainer.num_nodes=2")
    machines = [
        TrainerProgram(
            words(tmp_path / "both", *sizes),
            tmp_path / f"logs-{node}",
            environment={**place, "NODE_RANK": str(node)},
        )
        for node in range(2)
    ]
    for machine in machines:
        assert machine.wait() == 0, machine.errors.read_text()
    assert machines[0].events()[-1]["type"] == "finished"
    assert machines[1].events() == []
    code, _, errors = run_trainer(words(tmp_path / "alone", "model.micro_batch_size=4"), tmp_path / "logs")
    assert code == 0, errors
    assert furthest(weights(tmp_path / "alone"), weights(tmp_path / "both")) < 1e-5


def test_each_process_resumes_with_as_many_threads_as_it_began_with(words: Words, tmp_path: Path) -> None:
    def threads(steps: int, found: int) -> list[int]:
        """Those in the last checkpoint, where the second process finds another number of threads."""
        both = words(tmp_path / "run", "model.micro_batch_size=2", "trainer.devices=2", "trainer.threads=0")
        more = (f"trainer.max_steps={steps}", "validation.edits=0")
        environment = {"OMP_NUM_THREADS": str(found)}
        code, events, errors = run_trainer([*both, *more], tmp_path / "logs", environment=environment)
        assert code == 0, errors
        assert not [event for event in events if event.get("kind") == "numerics"]
        state = Checkpoints(tmp_path / "run", keep=2).load_newest()
        assert state is not None
        assert state["step"] == steps
        counts: list[int] = state["numerics"]["threads"]
        return counts

    begun = threads(2, found=2)
    assert (len(begun), begun[1]) == (2, 2)
    assert threads(4, found=3) == begun


@pytest.mark.skipif(not CAN_FORK, reason="nothing is killed so there")
def test_a_process_that_is_lost_ends_the_run_in_a_sentence(words: Words, tmp_path: Path) -> None:
    run = TrainerProgram(
        words(tmp_path / "run", "trainer.devices=2", "trainer.max_steps=100000"), tmp_path / "logs"
    )
    run.wait_for("step", 2)
    (other,) = workers_of(run)
    other.kill()
    assert run.wait() == 1
    failed = run.events()[-1]
    assert (failed["type"], failed["kind"]) == ("failed", "process")
    assert "Another process of the run ended unexpectedly." in failed["message"]
    assert Checkpoints(tmp_path / "run", keep=2).load_newest() is not None


@pytest.mark.skipif(not CAN_FORK, reason="nothing is killed so there")
def test_a_process_that_is_lost_before_they_meet_does_too(words: Words, tmp_path: Path) -> None:
    run = TrainerProgram(words(tmp_path / "run", "trainer.devices=2"), tmp_path / "logs")
    while not (others := workers_of(run)):
        assert run.process.is_alive(), run.errors.read_text()
        time.sleep(0.05)
    others[0].kill()
    assert run.wait() == 1
    failed = run.events()[-1]
    assert (failed["type"], failed["kind"]) == ("failed", "process")


def test_the_command_starts_the_configured_number(words: Words, tmp_path: Path) -> None:
    """As people start it: others find its functions by the name of their module."""
    command = words(tmp_path / "run", "trainer.devices=2", "trainer.max_steps=1")
    done = subprocess.run(
        [sys.executable, "-m", "trainer", *command], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["type"] == "finished"
    assert json.loads(done.stdout.splitlines()[0])["type"] != "failed"


def test_missing_addresses_of_machines_are_reported(words: Words, tmp_path: Path) -> None:
    config = read_config(words(tmp_path, "trainer.num_nodes=2"))
    with (
        pytest.raises(ConfigNotValid, match="the other machines are not known"),
        workers(config, print, [], on_worker_lost=lambda: None),
    ):  # type: ignore[arg-type]
        pass


def test_processes_beyond_the_configured_number_are_refused(
    words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigNotValid, match="3 processes were started"):
        join(read_config(words(tmp_path, "trainer.devices=2")), "cpu")


def test_one_process_alone_agrees_with_itself() -> None:
    alone = Processes()
    assert alone.is_first
    assert alone.device is None
    assert alone.mean(0.5) == 0.5
    assert alone.any(True)
    assert not alone.any(False)
    assert alone.gather("x") == ["x"]
