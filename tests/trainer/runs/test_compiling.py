"""A run whose UNet is compiled says so while that lasts, and keeps whether it is."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from fakes.learners import CPU, batch, settings
from fakes.trainer_programs import same

from engine.models.loading import load_model
from trainer.batches.batch import Batch
from trainer.learning.checkpoint import Checkpoints
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.runs import loop
from trainer.runs.loop import TrainingLoop
from trainer.runs.numerics import EAGER, numerics_of_state, with_numerics

INTERVAL = "exp_manager.checkpoint_callback_params.every_n_train_steps=100"


class LatentBatches:
    """Endless random latents."""

    size = 0

    def batch(self, number: int) -> Batch:
        return batch(number)


class RunLog:
    """The events of a run, and the run."""

    def __init__(self, model: Path, folder: Path, *words: str) -> None:
        self.stream = io.StringIO()
        self.folder = folder
        self.training = TrainingLoop(
            settings(f"exp_manager.exp_dir={folder}", "data.num_workers=0", "trainer.threads=1", *words),
            load_model(model, device=CPU, dtype=torch.float32),
            LatentBatches(),
            instructions=(),
            events=EventStream(self.stream),
            commands=Commands(),
            exporter=lambda target: target,
        )
        self.unet: Any = self.training.learner.networks.parts["unet"]

    def compile_with(self, compiled: Callable[..., Any]) -> None:
        self.unet._compiled_call_impl = compiled

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


def test_compiling_is_reported_until_it_ends(
    tiny_editor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "COMPILING_INTERVAL", 0.001)
    run = RunLog(tiny_editor, tmp_path / "run", "trainer.max_steps=2")

    def compiled(*arguments: Any, **options: Any) -> Any:
        while run.stream.getvalue().count('"compiling"') < 3:
            pass
        return run.unet._call_impl(*arguments, **options)

    run.compile_with(compiled)
    run.training.run()
    types = [(event["type"], event.get("stage", "")) for event in run.events]
    first, last = types.index(("preparing", "compiling")), types.index(("step", ""))
    assert types.index(("started", "")) < first
    assert {*types[first:last]} == {("preparing", "compiling")}
    assert ("preparing", "compiling") not in types[last:]


def test_a_run_that_falls_back_stays_so_and_ends_like_one_that_was_never_compiled(
    tiny_editor: Path, tmp_path: Path
) -> None:
    wrong = RunLog(tiny_editor, tmp_path / "wrong", INTERVAL, "trainer.max_steps=1")

    def compiled(*arguments: Any, **options: Any) -> Any:
        handle = wrong.unet.mid_block.register_forward_hook(lambda module, inputs, output: output.detach())
        try:
            return wrong.unet._call_impl(*arguments, **options)
        finally:
            handle.remove()

    wrong.compile_with(compiled)
    wrong.training.run()
    warnings = [event["code"] for event in wrong.events if event["type"] == "warning"]
    assert warnings == ["compiler.wrong-gradients"]
    state = Checkpoints(wrong.folder, keep=9).load_newest()
    assert state is not None
    kept = numerics_of_state(state)
    assert kept.compiler == EAGER
    assert not with_numerics(settings("model.inductor=True"), kept, CPU).model.inductor
    plain = RunLog(tiny_editor, tmp_path / "plain", INTERVAL, "trainer.max_steps=1")
    plain.training.run()
    expected = Checkpoints(plain.folder, keep=9).load_newest()
    assert expected is not None
    assert same(state["weights"], expected["weights"])
    assert same(state["optimizer"], expected["optimizer"])
