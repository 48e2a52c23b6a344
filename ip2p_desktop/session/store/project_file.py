"""A session saved as one file: a zip with the files of the session folder.

Layout: `session.json`, and for each photo and result `ID.json`, `ID.tif` and `ID.thumbnail.png`, with an ID
of 16 hexadecimal digits; `session_record` and `node_record` describe the JSON files. Nothing in it is run,
and only files with these names are read.
"""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from pathlib import Path

from engine.errors import OutputNotWritable
from engine.files.atomic import atomic_write, sync_folder
from engine.files.bounded_reading import JSON_LIMIT
from engine.files.disk_space import check_free_space, not_written, size_text
from ip2p_desktop.session.store.session_errors import SessionUnreadable
from ip2p_desktop.session.store.session_folder import INCOMPLETE, SessionFolder
from ip2p_desktop.session.store.session_record import SESSION_NAME

PROJECT_SUFFIX = ".ip2p"
MEMBER = re.compile(r"session\.json|[0-9a-f]{16}(\.[a-z]{1,20})?\.(json|png|tif)")
"""The names of the files in a project; masks and other parts may have a word before the suffix."""
MOST_MEMBERS = 100_000
LARGEST_IMAGE = 4 * 1024**3
EARLIEST_DATE = (1980, 1, 1, 0, 0, 0)
"""Zip files know no earlier date; a fixed one, so that a wrong clock does no harm."""
CHUNK = 1024**2


def write_project(session: Path, target: Path) -> None:
    """Write the files of a session to one file. Raises `OutputNotWritable`; then `target` is unchanged."""
    if not target.absolute().parent.is_dir():
        raise OutputNotWritable(
            "output.folder-not-found",
            "The folder {folder} does not exist.",
            "Create it or choose another one.",
            folder=target.absolute().parent,
        )
    try:
        names = sorted(session.iterdir(), key=lambda file: (file.name != SESSION_NAME, file.name))
        members = [file for file in names if MEMBER.fullmatch(file.name) and file.is_file()]
        check_free_space(target.absolute().parent, sum(file.stat().st_size for file in members))
        with atomic_write(target) as temporary, zipfile.ZipFile(temporary, "w", allowZip64=True) as archive:
            for file in members:
                info = zipfile.ZipInfo(file.name, EARLIEST_DATE)
                info.external_attr = 0o600 << 16
                info.file_size = file.stat().st_size
                with file.open("rb") as source, archive.open(info, "w") as member:
                    shutil.copyfileobj(source, member, CHUNK)
    except OSError as error:
        raise not_written(target, error) from error


def read_project(file: Path, parent: Path) -> SessionFolder:
    """A new session with the files of a project, below `parent`.

    Raises `SessionUnreadable` for a file that is no project or too large, `OutputNotWritable` if the session
    cannot be written; then nothing is left of it.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = _checked(archive, file)
            check_free_space(parent, sum(member.file_size for member in members))
            folder = SessionFolder.create(parent)
            try:
                folder.mark(INCOMPLETE)
                _extract(archive, members, folder.path)
                folder.mark()
            except BaseException as error:
                folder.delete()
                if isinstance(error, OSError):
                    raise not_written(folder.path, error) from error
                raise
            return folder
    except FileNotFoundError as error:
        raise SessionUnreadable(
            "session.project-not-found",
            "The project {file} does not exist.",
            "Check its name and place.",
            file=file,
        ) from error
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise _damaged(file) from error
    except (OSError, ValueError) as error:
        raise SessionUnreadable(
            "session.project-unreadable",
            "The project {file} cannot be read ({reason}).",
            "Check who may read it, and the disk.",
            file=file.name,
            reason=getattr(error, "strerror", None) or error,
        ) from error


def _checked(archive: zipfile.ZipFile, file: Path) -> list[zipfile.ZipInfo]:
    """The files to read. Raises `SessionUnreadable`."""
    members = {member.filename: member for member in archive.infolist() if MEMBER.fullmatch(member.filename)}
    if SESSION_NAME not in members:
        raise SessionUnreadable(
            "session.not-a-project",
            "{file} is not a project of IP2P Desktop.",
            "Choose a file that was saved with “Save project as…”.",
            file=file.name,
        )
    for member in members.values():
        limit = JSON_LIMIT if member.filename.endswith(".json") else LARGEST_IMAGE
        if member.file_size > limit or len(members) > MOST_MEMBERS:
            raise SessionUnreadable(
                "session.project-too-large",
                "{file} contains more than a project can: {size} in {member}.",
                "Choose another copy of the project.",
                file=file.name,
                size=size_text(member.file_size),
                member=member.filename,
            )
        if member.flag_bits & 1:
            raise _damaged(file)
    return list(members.values())


def _extract(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path) -> None:
    """Write the members; one that is damaged is left short, so that loading the session names it."""
    for member in members:
        written = 0
        with (folder / member.filename).open("wb") as target:
            try:
                with archive.open(member) as source:
                    # a member that is longer than it says must not fill the disk
                    while (block := source.read(CHUNK)) and written < member.file_size:
                        target.write(block)
                        written += len(block)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
                target.truncate(0)
    sync_folder(folder)


def _damaged(file: Path) -> SessionUnreadable:
    return SessionUnreadable(
        "session.project-damaged",
        "The project {file} is damaged or incomplete.",
        "Choose another copy of it.",
        file=file.name,
    )
