"""Photos that the user opened lately, to try a new edit on while it is trained."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from engine.errors import EngineError
from engine.images.image_files import open_photo
from ip2p_desktop.session.store.node_files import RECORD_SUFFIX, image_file, read_record, read_thumbnail
from ip2p_desktop.session.store.node_record import NodeKind
from ip2p_desktop.session.store.session_folder import session_paths
from ip2p_desktop.widgets.display_images import to_qimage

SESSIONS_SEARCHED, RECORDS_READ = 3, 100
THUMBNAIL_SIDE = 128


@dataclass(frozen=True, eq=False, slots=True)
class PreviewPhoto:
    """A photo with a small image of it."""

    path: Path
    name: str
    thumbnail: QImage


def recent_photos(sessions: Path, count: int) -> tuple[PreviewPhoto, ...]:
    """The photos opened last, at most `count`; reads the files of the latest sessions."""
    found: list[PreviewPhoto] = []
    for session in session_paths(sessions)[:SESSIONS_SEARCHED]:
        records = sorted(session.glob(f"*{RECORD_SUFFIX}"), key=_changed, reverse=True)[:RECORDS_READ]
        for file in records:
            if len(found) == count:
                return tuple(found)
            photo = _photo_in(session, file)
            if photo is not None and photo.path not in {other.path for other in found}:
                found.append(photo)
    return tuple(found)


def _changed(file: Path) -> float:
    with suppress(OSError):
        return file.stat().st_mtime
    return 0.0


def _photo_in(session: Path, file: Path) -> PreviewPhoto | None:
    """The opened photo of a record; None for a result or a damaged record."""
    try:
        record = read_record(file)
        thumbnail = read_thumbnail(session, record.node_id)
    except (OSError, ValueError, EngineError):
        return None
    path = image_file(session, record.image)
    if record.kind is not NodeKind.PHOTO or record.parent or thumbnail is None or not path.is_file():
        return None
    return PreviewPhoto(path, record.name, thumbnail)


def read_preview_photo(path: Path) -> PreviewPhoto:
    """A photo that the user chose. Raises `ImageUnreadable`."""
    image = open_photo(path)
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return PreviewPhoto(path, path.name, to_qimage(image))
