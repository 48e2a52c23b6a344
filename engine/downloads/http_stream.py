"""One HTTP request, read on a thread of its own, so that a stalled connection never blocks the caller.

Name look-up, connecting and reading can all block for long; the caller waits only on a queue, and checks its
cancel token meanwhile. Redirects are followed; the client drops the `Authorization` header on a redirect to
another host or port.
"""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.downloads.retry_policy import POLL_SECONDS
from engine.errors import Phrase
from engine.progress import CancelToken

if TYPE_CHECKING:
    import httpx2

CHUNKS_AHEAD = 16
"""Chunks of at most 64 KiB that are read before they are written to disk."""


class ConnectionLost(Exception):
    """The connection broke, stalled or ended too soon. Another try may succeed."""


class HostUnreachable(ConnectionLost):
    """No connection could be established."""


class InvalidResponse(Exception):
    """The address or the response is not valid HTTP. Another try will not succeed."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers of a response."""

    status: int
    headers: Mapping[str, str]
    """Headers of the last response; look-ups ignore case."""
    redirects: tuple[Mapping[str, str], ...]
    """Headers of the redirects to it."""

    def get(self, name: str) -> str | None:
        """A header of the last response, or of one of the redirects to it."""
        found = (headers.get(name) for headers in (self.headers, *reversed(self.redirects)))
        return next((value for value in found if value is not None), None)


class HttpStream:
    """A running GET request. `close` ends the connection at any time."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        stall: float,
        cancel: CancelToken,
        is_allowed: Callable[[str], bool] = lambda url: True,
    ) -> None:
        """`stall` is the longest wait in seconds; `is_allowed` decides on each address, redirects too."""
        self._url, self._headers = url, dict(headers)
        self._stall, self._cancel = stall, cancel
        self._is_allowed = is_allowed
        self._arrivals: queue.Queue[ResponseHead | bytes | Exception | None] = queue.Queue(CHUNKS_AHEAD)
        self._closed = threading.Event()
        self._socket: socket.socket | None = None
        threading.Thread(target=self._read, name="download", daemon=True).start()

    def head(self) -> ResponseHead:
        """Waits for the response. Raises `ConnectionLost`, `InvalidResponse` or `Cancelled`."""
        arrived = self._take()
        assert isinstance(arrived, ResponseHead)
        return arrived

    def chunks(self) -> Iterator[bytes]:
        """The body in chunks as they arrive. Raises as `head` does."""
        while (arrived := self._take()) is not None:
            assert isinstance(arrived, bytes)
            yield arrived

    def close(self) -> None:
        """Ends the connection."""
        self._closed.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _take(self) -> ResponseHead | bytes | None:
        end = time.monotonic() + self._stall
        while True:
            self._cancel.raise_if_cancelled()
            with suppress(queue.Empty):
                arrived = self._arrivals.get(timeout=POLL_SECONDS)
                break
            if time.monotonic() > end:
                raise ConnectionLost("nothing arrived for a while")
        if isinstance(arrived, Exception):
            raise arrived
        return arrived

    def _put(self, arrived: ResponseHead | bytes | Exception | None) -> None:
        while not self._closed.is_set():
            with suppress(queue.Full):
                self._arrivals.put(arrived, timeout=POLL_SECONDS)
                return

    def _read(self) -> None:
        """Runs on the thread; puts head, chunks and errors into the queue."""
        import httpx2  # takes a quarter of a second, which would delay the start of the window

        try:
            hooks = {"request": [self._check_address]}
            self._receive(httpx2.Client(follow_redirects=True, timeout=self._stall, event_hooks=hooks))
        except InvalidResponse as error:
            self._put(error)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            self._put(HostUnreachable(str(error)))
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
            self._put(InvalidResponse(Phrase("it is not a web address")))
        except httpx2.TooManyRedirects:
            self._put(InvalidResponse(Phrase("its server sends it round in circles")))
        except httpx2.TransportError as error:
            self._put(ConnectionLost(str(error)))
        except Exception as error:
            reason = Phrase("its server answers with nonsense ({error})", error=type(error).__name__)
            self._put(InvalidResponse(reason))

    def _check_address(self, request: httpx2.Request) -> None:
        if not self._is_allowed(str(request.url)):
            raise InvalidResponse(Phrase("its server sends to an address that is not allowed"))

    def _receive(self, client: httpx2.Client) -> None:
        headers = {"Accept-Encoding": "identity", **self._headers}
        with client, client.stream("GET", self._url, headers=headers) as response:
            stream = response.extensions.get("network_stream")
            self._socket = stream.get_extra_info("socket") if stream is not None else None
            redirects = tuple(earlier.headers for earlier in response.history)
            self._put(ResponseHead(response.status_code, response.headers, redirects))
            for chunk in response.iter_raw():
                self._put(chunk)
                if self._closed.is_set():
                    return
            self._put(None)
