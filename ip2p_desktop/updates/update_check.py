"""Asks whether there is a newer version. Nothing is sent but two plain requests, and nothing is installed."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.downloads.http_stream import ConnectionLost, HttpStream, InvalidResponse
from engine.downloads.responses import OK
from engine.errors import EngineError, Phrase
from engine.progress import CancelToken
from ip2p_desktop.updates.signatures import SignatureInvalid
from ip2p_desktop.updates.update_manifest import NewerManifest, UpdateManifest
from ip2p_desktop.updates.update_source import UpdateSource, may_be_asked

if TYPE_CHECKING:
    from packaging.version import Version

log = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024
"""Of the manifest and of its signature."""
HEADERS = {"User-Agent": "IP2P-Desktop", "Accept": "*/*"}
"""The same for every user, version and system."""


class UpdateCheckFailed(EngineError):
    """It could not be found out whether there is a newer version."""

    kind = "update"


@dataclass(frozen=True, slots=True)
class FoundVersion:
    """The newest version that is published, compared with that of the program."""

    manifest: UpdateManifest
    own: Version

    @property
    def is_newer(self) -> bool:
        """Whether the published version is newer than the program."""
        return self.manifest.version > self.own

    @property
    def is_older(self) -> bool:
        """Whether the program is newer than what is published."""
        return self.manifest.version < self.own


@dataclass(frozen=True, slots=True)
class CheckPatience:
    """Longest waits, in seconds: without any answer, and for a whole file."""

    stall: float = 10.0
    whole: float = 20.0


def check_for_update(
    source: UpdateSource, own: Version, cancel: CancelToken, patience: CheckPatience | None = None
) -> FoundVersion:
    """Ask the source for the newest version. Slow: not for the GUI thread.

    The manifest is read only after its signature was verified. Raises `UpdateCheckFailed` or `Cancelled`.
    """
    waits = patience or CheckPatience()
    content = _fetched(source.address, cancel, waits)
    signature = _fetched(source.signature_address, cancel, waits)
    try:
        source.key.verify(content, signature)
    except SignatureInvalid as error:
        log.warning("The signature of the update manifest is invalid: %s", error)
        raise UpdateCheckFailed(
            "update.signature",
            "What is published about updates is not signed by the makers of this program.",
            "Do not install anything from there; try again later.",
        ) from error
    try:
        return FoundVersion(UpdateManifest.from_json(content), own)
    except NewerManifest as error:
        raise UpdateCheckFailed(
            "update.newer-manifest",
            "There are newer versions, but this one is too old to read what is published about them.",
            "Look at the web page of the program.",
        ) from error
    except ValueError as error:
        log.warning("The update manifest is invalid: %s", error)
        raise UpdateCheckFailed(
            "update.invalid", "What is published about updates is damaged.", "Try again later."
        ) from error


def _fetched(address: str, cancel: CancelToken, patience: CheckPatience) -> bytes:
    """The content of a small file on a server. Raises `UpdateCheckFailed` or `Cancelled`."""
    if not may_be_asked(address):
        raise _refused(Phrase("the address is not an encrypted one (https)"))
    stream = HttpStream(address, HEADERS, stall=patience.stall, cancel=cancel, is_allowed=may_be_asked)
    end = time.monotonic() + patience.whole
    content = bytearray()
    try:
        head = stream.head()
        if head.status != OK:
            raise _refused(Phrase("its server refuses (HTTP {status})", status=head.status))
        for chunk in stream.chunks():
            content += chunk
            if len(content) > MAX_BYTES:
                raise _refused(Phrase("its answer is too large"))
            if time.monotonic() > end:
                raise _refused(Phrase("its answer takes too long"))
    except InvalidResponse as error:
        raise _refused(error.reason) from error
    except ConnectionLost as error:
        log.info("Updates were not found out: %s", error)
        raise UpdateCheckFailed(
            "update.unreachable",
            "The server of updates cannot be reached.",
            "Check the network connection and try again.",
        ) from error
    finally:
        stream.close()
    return bytes(content)


def _refused(reason: Phrase) -> UpdateCheckFailed:
    return UpdateCheckFailed(
        "update.refused",
        "The server of updates gives no usable answer: {reason}.",
        "Try again later.",
        reason=reason,
    )
