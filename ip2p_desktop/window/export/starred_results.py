"""Saves all starred results into a folder, off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError, ErrorReport
from engine.images.image_saving import save_numbered
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.session.edit_nodes import EditedPhoto


@dataclass(frozen=True, slots=True)
class SavedResults:
    """How many results were saved, and why others were not."""

    count: int
    failures: tuple[ErrorReport, ...]


class StarredResults(QObject):
    """Names are those that Save offers; a name that exists gets a number, so that nothing is replaced."""

    progressed = Signal(int, int)
    """How many are saved, and how many there are."""
    finished = Signal(object, object)
    """`Path` of the folder, and `SavedResults`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, workers=1)
        self._closing = CancelToken()

    def save(self, results: Sequence[EditedPhoto], folder: Path) -> None:
        """Save the results one after the other; emits `progressed` before each and `finished`."""
        report = self._background.relayed(
            lambda done: self.progressed.emit(done, len(results)), CancelToken()
        )
        self._background.submit(
            partial(_save_all, tuple(results), folder, report, self._closing),
            lambda saved: self.finished.emit(folder, saved),
            lambda error: self.finished.emit(folder, SavedResults(0, (error,))),
        )

    def shut_down(self) -> None:
        """Wait for the result that is being written; the others are not saved."""
        self._closing.cancel()
        self._background.close()


def _save_all(
    results: Sequence[EditedPhoto], folder: Path, report: Callable[[int], None], closing: CancelToken
) -> SavedResults:
    count, failures = 0, []
    for number, result in enumerate(results):
        if closing.is_cancelled:
            break
        report(number)
        try:
            save_numbered(result.image(), folder / output_name(result), result.request)
            count += 1
        except EngineError as error:
            failures.append(error.report())
    return SavedResults(count, tuple(failures))


def output_name(result: EditedPhoto) -> str:
    """The file name of a result, whose name the user may have changed."""
    return f"{Path(result.file_name).stem}.png"
