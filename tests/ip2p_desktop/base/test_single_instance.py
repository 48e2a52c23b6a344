"""Files of a second start are opened by the first program; nothing else can be done through its socket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess, QProcessEnvironment
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from pytestqt.qtbot import QtBot

from ip2p_desktop.app import Program
from ip2p_desktop.base.single_instance import (
    MAX_BYTES,
    MAX_PATHS,
    TAKEN,
    SingleInstance,
    hand_over,
    paths_in,
    server_name,
)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def instance(qapp: object, data_folder: Path) -> Iterator[SingleInstance]:
    instance = SingleInstance(data_folder)
    assert instance.listen()
    yield instance
    instance.close()


@pytest.fixture
def send(qtbot: QtBot, data_folder: Path) -> Callable[[bytes], bytes]:
    """Sends bytes to the program and returns its answer."""

    def send_bytes(message: bytes) -> bytes:
        socket = QLocalSocket()
        socket.connectToServer(server_name(data_folder))
        assert socket.waitForConnected(1000)
        with qtbot.waitSignal(socket.disconnected):
            socket.write(message)
        return bytes(socket.readAll().data())

    return send_bytes


def message(*names: object, version: object = 1) -> bytes:
    return json.dumps({"version": version, "open": names}).encode() + b"\n"


def test_a_second_start_with_files_hands_them_over_and_ends(
    qtbot: QtBot, program: Program, instance: SingleInstance, photo: Path, tmp_path: Path, data_folder: Path
) -> None:
    instance.files_received.connect(program.photos.open_from_outside)
    other = tmp_path / "Ü & 雪.jpg"
    other.write_bytes(photo.read_bytes())
    program.window.showMinimized()
    second = QProcess()
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", str(ROOT))
    second.setProcessEnvironment(environment)
    second.setWorkingDirectory(str(tmp_path))
    with qtbot.waitSignals([second.finished, program.files.reading_ended]):
        second.start(sys.executable, ["-m", "ip2p_desktop", other.name, str(photo)])
    assert (second.exitCode(), second.readAllStandardError().data()) == (0, b"")
    assert [node.name for node in program.tree.listed] == ["Ü & 雪.jpg", "dog.jpg"]
    assert program.window.header.title.text() == "Ü & 雪.jpg"
    assert not program.window.isMinimized()


def test_only_one_program_listens(instance: SingleInstance, data_folder: Path) -> None:
    second = SingleInstance(data_folder)
    assert not second.listen()
    instance.close()
    assert second.listen()
    second.close()


def test_another_data_folder_is_another_program(instance: SingleInstance, tmp_path: Path) -> None:
    assert not hand_over([tmp_path / "dog.jpg"], tmp_path / "other")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes vanish with their program")
def test_the_socket_of_a_killed_program_is_replaced(qapp: object, data_folder: Path, tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from ip2p_desktop.base.single_instance import SingleInstance
application = QCoreApplication([])
assert SingleInstance(Path({str(data_folder)!r})).listen()
os.kill(os.getpid(), 9)
"""
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert not hand_over([tmp_path / "dog.jpg"], data_folder)
    instance = SingleInstance(data_folder)
    assert instance.listen()
    instance.close()


def test_a_program_that_does_not_answer_is_not_waited_for(
    qapp: object, data_folder: Path, tmp_path: Path
) -> None:
    hung = QLocalServer()
    assert hung.listen(server_name(data_folder))
    assert not hand_over([tmp_path / "dog.jpg"], data_folder)
    hung.close()


def test_a_message_opens_its_paths(
    qtbot: QtBot, instance: SingleInstance, send: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    with qtbot.waitSignal(instance.files_received) as received:
        assert send(message(str(tmp_path / "dog.jpg"), str(tmp_path))) == TAKEN
    assert received.args == [[tmp_path / "dog.jpg", tmp_path]]


@pytest.mark.parametrize(
    "odd",
    [
        b"\n",
        b"dog.jpg\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        message("dog.jpg"),
        message("/dog\0.jpg"),
        message(7),
        message(*(["/dog.jpg"] * (MAX_PATHS + 1))),
        json.dumps({"version": 1, "open": ["/dog.jpg"], "until": 1.0}).encode() + b"\n",
        message("/dog.jpg", version=2),
        message("/dog.jpg", version=None),
        message(),
        b'{"version": 1, "open": "/dog.jpg"}\n',
        b'{"version": 1, "open": {"/dog.jpg": 1}}\n',
        b'["version", 1]\n',
        b" " * (MAX_BYTES + 1000),
    ],
    ids=range(16),
)
def test_any_other_message_does_nothing(
    instance: SingleInstance, send: Callable[[bytes], bytes], odd: bytes
) -> None:
    received: list[object] = []
    instance.files_received.connect(received.append)
    assert send(odd) == b""
    assert received == []
    assert paths_in(odd) == []


def test_the_socket_belongs_to_the_user_alone(instance: SingleInstance, data_folder: Path) -> None:
    assert instance._server.socketOptions() == QLocalServer.SocketOption.UserAccessOption
    file = Path(instance._server.fullServerName())
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
