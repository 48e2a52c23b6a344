"""Matches given files off the GUI thread; observable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.collections.file_matching import (
    FileMatching,
    GivenFiles,
    MatchMode,
    files_of_folders,
    photos_among,
    sides_of_folders,
)


@dataclass(frozen=True, slots=True)
class MatchedGiven:
    """The files, and how they are matched."""

    given: GivenFiles
    mode: MatchMode
    matching: FileMatching
    byte_count: int
    """Size of the files of the pairs."""


class FileMatcher(QObject):
    """A new search cancels the one before."""

    matched = Signal(object)
    """`MatchedGiven`."""
    failed = Signal(object)
    """`ErrorReport`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1, is_latest_only=True)

    def match_paths(self, paths: Sequence[Path]) -> None:
        """Match photos, or the photos of two folders; of one folder, or several, those in them together."""
        self._submit(partial(_given_in, tuple(paths)), None)

    def match_folders(self, before: Path, after: Path) -> None:
        """Match the photos of two folders."""
        self._submit(partial(files_of_folders, before, after), None)

    def match_again(self, given: GivenFiles, mode: MatchMode) -> None:
        """Match the same files in another way."""
        self._submit(lambda: given, mode)

    def cancel(self) -> None:
        """Report nothing more."""
        self._background.cancel()

    def shut_down(self) -> None:
        """Cancel and wait."""
        self._background.cancel()
        self._background.close()

    def _submit(self, read: Callable[[], GivenFiles], mode: MatchMode | None) -> None:
        self._background.submit(
            lambda: _matched(read(), mode),
            self.matched.emit,
            self.failed.emit,
            cancel=CancelToken(),
        )


def _given_in(paths: Sequence[Path]) -> GivenFiles:
    folders = [path for path in paths if path.is_dir()]
    if len(folders) == 2 and len(paths) == 2:
        return files_of_folders(*sides_of_folders(folders))
    inside = [photo for folder in folders for photo in photos_among(sorted(folder.iterdir()))]
    return GivenFiles((*photos_among(paths), *inside))


def _matched(given: GivenFiles, mode: MatchMode | None) -> MatchedGiven:
    chosen, matching = given.best() if mode is None else (mode, given.matched(mode))
    sizes = 0
    for pair in matching.pairs:
        for file in (pair.original, pair.edited):
            try:
                sizes += file.stat().st_size
            except OSError:
                continue
    return MatchedGiven(given, chosen, matching, sizes)
