"""Version, size and checksum of a file on the model hub, looked up by its own client, `huggingface_hub`.

The client knows the address of the hub or its mirror (`HF_ENDPOINT`), the user's access token (`HF_TOKEN`, or
signing in), and the meaning of an error response. The bytes are downloaded by
`engine.downloads.file_download` instead, because of these faults of the client's own download, measured with
`hf_hub_download` of version 2.4.0 against `tests/fakes/http_faults.py`:

- An interrupted download is deleted, so neither the next try nor the next start can resume it. This fault was
  decisive.
- A damaged byte is accepted, and so is a file that changed between two tries: only the length is compared.
- Cancelling a stalled connection took ten seconds, its timeout. A pause that the server requests
  (`Retry-After`) is waited for in full, however long it is, and cannot be cancelled.
- Each break of the connection loses up to 10 MB, the size of its chunks; a single HTTP 503 ends the download.

Files in Xet storage are downloaded over plain HTTP, which the hub offers for all files up to 50 GB. The Xet
protocol (`hf_xet`) is not used: it leaves no partial file to resume either, and cannot be tested without the
hub.

All libraries below the engine are kept offline (`HF_HUB_OFFLINE`); only the look-ups in this module are
allowed.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import urlsplit

import engine
from engine.downloads.responses import TemporaryFailure, check_code, pause_before, refused
from engine.downloads.retry_policy import POLL_SECONDS, RetryPolicy, wait
from engine.errors import DownloadFailed, Phrase
from engine.progress import CancelToken

if TYPE_CHECKING:
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError

Result = TypeVar("Result")
HASH_DIGITS = 64
_is_download_request: ContextVar[bool] = ContextVar("hub_is_asked_here", default=False)


@dataclass(frozen=True, slots=True)
class HubFile:
    """One version of a file on the hub."""

    url: str
    commit: str
    """The version of the repository; empty if a mirror does not send it."""
    sha256: str
    """Empty for small files, for which the hub has another checksum."""
    size: int
    """In bytes; 0 if unknown."""


def hub_endpoint() -> str:
    """The address of the hub or its mirror."""
    from huggingface_hub import constants

    return constants.ENDPOINT


def stored_token() -> str | None:
    """The user's access token, from `HF_TOKEN` or from signing in with the hub's client."""
    from huggingface_hub import get_token

    return get_token()


class Hub:
    """The hub at an endpoint, with an access token; the defaults are those of `huggingface_hub`.

    Raises `DownloadFailed` if the user has switched the network off (`HF_HUB_OFFLINE`).
    """

    def __init__(self, endpoint: str | None, token: str | None, retries: RetryPolicy) -> None:
        self.endpoint = (endpoint or hub_endpoint()).rstrip("/")
        self.token = token or stored_token()
        self._retries = retries

    def page(self, repository: str) -> str:
        """The address of the page on which a licence is accepted."""
        return f"{self.endpoint}/{repository}"

    def look_up(self, repository: str, path: str, revision: str, cancel: CancelToken) -> HubFile:
        """The current version of a file in `revision`, which is a branch or a commit.

        Retries while the hub is busy. Raises `DownloadFailed` or `Cancelled`.
        """
        _check_allowed()
        _allow_download_requests()
        failures = 0
        while True:
            try:
                return _on_thread(
                    lambda: self._request_file(repository, path, revision), self._retries.stall, cancel
                )
            except TemporaryFailure as ended:
                failures += 1
                name = path.rpartition("/")[2]
                if failures >= self._retries.tries:
                    raise DownloadFailed(
                        "download.failed",
                        "{file} could not be downloaded: {reason}.",
                        "Try again later.",
                        file=name,
                        reason=ended,
                    ) from ended
                wait(pause_before(ended, failures, self._retries, self._host, name), cancel)

    @property
    def _host(self) -> str:
        with suppress(ValueError):
            return urlsplit(self.endpoint).hostname or self.endpoint
        return self.endpoint

    def _request_file(self, repository: str, path: str, revision: str) -> HubFile:
        """Sends one request; blocks until the response."""
        import httpx2
        from huggingface_hub import get_hf_file_metadata, hf_hub_url
        from huggingface_hub.errors import HfHubHTTPError

        url = hf_hub_url(repository, path, revision=revision, endpoint=self.endpoint)
        try:
            found = get_hf_file_metadata(
                url, token=self.token or False, timeout=self._retries.stall, endpoint=self.endpoint
            )
        except HfHubHTTPError as error:
            raise self._refusal(error, repository, path.rpartition("/")[2]) from error
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise DownloadFailed(
                "download.no-connection",
                "There is no connection to {host}.",
                "Check the network and try again.",
                host=self._host,
            ) from error
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol) as error:
            raise DownloadFailed(
                "download.endpoint-invalid", "{url} is not a web address.", "Check HF_ENDPOINT.", url=url
            ) from error
        except httpx2.TransportError as error:
            raise TemporaryFailure(Phrase("the connection breaks off")) from error
        commit, etag = found.commit_hash or "", (found.etag or "").lower()
        return HubFile(
            url=hf_hub_url(repository, path, revision=commit or revision, endpoint=self.endpoint),
            commit=commit,
            sha256=etag if len(etag) == HASH_DIGITS else "",
            size=found.size or 0,
        )

    def _refusal(self, error: HfHubHTTPError, repository: str, name: str) -> Exception:
        """The exception for an error response."""
        from huggingface_hub.errors import DisabledRepoError, GatedRepoError

        if isinstance(error, GatedRepoError):
            if self.token:
                return DownloadFailed(
                    "download.licence",
                    "{repository} is only available to those who accept its licence.",
                    "Accept it on {page} with the account of your access token.",
                    repository=repository,
                    page=self.page(repository),
                )
            return DownloadFailed(
                "download.licence-and-token",
                "{repository} is only available to those who accept its licence.",
                "Accept it on {page} and enter an access token.",
                repository=repository,
                page=self.page(repository),
            )
        if isinstance(error, DisabledRepoError):
            return refused(name, Phrase("the hub has switched its repository off"))
        if "invalid credentials" in (error.server_message or "").lower():
            return DownloadFailed(
                "download.token-invalid",
                "The hub does not accept the access token.",
                "Create a new one with read access in the settings of your account on the hub.",
            )
        try:
            check_code(error.response.status_code, error.response.headers.get("Retry-After"), name)
        except (TemporaryFailure, DownloadFailed) as meaning:
            return meaning
        return refused(name, Phrase("its server answers in a way that is not understood"))


def _check_allowed() -> None:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE and os.environ.get("HF_HUB_OFFLINE") != engine.HUB_OFFLINE:
        raise DownloadFailed(
            "download.offline-mode",
            "Downloads are switched off on this computer: HF_HUB_OFFLINE is set.",
            "Remove it from the environment and start the program again.",
        )


@cache
def _allow_download_requests() -> None:
    """Gives `huggingface_hub` an HTTP client that allows only the requests of this module."""
    from huggingface_hub import set_client_factory

    set_client_factory(_client)


def _client() -> httpx2.Client:
    import httpx2

    # huggingface_hub sets a timeout for each request
    return httpx2.Client(
        event_hooks={"request": [_check_download_request]}, follow_redirects=True, timeout=None
    )


def _check_download_request(request: httpx2.Request) -> None:
    from huggingface_hub import constants
    from huggingface_hub.errors import OfflineModeIsEnabled

    if constants.HF_HUB_OFFLINE and not _is_download_request.get():
        raise OfflineModeIsEnabled(f"{request.url} is not asked for: only downloads use the network.")


def _on_thread(work: Callable[[], Result], limit: float, cancel: CancelToken) -> Result:
    """The result of `work`, run on a thread. Raises its errors, `TemporaryFailure` or `Cancelled`."""
    results: queue.Queue[Callable[[], Result]] = queue.Queue()

    def run() -> None:
        _is_download_request.set(True)
        try:
            result = work()
        except Exception as error:
            results.put(_raiser(error))
        else:
            results.put(lambda: result)

    threading.Thread(target=run, name="hub", daemon=True).start()
    end = time.monotonic() + limit
    while True:
        cancel.raise_if_cancelled()
        with suppress(queue.Empty):
            return results.get(timeout=POLL_SECONDS)()
        if time.monotonic() > end:
            raise TemporaryFailure(Phrase("its server does not answer"))


def _raiser(error: Exception) -> Callable[[], NoReturn]:
    def fail() -> NoReturn:
        raise error

    return fail
