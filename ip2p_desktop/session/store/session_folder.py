"""The folders of sessions: created, locked, listed and deleted.

A session belongs to one running program: a lock file beside its folder is held while it is open, and released
by the system when the program is killed.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.errors import OutputNotWritable
from engine.files.bounded_reading import JSON_LIMIT, read_bounded
from engine.files.disk_space import FULL, not_written
from engine.files.json_record import JsonRecord
from engine.files.locking import AlreadyLocked, locked
from ip2p_desktop.session.store.node_files import IMAGE_SUFFIX
from ip2p_desktop.session.store.session_errors import SessionUnreadable
from ip2p_desktop.session.store.session_record import DAMAGED, PREVIOUS_NAME, SESSION_NAME

LOCK_SUFFIX = ".lock"
"""Suffix of the lock file beside the folder of a session."""
SESSION_MARK = "ip2p-session"
"""A file in every folder of a session: only folders that have it are listed and deleted."""
INCOMPLETE = "incomplete"
"""Content of that file while a project is being read."""
DAMAGED_FOLDER = "damaged"
"""Folder inside a session for the files that could not be read."""
OWN_FILE = re.compile(
    rf"{SESSION_MARK}|\.?(session(\.previous)?|[0-9a-f]{{16}}(\.[a-z]{{1,20}})?)( \d+)?\.(json|tif|png)"
    r"(\.ip2p-[0-9a-f]{8}\.tmp)?"
)
"""The names of all files that this program writes into a session, temporary ones included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionTitle:
    """A session in the menu of sessions."""

    folder: Path
    name: str
    """The name of its first photo; empty if it is not known."""
    changed: float
    """Seconds since 1970."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSummary(SessionTitle):
    """A session in the list of sessions."""

    image_count: int
    """Number of photos and results."""
    byte_count: int
    """Bytes of disk space."""
    is_open: bool
    """Whether a running program has it open."""


class SessionFolder:
    """An open session's folder and its lock."""

    def __init__(self, path: Path, lock: ExitStack) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def create(cls, parent: Path) -> SessionFolder:
        """A new, empty session. Raises `OutputNotWritable`."""
        path = parent / f"{datetime.now():%Y-%m-%d %H-%M-%S} {secrets.token_hex(4)}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            with ExitStack() as stack:
                # locked before it exists, so that no other program opens or deletes it
                stack.enter_context(locked(lock_file(path)))
                path.mkdir(mode=0o700)
                (path / SESSION_MARK).touch()
                return cls(path, stack.pop_all())
        except OSError as error:
            raise _not_created(parent, error) from error

    @classmethod
    def open(cls, path: Path) -> SessionFolder:
        """An existing session. Raises `SessionUnreadable`, also if another program has it open."""
        try:
            with ExitStack() as stack:
                stack.enter_context(locked(lock_file(path)))
                if not is_session(path):
                    raise SessionUnreadable(
                        "session.not-found",
                        "The session {name} is not there any more.",
                        "Open another session, or a photo.",
                        name=path.name,
                    )
                return cls(path, stack.pop_all())
        except AlreadyLocked:
            raise SessionUnreadable(
                "session.in-use",
                "The session is open in another window of IP2P Desktop.",
                "Use that window, or close it first.",
            ) from None
        except OSError as error:
            raise SessionUnreadable(
                "session.unreadable",
                "The session {name} cannot be opened ({reason}).",
                "Check who may read and write its folder.",
                name=path.name,
                reason=error.strerror or error,
            ) from error

    def mark(self, content: str = "") -> None:
        """Write the file that shows that this is a session, and whether it is complete. Raises `OSError`."""
        (self.path / SESSION_MARK).write_text(content, encoding="utf-8")

    def restore(self) -> bool:
        """Create the folder again if other programs have removed it; returns whether they had.

        Raises `OutputNotWritable`.
        """
        if self.path.is_dir():
            return False
        try:
            self.path.mkdir(mode=0o700, parents=True)
            self.mark()
        except OSError as error:
            raise not_written(self.path, error) from error
        return True

    def close(self) -> None:
        """Let other programs open it."""
        self._lock.close()

    def delete(self) -> None:
        """Delete its files, and its folder unless it contains files of others. Raises `OutputNotWritable`."""
        try:
            for folder in (self.path / DAMAGED_FOLDER, self.path):
                _delete_own_files(folder)
        except OSError as error:
            raise not_written(self.path, error) from error
        finally:
            self.close()


