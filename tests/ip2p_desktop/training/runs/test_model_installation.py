"""New models are installed under the lock of the library, while other programs change or move it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import OutputNotWritable
from engine.files.locking import locked
from engine.library import ModelLibrary, list_models, write_model_card
from engine.library.cards import ModelCard
from engine.progress import Cancelled, CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.training.runs.run_removal import keep_model
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, new_run

ROOT = Path(__file__).resolve().parents[4]
PAIRS = ROOT / "tests" / "assets" / "pairs"
INSTALLING = """
import sys
from pathlib import Path
from engine.library import ModelLibrary
from engine.progress import CancelToken
from ip2p_desktop.base import paths
from ip2p_desktop.training.runs.run_removal import keep_model
from ip2p_desktop.training.runs.training_runs import read_run

class ReportedWait(CancelToken):
    @property
    def is_cancelled(self):
        print("waiting", flush=True)
        return super().is_cancelled

run = read_run(Path(sys.argv[1]))
library = ModelLibrary(paths.models_folder)
card = keep_model(run, run.folder / "model", library, cancel=ReportedWait())
print("installed", flush=True)
"""


@pytest.fixture
def run(tmp_path: Path) -> TrainingRun:
    plan = TrainingPlan(
        dataset=PAIRS,
        base_model=ROOT / "resources" / "starter",
        base_model_name="Starter",
        name="Negative",
        steps=1,
    )
    return new_run(plan, tmp_path / "runs", datetime(2026, 1, 1))


@pytest.fixture
def installing(run: TrainingRun) -> Iterator[subprocess.Popen[str]]:
    """Another program, which installs a trained model."""
    exported(run)
    process = subprocess.Popen(
        [sys.executable, "-c", INSTALLING, str(run.folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    yield process
    process.kill()
    process.communicate()


def exported(run: TrainingRun, content: bytes = b"weights") -> Path:
    model = run.folder / "model"
    (model / "unet").mkdir(parents=True)
    (model / "model_index.json").write_text("{}")
    (model / "unet" / "weights.safetensors").write_bytes(content)
    write_model_card(ModelCard(path=model, name="Negative"))
    return model


def move_library(folder: Path, *, during: Callable[[], None]) -> None:
    """Move the library, and call `during` after the files have moved, before the preference is stored."""

    def remember(new: Path) -> None:
        during()
        paths.remember_models_folder(new)

    ModelLibrary(paths.models_folder).move_to(folder, remember=remember)


def test_a_model_installed_while_the_library_moves_is_in_it_afterwards(
    installing: subprocess.Popen[str], trained_model: ModelCard, tmp_path: Path
) -> None:
    output = installing.stdout
    assert output is not None

    def wait_until_it_is_installed() -> None:
        said = next(line for line in output if line.strip() in ("waiting", "installed"))
        assert said == "waiting\n"

    move_library(tmp_path / "moved", during=wait_until_it_is_installed)
    assert "installed\n" in list(output)
    assert installing.wait() == 0
    assert paths.models_folder() == tmp_path / "moved"
    trained, _ = list_models(paths.models_folder())
    assert trained.name == "Negative"
    assert not trained_model.path.parent.exists()
    assert [weight.sha256 for weight in trained.weights] == [hashlib.sha256(b"weights").hexdigest()]
    assert (trained.path / trained.weights[0].name).read_bytes() == b"weights"


def test_a_trained_model_waits_for_another_change(run: TrainingRun, tmp_path: Path) -> None:
    model = exported(run)
    library = ModelLibrary(tmp_path / "models")
    quitting = CancelToken()
    quitting.cancel()
    with library.change(), ThreadPoolExecutor() as threads:
        waiting = threads.submit(keep_model, run, model, library, cancel=quitting)
        assert isinstance(waiting.exception(), Cancelled)
    assert model.is_dir()
    assert run.folder.is_dir()
    card = keep_model(run, model, library, cancel=quitting)
    assert list_models(library.folder) == [card]
    assert not run.folder.exists()


def test_a_model_from_another_disk_is_copied_and_compared(run: TrainingRun, other_disk: Path) -> None:
    model = exported(run, b"first")
    keep_model(run, model, ModelLibrary(other_disk), keeps_run=True)
    assert not model.exists()
    model = exported(run, b"second")
    card = keep_model(run, model, ModelLibrary(other_disk))
    assert list_models(other_disk) == [card]
    assert card.path == other_disk / run.folder.name
    assert (card.path / "unet" / "weights.safetensors").read_bytes() == b"second"
    assert card.weights[0].sha256 == hashlib.sha256(b"second").hexdigest()
    assert not run.folder.exists()


def test_a_library_is_not_moved_while_a_model_is_downloaded_into_it(
    trained_model: ModelCard, tmp_path: Path
) -> None:
    library = ModelLibrary(paths.models_folder)
    library.staging_folder.mkdir()
    with (
        locked(library.staging_folder / "snow.lock"),
        pytest.raises(OutputNotWritable, match="is being downloaded"),
    ):
        library.move_to(tmp_path / "moved", remember=paths.remember_models_folder)
    assert list_models(paths.models_folder()) == [trained_model]
