"""What the last digits depend on is chosen once for a run, kept with it, and taken again."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.trainer_programs import CAN_FORK, DieWriting, Threads, run_trainer

from trainer.config import read_config
from trainer.learning.checkpoint import STATE_FILE, VERSION, CheckpointNewer, Checkpoints, load_state
from trainer.learning.history import History
from trainer.protocol.events import WarningRaised
from trainer.runs.numerics import (
    EAGER,
    FILE,
    LAST,
    TORCH_ATTENTION,
    NumericSettings,
    difference,
    hardware_of,
    kept_numerics,
    numerics_of_state,
    with_numerics,
    write_numerics,
)

EARLIER = Path(__file__).parents[2] / "assets" / "earlier_version" / "run"
CPU = torch.device("cpu")
KEPT = NumericSettings(
    device="cpu", hardware="one", torch="2.8", dtype="fp32", threads=(2,), compiler=EAGER, optimizer="AdamW"
)
Words = Callable[..., list[str]]


def words_of(pairs: Path, model: Path, run: Path, *more: str) -> list[str]:
    return [
        f"data.data_path={pairs}",
        f"model.unet_config.from_pretrained={model}",
        f"exp_manager.exp_dir={run}",
        "data.replay.pairs=0",
        "data.resolution=32",
        "data.num_workers=0",
        "data.check=False",
        "model.micro_batch_size=2",
        "validation.edits=0",
        "trainer.val_check_interval=0",
        "exp_manager.checkpoint_callback_params.every_n_train_steps=2",
        *more,
    ]


@pytest.fixture
def words(pair_folder: Path, tiny_editor: Path, tmp_path: Path) -> Words:
    return lambda *more: words_of(pair_folder, tiny_editor, tmp_path / "run", *more)


@pytest.fixture(scope="module")
def run_of_four_steps(pair_folder: Path, tiny_editor: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On three threads; only to be copied."""
    folder = tmp_path_factory.mktemp("four_steps")
    command = words_of(pair_folder, tiny_editor, folder / "run", "trainer.max_steps=4")
    code, _, errors = run_trainer(command, folder / "logs", before=Threads(3))
    assert code == 0, errors
    return folder / "run"


@pytest.fixture
def begun(run_of_four_steps: Path, tmp_path: Path) -> Path:
    """A run with checkpoints of the steps 2 and 4."""
    return Path(shutil.copytree(run_of_four_steps, tmp_path / "run"))


class DieChoosing(DieWriting):
    """On a machine that is busy, killed in the first checkpoint after the threads were chosen."""

    def __init__(self) -> None:
        super().__init__(1)

    def __call__(self) -> None:
        os.getloadavg = lambda: (100.0, 100.0, 100.0)
        super().__call__()


def sentence_of(warning: WarningRaised | None) -> str:
    assert warning is not None
    return warning.message


def warned(events: list[dict[str, Any]]) -> list[str]:
    return [event["message"] for event in events if event.get("kind") == "numerics"]


