"""Decides from a response whether a download continues, restarts, is retried later, or fails."""

from __future__ import annotations

import re

from engine.downloads.http_stream import ResponseHead
from engine.downloads.partial_file import Origin
from engine.downloads.retry_policy import RetryPolicy, retry_after_seconds
from engine.errors import DownloadFailed, Phrase

OK, PARTIAL, RANGE_REFUSED = 200, 206, 416
BUSY = (408, 425, 429, 500, 502, 503, 504)


class TemporaryFailure(Exception):
    """This try has failed, but a later one may succeed."""

    def __init__(self, reason: Phrase, pause: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.pause = pause
        """Seconds that the server asks to wait; None if it does not say."""


def check_status(head: ResponseHead, name: str) -> None:
    """Raises `TemporaryFailure` or `DownloadFailed` unless the unencoded file `name` follows."""
    check_code(head.status, head.get("Retry-After"), name)
    if head.headers.get("Content-Encoding", "identity") != "identity":
        raise refused(name, Phrase("its server sends it packed in a way that was not asked for"))


def check_code(status: int, retry_after: str | None, name: str) -> None:
    """Raises `TemporaryFailure` or `DownloadFailed` for the status of an error."""
    if status in BUSY:
        raise TemporaryFailure(
            Phrase("its server is busy or broken (HTTP {status})", status=status),
            retry_after_seconds(retry_after),
        )
    if status in (401, 403):
        raise DownloadFailed(
            "download.access-denied",
            "Access to {file} is denied (HTTP {status}).",
            "Enter an access token, or accept the licence on its page first.",
            file=name,
            status=status,
        )
    if status in (404, 410):
        raise refused(name, Phrase("it is not there (HTTP {status})", status=status))
    if status not in (OK, PARTIAL):
        raise refused(name, Phrase("its server refuses (HTTP {status})", status=status))


def refused(name: str, reason: Phrase) -> DownloadFailed:
    """The error for a file that the server does not give."""
    return DownloadFailed(
        "download.refused",
        "{file} cannot be downloaded: {reason}.",
        "Check the name and the address.",
        file=name,
        reason=reason,
    )


def pause_before(ended: TemporaryFailure, failures: int, retries: RetryPolicy, host: str, name: str) -> float:
    """Seconds to wait after the failed tries. Raises `DownloadFailed` if the server asks for too many."""
    if ended.pause is None:
        return retries.pause(failures)
    if ended.pause > retries.max_pause:
        raise DownloadFailed(
            "download.wait-requested",
            "{host} asks to wait {minutes:.0f} minutes before {file} is downloaded.",
            "Try again then; what has been downloaded is kept.",
            host=host,
            minutes=ended.pause / 60,
            file=name,
        )
    return ended.pause


def parse_origin(head: ResponseHead, url: str) -> Origin:
    """The origin in the headers. Only a strong ETag identifies one version of the bytes (RFC 9110, 8.8.3).

    Model hubs send the sha256 of large files as `X-Linked-Etag` with the redirect to the storage.
    """
    etag = head.headers.get("ETag", "").strip()
    linked = (head.get("X-Linked-Etag") or "").strip().strip('"').lower()
    return Origin(
        url=url,
        etag="" if etag.startswith("W/") else etag,
        sha256=linked if re.fullmatch(r"[0-9a-f]{64}", linked) else "",
        length=_whole_length(head),
    )


def _whole_length(head: ResponseHead) -> int:
    """Bytes of the whole file, or 0."""
    if head.status == PARTIAL:
        total = head.headers.get("Content-Range", "").rpartition("/")[2].strip()
    else:
        total = head.headers.get("Content-Length", "").strip()
    return int(total) if total.isdigit() else 0


def is_continuation(head: ResponseHead, length: int, known: Origin, received: Origin) -> bool:
    """Whether the response continues the `known` version of the file after `length` bytes."""
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", head.headers.get("Content-Range", "").strip())
    if found is None or int(found[1]) != length:
        return False
    pairs = ((known.etag, received.etag), (known.sha256, received.sha256), (known.length, received.length))
    return all(not before or not now or before == now for before, now in pairs)
