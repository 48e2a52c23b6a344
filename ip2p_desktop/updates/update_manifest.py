"""What is published about the newest version: a JSON file, read only after its signature was verified."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from packaging.version import InvalidVersion, Version

from engine.files.json_record import JsonRecord

LAYOUT = 1
"""Version of the layout of the file, in its field "manifest"."""
SYSTEMS = ("linux", "windows", "macos")
MAX_NOTES = 20_000
"""Characters of the notes that are shown."""
SHA256 = re.compile(r"[0-9a-f]{64}")


class NewerManifest(ValueError):
    """The layout is of a newer version of the program."""


@dataclass(frozen=True, slots=True)
class UpdateDownload:
    """Where the new version is for one system."""

    url: str
    """The address of a page, or of a file."""
    sha256: Mapping[str, str]
    """The SHA-256 of the files offered there, by their names."""


@dataclass(frozen=True, slots=True)
class UpdateManifest:
    """The newest version."""

    version: Version
    published: date
    notes: str
    downloads: Mapping[str, UpdateDownload]
    """By system: one of `SYSTEMS`."""

    @classmethod
    def from_json(cls, content: bytes) -> UpdateManifest:
        """Reads a file. Raises `NewerManifest`, or `ValueError` if it is damaged."""
        try:
            record = JsonRecord(json.loads(content))
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        layout = record.get("manifest", 0)
        if layout > LAYOUT:
            raise NewerManifest(f"its layout is {layout}")
        if layout != LAYOUT:
            raise ValueError("it is not an update manifest")
        downloads = record.record("downloads")
        return cls(
            version=_version(record.get("version", "")),
            published=date.fromisoformat(record.get("date", "")),
            notes=record.get("notes", "")[:MAX_NOTES],
            downloads={
                system: _download(downloads.record(system)) for system in SYSTEMS if downloads.has(system)
            },
        )

    @property
    def download(self) -> UpdateDownload | None:
        """What is offered for this system; None if nothing is."""
        return self.downloads.get(this_system())


def this_system() -> str:
    """The name of this system in a manifest."""
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def is_web_page(url: str) -> bool:
    """Whether it is an address that a browser can be asked to show: an encrypted one of a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and url.isprintable() and " " not in url


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        raise ValueError(f"{text!r} is not a version") from None


def _download(record: JsonRecord) -> UpdateDownload:
    url = record.get("url", "")
    if not is_web_page(url):
        raise ValueError(f"{url!r} is not the address of a web page")
    hashes = record.value("sha256")
    if not isinstance(hashes, dict) or not hashes:
        raise ValueError("it has no hashes")
    if not all(isinstance(each, str) and SHA256.fullmatch(each) for each in hashes.values()):
        raise ValueError("its hashes are invalid")
    return UpdateDownload(url, dict(hashes))
