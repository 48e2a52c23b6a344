"""What every test stands on: no screen, one thread that never spins, and a data folder of its own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

if TYPE_CHECKING:
    from fakes.http_faults import FaultyServer

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# before torch is loaded, and for all processes that tests start: pictures this small are soonest done on one
# core, and where a test asks for more threads, other tests and programs may need their cores
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
# a run that lets other programs go first would wait for the end of all other tests
os.environ.setdefault("IP2P_TRAINER_PRIORITY", "ordinary")
TESTS = Path(__file__).parent
SHARED_MEMORY = Path("/dev/shm")
# at the end, so that a folder of tests never hides the package it tests
sys.path += [str(TESTS.parent), str(TESTS)]

from fakes.linked_model import link_model, times_of_files  # noqa: E402
from fakes.patient_qtbot import PatientQtBot  # noqa: E402
from fakes.shared_folder import shared_folder  # noqa: E402

pytest_plugins = ["fakes.file_seconds"]


def pytest_configure(config: pytest.Config) -> None:
    # the offscreen platform has no window system to talk to, and says so at every turn
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data folder, empty."""
    folder = tmp_path / "data"
    monkeypatch.setenv("IP2P_DATA_DIR", str(folder))
    return folder


@pytest.fixture(scope="session", autouse=True)
def _no_syncing() -> Iterator[None]:
    """Files are not forced to the disk: no test loses power, and a busy disk makes each call slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture
def other_disk() -> Iterator[Path]:
    """A folder on another file system than the tests' own."""
    if not SHARED_MEMORY.is_dir() or SHARED_MEMORY.stat().st_dev == Path("/tmp").stat().st_dev:
        pytest.skip("there is no other file system here")
    folder = SHARED_MEMORY / f"ip2p-test-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FaultyServer]:
    """An HTTP server on this machine, asked without proxies, tokens and anything cached."""
    from fakes.http_faults import FaultyServer

    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    server = FaultyServer()
    yield server
    server.stop()


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientQtBot(request)


@pytest.fixture(scope="session")
def shared_starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one copy of the starter in a run, to which the copies of tests are linked."""
    starter = TESTS.parent / "resources" / "starter"
    return shared_folder(tmp_path_factory, "starter", lambda folder: shutil.copytree(starter, folder))


@pytest.fixture
def copy_starter(shared_starter: Path) -> Iterator[Callable[[Path], Path]]:
    """Makes a copy of the starter that a test may change; it removes a large file before it writes one."""
    before = times_of_files(shared_starter)
    copies: list[Path] = []

    def copy(folder: Path) -> Path:
        copies.append(folder)
        return link_model(shared_starter, folder)

    yield copy
    for folder in copies:
        shutil.rmtree(folder, ignore_errors=True)
    assert times_of_files(shared_starter) == before, "the test wrote into a file that all tests share"
