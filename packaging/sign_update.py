"""Signs the manifest of an update, and makes the key for it.

    .venv/bin/python packaging/sign_update.py new-key KEY
    .venv/bin/python packaging/sign_update.py manifest --key KEY --output updates.json --notes NOTES.txt \\
        --linux URL FILE… --windows URL FILE… --macos URL FILE…

`new-key` writes a private key, which belongs into no repository, and the public one into
`resources/updates.json`. `manifest` writes what is published about the version of this checkout: its date,
its notes, and for each system the address of its page and the hashes of its files; then
`updates.json.minisig` beside it. Both belong at the address in `resources/updates.json`. Keys and signatures
have the format of minisign, whose own program may be used instead; the password of a key is asked for.
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nacl.pwhash import scrypt
from nacl.signing import SigningKey

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from engine.files.atomic import atomic_write  # noqa: E402
from ip2p_desktop import __version__  # noqa: E402
from ip2p_desktop.updates.signatures import (  # noqa: E402
    ID_BYTES,
    KEY_ALGORITHM,
    KEY_BYTES,
    PublicKey,
    signature_text,
)
from ip2p_desktop.updates.update_manifest import LAYOUT, SYSTEMS, UpdateManifest  # noqa: E402
from ip2p_desktop.updates.update_source import source_file  # noqa: E402

COMMENT = "untrusted comment: minisign secret key of updates"
NO_PASSWORD, WITH_PASSWORD, CHECKSUM = b"\0\0", b"Sc", b"B2"
SALT_BYTES, LIMIT_BYTES, CHECKSUM_BYTES = 32, 8, 32
SECRET_BYTES = ID_BYTES + 2 * KEY_BYTES + CHECKSUM_BYTES
"""Identifier, seed, public key and a checksum; encrypted if there is a password."""


class KeyNotUsable(ValueError):
    """The file is not a private key of minisign, or the password is wrong."""


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs."""

    identifier: bytes
    signing: SigningKey

    @classmethod
    def new(cls) -> PrivateKey:
        """A random key."""
        return cls(os.urandom(ID_BYTES), SigningKey.generate())

    @classmethod
    def read(cls, file: Path) -> PrivateKey:
        """The key in a file; asks for its password. Raises `KeyNotUsable` or `OSError`."""
        try:
            content = base64.b64decode(file.read_text(encoding="utf-8").splitlines()[1], validate=True)
        except (ValueError, IndexError):
            raise KeyNotUsable("This file is not a private key of minisign.") from None
        head, content = content[:6], content[6:]
        salt, limits, secret = (
            content[:SALT_BYTES],
            content[SALT_BYTES : SALT_BYTES + 2 * LIMIT_BYTES],
            content[SALT_BYTES + 2 * LIMIT_BYTES :],
        )
        if head[:2] != KEY_ALGORITHM or head[4:] != CHECKSUM or len(secret) != SECRET_BYTES:
            raise KeyNotUsable("This file is not a private key of minisign.")
        if head[2:4] == WITH_PASSWORD:
            most_work, most_memory = (
                int.from_bytes(limits[at : at + LIMIT_BYTES], "little") for at in (0, 8)
            )
            password = getpass.getpass("Password of the key: ").encode()
            stream = scrypt.kdf(SECRET_BYTES, password, salt, opslimit=most_work, memlimit=most_memory)
            secret = bytes(one ^ other for one, other in zip(secret, stream, strict=True))
        identifier, seed = secret[:ID_BYTES], secret[ID_BYTES : ID_BYTES + KEY_BYTES]
        signing = SigningKey(seed)
        if secret[ID_BYTES + KEY_BYTES : -CHECKSUM_BYTES] != bytes(signing.verify_key):
            raise KeyNotUsable("The password is wrong, or the key is damaged.")
        return cls(identifier, signing)

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        return PublicKey(self.identifier, bytes(self.signing.verify_key))

    def write(self, file: Path) -> None:
        """Write the key without a password, for the user alone. Raises `FileExistsError`."""
        secret = self.identifier + bytes(self.signing) + bytes(self.signing.verify_key)
        unused = bytes(SALT_BYTES + 2 * LIMIT_BYTES), bytes(CHECKSUM_BYTES)  # as minisign leaves them
        content = KEY_ALGORITHM + NO_PASSWORD + CHECKSUM + unused[0] + secret + unused[1]
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(f"{COMMENT}\n{base64.b64encode(content).decode()}\n")

    def signature(self, content: bytes, comment: str) -> str:
        """The text of the `.minisig` file for `content`, with a comment that is signed too."""
        of_content = self.signing.sign(hashlib.blake2b(content).digest()).signature
        of_comment = self.signing.sign(of_content + comment.encode()).signature
        return signature_text(self.identifier, of_content, comment, of_comment)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; returns the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        if chosen.command == "new-key":
            make_key(chosen.key)
        else:
            pages = {system: files for system in SYSTEMS if (files := getattr(chosen, system))}
            notes = chosen.notes.read_text(encoding="utf-8") if chosen.notes else ""
            write_manifest(chosen.output, PrivateKey.read(chosen.key), notes, pages)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def make_key(file: Path) -> None:
    """Write a new private key, and the public one into the resources. Raises `FileExistsError`."""
    key = PrivateKey.new()
    key.write(file)
    resource = source_file()
    values = json.loads(resource.read_text(encoding="utf-8")) | {"public_key": key.public.to_text()}
    _write(resource, json.dumps(values, indent=2) + "\n")
    print(f"The private key is in {file}: keep it safe and out of every repository.")
    print(f"The public key is in {resource}.")


def write_manifest(output: Path, key: PrivateKey, notes: str, pages: dict[str, list[str]]) -> None:
    """Write a manifest and its signature; `pages` has an address and files for each system."""
    if not pages:
        raise ValueError("Name the page and the files of at least one system, for example --linux URL FILE.")
    values = {
        "manifest": LAYOUT,
        "version": __version__,
        "date": date.today().isoformat(),
        "notes": notes,
        "downloads": {system: _download(*words) for system, words in pages.items()},
    }
    text = json.dumps(values, indent=2, ensure_ascii=False) + "\n"
    UpdateManifest.from_json(text.encode())  # as the program will read it
    _write(output, text)
    comment = f"timestamp:{int(time.time())}\tfile:{output.name}\thashed"
    _write(output.with_name(f"{output.name}.minisig"), key.signature(text.encode(), comment))


def _download(url: str, *files: str) -> dict[str, object]:
    hashes = {}
    for file in map(Path, files):
        with file.open("rb") as opened:
            hashes[file.name] = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"url": url, "sha256": hashes}


def _write(file: Path, text: str) -> None:
    with atomic_write(file) as temporary:
        temporary.write_bytes(text.encode())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Signs the manifest of an update, and makes the key for it.")
    commands = parser.add_subparsers(dest="command", required=True)
    new_key = commands.add_parser("new-key", help="make a private key, and put the public one into resources")
    new_key.add_argument("key", type=Path, help="the file to write; it must not exist")
    manifest = commands.add_parser("manifest", help="write the manifest of this version and its signature")
    manifest.add_argument("--key", type=Path, required=True, help="the file of the private key")
    manifest.add_argument("--output", type=Path, required=True, help="the manifest to write")
    manifest.add_argument("--notes", type=Path, help="a text file: what is new")
    for system in SYSTEMS:
        words = {"nargs": "+", "metavar": ("URL", "FILE"), "default": []}
        manifest.add_argument(f"--{system}", help="its page and its files", **words)
    return parser


if __name__ == "__main__":
    sys.exit(main())
