"""Trying a run out can be given up."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from engine.progress import Cancelled
from trainer.config import read_settings
from trainer.protocol.commands import Commands
from trainer.protocol.events import EventStream
from trainer.runs.preparation import prepare
from trainer.runs.probe import probe


def test_a_stopped_probe_takes_no_further_step(tiny_editor: Path, pair_folder: Path, tmp_path: Path) -> None:
    settings = read_settings(
        [
            "--probe",
            f"data.data_path={pair_folder}",
            f"model.unet_config.from_pretrained={tiny_editor}",
            f"exp_manager.exp_dir={tmp_path / 'run'}",
            "data.resolution=32",
            "data.num_workers=0",
            "trainer.precision=32",
            "trainer.threads=1",
        ]
    )
    stream, commands = io.StringIO(), Commands()
    training = prepare(settings, EventStream(stream), commands)
    commands.request_stop()
    with pytest.raises(Cancelled):
        probe(training, (200,))
    assert training.learner.step == 0
    assert '"probe"' not in stream.getvalue()
    assert not (tmp_path / "run").exists()
