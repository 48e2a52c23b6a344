"""Download of one file over HTTP, which is resumed where it stopped, and verified before it gets its name."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

from engine.downloads.download_progress import DownloadCallback, SpeedMeter, ignore_download
from engine.downloads.http_stream import (
    ConnectionLost,
    HostUnreachable,
    HttpStream,
    InvalidResponse,
    ResponseHead,
)
from engine.downloads.partial_file import PartialFile
from engine.downloads.responses import (
    PARTIAL,
    RANGE_REFUSED,
    TemporaryFailure,
    check_status,
    is_continuation,
    parse_origin,
    pause_before,
    refused,
)
from engine.downloads.retry_policy import DEFAULT_RETRIES, RetryPolicy, wait
from engine.errors import DownloadFailed, Phrase
from engine.files.disk_space import check_free_space, not_written, size_text
from engine.files.locking import AlreadyLocked, locked
from engine.progress import CancelToken

MAX_RESTARTS = 3
"""Most restarts of a download whose server does not resume it correctly."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str | None = None,
    size: int | None = None,
    token: str | None = None,
    on_progress: DownloadCallback = ignore_download,
    cancel: CancelToken | None = None,
    retries: RetryPolicy = DEFAULT_RETRIES,
) -> Path:
    """Downloads `url` to `target`, and resumes from `target.part` if an earlier call was interrupted.

    An existing target was verified when it got its name, and is kept. The file is compared with `sha256`, or
    with the hash that the server sends (`X-Linked-Etag` of model hubs), and with `size` in bytes. The token
    is sent only to the host of `url`. Raises `DownloadFailed`, `OutputNotWritable` or `Cancelled`; the
    received part is kept, unless it is wrong.
    """
    FileDownload(url, target, sha256=sha256, size=size, token=token, retries=retries).run(
        on_progress, cancel or CancelToken()
    )
    return target


