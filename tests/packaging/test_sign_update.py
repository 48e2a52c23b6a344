"""The program that signs updates: its files are those of minisign, and the window accepts them."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.published_updates import SIGNING
from nacl.pwhash import scrypt

from ip2p_desktop import __version__
from ip2p_desktop.updates.signatures import PublicKey, SignatureInvalid
from ip2p_desktop.updates.update_manifest import UpdateManifest

ROOT = Path(__file__).resolve().parents[2]
PAGE = "https://ip2p.example/linux"
PrivateKey = SIGNING["PrivateKey"]

# made by minisign 0.11 itself: a key without a password, a file "hello\n" and its signature
MADE_KEY = """untrusted comment: minisign encrypted secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAT2uuykt03s6f+mzLyF69Mr0yCa0jIUXBFBjPVn8nBq0iHbuu98WmJY+EUW/INWtgTvc+R6yczD0zN4Sn15pKxoDlZgf//CAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"""
MADE_PUBLIC = "RWQIBPa67KS3TWJY+EUW/INWtgTvc+R6yczD0zN4Sn15pKxoDlZgf//C"
MADE_SIGNATURE = """untrusted comment: signature from minisign secret key
RUQIBPa67KS3TWXiNCaXeXbVIPEyrSoo3MYUqkP3axOrtyQ4TtJDgkMMJSjg41Drhq2tm/BUF2AkGmtMVfQ2jxVZOcw6IuhLKAk=
trusted comment: timestamp:1796070679	file:h.txt	hashed
qmENYK9wxIBU+x74bkM4LidIjo8Za/VIyvweCXe35ACe6DI1kWwm6cE6x6/egCX/e2SudU9zRdzZHjjuGJ1yAA==
"""


def test_what_minisign_signs_is_accepted() -> None:
    key = PublicKey.from_text(MADE_PUBLIC)
    key.verify(b"hello\n", MADE_SIGNATURE.encode())
    with pytest.raises(SignatureInvalid):
        key.verify(b"hello", MADE_SIGNATURE.encode())


def test_a_key_of_minisign_signs(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(MADE_KEY)
    key = PrivateKey.read(file)
    assert key.public.to_text() == MADE_PUBLIC
    PublicKey.from_text(MADE_PUBLIC).verify(b"x", key.signature(b"x", "comment").encode())


def test_a_key_with_a_password_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = base64.b64decode(MADE_KEY.splitlines()[1])
    work, memory, salt = 2**15, 2**24, bytes(range(32))  # minisign's own take a gigabyte
    stream = scrypt.kdf(104, "Ü key".encode(), salt, opslimit=work, memlimit=memory)
    locked = content[:2] + b"Sc" + content[4:6] + salt
    locked += work.to_bytes(8, "little") + memory.to_bytes(8, "little")
    locked += bytes(one ^ other for one, other in zip(content[54:], stream, strict=True))
    file = tmp_path / "key"
    file.write_text(f"untrusted comment: key\n{base64.b64encode(locked).decode()}\n")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "Ü key")
    assert PrivateKey.read(file).public.to_text() == MADE_PUBLIC
    monkeypatch.setattr("getpass.getpass", lambda prompt: "U key")
    with pytest.raises(SIGNING["KeyNotUsable"]):
        PrivateKey.read(file)


@pytest.mark.parametrize(
    "text", ["", "one line", "a\nb\n", "a\nRWQ=\n", MADE_KEY[:-20] + "AAAAAAAAAAAAAAAAAAA=\n"]
)
def test_another_file_is_not_a_key(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(SIGNING["KeyNotUsable"]):
        PrivateKey.read(file)


def test_a_new_key_is_for_the_user_alone_and_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "key"
    key = PrivateKey.new()
    key.write(file)
    assert PrivateKey.read(file).public == key.public
    assert os.name == "nt" or file.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        PrivateKey.new().write(file)


def test_the_program_writes_a_manifest_that_the_window_reads(tmp_path: Path) -> None:
    key, output = tmp_path / "key", tmp_path / "Ü updates.json"
    made = PrivateKey.new()
    made.write(key)
    package, notes = tmp_path / "ip2p desktop.deb", tmp_path / "notes.txt"
    package.write_bytes(b"package")
    notes.write_text("Schöner.\n", encoding="utf-8")
    arguments = [
        "--key",
        str(key),
        "--output",
        str(output),
        "--notes",
        str(notes),
        "--linux",
        PAGE,
        str(package),
    ]
    program = [sys.executable, str(ROOT / "packaging" / "sign_update.py"), "manifest", *arguments]
    finished = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert (finished.returncode, finished.stderr) == (0, "")
    content = output.read_bytes()
    made.public.verify(content, output.with_name("Ü updates.json.minisig").read_bytes())
    manifest = UpdateManifest.from_json(content)
    assert (str(manifest.version), manifest.notes) == (__version__, "Schöner.\n")
    assert list(manifest.downloads) == ["linux"]
    hashes = dict(manifest.downloads["linux"].sha256)
    assert hashes == {"ip2p desktop.deb": hashlib.sha256(b"package").hexdigest()}


def test_no_private_key_ships(tmp_path: Path) -> None:
    values = json.loads((ROOT / "resources" / "updates.json").read_text())
    assert set(values) == {"address", "public_key"}
    assert not values["public_key"] or PublicKey.from_text(values["public_key"])
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout
    names = [name for name in tracked.decode().split("\0") if name.endswith((".key", ".sec", ".pem"))]
    assert names == []
