"""The chosen folder or zip of pairs and what was found in it, searched away from the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from engine.errors import EngineError, ErrorReport
from engine.images.image_files import decode_photo
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from trainer.datasets import Pair, PairImage, PairSet, Source, find_pairs

if TYPE_CHECKING:
    from trainer.datasets.checking.report import DatasetReport

EXAMPLES_SHOWN = 4
THUMBNAIL_PIXELS = 256
"""Longer side; drawn at half that size, so that it is sharp on dense screens."""


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """A pair, small enough to show."""

    original: QImage
    edited: QImage
    instruction: str


@dataclass(frozen=True, slots=True)
class Findings:
    """A listing with what the dialog says about it, worked out once."""

    listing: PairSet
    instructions: tuple[str, ...]
    examples: tuple[Pair, ...]


class DatasetChoice(QObject):
    """Observable: where pairs lie, then the findings or why there are none, then thumbnails and a report."""

    changed = Signal()
    thumbnails_changed = Signal()
    report_changed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._search = CancelToken()
        self.path: Path | None = None
        self.findings: Findings | None = None
        self.failure: ErrorReport | None = None
        self.thumbnails: tuple[Thumbnails, ...] = ()
        self.report: DatasetReport | None = None
        """What looking into every picture came to; None until that is done."""

    def is_searching(self) -> bool:
        return self.path is not None and self.findings is None and self.failure is None

    def choose(self, path: Path) -> None:
        """Looks for pairs in a folder or a zip; an earlier search is given up."""
        self.clear()
        self.path = path
        search = self._search = CancelToken()
        self.changed.emit()
        self._background.submit(
            lambda: inspect_folder(path, search), self._found, self._not_found, cancel=search
        )

    def clear(self) -> None:
        self._search.cancel()
        self.path, self.findings, self.failure, self.thumbnails = None, None, None, ()
        self.report = None
        self.changed.emit()
        self.thumbnails_changed.emit()
        self.report_changed.emit()

    def _found(self, findings: Findings) -> None:
        search = self._search
        self.findings = findings
        self.changed.emit()
        self._background.submit(
            lambda: load_thumbnails(findings.examples, search),
            self._loaded,
            lambda failure: None,  # the dialog does without
            cancel=search,
        )
        self._background.submit(
            lambda: inspect_pairs(findings.listing, search),
            self._on_report,
            lambda failure: None,  # the trainer looks again, and says what is wrong
            cancel=search,
        )

    def _not_found(self, report: ErrorReport) -> None:
        self.failure = report
        self.changed.emit()

    def _loaded(self, thumbnails: tuple[Thumbnails, ...]) -> None:
        self.thumbnails = thumbnails
        self.thumbnails_changed.emit()

    def _on_report(self, report: DatasetReport) -> None:
        self.report = report
        self.report_changed.emit()


def inspect_folder(path: Path, search: CancelToken) -> Findings:
    """Raises `DatasetNotUsable`, or `Cancelled`."""
    listing = find_pairs([Source(path)], cancel=search)
    return Findings(listing, listing.instructions, example_pairs(listing.pairs))


def inspect_pairs(listing: PairSet, search: CancelToken) -> DatasetReport:
    """Looks into every picture. Raises `Cancelled`."""
    from trainer.check import check_pairs  # brings numpy, which the window can open without

    return check_pairs(listing, cancel=search, workers=1)


def example_pairs(pairs: Sequence[Pair], count: int = EXAMPLES_SHOWN) -> tuple[Pair, ...]:
    """A few pairs with different instructions if there are such, in their order."""
    by_instruction: dict[str, Pair] = {}
    for pair in pairs:
        by_instruction.setdefault(pair.instruction, pair)
    chosen = list(by_instruction.values())[:count]
    chosen += [pair for pair in pairs[: 2 * count] if pair not in chosen][: count - len(chosen)]
    return tuple(chosen)


def load_thumbnails(pairs: Sequence[Pair], search: CancelToken) -> tuple[Thumbnails, ...]:
    """Pairs whose files are not photos are left out: the trainer tells about them."""
    loaded = []
    for pair in pairs:
        search.raise_if_cancelled()
        try:
            loaded.append(Thumbnails(_thumbnail(pair.original), _thumbnail(pair.edited), pair.instruction))
        except EngineError:
            continue
    return tuple(loaded)


def _thumbnail(picture: PairImage) -> QImage:
    image = decode_photo(picture.read(), picture.name)
    image.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
    data = image.convert("RGBA").tobytes()
    return QImage(data, image.width, image.height, QImage.Format.Format_RGBA8888).copy()
