"""Snapshots of a run: spread evenly over its steps, and loaded into its start model."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from fakes.recorded_run import STEPS, RecordedRun
from fakes.tiny_editor import save_tiny_editor
from safetensors.torch import load_file

from trainer.learning.expansion import load_base_model
from trainer.learning.lora import merged_weights
from trainer.learning.snapshots import (
    SnapshotNotUsable,
    is_snapshot_due,
    load_snapshot,
    saved_snapshots,
    snapshots_due,
    surplus_snapshots,
)
from trainer.protocol.events import SnapshotSaved
from trainer.runs.probe import disk_needed

Run = Callable[..., RecordedRun]
CPU = torch.device("cpu")


@pytest.fixture
def run(tiny_editor: Path, tmp_path: Path) -> Run:
    return lambda *words, folder="run": RecordedRun(
        tiny_editor, tmp_path / folder, "model.optim.lr=1e-2", *words
    )


def kept_until(last: int, total: int, most: int) -> tuple[list[int], int]:
    """The steps that a run keeps that is at a step, and how many it has written."""
    kept: list[int] = []
    written = 0
    for step in range(last + 1):
        if is_snapshot_due(step, total, most):
            kept.append(step)
            written += 1
            for surplus in surplus_snapshots(kept, most):
                kept.remove(surplus)
    return kept, written


@pytest.mark.parametrize(("total", "most"), [(500, 6), (100, 4), (10, 6), (3, 6), (997, 5), (333, 7), (7, 1)])
def test_they_are_spread_evenly_and_few_are_written(total: int, most: int) -> None:
    kept, written = kept_until(total, total, most)
    assert len(kept) == min(most, total + 1)
    assert kept[-1] == total
    assert written <= 4 * most
    assert kept[0] == (0 if most > 1 else total)
    gaps = [later - earlier for earlier, later in pairwise(kept)]
    assert not gaps or max(gaps) - min(gaps) <= max(2, total / most / 20)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4, 0.7])
def test_a_run_that_is_stopped_early_has_some_too(share: float) -> None:
    kept, _ = kept_until(round(500 * share), 500, 6)
    assert 5 <= len(kept) <= 6
    assert kept[0] == 0
    assert kept[-1] >= 0.8 * 500 * share


@pytest.mark.parametrize("step", [0, 1, 60, 249, 250, 499, 500])
def test_how_many_follow_is_known(step: int) -> None:
    expected = sum(is_snapshot_due(later, 500, 6) for later in range(step + 1, 501))
    assert abs(snapshots_due(step, 500, 6) - expected) <= 1
    assert snapshots_due(step, 500, 0) == 0


def test_a_run_that_keeps_none_writes_none(run: Run) -> None:
    made = run()
    made()
    assert made.events_of(SnapshotSaved) == []
    assert not (made.folder / "snapshots").exists()


def test_a_snapshot_makes_the_start_model_that_of_its_step(run: Run, tiny_editor: Path) -> None:
    made = run("exp_manager.snapshots=3")
    made()
    saved = saved_snapshots(made.folder)
    assert list(saved) == [0, 4, 8]
    assert str(saved[8]) in [event.path for event in made.events_of(SnapshotSaved)]
    assert {tensor.dtype for tensor in load_file(saved[8]).values()} == {torch.float16}
    model = load_base_model(tiny_editor, device=CPU)
    before = {name: tensor.clone() for name, tensor in model.unet.state_dict().items()}
    load_snapshot(model, saved[8])
    average = made.last_state()["ema"]["average"]
    for name, tensor in model.unet.state_dict().items():
        torch.testing.assert_close(tensor, average[f"unet.{name}"], rtol=1e-3, atol=1e-4)
    assert any(not torch.equal(before[name], tensor) for name, tensor in model.unet.state_dict().items())
    load_snapshot(model, saved[0])
    for name, tensor in model.unet.state_dict().items():
        torch.testing.assert_close(tensor, before[name], rtol=1e-3, atol=1e-4)


def test_that_of_a_lora_run_is_the_lora_only(run: Run, tiny_editor: Path) -> None:
    pytest.importorskip("peft")
    made = run("exp_manager.snapshots=2", "model.lora.enable=True", "model.lora.rank=2")
    made()
    path = saved_snapshots(made.folder)[STEPS]
    assert (
        path.stat().st_size
        < (tiny_editor / "unet" / "diffusion_pytorch_model.safetensors").stat().st_size / 4
    )
    model = load_base_model(tiny_editor, device=CPU)
    before = {name: tensor.clone() for name, tensor in model.unet.state_dict().items()}
    load_snapshot(model, path)
    with made.training.learner.ema.applied():
        expected = merged_weights(made.training.model.unet)
    assert any(not torch.equal(before[name], tensor) for name, tensor in expected.items())
    for name, tensor in model.unet.state_dict().items():
        torch.testing.assert_close(tensor, expected[name], rtol=1e-2, atol=1e-3)


def test_snapshots_change_nothing_in_the_run_and_go_on_when_it_is_resumed(run: Run) -> None:
    from fakes.trainer_programs import same

    plain, first = run(folder="plain"), run("exp_manager.snapshots=3", "trainer.max_steps=5")
    plain()
    first()
    assert list(saved_snapshots(first.folder))[-1] == 5
    again = run("exp_manager.snapshots=3")
    again()
    assert same(again.last_state(), plain.last_state())
    kept = list(saved_snapshots(again.folder))
    assert (len(kept), kept[0], kept[-1]) == (3, 0, STEPS)


def test_a_probe_counts_them_and_the_one_that_is_being_written(run: Run) -> None:
    plain, kept = run(folder="plain"), run("exp_manager.snapshots=3")
    weights = sum(weight.numel() for weight in kept.training.learner.weights.values())
    found = [disk_needed(each.training.learner, each.config) for each in (plain, kept)]
    assert found[1] - found[0] == 4 * 2 * weights


def test_those_of_steps_that_are_taken_again_are_removed(run: Run) -> None:
    first = run("exp_manager.snapshots=3", "trainer.max_steps=4")
    first()
    stale = first.folder / "snapshots" / "step-00000007.safetensors"
    stale.write_bytes(b"of a run that was killed")
    again = run("exp_manager.snapshots=3")
    again()
    assert 7 not in saved_snapshots(again.folder)


def test_another_model_and_damage_are_refused_in_a_sentence(
    run: Run, tmp_path: Path, tiny_editor: Path
) -> None:
    made = run("exp_manager.snapshots=2", "trainer.max_steps=1")
    made()
    path = saved_snapshots(made.folder)[1]
    other = load_base_model(save_tiny_editor(tmp_path / "other", block_out_channels=(8, 16)), device=CPU)
    before = {name: tensor.clone() for name, tensor in other.unet.state_dict().items()}
    with pytest.raises(SnapshotNotUsable, match="is of another model"):
        load_snapshot(other, path)
    assert all(torch.equal(tensor, before[name]) for name, tensor in other.unet.state_dict().items())
    path.write_bytes(path.read_bytes()[:-100])
    for damaged in (path, tmp_path / "nowhere.safetensors"):
        with pytest.raises(SnapshotNotUsable, match="is missing or damaged"):
            load_snapshot(load_base_model(tiny_editor, device=CPU), damaged)
