"""Several files or folders that are opened together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import EngineError, ErrorReport, ImageUnreadable, NewerVersion
from engine.images.edit_record import read_edit_record
from engine.images.image_files import open_photo
from engine.images.photo_search import photos_of_folder
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.widgets.display_images import DisplayImage

MOST_PHOTOS = 50
"""More are not opened at once: a folder dropped by mistake may contain thousands."""


@dataclass(frozen=True, slots=True)
class UnreadablePhoto:
    """The name of a file that cannot be opened, and why."""

    name: str
    report: ErrorReport


@dataclass(frozen=True, slots=True)
class OpeningSummary:
    """What became of the files of one opening."""

    found: int
    """Number of photos in the files and folders; at most `MOST_PHOTOS` of them are opened."""
    unreadable: tuple[UnreadablePhoto, ...]


def read_photos(
    paths: Sequence[Path],
    report_name: Callable[[str], None],
    report_photo: Callable[[SourcePhoto], None],
    is_cancelled: Callable[[], bool],
) -> OpeningSummary:
    """Read the photos one after the other; `report_photo` gets each, and `report_name` its name before that.

    `is_cancelled` is called before each photo after the first. Raises `ImageUnreadable` if there is no photo.
    """
    found = photos_in(paths)
    unreadable = []
    for number, path in enumerate(found[:MOST_PHOTOS]):
        if number and is_cancelled():
            break
        report_name(path.name)
        try:
            report_photo(read_source(path))
        except EngineError as error:
            unreadable.append(UnreadablePhoto(path.name, error.report()))
    return OpeningSummary(len(found), tuple(unreadable))


def photos_in(paths: Sequence[Path]) -> list[Path]:
    """The files, and the photos of each folder sorted by name, without those in folders below it.

    Raises `ImageUnreadable` if there is none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        found.update(dict.fromkeys(photos_of_folder(path) if path.is_dir() else [path]))
    if not found and paths:
        raise ImageUnreadable(
            "image.folder-without-photos",
            "{folder} contains no photo.",
            "Choose a photo, or a folder that contains some.",
            folder=paths[0],
        )
    return list(found)


def read_source(path: Path) -> SourcePhoto:
    """The photo in a file with the edit record of its metadata; other programs write no record.

    Raises `ImageUnreadable`.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ImageUnreadable(
            "image.not-a-file", "{file} is not a regular file.", "Choose a photo that is a file.", file=path
        )
    image = open_photo(path)
    source = SourcePhoto.of(image, DisplayImage.of(image), path.name)
    source.file = path
    try:
        source.record = read_edit_record(path)
    except NewerVersion as error:
        source.record_problem = error.report()
    except ImageUnreadable:
        return source
    return source
