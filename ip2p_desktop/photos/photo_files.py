"""Reads and writes photos off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PIL import Image
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from engine.edit_packs.pack_file import is_pack
from engine.errors import ErrorReport
from engine.images.image_saving import STANDARD, SaveOptions, keeps_transparency, save_image
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.photos.photo_opening import OpeningSummary, read_photos
from ip2p_desktop.session.edit_nodes import EditedPhoto, SourcePhoto
from ip2p_desktop.session.saved_file import SavedFile
from ip2p_desktop.session.store.project_file import PROJECT_SUFFIX
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

Value = TypeVar("Value")


@dataclass(eq=False, slots=True)
class _Opening:
    """Photos that are opened together."""

    is_alone: bool = True
    """Whether it is a single photo; known as soon as reading begins."""
    is_superseded: bool = False
    """Whether a newer request came: its first photo is shown instead."""
    has_shown: bool = False


class PhotoFiles(QObject):
    """Emits a signal when a photo is read or written."""

    reading = Signal(str)
    """Name of the photo that is being read."""
    read = Signal(object)
    """`SourcePhoto` to show: the first of those opened together."""
    added = Signal(object)
    """`SourcePhoto`: another one of those opened together."""
    opened = Signal(object)
    """`OpeningSummary` of several photos, after the last one."""
    reading_ended = Signal()
    """No photo is being read any more."""
    project_offered = Signal(object)
    """`Path` of a project, which is not a photo."""
    edit_pack_offered = Signal(object)
    """`Path` of an edit pack, which is not a photo either."""
    saved = Signal(object)
    """`Path`."""
    saved_on_white = Signal(object)
    """`Path` in a format without transparency, which the result has."""
    failed = Signal(object)
    """`ErrorReport`."""
    thumbnail_read = Signal(object, object)
    """`Path` and `QImage`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._reads = Background(self, workers=1)
        self._openings: list[_Opening] = []
        self._closing = CancelToken()

    def open_file(self, path: Path) -> None:
        """Read a photo from a file, or those in a folder."""
        self.open_files([path])

    def open_files(self, paths: Sequence[Path]) -> None:
        """Read photos from files and folders in their order, and show the first one.

        Emits `reading` and `read` or `added` for each, then `opened`; `failed` for a single one that cannot
        be read. A newer request cancels the opening of a single photo; several photos are all opened. For a
        project emits `project_offered` instead, and no photo given with it is read; for edit packs emits
        `edit_pack_offered`.
        """
        for pack in filter(is_pack, paths):
            self.edit_pack_offered.emit(pack)
        paths = [path for path in paths if not is_pack(path)]
        for project in (path for path in paths if path.suffix.lower() == PROJECT_SUFFIX):
            self.project_offered.emit(project)
            return
        if not paths:
            return
        opening = self._begin(paths[0].name)
        report_name = self._reads.relayed(self.reading.emit, CancelToken())
        report_photo = self._reads.relayed(partial(self._on_photo, opening), CancelToken())

        def work() -> OpeningSummary:
            opening.is_alone = len(paths) == 1 and not paths[0].is_dir()
            if opening.is_alone and opening.is_superseded:
                return OpeningSummary(0, ())
            return read_photos(paths, report_name, report_photo, lambda: self._closing.is_cancelled)

        self._submit(opening, work, partial(self._on_opened, opening))

    def open_image(self, image: QImage) -> None:
        """Show a photo from the clipboard or from another program; emits the same signals."""
        name = self.tr("Pasted photo")
        opening = self._begin(name)
        self._submit(opening, lambda: _source(to_pillow(image), name), partial(self._on_photo, opening))

    def save(self, result: EditedPhoto, path: Path, options: SaveOptions | None = None) -> None:
        """Write a result with its request as metadata; emits `saved`, `saved_on_white` or `failed`.

        Without `options`, it is written as the standard is, and the result remembers its file.
        """

        def work() -> tuple[bool, SavedFile]:
            image, chosen = result.image(), options or STANDARD
            deep = result.deep() if chosen.is_deep else None
            save_image(image, path, result.request, options=chosen, deep=deep)
            return image.mode != "RGBA" or keeps_transparency(path), SavedFile.of(path)

        def report(outcome: tuple[bool, SavedFile]) -> None:
            is_complete, file = outcome
            if options is None:
                result.saved_file = file
            (self.saved if is_complete else self.saved_on_white).emit(path)

        self._background.submit(work, report, self.failed.emit)

    def read_thumbnails(self, photos: Sequence[Path], side: int) -> None:
        """Read square thumbnails of `side` pixels; photos that cannot be read are left out."""
        for path in photos:
            show = partial(self._show_thumbnail, path)
            self._background.submit(partial(_thumbnail, path, side), show, _ignore)

    def shut_down(self) -> None:
        """Wait for all reads and writes that have begun; of several photos, the others are not read."""
        self._closing.cancel()
        self._reads.close()
        self._background.close()

    def _begin(self, name: str) -> _Opening:
        for earlier in self._openings:
            earlier.is_superseded = True
        self._openings.append(_Opening())
        self.reading.emit(name)
        return self._openings[-1]

    def _submit(
        self, opening: _Opening, work: Callable[[], Value], finished: Callable[[Value], None]
    ) -> None:
        def end(report: Callable[[], None]) -> None:
            self._openings.remove(opening)
            if not self._openings:
                self.reading_ended.emit()
            report()

        self._reads.submit(
            work,
            lambda value: end(partial(finished, value)),
            lambda report: end(partial(self.failed.emit, report)),
        )

    def _on_photo(self, opening: _Opening, source: SourcePhoto) -> None:
        if not opening.is_superseded and not opening.has_shown:
            opening.has_shown = True
            self.read.emit(source)
        elif not opening.is_alone:
            self.added.emit(source)

    def _on_opened(self, opening: _Opening, summary: OpeningSummary) -> None:
        if not opening.is_alone:
            self.opened.emit(summary)
        elif not opening.is_superseded:
            for photo in summary.unreadable:
                self.failed.emit(photo.report)

    def _show_thumbnail(self, path: Path, thumbnail: QImage | None) -> None:
        if thumbnail is not None:
            self.thumbnail_read.emit(path, thumbnail)


def _ignore(report: ErrorReport) -> None:
    """A photo without a thumbnail is shown by its name."""


def _thumbnail(path: Path, side: int) -> QImage | None:
    reader = QImageReader(str(path))
    whole = QSize(side, side)
    reader.setScaledSize(reader.size().scaled(whole, Qt.AspectRatioMode.KeepAspectRatioByExpanding))
    image = reader.read()
    return None if image.isNull() else DisplayImage((image,)).thumbnail(side)


def _source(image: Image.Image, name: str) -> SourcePhoto:
    return SourcePhoto.of(image, DisplayImage.of(image), name)
