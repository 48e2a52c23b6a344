"""Hands the files of a second start to the program that already runs.

The first program listens on a local socket, which only the same user may connect to. A message is a line of
JSON, `{"version": 1, "open": ["/absolute/path", …]}`, and the answer is the line `taken`. All that a message
can do is to open these paths as photos.
"""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

VERSION = 1
TAKEN = b"taken\n"
MAX_BYTES = 1_000_000
"""Longer messages are not read to their end."""
MAX_PATHS = 1000
CONNECT_MS, ANSWER_MS = 100, 800
"""Longest waits for the connection, and for the answer once the message is sent."""
IDLE_MS = 5000
"""A connection without a whole message is closed after this time."""


def server_name(data_folder: Path) -> str:
    """The name of the socket: one for each user and data folder."""
    identity = f"{getpass.getuser()}\n{data_folder.absolute()}"
    return f"ip2p-desktop-{hashlib.sha256(identity.encode(errors='surrogatepass')).hexdigest()[:24]}"


def hand_over(files: Sequence[Path], data_folder: Path) -> bool:
    """Send files to the program that uses this data folder; they are made absolute.

    Returns whether it took them. Takes at most about a second.
    """
    socket = QLocalSocket()
    socket.connectToServer(server_name(data_folder))
    try:
        if not socket.waitForConnected(CONNECT_MS):
            return False
        message = {"version": VERSION, "open": [str(file.absolute()) for file in files]}
        socket.write(json.dumps(message).encode() + b"\n")
        if socket.bytesToWrite() and not socket.waitForBytesWritten(CONNECT_MS):
            return False
        return socket.waitForReadyRead(ANSWER_MS) and socket.readAll().data() == TAKEN
    finally:
        socket.abort()


class SingleInstance(QObject):
    """Receives the files of later starts."""

    files_received = Signal(object)
    """A list of absolute `Path`s."""

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = server_name(data_folder)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._accept)

    def listen(self) -> bool:
        """Listen, unless another program does. Returns whether; replaces the socket of a killed program."""
        if self._is_answered():  # asked first, as on Windows two programs can listen to the same name
            return False
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _is_answered(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        is_connected = socket.waitForConnected(CONNECT_MS)
        socket.abort()
        return is_connected

    def _accept(self) -> None:
        while socket := self._server.nextPendingConnection():
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            QTimer.singleShot(IDLE_MS, socket, socket.abort)
            self._read(socket)  # what arrived before the signal was connected

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine() and socket.bytesAvailable() <= MAX_BYTES:
            return
        paths = paths_in(bytes(socket.readLine(MAX_BYTES).data()))
        if paths:
            socket.write(TAKEN)
            socket.flush()
        socket.disconnectFromServer()
        if paths:
            self.files_received.emit(paths)


def paths_in(message: bytes) -> list[Path]:
    """The paths in a message; none unless it is whole, of this version, and all are absolute."""
    try:
        content = json.loads(message)
    except (ValueError, RecursionError):
        return []
    if not isinstance(content, dict) or content.get("version") != VERSION:
        return []
    names = content.get("open")
    if not isinstance(names, list) or len(names) > MAX_PATHS:
        return []
    if not all(isinstance(name, str) and "\0" not in name and Path(name).is_absolute() for name in names):
        return []
    return [Path(name) for name in names]
