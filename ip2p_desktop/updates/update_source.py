"""Where updates are published, and the key that their manifest is signed with."""

from __future__ import annotations

import ipaddress
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.files.json_record import JsonRecord
from ip2p_desktop.base import paths
from ip2p_desktop.updates.signatures import PublicKey

ADDRESS_VARIABLE = "IP2P_UPDATES_URL"
"""Environment variable with another address of the manifest; the key stays that of the program."""


@dataclass(frozen=True, slots=True)
class UpdateSource:
    """The address of a manifest; its signature has the same path with `.minisig` appended."""

    address: str
    key: PublicKey

    @property
    def signature_address(self) -> str:
        """The address of the signature."""
        parts = urlsplit(self.address)
        return parts._replace(path=f"{parts.path}.minisig").geturl()


def source_file() -> Path:
    """The file with the address and the public key that ship with the program."""
    return paths.resources_folder() / "updates.json"


def update_source() -> UpdateSource | None:
    """The source that ships with the program; None if it has no address or no key."""
    with suppress(OSError, ValueError):
        record = JsonRecord(json.loads(source_file().read_text(encoding="utf-8")))
        address = os.environ.get(ADDRESS_VARIABLE) or record.get("address", "")
        if address:
            return UpdateSource(address, PublicKey.from_text(record.get("public_key", "")))
    return None


def may_be_asked(address: str) -> bool:
    """Whether a request may be sent to an address: an encrypted one, or one of this computer."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "http":
        with suppress(ValueError):
            return ipaddress.ip_address(host).is_loopback
        return host == "localhost"
    return parts.scheme == "https" and bool(host)
