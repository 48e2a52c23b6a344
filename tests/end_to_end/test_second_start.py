"""Files of later starts reach the window that is open, with real processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.window_process import PATIENCE, ROOT, WindowProcess
from PIL import Image

from ip2p_desktop.base.single_instance import server_name

FIRST_WINDOW = """
from ip2p_desktop.base.single_instance import SingleInstance

instance = application.findChild(SingleInstance)
instance.files_received.connect(lambda files: report("received", str(files[0]), len(files)))
program.files.project_offered.connect(lambda file: report("project", file.name))
program.files.edit_pack_offered.connect(lambda file: report("pack", file.name))
program.document.source_changed.connect(lambda: report("shown", program.document.source.name))
report("up")
"""
NOBODY = 65534
STARTS_AT_ONCE = 4
STARTER = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
from ip2p_desktop.base.single_instance import SingleInstance

application = QCoreApplication([])
instance = SingleInstance(Path(sys.argv[1]))
files = []
def take(more):
    files.extend(more)
    if len(files) == int(sys.argv[3]):
        application.quit()
instance.files_received.connect(take)
if instance.hand_over_or_listen([Path(sys.argv[2])]):
    print("handed over")
else:
    print("listens", flush=True)
    QTimer.singleShot(60_000, application.quit)
    application.exec()
    print(*sorted(file.name for file in files))
"""


class FirstWindow(WindowProcess):
    """A window with a data folder of its own, whose path has all kinds of characters."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "Dätä of Ömer 🐶"
        self.variables = {"IP2P_DATA_DIR": str(self.data)}
        super().__init__(FIRST_WINDOW, folder=folder, variables=self.variables)
        self.wait_for_report()

    def start_again(self, *files: str, cwd: Path) -> list[Any]:
        """Start the program with files, and return what the window reports then."""
        before = len(self.reported)
        environment = {**os.environ, **self.variables, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "ip2p_desktop", *files]
        second = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
        assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")
        return self.wait_for_report(before + 2)[before:]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstWindow]:
    window = FirstWindow(tmp_path_factory.mktemp("first"))
    yield window
    window.kill()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "a photo of Zoë 🐶 & 雪.jpg"
    Image.new("RGB", (40, 30), "teal").save(file)
    return file


def test_a_relative_path_with_any_characters_is_opened(first: FirstWindow, photo: Path) -> None:
    received, shown = first.start_again(photo.name, cwd=photo.parent)
    assert received == ["received", str(photo), 1]
    assert shown == ["shown", photo.name]


def test_as_many_files_as_a_command_line_holds_are_handed_over(first: FirstWindow, photo: Path) -> None:
    names = [photo.name, *(f"{'long ' * 40}{number}.jpg" for number in range(5000))]
    received, shown = first.start_again(*names, cwd=photo.parent)
    assert received == ["received", str(photo), 5001]
    assert shown == ["shown", photo.name]


@pytest.mark.parametrize(("name", "kind"), [("a project.ip2p", "project"), ("an edit.ip2p-edit", "pack")])
def test_projects_and_edit_packs_are_handed_over(
    first: FirstWindow, tmp_path: Path, name: str, kind: str
) -> None:
    (tmp_path / name).write_bytes(b"PK")
    assert [kind, name] in first.start_again(name, cwd=tmp_path)


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root can be another user")
def test_another_user_does_not_reach_the_window(first: FirstWindow) -> None:
    python = shutil.which("python3", path="/usr/bin:/bin")  # which every user may run
    if python is None:
        pytest.skip("there is no Python for all users here")
    socket = Path(tempfile.gettempdir(), server_name(first.data))  # the absolute path, if the name is one
    assert socket.is_socket()
    code = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1]); print('connected')"
    command = [python, "-c", code, str(socket)]
    own = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert own.stdout == "connected\n"
    other = subprocess.run(command, cwd="/", user=NOBODY, capture_output=True, text=True, check=False)
    assert "PermissionError" in other.stderr


@pytest.mark.skipif(os.name == "nt", reason="processes are stopped by a signal")
def test_a_window_that_hangs_does_not_hold_up_the_next(
    first: FirstWindow, photo: Path, tmp_path: Path
) -> None:
    before = len(first.reported)
    first.process.send_signal(signal.SIGSTOP)
    steps = """
    wait_until(lambda: program.document.source)
    report(program.document.source.name)
    program.window.close()
    """
    second = WindowProcess(steps, [photo], folder=tmp_path, variables=first.variables)
    assert second.end() == 0
    assert second.reported == [photo.name]
    first.process.send_signal(signal.SIGCONT)
    third = first.start_again(photo.name, cwd=photo.parent)
    assert third[0] == ["received", str(photo), 1]
    assert len(first.reported) == before + 2  # what it was told while it hung was opened elsewhere


def test_of_programs_that_start_at_once_one_receives_all_files(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path / "data")]
    starts = [
        subprocess.Popen(
            [*command, str(tmp_path / f"{number}.jpg"), str(STARTS_AT_ONCE - 1)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(STARTS_AT_ONCE)
    ]
    outputs = [start.communicate(timeout=PATIENCE)[0] for start in starts]
    listening = [output for output in outputs if output.startswith("listens")]
    assert sorted(outputs)[: STARTS_AT_ONCE - 1] == ["handed over\n"] * (STARTS_AT_ONCE - 1), outputs
    assert len(listening) == 1
    assert len(listening[0].split()) == STARTS_AT_ONCE


def test_files_that_macos_asks_to_open_are_opened_together(photo: Path, tmp_path: Path) -> None:
    other = tmp_path / "another photo.png"
    Image.new("RGB", (40, 30), "red").save(other)
    steps = f"""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QFileOpenEvent

    for file in {[str(photo), str(other)]!r}:
        application.postEvent(application, QFileOpenEvent(QUrl.fromLocalFile(file)))
    wait_until(lambda: len(program.tree.listed) == 2)
    report(sorted(node.name for node in program.tree.listed))
    program.window.close()
    """
    process = WindowProcess(steps, folder=tmp_path)
    assert process.end() == 0
    assert process.reported == [sorted([photo.name, other.name])]
