"""The trainer as a process: its arguments, its events, and its files when it is ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.trainer_programs import CAN_FORK, TrainerProgram, run_trainer

from trainer.learning.checkpoint import Checkpoints
from trainer.protocol.commands import ATTACHED_VARIABLE

NEMO = Path(__file__).resolve().parents[2] / "assets" / "nemo_sd_finetune.yaml"
FOREVER = "trainer.max_steps=100000"
Words = Callable[..., list[str]]


@pytest.fixture
def words(pair_folder: Path, tiny_editor: Path, tmp_path: Path) -> Words:
    def make(*more: str) -> list[str]:
        return [
            f"data.data_path={pair_folder}",
            f"model.unet_config.from_pretrained={tiny_editor}",
            f"exp_manager.exp_dir={tmp_path / 'run'}",
            "data.replay.pairs=0",
            "data.resolution=32",
            "data.num_workers=0",
            "data.check=False",
            "model.micro_batch_size=2",
            "trainer.precision=32",
            "trainer.threads=1",
            *more,
        ]

    return make


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


@pytest.mark.skipif(not CAN_FORK, reason="signals are others there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_its_step_with_a_model(words: Words, tmp_path: Path, number: int) -> None:
    run = TrainerProgram(words(FOREVER), tmp_path / "logs")
    run.wait_for("step", 2)
    run.send(number)
    assert run.wait() == 0, run.errors.read_text()
    *_, checkpoint, finished = run.events()
    assert (finished["type"], finished["stopped"], finished["reason"]) == ("finished", True, "stop")
    assert checkpoint["step"] == finished["step"] >= 2
    assert (Path(finished["model"]) / "model_index.json").is_file()


def started(command: list[str], **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "trainer", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        **options,
    )


def test_it_ends_with_who_started_it_if_it_is_attached(words: Words, tmp_path: Path) -> None:
    process = started(words(FOREVER), env={**os.environ, ATTACHED_VARIABLE: "1"})
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stderr is not None
    next(line for line in process.stdout if '"step"' in line)
    for stream in (process.stdin, process.stdout, process.stderr):  # as when its parent dies
        stream.close()
    assert process.wait(300) == 0
    assert (tmp_path / "run" / "model" / "model_index.json").is_file()
    assert Checkpoints(tmp_path / "run", keep=2).saved()


def test_it_continues_when_its_events_are_not_read(words: Words, tmp_path: Path) -> None:
    process = started(words("trainer.max_steps=6"))
    assert process.stdout is not None
    next(line for line in process.stdout if '"step"' in line)
    process.stdout.close()
    errors = process.communicate()[1]
    assert process.returncode == 0, errors
    assert "Nobody reads the events any more" in errors
    assert "Traceback" not in errors
    assert Checkpoints(tmp_path / "run", keep=2).saved()[-1].name == "step-00000006"


def test_nemos_configuration_trains(words: Words, tmp_path: Path) -> None:
    overrides = [f"model.{word}" if word.startswith("data.data_path") else word for word in words()]
    small = ["trainer.max_steps=2", "model.global_batch_size=2", "trainer.precision=16"]
    code, events, errors = run_trainer(
        [f"--config={NEMO}", *overrides, *small], tmp_path / "logs", environment={"CUDA_VISIBLE_DEVICES": ""}
    )
    assert code == 0, errors
    messages = [event["message"] for event in events if event["type"] == "warning"]
    for part in ("follow from the start weights", "have no meaning here", "asks for a GPU", "16-bit floats"):
        assert any(part in message for message in messages), part
    assert len(messages) == 4
    rates = [event["learning_rate"] for event in events if event["type"] == "step"]
    assert rates == pytest.approx([1e-4 / 101, 2e-4 / 101])
    assert Path(events[-1]["model"]) == tmp_path / "run" / "instruct-pix2pix" / "model"


def test_a_probe_estimates_a_run(words: Words, tmp_path: Path) -> None:
    code, events, errors = run_trainer([*words(), "--probe=200,1000"], tmp_path / "logs")
    assert code == 0, errors
    assert kinds(events)[-3:] == ["probe", "estimate", "estimate"]
    assert [event["steps"] for event in events[-2:]] == [200, 1000]
    assert not (tmp_path / "run").exists()


def test_a_probe_counts_what_is_cached_and_replayed_and_keeps_none_of_it(
    words: Words, tmp_path: Path
) -> None:
    cached = ["data.cache.enable=True", f"data.cache.folder={tmp_path / 'cache'}", "validation.steps=1"]
    replayed = ["data.replay.pairs=40", "data.replay.share=0.5", "model.micro_batch_size=2"]
    code, events, errors = run_trainer([*words(*cached, *replayed), "--probe=10,1000"], tmp_path / "logs")
    assert code == 0, errors
    assert not {"caching", "replaying"} & {str(event.get("stage")) for event in events}
    found, short, long = events[-3:]
    assert found["preparation"] > 0
    assert found["replay_seconds_per_step"] > 0
    assert found["replay_steps"] == 40
    before = found["preparation"] + 10 * found["replay_seconds_per_step"]
    assert short["seconds"] == pytest.approx(before + 10 * found["seconds_per_step"], abs=0.2)
    before += 30 * found["replay_seconds_per_step"]
    assert long["seconds"] == pytest.approx(before + 1000 * found["seconds_per_step"], rel=0.01)
    assert not (tmp_path / "cache").exists()
    assert not (tmp_path / "run").exists()


def test_without_a_model_the_shipped_one_is_used_and_reported(words: Words, tmp_path: Path) -> None:
    named = [word for word in words("trainer.max_steps=1") if "from_pretrained" not in word]
    code, events, errors = run_trainer(named, tmp_path / "logs")
    assert code == 0, errors
    assert "training starts from the shipped model “starter”" in events[0]["message"]


def test_a_resolution_between_latents_is_refused(words: Words, tmp_path: Path) -> None:
    code, events, errors = run_trainer([*words(), "data.resolution=33"], tmp_path / "logs")
    assert code == 2, errors
    assert "data.resolution is 33" in events[-1]["message"]
    assert "Choose 32 or " in events[-1]["advice"]


def test_a_stop_before_the_first_step_leaves_nothing(words: Words, tmp_path: Path) -> None:
    process = started(words(FOREVER))
    output, errors = process.communicate("stop\n")
    assert process.returncode == 0, errors
    finished = json.loads(output.splitlines()[-1])
    assert (finished["type"], finished["step"], finished["model"]) == ("finished", 0, "")
    assert not (tmp_path / "run").exists()
