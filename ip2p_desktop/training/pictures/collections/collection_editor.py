"""The collection that is being edited; observable. Its files are changed off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError, ErrorReport, ImageUnreadable
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.collections.collection_list import (
    LONGEST_NAME,
    delete_collection,
    new_folder,
)
from ip2p_desktop.training.pictures.collections.given_pictures import GivenPair, GivenPicture
from ip2p_desktop.training.pictures.collections.pair_collection import (
    PairCollection,
    add_pair,
    create_collection,
    delete_unused,
    next_number,
    read_collection,
    remove_pairs,
    replace_picture,
    set_common_words,
    set_pair_words,
    write_collection,
)

Change = Callable[[PairCollection], PairCollection]


@dataclass(frozen=True, slots=True)
class AddedPairs:
    """What came of adding several pairs."""

    collection: PairCollection
    added: int
    failures: tuple[ErrorReport, ...] = ()


class CollectionEditor(QObject):
    """Opens one collection at a time, changes it, and undoes the changes since it was opened."""

    changed = Signal()
    """Another collection is open, or its pairs, words or name are others."""
    busy_changed = Signal(bool)
    progressed = Signal(int, int)
    """How many pairs are added, and how many are to be."""
    failed = Signal(object)
    """`ErrorReport` of a change that was not made, or of pairs that were left out."""

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._background = Background(self, workers=1)
        self._stored: PairCollection | None = None
        """As it is on disk; used on the thread of the background only."""
        self._adding = CancelToken()
        self._waiting = 0
        self._earlier: list[PairCollection] = []
        self.collection: PairCollection | None = None
        """The open one; None if there is none."""

    @property
    def is_busy(self) -> bool:
        """Whether changes are being written."""
        return self._waiting > 0

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._earlier) and not self.is_busy

    def open(self, folder: Path) -> None:
        """Open a collection, and delete images that its pairs do not have any more."""
        self._run(partial(_opened, folder), self._on_opened)

    def create(self, name: str, then: Callable[[], None] | None = None) -> None:
        """Make and open a new collection; `then` is called when it is open."""
        named = name.strip()[:LONGEST_NAME]
        self._run(
            lambda: create_collection(new_folder(self._root, named), named),
            partial(self._on_opened, then=then),
        )

    def close(self) -> None:
        """Have no collection open. It stays on disk, unless it has no pairs."""
        if self.collection is not None and not self.collection.pairs and not self.is_busy:
            folder = self.collection.folder
            self._background.submit(partial(delete_collection, folder), lambda _: None, lambda _: None)
        self._earlier.clear()
        self.collection = None
        self.changed.emit()

    def add(self, pairs: Sequence[GivenPair]) -> None:
        """Add pairs, with copies of their pictures. Those that cannot be read are left out and reported."""
        token = self._adding = CancelToken()
        report = self._background.relayed(lambda done: self.progressed.emit(done, len(pairs)), CancelToken())
        self._run(lambda: self._added(tuple(pairs), report, token), self._on_added)

    def cancel_adding(self) -> None:
        """Add no further pairs; those added so far stay."""
        self._adding.cancel()

    def replace(self, place: int, side: str, picture: GivenPicture) -> None:
        """Give a pair another picture on one side."""
        self._change(lambda collection: replace_picture(collection, place, side, picture))

    def remove(self, places: Sequence[int]) -> None:
        """Remove pairs."""
        self._change(lambda collection: remove_pairs(collection, places))

    def set_words(self, places: Sequence[int], words: Sequence[str]) -> None:
        """Give pairs words of their own; none for those of all pairs."""
        self._change(lambda collection: set_pair_words(collection, places, words))

    def set_common_words(self, words: Sequence[str]) -> None:
        """Set the words of all pairs without their own."""
        if self.collection is not None and tuple(words) != self.collection.words:
            self._change(lambda collection: set_common_words(collection, words))

    def rename(self, name: str) -> None:
        """Give the collection another name."""
        if name.strip():
            self._change(lambda collection: _renamed(collection, name.strip()[:LONGEST_NAME]))

    def undo(self) -> None:
        """Undo the last change."""
        if self.can_undo:
            earlier = self._earlier.pop()
            self._run(lambda: self._store(earlier), self._on_undone)

    def shut_down(self) -> None:
        """Wait until the change that is being written has ended."""
        self.cancel_adding()
        self._background.close()

    def _change(self, change: Change) -> None:
        self._run(lambda: self._changed(change), self._on_changed)

    def _run(self, work: Callable[[], object], finished: Callable[..., None]) -> None:
        self._waiting += 1
        self.busy_changed.emit(True)
        self._background.submit(self._kept(work), partial(self._end, finished), self._fail)

    def _kept(self, work: Callable[[], object]) -> Callable[[], object]:
        """Work that remembers the collection it returns, on the thread of the background."""

        def run() -> object:
            result = work()
            self._stored = result.collection if isinstance(result, AddedPairs) else result  # type: ignore[assignment]
            return result

        return run

    def _end(self, finished: Callable[..., None], result: object) -> None:
        self._waiting -= 1
        self.busy_changed.emit(self.is_busy)
        finished(result)

    def _fail(self, report: ErrorReport) -> None:
        self._waiting -= 1
        self.failed.emit(report)
        self.busy_changed.emit(self.is_busy)
        self.changed.emit()

    def _changed(self, change: Change) -> PairCollection:
        assert self._stored is not None
        return change(self._stored)

    def _store(self, collection: PairCollection) -> PairCollection:
        write_collection(collection)
        return collection

    def _added(
        self, pairs: Sequence[GivenPair], report: Callable[[int], None], token: CancelToken
    ) -> AddedPairs:
        collection = self._stored
        assert collection is not None
        failures: list[ErrorReport] = []
        before, first = len(collection.pairs), next_number(collection)
        for number, pair in enumerate(pairs):
            if token.is_cancelled:
                break
            report(number)
            try:
                collection = add_pair(collection, pair, first + number)
            except ImageUnreadable as error:
                failures.append(error.report())
            except EngineError as error:  # such as a full disk, which the next pair would meet too
                failures.append(error.report())
                break
        return AddedPairs(collection, len(collection.pairs) - before, tuple(failures))

    def _on_opened(self, collection: PairCollection, then: Callable[[], None] | None = None) -> None:
        self._earlier.clear()
        self._show(collection)
        if then is not None:
            then()

    def _on_changed(self, collection: PairCollection) -> None:
        if self.collection is not None and self.collection.folder == collection.folder:
            self._earlier.append(self.collection)
            self._show(collection)

    def _on_undone(self, collection: PairCollection) -> None:
        self._show(collection)

    def _on_added(self, added: AddedPairs) -> None:
        if added.added:
            self._on_changed(added.collection)
        else:
            self.changed.emit()
        if added.failures:
            self.failed.emit(added.failures[0])

    def _show(self, collection: PairCollection) -> None:
        self.collection = collection
        self.changed.emit()


def _opened(folder: Path) -> PairCollection:
    collection = read_collection(folder)
    delete_unused(collection)
    write_collection(collection)  # without the part of a line that a killed program left
    return collection


def _renamed(collection: PairCollection, name: str) -> PairCollection:
    renamed = replace(collection, name=name)
    write_collection(renamed)
    return renamed
