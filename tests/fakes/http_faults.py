"""A real HTTP server on this machine that cuts, stalls, lies, refuses and sends elsewhere, as it is told."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BLOCK = 4096
LARGE = 10_000
"""Files from this size on are kept apart by hubs and known by their sha256."""
NONE: Mapping[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one request is answered; unchanged, it is answered as it should be."""

    content: bytes | None = None
    """Sent instead of what is there."""
    status: int = 0
    """Sent instead of the file; 0 sends the file."""
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = '"first"'
    cut_after: int | None = None
    """The connection ends after so many bytes of the body."""
    stall_after: int | None = None
    """Nothing more comes after so many bytes of the body."""
    claims: int | None = None
    """The `Content-Length` that is told."""
    says_length: bool = True
    ignores_range: bool = False
    ignores_if_range: bool = False
    starts_at: int | None = None
    """The start that `Content-Range` tells."""


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    path: str
    headers: Message
    """Names in any case."""
    moment: float


class FaultyServer(ThreadingHTTPServer):
    """Serves `files`; the answers in `answers` come first, one for each request of a path."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, deque[Answer]] = defaultdict(deque)
        self.requests: list[Request] = []
        """What was asked for with GET."""
        self.heads: list[Request] = []
        self.commit = ""
        """If given, the server is a hub whose repositories are of this version."""
        self.released = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def ranges(self, path: str) -> list[str | None]:
        """The `Range` of every request of a path."""
        return [request.headers.get("Range") for request in self.requests if request.path == path]

    def stop(self) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are expected."""


def hub_checksum(content: bytes) -> str:
    """What a hub knows a file by."""
    if len(content) >= LARGE:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    server: FaultyServer
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_HEAD(self) -> None:
        """Tell of a file; of the answers that wait, only a refusal is used up."""
        server = self.server
        server.heads.append(Request(self.path, self.headers, time.monotonic()))
        waiting = server.answers[self.path]
        answer = waiting[0] if waiting else Answer()
        self.close_connection = True
        if answer.status:
            if answer.status >= 400:
                waiting.popleft()
            self._refuse(answer)
        elif self.path in server.files:
            content = answer.content if answer.content is not None else server.files[self.path]
            self._announce(200, content, len(content), answer)
        else:
            self._refuse(Answer(status=404))

    def do_GET(self) -> None:
        server = self.server
        server.requests.append(Request(self.path, self.headers, time.monotonic()))
        waiting = server.answers[self.path]
        answer = waiting.popleft() if waiting else Answer()
        self.close_connection = True
        if answer.status:
            self._refuse(answer)
        elif self.path in server.files or answer.content is not None:
            content = answer.content if answer.content is not None else server.files[self.path]
            self._send(content, answer)
        else:
            self._refuse(Answer(status=404))

    def _refuse(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _send(self, content: bytes, answer: Answer) -> None:
        start = self._start(answer)
        if start is not None and start >= len(content):
            self._refuse(Answer(status=416, headers={"Content-Range": f"bytes */{len(content)}"}))
            return
        body = content[start or 0 :]
        told = start if answer.starts_at is None else answer.starts_at
        ranges = {} if start is None else {"Content-Range": f"bytes {told}-{len(content) - 1}/{len(content)}"}
        self._announce(206 if ranges else 200, content, len(body), answer, ranges)
        self._write(body, answer)

    def _announce(
        self, status: int, content: bytes, length: int, answer: Answer, headers: Mapping[str, str] = NONE
    ) -> None:
        """Everything before the body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.server.commit:
            self.send_header("X-Repo-Commit", self.server.commit)
            self.send_header("ETag", f'"{hub_checksum(content)}"')
        elif answer.etag:
            self.send_header("ETag", answer.etag)
        if answer.says_length:
            self.send_header("Content-Length", str(length if answer.claims is None else answer.claims))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def _start(self, answer: Answer) -> int | None:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if asked is None or answer.ignores_range:
            return None
        condition = self.headers.get("If-Range")
        if condition and condition != answer.etag and not answer.ignores_if_range:
            return None
        return int(asked[1])

    def _write(self, body: bytes, answer: Answer) -> None:
        ends = [end for end in (answer.cut_after, answer.stall_after) if end is not None]
        body = body[: min(ends)] if ends else body
        for position in range(0, len(body), BLOCK):
            self.wfile.write(body[position : position + BLOCK])
        self.wfile.flush()
        if answer.stall_after is not None:
            self.server.released.wait()