def is_complete(path: Path) -> bool:
    """Whether a session is not the rest of a project whose reading was interrupted."""
    with suppress(OSError):
        return (path / SESSION_MARK).stat().st_size == 0
    return False


def lock_file(path: Path) -> Path:
    """The lock file of a session."""
    return path.with_name(path.name + LOCK_SUFFIX)


def is_session(path: Path) -> bool:
    """Whether a folder is one that `SessionFolder.create` made."""
    return (path / SESSION_MARK).is_file()


def is_locked(path: Path) -> bool:
    """Whether a running program has the session open."""
    if not lock_file(path).exists():
        return False
    try:
        with locked(lock_file(path)):
            return False
    except (AlreadyLocked, OSError):
        return True


def session_paths(parent: Path) -> list[Path]:
    """The sessions in a folder, the one changed last first."""
    with suppress(OSError):
        found = [(changed_time(path), path) for path in parent.iterdir() if is_session(path)]
        return [path for _, path in sorted(found, reverse=True)]
    return []


def changed_time(path: Path) -> float:
    """When a session was changed last, in seconds since 1970."""
    for name in (SESSION_NAME, PREVIOUS_NAME, SESSION_MARK):
        with suppress(OSError):
            return (path / name).stat().st_mtime
    return 0.0


def read_title(path: Path) -> SessionTitle:
    """The title of a session; fast also for one with thousands of files."""
    return SessionTitle(folder=path, name=session_name(path), changed=changed_time(path))


def summarize(path: Path) -> SessionSummary:
    """The summary of a session; reads its record, but no image. Slow for many files."""
    sizes = dict(_file_sizes(path))
    return SessionSummary(
        folder=path,
        name=session_name(path),
        image_count=sum(name.endswith(IMAGE_SUFFIX) for name in sizes),
        byte_count=sum(sizes.values()),
        changed=changed_time(path),
        is_open=is_locked(path),
    )


def session_name(path: Path) -> str:
    """The name of the first photo of a session; empty if it cannot be read."""
    for name in (SESSION_NAME, PREVIOUS_NAME):
        with suppress(OSError, *DAMAGED):
            nodes = JsonRecord(json.loads(read_bounded(path / name, JSON_LIMIT))).records("nodes")
            return next((node.get("name", "") for node in nodes if node.get("is_listed", True)), "")
    return ""


def disk_usage(parent: Path) -> int:
    """Bytes of disk space of all sessions in a folder."""
    return sum(size for path in session_paths(parent) for _, size in _file_sizes(path))


def _delete_own_files(folder: Path) -> None:
    """Delete the folder with our files; with the files of others, only ours. Raises `OSError`."""
    if not folder.is_dir():
        return
    # the mark goes last, so that a session whose deletion was interrupted stays in the list
    for file in sorted(folder.iterdir(), key=lambda file: file.name == SESSION_MARK):
        if OWN_FILE.fullmatch(file.name) and not file.is_dir():
            file.unlink()
    with suppress(OSError):  # it is not empty
        folder.rmdir()


def _file_sizes(path: Path) -> Iterator[tuple[str, int]]:
    for file in path.rglob("*"):
        with suppress(OSError):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(path).as_posix(), file.stat().st_size


def _not_created(parent: Path, error: OSError) -> OutputNotWritable:
    """The error for a folder in which no session can be made; the same at each try, so it is shown once."""
    if error.errno in FULL:
        return not_written(parent, error)
    return OutputNotWritable(
        "output.nothing-kept",
        "{folder} cannot be written ({reason}), so photos and results are kept only until you quit.",
        "Save results in another place, or check who may write there.",
        folder=parent,
        reason=error.strerror or error,
    )
