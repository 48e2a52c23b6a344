"""Hands the files of a second start to the program that already runs.

The first program listens on a local socket, which only the same user may connect to. A message is a line of
JSON, `{"version": 1, "open": ["/absolute/path", …], "until": seconds, "token": "…"}`, and the answer is the
line `taken`. All that a message can do is to open these paths, and to let the window come to the front.
`until` is the time from which the second start opens them itself, as the first one has not answered.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from engine.files.json_record import JsonRecord

VERSION = 1
TAKEN = b"taken\n"
MAX_BYTES = 16_000_000
"""Longer messages are not read to their end; no command line of a system is as long."""
MAX_PATHS = 50_000
CONNECT_MS, ANSWER_MS = 500, 4000
"""Longest waits for the connection, and for the answer. A program that just starts answers late."""
GRACE_MS = 500
"""How much longer an answer is waited for than it may be given."""
IDLE_MS = 5000
"""A connection without a whole message is closed after this time."""
LOCK_SECONDS = 2.0
"""Longest wait for another program that starts at the same moment."""
TOKEN_VARIABLE = "XDG_ACTIVATION_TOKEN"
"""With it the program that starts another one allows a window to come to the front, on Wayland."""
MAX_TOKEN = 1000


def server_name(data_folder: Path) -> str:
    """The name of the socket, or its path: one for each user and data folder."""
    identity = f"{_user()}\n{data_folder.absolute()}"
    name = f"ip2p-desktop-{hashlib.sha256(identity.encode(errors='surrogatepass')).hexdigest()[:24]}"
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return str(Path(folder, name)) if _is_own(Path(folder)) and Path(folder).is_absolute() else name


def hand_over(files: Sequence[Path], data_folder: Path) -> bool:
    """Send files to the program that uses this data folder; they are made absolute.

    Returns whether it took them. Takes at most `CONNECT_MS`, `ANSWER_MS` and `GRACE_MS` together.
    """
    socket = _connected(server_name(data_folder))
    return socket is not None and _send(socket, files)


class SingleInstance(QObject):
    """Receives the files of later starts."""

    files_received = Signal(object)
    """A list of absolute `Path`s."""

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data_folder = data_folder
        self._name = server_name(data_folder)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)

    def hand_over_or_listen(self, files: Sequence[Path]) -> bool:
        """Hand files over to the program that runs, or be the one that others find. Returns whether it took
        them.

        Programs that start at the same moment take turns, so that one of them receives the files of all.
        """
        with _taking_turns(self._data_folder):
            socket = _connected(self._name)
            if socket is None:
                self._listen()
        if socket is None:
            return False
        if files:
            return _send(socket, files)
        socket.abort()
        return False

    def listen(self) -> bool:
        """Listen, unless another program does. Returns whether; replaces the socket of a killed program."""
        socket = _connected(self._name)  # asked first, as on Windows two programs can listen to the same name
        if socket is not None:
            socket.abort()
            return False
        return self._listen()

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _listen(self) -> bool:
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def _accept(self) -> None:
        while socket := self._server.nextPendingConnection():
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            QTimer.singleShot(IDLE_MS, socket, socket.abort)
            self._read(socket)  # what arrived before the signal was connected

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine() and socket.bytesAvailable() <= MAX_BYTES:
            return
        message = bytes(socket.readLine(MAX_BYTES).data())
        paths = paths_in(message)
        if paths:
            socket.write(TAKEN)
            socket.flush()
        socket.disconnectFromServer()
        if paths:
            _use_token(message)
            self.files_received.emit(paths)


def paths_in(message: bytes) -> list[Path]:
    """The paths in a message; none unless it is whole, of this version, in time, and all are absolute."""
    record = _record(message)
    names, until = record.value("open"), record.get("until", float("inf"))
    if record.value("version") != VERSION or until < time.time():
        return []
    if not isinstance(names, list) or len(names) > MAX_PATHS:
        return []
    if not all(isinstance(name, str) and "\0" not in name and Path(name).is_absolute() for name in names):
        return []
    return [Path(name) for name in names]


def _record(message: bytes) -> JsonRecord:
    try:
        return JsonRecord(json.loads(message))
    except (ValueError, RecursionError):
        return JsonRecord({})


def _use_token(message: bytes) -> None:
    """Qt takes the token from the environment when a window asks to be activated."""
    token = _record(message).get("token", "")
    is_valid = token.isprintable() and 0 < len(token) <= MAX_TOKEN
    if is_valid and QGuiApplication.platformName().startswith("wayland"):
        os.environ[TOKEN_VARIABLE] = token


def _connected(name: str) -> QLocalSocket | None:
    """A connection to the program that listens; None if there is none of this user."""
    socket = QLocalSocket()
    server = Path(name) if Path(name).is_absolute() else None
    if server is not None and not _is_own(server):
        return None
    socket.connectToServer(name)
    if not socket.waitForConnected(CONNECT_MS):
        socket.abort()
        return None
    place = Path(socket.fullServerName())
    if os.name == "nt" or _is_own(place):
        return socket
    socket.abort()  # another user has made it, in a folder that all share
    return None


def _send(socket: QLocalSocket, files: Sequence[Path]) -> bool:
    """Send the files and wait for the answer. Returns whether they were taken."""
    end = time.monotonic() + (ANSWER_MS + GRACE_MS) / 1000
    message: dict[str, Any] = {
        "version": VERSION,
        "open": [str(file.absolute()) for file in files],
        "until": time.time() + ANSWER_MS / 1000,
        "token": os.environ.get(TOKEN_VARIABLE, ""),
    }
    try:
        socket.write(json.dumps(message).encode() + b"\n")
        while socket.bytesToWrite():
            if not socket.waitForBytesWritten(_milliseconds_until(end)):
                return False
        return socket.waitForReadyRead(_milliseconds_until(end)) and socket.readAll().data() == TAKEN
    finally:
        socket.abort()


def _milliseconds_until(end: float) -> int:
    return max(1, round(1000 * (end - time.monotonic())))


@contextmanager
def _taking_turns(data_folder: Path) -> Iterator[None]:
    """Holds a lock of the data folder; without one if it cannot be written or another program keeps it."""
    lock = FileLock(data_folder / "instance.lock", timeout=LOCK_SECONDS)
    with suppress(OSError, Timeout):
        data_folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _user() -> str:
    """What identifies the user: their number, or their name on Windows."""
    return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()


def _is_own(path: Path) -> bool:
    """Whether a file or folder is there and belongs to the user; always true where owners have no numbers."""
    try:
        return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()
    except OSError:
        return False