def record(run: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((run / FILE).read_text(encoding="utf-8"))
    return values


def change_state(checkpoint: Path, **changes: Any) -> None:
    torch.save({**load_state(checkpoint), **changes}, checkpoint / STATE_FILE)


def test_fields_of_other_versions_are_kept_and_missing_ones_are_empty() -> None:
    found = NumericSettings.of({"threads": [2, "x", 0], "dtype": "bf16", "torch": 3, "later": {"a": 1}})
    assert found == NumericSettings(threads=(2,), dtype="bf16", unknown={"later": {"a": 1}})
    assert found.to_dict()["later"] == {"a": 1}
    assert NumericSettings.of(found.to_dict()) == found
    assert NumericSettings.of(KEPT.to_dict()) == KEPT
    assert NumericSettings.of({**KEPT.to_dict(), "version": 2}) == NumericSettings()
    assert NumericSettings.of(None) == NumericSettings()


def test_what_differs_is_one_sentence() -> None:
    assert difference(KEPT, KEPT) is None
    assert difference(NumericSettings(), KEPT) is None
    other = replace(KEPT, torch="2.9", dtype="bf16", threads=(1,))
    sentence = sentence_of(difference(KEPT, other))
    assert "torch 2.9 instead of torch 2.8, bf16 instead of fp32, 1 thread instead of 2 threads" in sentence
    assert sentence.count(".") == sentence.count("2.8") + sentence.count("2.9") + 1
    assert "2 processes instead of 1 process" in sentence_of(difference(KEPT, replace(KEPT, threads=(1, 1))))
    on_gpus = replace(KEPT, device="cuda")
    assert difference(on_gpus, replace(on_gpus, threads=(1,))) is None


def test_what_the_settings_leave_open_is_as_it_was_kept(words: Words) -> None:
    config = read_config(
        words(
            "model.inductor=True", "model.unet_config.use_flash_attention=True", "model.optim.name=adamw_8bit"
        )
    )
    kept = replace(KEPT, layout=LAST, attention=TORCH_ATTENTION)
    found = with_numerics(config, kept, CPU)
    assert found.trainer.precision == "32"
    assert found.model.channels_last is True
    assert found.model.inductor is False
    assert found.model.unet_config.use_flash_attention is False
    assert found.model.optim.name == "adamw"
    nothing = with_numerics(config, NumericSettings(), CPU)
    assert nothing.trainer.precision in ("32", "bf16")
    assert nothing.model == config.model
    asked_for = replace(KEPT, hardware=hardware_of(CPU), dtype="bf16")
    assert with_numerics(config, asked_for, CPU).trainer.precision == "bf16"
    given = with_numerics(
        read_config(words("trainer.precision=bf16", "model.channels_last=False")), kept, CPU
    )
    assert (given.trainer.precision, given.model.channels_last) == ("bf16", False)


def test_another_number_of_cores_changes_nothing(words: Words, begun: Path, tmp_path: Path) -> None:
    chosen = record(begun)
    assert (chosen["threads"], chosen["device"], chosen["version"]) == ([3], "cpu", 1)
    assert chosen["torch"] == torch.__version__
    code, events, errors = run_trainer(words("trainer.max_steps=6"), tmp_path / "logs", before=Threads(1))
    assert code == 0, errors
    assert warned(events) == []
    state = Checkpoints(begun, keep=2).load_newest()
    assert state is not None
    assert (state["step"], state["numerics"]["threads"]) == (6, [3])
    assert record(begun) == chosen


@pytest.mark.skipif(not CAN_FORK, reason="nothing is killed so there")
@pytest.mark.parametrize("asked", [0, -1])
def test_a_kill_before_the_first_checkpoint_keeps_the_choice(
    words: Words, tmp_path: Path, asked: int
) -> None:
    command = words(f"trainer.threads={asked}", "trainer.max_steps=2")
    code, _, errors = run_trainer(command, tmp_path / "logs", before=Threads(4, DieChoosing()))
    assert code == -signal.SIGKILL, errors
    assert Checkpoints(tmp_path / "run", keep=2).saved() == []
    begun = record(tmp_path / "run")
    assert len(begun["threads"]) == 1
    code, events, errors = run_trainer(command, tmp_path / "logs", before=Threads(7))
    assert code == 0, errors
    assert warned(events) == []
    assert record(tmp_path / "run") == begun


def test_another_machine_is_reported_and_the_run_resumes(words: Words, begun: Path, tmp_path: Path) -> None:
    checkpoint = Checkpoints(begun, keep=2).saved()[-1]
    numerics = load_state(checkpoint)["numerics"]
    change_state(
        checkpoint, numerics={**numerics, "hardware": "an abacus", "torch": "1.0", "later": 5}, more=[7]
    )
    code, events, errors = run_trainer(words("trainer.max_steps=6"), tmp_path / "logs")
    assert code == 0, errors
    (sentence,) = warned(events)
    assert "instead of an abacus" in sentence
    assert f"torch {torch.__version__} instead of torch 1.0" in sentence
    assert sentence in errors
    state = Checkpoints(begun, keep=2).load_newest()
    assert state is not None
    assert (state["more"], state["numerics"]["later"]) == ([7], 5), "fields of other versions stay"
    assert record(begun)["hardware"] == numerics["hardware"]


def test_a_record_of_a_newer_version_is_reported_and_kept(words: Words, tmp_path: Path) -> None:
    run = tmp_path / "run"
    write_numerics(run, KEPT)
    newer = {**record(run), "version": 2}
    (run / FILE).write_text(json.dumps(newer), encoding="utf-8")
    found, warnings = kept_numerics(read_config(words()))
    assert found == NumericSettings()
    assert len(warnings) == 1
    assert "recorded by a newer version of this program" in warnings[0].message
    write_numerics(run, KEPT)
    assert record(run) == newer


def test_a_checkpoint_of_a_newer_version_is_set_aside_and_reported(
    words: Words, begun: Path, tmp_path: Path
) -> None:
    newest = Checkpoints(begun, keep=2).saved()[-1]
    change_state(newest, version=VERSION + 1)
    code, events, errors = run_trainer(words("trainer.max_steps=4"), tmp_path / "logs")
    assert code == 0, errors
    (sentence,) = warned(events)
    assert sentence.endswith("was set aside; the run continues from step 2.")
    assert next(event for event in events if event["type"] == "started")["start_step"] == 2
    assert (newest.with_name(f"{newest.name}.newer") / STATE_FILE).is_file()
    assert load_state(newest)["version"] == VERSION


def test_a_run_of_a_newer_version_is_refused_and_stays(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path, keep=1)
    path = checkpoints.save({"version": VERSION + 1, "step": 3}, 3)
    with pytest.raises(CheckpointNewer, match="written by a newer version of this program"):
        checkpoints.load_newest()
    assert checkpoints.saved() == [path]


def test_a_history_is_read_leniently() -> None:
    history = History()
    assert history.load_state_dict({"losses": [0.5, 0.25], "later": 1}) is None
    assert (history.losses, history.validations, history.seconds) == ([0.5, 0.25], [], 0.0)
    assert history.state_dict()["later"] == 1
    assert "newer version" in sentence_of(history.load_state_dict({"version": 2, "losses": [0.5]}))
    assert history.losses == []


def test_a_run_of_the_version_before_resumes(words: Words, tmp_path: Path) -> None:
    """Its checkpoint was made by the trainer before it recorded versions and numeric settings."""
    shutil.copytree(EARLIER, tmp_path / "run")
    before = load_state(tmp_path / "run" / "checkpoints" / "step-00000004")
    assert "version" not in before
    assert numerics_of_state(before) == NumericSettings(threads=(2,))
    lora = ("model.lora.enable=True", "model.lora.rank=1", "trainer.max_steps=6")
    code, events, errors = run_trainer(words(*lora), tmp_path / "logs", before=Threads(1))
    assert code == 0, errors
    assert warned(events) == []
    assert next(event for event in events if event["type"] == "started")["start_step"] == 4
    assert events[-1]["type"] == "finished"
    state = Checkpoints(tmp_path / "run", keep=2).load_newest()
    assert state is not None
    assert (state["step"], state["version"], state["numerics"]["threads"]) == (6, VERSION, [2])
    assert state["history"]["losses"][:4] == before["history"]["losses"]
    assert state["history"]["validations"] == before["history"]["validations"]
    assert Checkpoints(tmp_path / "run", keep=2).best()[1] == pytest.approx(1.0478, abs=1e-3)
    assert record(tmp_path / "run")["threads"] == [2]


def test_what_an_earlier_checkpoint_does_not_hold_has_its_default(
    words: Words, begun: Path, tmp_path: Path
) -> None:
    newest = Checkpoints(begun, keep=2).saved()[-1]
    state = load_state(newest)
    kept = {name: state[name] for name in ("step", "weights", "optimizer")}
    torch.save(kept, newest / STATE_FILE)
    code, events, errors = run_trainer(words("trainer.max_steps=5"), tmp_path / "logs")
    assert code == 0, errors
    assert events[-1]["type"] == "finished"
    after = load_state(Checkpoints(begun, keep=2).saved()[-1])
    assert (after["step"], after["examples_seen"], len(after["history"]["losses"])) == (5, 10, 1)