class FileDownload:
    """The download of one file; see `download`."""

    def __init__(
        self,
        url: str,
        target: Path,
        *,
        sha256: str | None = None,
        size: int | None = None,
        token: str | None = None,
        retries: RetryPolicy = DEFAULT_RETRIES,
    ) -> None:
        self._url, self._target, self._retries = url, target, retries
        self._sha256, self._size = (sha256 or "").lower(), size or 0
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._part = PartialFile(target, url)
        self._restarts = 0
        self._has_response = False
        self.sha256 = ""
        """Hash of the downloaded file; empty before, and if it existed already."""

    def run(self, on_progress: DownloadCallback, cancel: CancelToken) -> None:
        """Downloads the file; raises as `download` does."""
        if self._target.exists():
            return
        try:
            self._target.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._target.with_name(f"{self._target.name}.lock")):
                self._run_locked(on_progress, cancel)
        except AlreadyLocked:
            raise DownloadFailed(
                "download.already-running",
                "{name} is being downloaded by another program.",
                "Wait until that has finished.",
                name=self._target.name,
            ) from None
        except OSError as error:
            raise not_written(self._target, error) from error

    def _run_locked(self, on_progress: DownloadCallback, cancel: CancelToken) -> None:
        if self._target.exists():  # another program has just finished it
            return
        with closing(self._part):
            reading = SpeedMeter(on_progress)
            self._part.open(lambda length: self._show_reading(reading, length, cancel))
            self._fetch(SpeedMeter(on_progress), cancel)
            self._check()
            self.sha256 = self._part.sha256
            self._part.finish()

    def _show_reading(self, meter: SpeedMeter, length: int, cancel: CancelToken) -> None:
        cancel.raise_if_cancelled()
        meter.show(length, self._total)

    @property
    def _total(self) -> int:
        return self._size or self._part.origin.length

    def _fetch(self, meter: SpeedMeter, cancel: CancelToken) -> None:
        """Tries until the file is complete, or until several tries in a row receive nothing."""
        failures = 0
        while not (self._total and self._part.length == self._total):
            before = self._part.length
            try:
                self._try_once(meter, cancel)
                return
            except TemporaryFailure as ended:
                failures = 1 if self._part.length > before else failures + 1
                if failures >= self._retries.tries:
                    raise self._broken_off(ended.reason) from ended
                wait(pause_before(ended, failures, self._retries, self._host, self._name), cancel)

    def _try_once(self, meter: SpeedMeter, cancel: CancelToken) -> None:
        headers = {**self._authorization, **self._range()}
        stream = HttpStream(self._url, headers, stall=self._retries.stall, cancel=cancel)
        with closing(stream):
            try:
                head = stream.head()
                self._has_response = True
                self._apply_head(head, is_range_request="Range" in headers)
                for chunk in stream.chunks():
                    self._append(chunk)
                    meter.show(self._part.length, self._total)
            except HostUnreachable as error:
                if not self._has_response:
                    raise self._offline() from error
                raise TemporaryFailure(Phrase("the connection does not come back")) from error
            except ConnectionLost as error:
                raise TemporaryFailure(Phrase("the connection breaks off")) from error
            except InvalidResponse as error:
                raise DownloadFailed(
                    "download.address-invalid",
                    "{url} cannot be downloaded: {reason}.",
                    "Check the address.",
                    url=self._url,
                    reason=error.reason,
                ) from error
        meter.show(self._part.length, self._total, at_once=True)
        if self._total and self._part.length < self._total:
            raise TemporaryFailure(Phrase("the connection breaks off"))

    def _range(self) -> dict[str, str]:
        """The `Range` header for the rest, if another version of the file would be noticed; else empty."""
        etag = self._part.origin.etag
        if not self._part.length or not (etag or self._expected):
            return {}
        return {"Range": f"bytes={self._part.length}-", **({"If-Range": etag} if etag else {})}

    @property
    def _expected(self) -> str:
        """The sha256 of the whole file; empty if unknown."""
        return self._sha256 or self._part.origin.sha256

    def _apply_head(self, head: ResponseHead, *, is_range_request: bool) -> None:
        """Checks the head of a response, and prepares the partial file for the bytes that follow."""
        if head.status == RANGE_REFUSED and is_range_request:
            self._start_over()
            raise TemporaryFailure(Phrase("its server does not continue where it broke off"))
        check_status(head, self._name)
        origin = parse_origin(head, self._url)
        if head.status == PARTIAL:
            if not is_continuation(head, self._part.length, self._part.origin, origin):
                self._start_over()
                raise TemporaryFailure(Phrase("its server does not continue where it broke off"))
            origin = origin.completed_by(self._part.origin)
        else:
            self._check_size(origin.length)
            self._part.start_over()
            if not (origin.length or self._expected or "Transfer-Encoding" in head.headers):
                raise refused(self._name, Phrase("its server does not say where it ends"))
        self._part.record_origin(origin)
        check_free_space(self._target.parent, max(self._total - self._part.length, 0))

    def _start_over(self) -> None:
        self._restarts += 1
        if self._restarts > MAX_RESTARTS:
            raise self._broken_off(Phrase("its server does not continue where it broke off"))
        self._part.start_over()

    def _check_size(self, length: int) -> None:
        if self._size and length and length != self._size:
            raise DownloadFailed(
                "download.size-differs",
                "{file} is not the expected file: it has {size} bytes instead of {expected}.",
                "It may have been changed on the server; look for a newer version of this program.",
                file=self._name,
                size=length,
                expected=self._size,
            )

    def _append(self, chunk: bytes) -> None:
        self._part.append(chunk)
        if self._total and self._part.length > self._total:
            self._part.discard()
            raise DownloadFailed(
                "download.too-long",
                "{file} is longer than expected ({size} bytes).",
                "Try again later.",
                file=self._name,
                size=self._total,
            )

    def _check(self) -> None:
        """Verifies the whole file; deletes a wrong one and raises `DownloadFailed`."""
        is_short = self._size and self._part.length != self._size
        if is_short or (self._expected and self._part.sha256 != self._expected):
            self._part.discard()
            raise DownloadFailed(
                "download.damaged",
                "{file} was damaged during the download and was discarded.",
                "Download it again from the start.",
                file=self._name,
            )

    @property
    def _name(self) -> str:
        return self._target.name

    @property
    def _host(self) -> str:
        with suppress(ValueError):
            return urlsplit(self._url).hostname or self._url
        return self._url

    def _offline(self) -> DownloadFailed:
        return DownloadFailed(
            "download.no-connection",
            "There is no connection to {host}.",
            "Check the network and try again.",
            host=self._host,
        )

    def _broken_off(self, reason: Phrase) -> DownloadFailed:
        return DownloadFailed(
            "download.interrupted",
            "{file} could not be downloaded: {reason}.",
            "Try again later; the {size} that have been downloaded are kept.",
            file=self._name,
            reason=reason,
            size=size_text(self._part.length),
        )
