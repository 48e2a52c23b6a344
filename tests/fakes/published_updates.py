"""A server that publishes an update manifest, signed by the program that signs real ones."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

from fakes.http_faults import FaultyServer

from ip2p_desktop.updates.update_source import UpdateSource

ROOT = Path(__file__).resolve().parents[2]
SIGNING = runpy.run_path(str(ROOT / "packaging" / "sign_update.py"))
PATH = "/updates.json"
PAGE = "https://ip2p.example/download"


def manifest_values(version: str, **changes: object) -> dict[str, Any]:
    """A valid manifest, with other values for some fields."""
    download = {"url": PAGE, "sha256": {"ip2p-desktop.deb": "a1" * 32}}
    return {
        "manifest": 1,
        "version": version,
        "date": "2026-11-30",
        "notes": "Faster edits.\n<b>Not bold</b>",
        "downloads": dict.fromkeys(("linux", "windows", "macos"), download),
    } | changes


class PublishedUpdates:
    """A key, and what it has signed on a server."""

    def __init__(self, server: FaultyServer) -> None:
        self.server = server
        self.key = SIGNING["PrivateKey"].new()

    @property
    def source(self) -> UpdateSource:
        """Where the program asks."""
        return UpdateSource(self.server.url(PATH), self.key.public)

    def publish(self, version: str, **changes: object) -> None:
        """Put a signed manifest on the server."""
        self.publish_bytes(json.dumps(manifest_values(version, **changes)).encode())

    def publish_bytes(self, content: bytes, key: Any = None) -> None:
        """Put signed bytes on the server; another key signs them wrongly."""
        signature = (key or self.key).signature(content, "file:updates.json")
        self.server.files |= {PATH: content, f"{PATH}.minisig": signature.encode()}
