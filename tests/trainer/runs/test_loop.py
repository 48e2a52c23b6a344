"""The real trainer as a process: events, stopping, resuming, the exported model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from fakes.trainer_programs import run_trainer
from PIL import Image
from safetensors.torch import load_file

from engine.edit_settings import EditSettings, SchedulerName
from engine.editing.editor import Editor
from engine.library import read_model_card
from engine.request import EditRequest
from trainer.protocol.events import (
    CheckpointSaved,
    Event,
    StepFinished,
    TrainingFailed,
    TrainingFinished,
    TrainingStarted,
    parse_event,
)

WEIGHTS = Path("unet") / "diffusion_pytorch_model.safetensors"


def arguments(pairs: Path, model: Path, run: Path, *more: str) -> list[str]:
    return [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
        "data.replay.pairs=0",
        "data.resolution=64",
        "model.micro_batch_size=2",
        "trainer.precision=32",
        "trainer.threads=1",
        *more,
    ]


def train(logs: Path, *options: str) -> tuple[int, list[Event], str]:
    """Exit code, events and log."""
    code, values_of_events, errors = run_trainer(options, logs)
    events = [event for values in values_of_events if (event := parse_event(json.dumps(values)))]
    return code, events, errors


@pytest.fixture(scope="module")
def whole_run(
    pair_folder: Path, starter: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Event]]:
    run = tmp_path_factory.mktemp("whole")
    code, events, errors = train(
        tmp_path_factory.mktemp("logs"),
        *arguments(pair_folder, starter, run, "trainer.max_steps=4", "model.name=Inside out"),
    )
    assert code == 0, errors
    return run, events


def test_a_run_sends_its_events_in_order(whole_run: tuple[Path, list[Event]]) -> None:
    run, events = whole_run
    started = next(event for event in events if isinstance(event, TrainingStarted))
    assert (started.start_step, started.total_steps, started.examples) == (0, 4, 8)
    assert [event.step for event in events if isinstance(event, StepFinished)] == [1, 2, 3, 4]
    assert isinstance(events[-2], CheckpointSaved)
    assert events[-1] == TrainingFinished(step=4, stopped=False, model=str(run / "model"))


def test_the_exported_model_edits(whole_run: tuple[Path, list[Event]]) -> None:
    folder = whole_run[0] / "model"
    card = read_model_card(folder)
    assert card.name == "Inside out"
    assert "- **Licence**: Apache-2.0\n" in (folder / "README.md").read_text(encoding="utf-8")
    assert card.suggestions == ("turn it inside out",)
    request = EditRequest(
        source_image=Image.new("RGB", (64, 64), "teal"),
        instruction="turn it inside out",
        model=folder,
        settings=EditSettings(num_inference_steps=2, resolution=64, scheduler=SchedulerName.DDIM),
    )
    assert Editor(device="cpu").edit(request).edited_image.size == (64, 64)


def test_training_changes_the_unet_and_nothing_else(
    whole_run: tuple[Path, list[Event]], starter: Path
) -> None:
    exported = whole_run[0] / "model"
    before, after = load_file(starter / WEIGHTS), load_file(exported / WEIGHTS)
    assert before.keys() == after.keys()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    for part in ("vae", "text_encoder"):
        name = "model.safetensors" if part == "text_encoder" else WEIGHTS.name
        assert (starter / part / name).read_bytes() == (exported / part / name).read_bytes()


def stopped_after(step: int, *options: str) -> list[str]:
    """Standard output of a run that is asked to stop once it has taken a step."""
    lines = []
    with subprocess.Popen(
        [sys.executable, "-m", "trainer", *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            event = parse_event(line)
            if isinstance(event, StepFinished) and event.step == step:
                process.stdin.write("stop\n")
                process.stdin.flush()
    assert process.returncode == 0
    return lines


def test_a_resumed_run_ends_with_the_weights_of_an_unbroken_one(
    whole_run: tuple[Path, list[Event]], pair_folder: Path, starter: Path, tmp_path: Path
) -> None:
    options = arguments(pair_folder, starter, tmp_path, "trainer.max_steps=4")
    lines = stopped_after(1, *options)
    assert all("type" in json.loads(line) for line in lines), "every line on standard output is an event"
    stopped = parse_event(lines[-1])
    assert isinstance(stopped, TrainingFinished)
    assert stopped.stopped
    assert stopped.step < 4
    assert (tmp_path / "model" / "model_index.json").is_file(), "a stopped run leaves a usable model"
    code, events, errors = train(tmp_path / "logs", *options)
    assert code == 0, errors
    started = next(event for event in events if isinstance(event, TrainingStarted))
    assert started.start_step == stopped.step
    resumed, unbroken = load_file(tmp_path / "model" / WEIGHTS), load_file(whole_run[0] / "model" / WEIGHTS)
    assert all(torch.equal(resumed[name], unbroken[name]) for name in unbroken)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data.data_path": "nowhere"}, "nowhere is not there"),
        ({"model.unet_config.from_pretrained": "nothing"}, "nothing is not a model folder"),
        ({"trainer.max_steps": "-1"}, "trainer.max_steps must be at least 1"),
    ],
)
def test_what_cannot_be_run_is_refused_in_a_sentence(
    change: dict[str, str], words: str, pair_folder: Path, starter: Path, tmp_path: Path
) -> None:
    options = [
        *arguments(pair_folder, starter, tmp_path / "run"),
        *(f"{key}={value}" for key, value in change.items()),
    ]
    code, events, errors = train(tmp_path / "logs", *options)
    assert code == 2
    failed = events[-1]
    assert isinstance(failed, TrainingFailed)
    assert words in failed.message
    assert "Traceback" not in errors
    assert not (tmp_path / "run").exists()
