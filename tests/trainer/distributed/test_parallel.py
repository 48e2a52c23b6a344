"""Several processes learn what one does with their batches together."""

from __future__ import annotations

import json
import os
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
AGENT_SECONDS = 150
Words = Callable[..., list[str]]


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def alone(words: Words, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tensor]:
    """The weights that one process ends with, with caches."""
    folder = tmp_path_factory.mktemp("alone")
    own = words(folder / "run", "model.micro_batch_size=4", *cached(folder))
    code, _, errors = run_trainer(own, folder / "logs")
    assert code == 0, errors
    return weights(folder / "run")


def cached(folder: Path) -> list[str]:
    return ["data.check=True", "data.cache.enable=True", f"data.cache.folder={folder / 'cache'}"]


def test_two_processes_end_with_the_weights_of_one_with_twice_the_batch(
    words: Words, tiny_editor: Path, tmp_path: Path, alone: dict[str, Tensor]
) -> None:
    """Started as people do, since the other finds its functions by the names of modules.

    They also check the pairs and fill the caches together.
    """
    both = words(tmp_path / "both", "model.micro_batch_size=2", "trainer.devices=2", *cached(tmp_path))
    command = [sys.executable, "-m", "trainer", *both]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert (events[0]["type"], events[-1]["type"]) == ("preparing", "finished")
    started = next(event for event in events if event["type"] == "started")
    assert (started["processes"], started["batch"], started["examples"]) == (2, 4, 8)
    assert [event["step"] for event in events if event["type"] == "step"] == list(range(1, STEPS + 1)), (
        "only the first process speaks"
    )
    stages = {event["stage"]: event["done"] for event in events if "stage" in event}
    assert (stages["checking pairs"], stages["caching"]) == (8, 9)
    assert len(list((tmp_path / "cache").rglob("*.safetensors"))) == 9
    assert furthest(alone, weights(tmp_path / "both")) < 1e-5
    assert furthest(alone, start_weights(tiny_editor)) > 1e-3


def test_agents_of_torchrun_on_two_machines_train_together_and_accumulate(
    words: Words, tmp_path: Path, alone: dict[str, Tensor]
) -> None:
    sizes = ("model.micro_batch_size=1", "model.global_batch_size=4")
    command = words(tmp_path / "both", *sizes, *cached(tmp_path))
    place = ["--master-addr=127.0.0.1", f"--master-port={free_port()}", "--nnodes=2", "--nproc-per-node=1"]
    torchrun = [sys.executable, "-m", "torch.distributed.run", *place]
    outputs = [(tmp_path / f"{node}.out", tmp_path / f"{node}.err") for node in range(2)]
    agents = []
    for node, (output, errors) in enumerate(outputs):
        with output.open("wb") as out, errors.open("wb") as err:
            ranked = [*torchrun, f"--node-rank={node}", "-m", "trainer", *command]
            agents.append(subprocess.Popen(ranked, cwd=ROOT, stdout=out, stderr=err))
    codes = [ended(agent) for agent in agents]
    assert codes == [0, 0], [errors.read_text() for _, errors in outputs]
    events = [json.loads(line) for line in outputs[0][0].read_text().splitlines()]
    assert [event["processes"] for event in events if event["type"] == "started"] == [2]
    assert events[-1]["type"] == "finished"
    assert outputs[1][0].read_text() == "", "only the first process speaks"
    assert furthest(alone, weights(tmp_path / "both")) < 1e-5


def ended(agent: subprocess.Popen[bytes]) -> int:
    """Its exit code; one that does not end is killed."""
    try:
        return agent.wait(AGENT_SECONDS)
    except subprocess.TimeoutExpired:
        agent.kill()
        return agent.wait()


def test_machines_without_a_launcher_get_their_ranks(
    words: Words, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = {"MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "29500", "NODE_RANK": "1"}
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    config = read_config(words(tmp_path, "trainer.num_nodes=2"))
    with workers(config, lambda arguments: 0, [], on_worker_lost=lambda: None):
        found = {name: os.environ[name] for name in (*place, "WORLD_SIZE", "RANK", "LOCAL_RANK")}
    assert found == {**place, "WORLD_SIZE": "2", "RANK": "1", "LOCAL_RANK": "0"}
    assert "WORLD_SIZE" not in os.environ


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
