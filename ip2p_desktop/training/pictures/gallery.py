"""All pairs of a dataset with their problems and repairs. Uses no widgets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from trainer.datasets.pairs import NOTES, Pair, PairSet, SkippedEntry
from trainer.datasets.repairs.pair_repair import PairRepair
from trainer.datasets.repairs.repaired_pairs import repair_of_each
from trainer.datasets.repairs.repairs_file import Repairs

LEFT_OUT, NEEDS_ATTENTION = "left out", "kept"
"""Values of the trainer's `Consequence`, which is not imported here: it would load numpy."""
NO_REPAIR = PairRepair()
MOST_UNDONE = 200
"""Number of changes that can be undone."""


class PairFilter(StrEnum):
    """Which pairs are shown."""

    ALL = "all"
    PROBLEMS = "problems"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the check has found about a pair."""

    kind: str
    """A kind of finding of the trainer's check."""
    detail: str
    consequence: str
    """A value of the trainer's `Consequence`."""


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """A pair as the dataset has it, or an entry that is none."""

    name: str
    pair: Pair | None
    skipped: SkippedEntry | None = None
    """Why it is no pair."""


@dataclass(frozen=True, slots=True)
class GalleryCounts:
    """Numbers of entries."""

    all: int = 0
    problems: int = 0
    left_out: int = 0


