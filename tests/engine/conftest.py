"""The shipped starter model, a copy of it to damage, and small photos to edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from fakes.downloading import CONTENT, PATH
from fakes.http_faults import FaultyServer
from PIL import Image

from engine.edit_settings import EditSettings, SchedulerName
from engine.editing.editor import Editor
from engine.images.image_files import open_photo
from engine.request import EditRequest

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Pictures this small are soonest done on one core: several threads would wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def starter() -> Path:
    return RESOURCES / "starter"


@pytest.fixture
def model_folder(copy_starter: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A copy of the starter that a test may damage."""
    return copy_starter(tmp_path / "model")


@pytest.fixture(scope="session")
def photo() -> Image.Image:
    """A small photo, 120 × 80."""
    return open_photo(RESOURCES / "samples" / "old-truck.jpg").resize((120, 80))


@pytest.fixture(scope="session")
def editor() -> Editor:
    """One editor for many tests, so that the starter is loaded once."""
    return Editor(device="cpu", dtype="fp32")


@pytest.fixture
def request_edit(photo: Image.Image, starter: Path) -> EditRequest:
    """A small edit of two steps."""
    settings = EditSettings(num_inference_steps=2, resolution=64, seed=1, scheduler=SchedulerName.DDIM)
    return EditRequest(
        source_image=photo, instruction="make it black and white", model=starter, settings=settings
    )


@pytest.fixture
def url(server: FaultyServer) -> str:
    server.files[PATH] = CONTENT
    return server.url(PATH)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "fetched"
    folder.mkdir()
    return folder / "model.bin"
