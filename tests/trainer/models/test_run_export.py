"""A real run as a process: validation from step 0, and what it leaves behind."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.trainer_programs import run_trainer
from safetensors.torch import load_file

from trainer.protocol.events import (
    Event,
    PreviewMade,
    StepFinished,
    TrainingFinished,
    ValidationFinished,
    parse_event,
)


def train(logs: Path, *options: str) -> list[Event]:
    code, values_of_events, errors = run_trainer(options, logs)
    events = [event for values in values_of_events if (event := parse_event(json.dumps(values)))]
    assert code == 0, f"{events[-1:]}\n{errors}"
    return events


@pytest.fixture(scope="module")
def lora_run(
    pair_folder: Path, base_folder: Callable[[str, int], Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Event]]:
    """A LoRA over a model that made pictures from text."""
    run = tmp_path_factory.mktemp("lora")
    options = (
        f"data.data_path={pair_folder}",
        f"model.unet_config.from_pretrained={base_folder('sd1', 4)}",
        f"exp_manager.exp_dir={run}",
        "data.resolution=64",
        "data.num_workers=0",
        "data.split.smallest_val=2",
        "model.micro_batch_size=1",
        "model.lora.enable=true",
        "model.lora.rank=2",
        "model.optim.lr=0.01",
        "validation.edits=1",
        "validation.steps=1",
        "trainer.precision=32",
        "trainer.threads=1",
        "trainer.max_steps=2",
        "trainer.val_check_interval=1",
        "export.original_layout=safetensors",
        "model.name=Inside out",
    )
    return run, train(tmp_path_factory.mktemp("logs"), *options)


def test_validation_runs_from_the_first_step_to_the_last(lora_run: tuple[Path, list[Event]]) -> None:
    _, events = lora_run
    kinds = [
        type(event) for event in events if isinstance(event, StepFinished | PreviewMade | ValidationFinished)
    ]
    tried = [PreviewMade, ValidationFinished]
    assert kinds == [*tried, StepFinished, *tried, StepFinished, *tried]
    losses = [event.loss for event in events if isinstance(event, ValidationFinished)]
    assert len(set(losses)) == 3, "it learns something"


def test_the_run_leaves_model_lora_and_single_file(lora_run: tuple[Path, list[Event]]) -> None:
    run, events = lora_run
    finished = events[-1]
    assert isinstance(finished, TrainingFinished)
    folder = Path(finished.model)
    lora = load_file(folder / "lora.safetensors")
    assert all(".lora_" in name for name in lora)
    assert "unet.conv_in.lora_A.weight" in lora, "what lets it see the photo is saved too"
    assert (run / "model.safetensors").is_file()
    assert load_file(folder / "unet" / "diffusion_pytorch_model.safetensors")["conv_in.weight"].shape[1] == 8


def test_the_model_card_lists_the_training(lora_run: tuple[Path, list[Event]], pair_folder: Path) -> None:
    run, _ = lora_run
    folder = run / "model"
    text = (folder / "README.md").read_text(encoding="utf-8")
    for words in (
        "# Inside out",
        "- turn it inside out",
        "- 2 steps, 2 examples",
        "6 pairs for training, 2 for validation, 0 for testing",
        "rank: 2",
        "Lowest loss of the val pairs",
    ):
        assert words in text, words
    assert str(pair_folder) not in text, "the card does not name folders of the computer"
    assert str(run) not in text
    ElementTree.parse(folder / "curves.svg")
    for name in ("samples/0-before.png", "samples/0-after.png"):
        assert name in text
        assert (folder / name).is_file()


def test_only_lora_and_first_convolution_are_in_the_checkpoints(lora_run: tuple[Path, list[Event]]) -> None:
    from trainer.learning.checkpoint import Checkpoints

    state = Checkpoints(lora_run[0], keep=2).load_newest()
    assert state is not None
    for kept in (state["weights"], state["ema"]["average"]):
        assert all(".lora_" in name or name == "unet.conv_in.weight" for name in kept)