class Gallery(QObject):
    """The entries of a dataset; repairs can be made and undone. Observable."""

    entries_changed = Signal()
    """Other entries: another dataset, or none."""
    findings_changed = Signal()
    repairs_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listing: PairSet | None = None
        self._by_name: dict[str, GalleryEntry] = {}
        self.entries: tuple[GalleryEntry, ...] = ()
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._repairs: dict[str, PairRepair] = {}
        self._kept = Repairs()
        self._counts: GalleryCounts | None = None
        self._undo: list[dict[str, PairRepair]] = []
        self._redo: list[dict[str, PairRepair]] = []

    def show(self, listing: PairSet | None, repairs: Repairs | None = None) -> None:
        """Show the pairs of a dataset with the repairs made earlier; None for no dataset."""
        self._listing, self._kept = listing, repairs or Repairs()
        pairs = [GalleryEntry(pair.name, pair) for pair in listing.pairs] if listing else []
        skipped = [
            GalleryEntry(entry.name, None, entry)
            for entry in (listing.skipped if listing else ())
            if entry.reason not in NOTES
        ]
        self.entries = (*pairs, *skipped)
        self._by_name = {entry.name: entry for entry in pairs}
        self._repairs = repair_of_each(listing, self._kept) if listing else {}
        self._problems = {}
        self._undo, self._redo = [], []
        self._counts = None
        self.entries_changed.emit()
        self.repairs_changed.emit()

    def add_problems(self, problems: Mapping[str, tuple[Problem, ...]]) -> None:
        """Add the problems of pairs that were checked, by their names."""
        self._problems.update(problems)
        self._counts = None
        if problems:
            self.findings_changed.emit()

    def set_problems(self, problems: Mapping[str, tuple[Problem, ...]]) -> None:
        """Replace all problems, when all pairs were checked."""
        self._problems = dict(problems)
        self._counts = None
        self.findings_changed.emit()

    def problems_of(self, entry: GalleryEntry) -> tuple[Problem, ...]:
        """What is wrong with an entry, as far as it was checked."""
        if entry.skipped is not None:
            return (Problem(str(entry.skipped.reason), entry.skipped.sentence, LEFT_OUT),)
        return self._problems.get(entry.name, ())

    def repair_of(self, entry: GalleryEntry) -> PairRepair:
        """The repair of a pair; an empty one if there is none."""
        return self._repairs.get(entry.name, NO_REPAIR)

    def repaired(self, entry: GalleryEntry) -> Pair | None:
        """The pair with its repair, also if it is left out; None if it is no pair."""
        return self.repair_of(entry).applied_to(entry.pair) if entry.pair else None

    def is_problem(self, entry: GalleryEntry) -> bool:
        """Whether an entry needs attention."""
        needed = (LEFT_OUT, NEEDS_ATTENTION)
        is_bad = any(problem.consequence in needed for problem in self.problems_of(entry))
        return is_bad and not self.repair_of(entry).exclude

    def is_left_out(self, entry: GalleryEntry) -> bool:
        """Whether training does not use an entry."""
        is_unusable = any(problem.consequence == LEFT_OUT for problem in self.problems_of(entry))
        return is_unusable or self.repair_of(entry).exclude

    def counts(self) -> GalleryCounts:
        """How many entries there are, need attention, and are left out."""
        if self._counts is None:
            # only these can be either, and a dataset may have thousands of others
            names = self._problems.keys() | {name for name, each in self._repairs.items() if each.exclude}
            marked = [entry for entry in self.entries if entry.pair is None or entry.name in names]
            problems, left_out = sum(map(self.is_problem, marked)), sum(map(self.is_left_out, marked))
            self._counts = GalleryCounts(len(self.entries), problems, left_out)
        return self._counts

    def found(self, chosen: PairFilter, words: str) -> list[GalleryEntry]:
        """The entries of a kind whose instruction, name or file names contain each of the words."""
        wanted = words.casefold().split()
        if chosen is PairFilter.ALL and not wanted:
            return list(self.entries)
        return [
            entry
            for entry in self.entries
            if self._belongs(entry, chosen) and (not wanted or _matches(self._text_of(entry), wanted))
        ]

    def _belongs(self, entry: GalleryEntry, chosen: PairFilter) -> bool:
        if chosen is PairFilter.PROBLEMS:
            return self.is_problem(entry)
        return chosen is PairFilter.ALL or self.is_left_out(entry)

    def _text_of(self, entry: GalleryEntry) -> str:
        if entry.pair is None:
            return f"{entry.name} {entry.skipped.sentence if entry.skipped else ''}".casefold()
        texts = self.repair_of(entry).instructions or entry.pair.instructions
        names = (entry.name, entry.pair.original.name, entry.pair.edited.name)
        return "\n".join((*texts, *names)).casefold()

    def excluded(self) -> list[Pair]:
        """The pairs that the user has left out, with their other repairs."""
        return [
            repair.applied_to(entry.pair)
            for name, repair in self._repairs.items()
            if repair.exclude and (entry := self._by_name.get(name)) and entry.pair
        ]

    def repairs(self) -> Repairs:
        """The repairs as they are kept; those of pairs that are gone stay."""
        own = {repair.images for repair in self._repairs.values()}
        gone = {
            name: repair
            for name, repair in self._kept.pairs.items()
            if name not in self._by_name and repair.images not in own
        }
        return replace(self._kept, pairs={**gone, **self._repairs})

    def change(
        self, entries: Iterable[GalleryEntry], repair: Callable[[Pair, PairRepair], PairRepair]
    ) -> None:
        """Change the repairs of some pairs at once; `repair` gets a pair of the dataset and its repair."""
        repairs, changed = dict(self._repairs), set()
        for entry in entries:
            if entry.pair is None:
                continue
            before = self._repairs.get(entry.name)
            if before is None:
                before = PairRepair(images=(entry.pair.original.name, entry.pair.edited.name))
            new = repair(entry.pair, before)
            if new.is_empty:
                repairs.pop(entry.name, None)
            else:
                repairs[entry.name] = new
            if repairs.get(entry.name) != self._repairs.get(entry.name):
                changed.add(entry.name)
        if changed:
            self._undo = [*self._undo[-MOST_UNDONE + 1 :], self._repairs]
            self._redo = []
            self._set(repairs)

    def can_undo(self) -> bool:
        """Whether a change can be undone."""
        return bool(self._undo)

    def undo(self) -> None:
        """Undo the last change."""
        if self._undo:
            self._redo.append(self._repairs)
            self._set(self._undo.pop())

    def redo(self) -> None:
        """Make the change again that was undone last."""
        if self._redo:
            self._undo.append(self._repairs)
            self._set(self._redo.pop())

    def _set(self, repairs: dict[str, PairRepair]) -> None:
        before, self._repairs = self._repairs, repairs
        self._counts = None
        for name in [*self._problems]:
            if _images_differ(before.get(name), repairs.get(name)):
                del self._problems[name]  # they were those of other images
        self.repairs_changed.emit()


def _images_differ(one: PairRepair | None, other: PairRepair | None) -> bool:
    if one is other:
        return False
    one, other = one or NO_REPAIR, other or NO_REPAIR
    return (one.swap, one.alignment) != (other.swap, other.alignment)


def _matches(text: str, words: Collection[str]) -> bool:
    return all(word in text for word in words)


def with_instructions(texts: Sequence[str]) -> Callable[[Pair, PairRepair], PairRepair]:
    """A change that gives pairs these wordings; those of the dataset are no repair."""
    wordings = tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))

    def change(pair: Pair, repair: PairRepair) -> PairRepair:
        return replace(repair, instructions=() if wordings == pair.instructions else wordings)

    return change
