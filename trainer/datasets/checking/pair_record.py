"""The inspections of a run's pairs, remembered by the stamps of their files.

A stamp is path, size and time of the last change. So a resumed run opens only what has changed since. Pairs
whose images cannot be opened are not remembered: another version of a library may read them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from engine.files.atomic import atomic_write
from trainer.datasets.checking.inspection import THUMBNAIL, PairFault, PairFinding, PairInspection, Thumbnail
from trainer.datasets.pairs import Pair, PairFacts

log = logging.getLogger(__name__)

FILE = "checked-pairs.sqlite"
VERSION = 2
"""Version of the inspection and of this layout; inspections of another version are made again."""
KEYS_AT_ONCE = 500
"""Fewer than the parameters that SQLite allows in a statement."""
_IN_USE = threading.Lock()
"""Held while this process writes a record or copies one."""
TABLE = """CREATE TABLE IF NOT EXISTS inspections (
    key BLOB PRIMARY KEY, findings TEXT, digests BLOB, width INT, height INT, hashes BLOB, thumbnails BLOB
)"""
"""`hashes` are that of the original, and those of both images turned upright."""


class PairRecord:
    """Inspections in the folder of a run; without a folder, in a temporary file, for this check only.

    If the file is damaged or cannot be written, a warning is logged, and the pairs are inspected again.
    """

    def __init__(self, folder: Path | None = None, kind: str = "checked") -> None:
        """`kind` says how the pairs are inspected: inspections of one kind do not serve as another."""
        self._path = folder / FILE if folder else None
        self._connection: sqlite3.Connection | None = None
        self._is_usable = True
        self._kind = f"{VERSION} {kind}".encode()
        self._stamps: dict[Path, str] = {}

    def key(self, pair: Pair) -> bytes:
        """Returns a key, which follows from the stamps of the pair's files; b"" if one is missing."""
        digest = hashlib.blake2b(self._kind, digest_size=20)
        for image in (pair.original, pair.edited):
            place, part = image.location
            try:
                stamp = self._stamps.get(place) or _stamp(place)
            except OSError:
                return b""
            if part:  # of a file with many images
                self._stamps[place] = stamp
            digest.update(f"{stamp}\0{part}\0".encode(errors="surrogatepass"))
        if pair.alignment is not None:
            digest.update(repr(pair.alignment).encode())
        return digest.digest()

    def known(self, keys: Sequence[bytes]) -> dict[bytes, PairInspection]:
        """Returns the remembered inspections among `keys`, without their thumbnails."""
        found: dict[bytes, PairInspection] = {}
        with self._database() as database:
            for first in range(0, len(keys), KEYS_AT_ONCE):
                some = keys[first : first + KEYS_AT_ONCE]
                rows = database.execute(
                    "SELECT key, findings, digests, width, height, hashes FROM inspections "
                    f"WHERE key IN ({','.join('?' * len(some))})",
                    some,
                )
                found.update((key, _inspection(*values)) for key, *values in rows)
        return found

    def add(self, inspections: Sequence[tuple[bytes, PairInspection]]) -> None:
        """Remembers inspections, except those without a key or facts."""
        rows = [(key, *_row(inspection)) for key, inspection in inspections if key and inspection.facts]
        with self._database() as database:
            database.executemany("REPLACE INTO inspections VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def thumbnails(self, key: bytes) -> tuple[Thumbnail, Thumbnail] | None:
        """Returns the thumbnails of a remembered pair."""
        data = b""
        with self._database() as database:
            rows = database.execute("SELECT thumbnails FROM inspections WHERE key = ?", (key,))
            data = next((data for (data,) in rows), b"")
        if not data:
            return None
        original, edited = np.frombuffer(data, np.uint8).reshape(2, THUMBNAIL, THUMBNAIL, 3)
        return original, edited

    def close(self) -> None:
        """Closes the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _database(self) -> Iterator[Any]:
        """Yields the database, and commits. The block ends at an error, which is logged and not raised."""
        database = self._connected()
        if database is None:
            yield _NOTHING
            return
        try:
            with _IN_USE, database:
                yield database
        except (sqlite3.Error, ValueError, TypeError) as error:
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        log.warning("The record of checked pairs cannot be used: %s", error)
        self.close()
        self._is_usable = False
        if self._path and not isinstance(error, sqlite3.OperationalError | OSError):
            with suppress(OSError):  # it is damaged
                self._path.unlink()

    def _connected(self) -> sqlite3.Connection | None:
        if self._connection is None and self._is_usable:
            try:
                place = ""
                if self._path is not None:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    # one process writes, and not every network file system has locks
                    place = f"{self._path.absolute().as_uri()}?nolock=1"
                self._connection = sqlite3.connect(place, uri=True)
                self._connection.execute(TABLE)
            except (sqlite3.Error, OSError) as error:
                self._give_up(error)
        return self._connection


class _NothingRemembered:
    """Takes the place of a database that cannot be used."""

    def execute(self, statement: str, values: Sequence[object]) -> Iterator[Any]:
        return iter(())

    def executemany(self, statement: str, rows: Sequence[object]) -> None:
        pass


_NOTHING = _NothingRemembered()


def copy_record(source: Path, target: Path) -> None:
    """Copies what is remembered in one folder to another one that has no record yet. Raises `OSError`.

    The record may be in use by this process.
    """
    if not (source / FILE).is_file() or (target / FILE).exists():
        return
    target.mkdir(parents=True, exist_ok=True)
    with _IN_USE, atomic_write(target / FILE, durable=False) as temporary:
        shutil.copyfile(source / FILE, temporary)


def _stamp(place: Path) -> str:
    """Returns path, size and time of the last change of a file. Raises `OSError`."""
    status = place.stat()
    return f"{place.absolute()}\0{status.st_size}\0{status.st_mtime_ns}"


def _row(inspection: PairInspection) -> tuple[str, bytes, int | None, int | None, bytes | None, bytes | None]:
    facts, hashes, thumbnails = inspection.facts, inspection.hashes, inspection.thumbnails
    assert facts is not None
    findings = json.dumps([(finding.fault, finding.detail) for finding in inspection.findings])
    width, height = facts.size or (None, None)
    return (
        findings,
        facts.digests,
        width,
        height,
        np.array([facts.original_hash, *hashes], np.uint64).tobytes() if hashes else None,
        np.stack(thumbnails).tobytes() if thumbnails else None,
    )


def _inspection(
    findings: str, digests: bytes, width: int | None, height: int | None, hashes: bytes | None
) -> PairInspection:
    found = tuple(PairFinding(PairFault(fault), detail) for fault, detail in json.loads(findings))
    size = None if width is None or height is None else (width, height)
    if hashes is None:
        return PairInspection(found, PairFacts(digests, size))
    own, original, edited = np.frombuffer(hashes, np.uint64).tolist()
    return PairInspection(found, PairFacts(digests, size, own), (original, edited))
