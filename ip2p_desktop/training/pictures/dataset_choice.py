"""The chosen dataset and what was found in it, read off the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import EngineError, ErrorReport
from engine.images.image_files import decode_photo
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from trainer.datasets import ColumnNames, Pair, PairImage, PairSet, SkipReason, Source, find_pairs
from trainer.datasets.finding import NO_INSTRUCTION

if TYPE_CHECKING:
    from trainer.datasets.checking.report import DatasetReport

EXAMPLES_SHOWN = 4
THUMBNAIL_PIXELS = 256
"""Longer side; drawn at half that size, so that it is sharp on high-density screens."""


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """The images of a pair, scaled down."""

    original: QImage
    edited: QImage
    instruction: str


@dataclass(frozen=True, slots=True)
class Findings:
    """A dataset's pairs, their instructions and the pairs shown as examples."""

    listing: PairSet
    instructions: tuple[str, ...]
    examples: tuple[Pair, ...]
    instruction: str = ""
    """That of the pairs without a text, which the user has typed; several wordings are lines."""
    columns: ColumnNames = field(default_factory=ColumnNames)
    """The columns that the user has chosen."""


class DatasetChoice(QObject):
    """The path of a dataset, then its findings or an error, then thumbnails and a report; observable."""

    changed = Signal()
    thumbnails_changed = Signal()
    report_changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._cancel = CancelToken()
        self.path: Path | None = None
        self.instruction = ""
        """What was changed in the pairs without a text, as the user has typed it."""
        self.columns = ColumnNames()
        """The columns that the user has chosen; usual ones if they are empty."""
        self.findings: Findings | None = None
        self.failure: ErrorReport | None = None
        self.thumbnails: tuple[Thumbnails, ...] = ()
        self.report: DatasetReport | None = None
        """The result of checking every image; None until it has finished."""

    def is_searching(self) -> bool:
        """Whether the pairs of the chosen dataset are being searched."""
        return self.path is not None and self.findings is None and self.failure is None

    def needs_instruction(self) -> bool:
        """Whether pairs were found without a text that says what was changed."""
        if self.instruction:
            return True
        if self.failure is not None:
            return self.failure.code == NO_INSTRUCTION
        skipped = self.findings.listing.skipped if self.findings is not None else ()
        return any(entry.reason == SkipReason.NO_INSTRUCTION for entry in skipped)

    def choose(self, path: Path, instruction: str = "", columns: ColumnNames | None = None) -> None:
        """Search a folder or a zip for pairs; an earlier search is cancelled.

        `instruction` is that of pairs without a text; `columns` are those that the user has chosen.
        """
        chosen = columns or ColumnNames()
        self._set(path, instruction, chosen)
        search = self._cancel = CancelToken()
        self._background.submit(
            lambda: inspect_folder(path, search, instruction, chosen),
            self._on_found,
            self._on_failed,
            cancel=search,
        )

    def clear(self) -> None:
        """Cancel the search and remove the choice."""
        self._set(None)

    def _set(self, path: Path | None, instruction: str = "", columns: ColumnNames | None = None) -> None:
        self._cancel.cancel()
        self.path, self.instruction, self.columns = path, instruction, columns or ColumnNames()
        self.findings, self.failure, self.thumbnails, self.report = None, None, (), None
        self.changed.emit()
        self.thumbnails_changed.emit()
        self.report_changed.emit()

    def _on_found(self, findings: Findings) -> None:
        search = self._cancel
        self.findings = findings
        self.changed.emit()
        self._background.submit(
            lambda: load_thumbnails(findings.examples, search),
            self._on_thumbnails,
            lambda failure: None,  # the dialog then shows no thumbnails
            cancel=search,
        )
        self._background.submit(
            lambda: inspect_pairs(findings.listing, search),
            self._on_report,
            lambda failure: None,  # the trainer checks again and reports the error
            cancel=search,
        )

    def _on_failed(self, report: ErrorReport) -> None:
        self.failure = report
        self.changed.emit()

    def _on_thumbnails(self, thumbnails: tuple[Thumbnails, ...]) -> None:
        self.thumbnails = thumbnails
        self.thumbnails_changed.emit()

    def _on_report(self, report: DatasetReport) -> None:
        self.report = report
        self.report_changed.emit()


def inspect_folder(
    path: Path, search: CancelToken, instruction: str = "", columns: ColumnNames | None = None
) -> Findings:
    """Search for pairs. Raises `DatasetNotUsable`, or `Cancelled`."""
    chosen = columns or ColumnNames()
    listing = find_pairs([Source(path)], chosen, instruction=instruction, cancel=search)
    return Findings(listing, listing.instructions, example_pairs(listing.pairs), instruction, chosen)


def inspect_pairs(listing: PairSet, search: CancelToken) -> DatasetReport:
    """Open and check every image. Raises `Cancelled`."""
    from trainer.check import check_pairs  # imports numpy, which the window does not need to start

    return check_pairs(listing, cancel=search, workers=1)


def example_pairs(pairs: Sequence[Pair], count: int = EXAMPLES_SHOWN) -> tuple[Pair, ...]:
    """The first `count` pairs, with different instructions if there are enough."""
    by_instruction: dict[str, Pair] = {}
    for pair in pairs:
        by_instruction.setdefault(pair.instruction, pair)
    chosen = list(by_instruction.values())[:count]
    chosen += [pair for pair in pairs[: 2 * count] if pair not in chosen][: count - len(chosen)]
    return tuple(chosen)


def load_thumbnails(pairs: Sequence[Pair], search: CancelToken) -> tuple[Thumbnails, ...]:
    """The thumbnails of the pairs whose files can be read. Raises `Cancelled`."""
    loaded = []
    for pair in pairs:
        search.raise_if_cancelled()
        try:
            loaded.append(Thumbnails(_thumbnail(pair.original), _thumbnail(pair.edited), pair.instruction))
        except EngineError:
            continue
    return tuple(loaded)


def _thumbnail(pair_image: PairImage) -> QImage:
    image = decode_photo(pair_image.read(), pair_image.name)
    image.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    data = image.convert("RGBA").tobytes()
    return QImage(data, image.width, image.height, QImage.Format.Format_RGBA8888).copy()
