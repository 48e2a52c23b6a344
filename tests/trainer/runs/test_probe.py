"""Trying a run out can be given up, and says what the run would say."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.errors import OutputNotWritable
from engine.progress import Cancelled
from trainer.config import read_settings
from trainer.examples import cache_folder
from trainer.export.run_record import RunNotUsable
from trainer.learning.checkpoint import CheckpointNotUsable, Checkpoints
from trainer.protocol.commands import Commands
from trainer.protocol.events import Estimated, EventStream, WarningRaised, parse_event
from trainer.runs.loop import TrainingLoop
from trainer.runs.preparation import prepare
from trainer.runs.probe import probe

Prepare = Callable[..., TrainingLoop]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def prepared(tiny_editor: Path, pair_folder: Path, tmp_path: Path, stream: io.StringIO) -> Prepare:
    """Prepares a run, or its probe."""

    def make(*words: str) -> TrainingLoop:
        settings = read_settings(
            [
                f"data.data_path={pair_folder}",
                f"model.unet_config.from_pretrained={tiny_editor}",
                f"exp_manager.exp_dir={tmp_path / 'run'}",
                f"data.cache.folder={tmp_path / 'cache'}",
                "data.resolution=32",
                "data.num_workers=0",
                "data.check=False",
                "trainer.precision=32",
                "trainer.threads=1",
                *words,
            ]
        )
        return prepare(settings, EventStream(stream), Commands())

    return make


def of_kind(stream: io.StringIO, kind: type[Any]) -> list[Any]:
    events = [parse_event(line) for line in stream.getvalue().splitlines()]
    return [event for event in events if isinstance(event, kind)]


def test_a_stopped_probe_takes_no_further_step(
    prepared: Prepare, tmp_path: Path, stream: io.StringIO
) -> None:
    training = prepared("--probe")
    training.commands.request_stop()
    with pytest.raises(Cancelled):
        probe(training, (200,))
    assert training.learner.step == 0
    assert '"probe"' not in stream.getvalue()
    assert not (tmp_path / "run").exists()


def test_a_cache_that_the_run_would_refuse_does_not_fit(
    prepared: Prepare, tmp_path: Path, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "SPARE", 0)
    caches = ("data.cache.enable=True", "data.cache.limit_gb=0.0002")
    probe(prepared("--probe", *caches), (1,))
    (warning,) = [event for event in of_kind(stream, WarningRaised) if event.kind == "output"]
    assert [event.fits for event in of_kind(stream, Estimated)] == [False]
    assert not (tmp_path / "cache").exists()
    with pytest.raises(OutputNotWritable, match="may take at most") as refused:
        prepared(*caches)
    assert warning.code == refused.value.code == "output.cache-limit"
    assert warning.values["limit"] == refused.value.values["limit"] == "200 kB"


def test_a_cache_that_is_filled_already_fits(
    prepared: Prepare, tmp_path: Path, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache_folder, "SPARE", 0)
    prepared("data.cache.enable=True")
    filled = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*.safetensors"))
    probe(prepared("--probe", "data.cache.enable=True", f"data.cache.limit_gb={filled * 1.1e-9}"), (1,))
    assert [event.fits for event in of_kind(stream, Estimated)] == [True]


def test_a_folder_with_a_run_of_another_model_is_refused_as_by_the_run(
    prepared: Prepare, tmp_path: Path, stream: io.StringIO
) -> None:
    Checkpoints(tmp_path / "run", keep=1).save({"step": 0, "weights": {"other": torch.zeros(1)}}, 0)
    for refuse in (lambda: probe(prepared("--probe"), (1,)), lambda: prepared().run()):
        with pytest.raises(CheckpointNotUsable, match="of another model"):
            refuse()
    assert of_kind(stream, Estimated) == []


def test_a_folder_with_another_run_is_refused_as_by_the_run(prepared: Prepare, tmp_path: Path) -> None:
    prepared("trainer.max_steps=1").run()
    before = (tmp_path / "run" / "run.json").read_bytes()
    for words in (("--probe",), ()):
        with pytest.raises(RunNotUsable, match=r"model\.seed is 0 there and not 1"):
            prepared(*words, "model.seed=1")
    assert (tmp_path / "run" / "run.json").read_bytes() == before
