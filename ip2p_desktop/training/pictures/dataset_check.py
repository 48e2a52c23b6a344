"""Searches and checks a dataset. Slow: not for the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import EngineError, ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.training.pictures.dataset_memory import DatasetMemory
from ip2p_desktop.training.pictures.gallery import Problem
from trainer.datasets import ColumnNames, Pair, PairSet, Source, find_pairs
from trainer.datasets.repairs.repaired_pairs import repaired_pairs
from trainer.datasets.repairs.repairs_file import Repairs

if TYPE_CHECKING:
    from trainer.check import OnChecked, OnFound
    from trainer.datasets.checking.report import DatasetReport, Finding

REPORT_SECONDS = 0.2
"""Least time between two reports of progress."""

Problems = Mapping[str, tuple[Problem, ...]]
"""The problems of pairs by their names."""


@dataclass(frozen=True, slots=True)
class Findings:
    """A dataset's pairs and their instructions, as found, and the repairs made earlier."""

    listing: PairSet
    instructions: tuple[str, ...]
    """Those of the pairs after their repairs."""
    instruction: str = ""
    """That of the pairs without a text, which the user has typed."""
    columns: ColumnNames = field(default_factory=ColumnNames)
    """The columns that the user has chosen."""
    repairs: Repairs = field(default_factory=Repairs)
    repairs_file: Path | None = None
    """Where repairs are kept; None if there is a file there that cannot be read, and so is not replaced."""
    repairs_failure: ErrorReport | None = None
    """Why the earlier repairs cannot be used."""


@dataclass(frozen=True, slots=True)
class CheckProgress:
    """How far the check is, and the problems found since the last report."""

    done: int
    total: int
    problems: Problems


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The report on the pairs in use, their instructions, and the problems of all pairs."""

    report: DatasetReport
    instructions: tuple[str, ...]
    problems: Problems


def inspect_folder(
    path: Path, search: CancelToken, instruction: str = "", columns: ColumnNames | None = None
) -> Findings:
    """Search for pairs and for earlier repairs of them. Raises `DatasetNotUsable`, or `Cancelled`."""
    chosen = columns or ColumnNames()
    listing = find_pairs([Source(path)], chosen, instruction=instruction, cancel=search)
    memory = DatasetMemory(path)
    try:
        repairs = memory.read_repairs()
    except EngineError as error:
        return Findings(listing, listing.instructions, instruction, chosen, repairs_failure=error.report())
    return Findings(listing, listing.instructions, instruction, chosen, repairs, memory.repairs_file)


def check_dataset(
    listing: PairSet,
    repairs: Repairs,
    excluded: Sequence[Pair],
    folder: Path,
    cancel: CancelToken,
    on_progress: Callable[[CheckProgress], None],
) -> CheckResult:
    """Open and check every image, except those in the record in `folder` that have not changed.

    `excluded` are the pairs that the repairs leave out; they are checked too. Raises `DatasetNotUsable` if
    these are all pairs, or if the dataset is no longer there, or `Cancelled`.
    """
    from trainer.check import check_pairs  # imports numpy, which the window does not need to start

    pairs = repaired_pairs(listing, [repairs])
    others = listing.with_pairs(excluded)
    total = len(pairs.pairs) + len(excluded)
    progress = _Progress(total, on_progress)

    def checked(some: PairSet, before: int) -> DatasetReport:
        return check_pairs(
            some,
            on_checked=progress.counter(before),
            on_found=progress.collector(some),
            cancel=cancel,
            is_aside=True,
            folder=folder,
        )

    report = checked(pairs, 0)
    problems = _problems_of(pairs, report)
    if excluded:
        beside = checked(others, len(pairs.pairs))
        problems |= _problems_of(others, beside)
    return CheckResult(report, pairs.instructions, problems)


class _Progress:
    """Collects what is found and reports it now and then."""

    def __init__(self, total: int, report: Callable[[CheckProgress], None]) -> None:
        self._total, self._report = total, report
        self._problems: dict[str, tuple[Problem, ...]] = {}
        self._last = 0.0

    def counter(self, before: int) -> OnChecked:
        """Counts checked pairs, `before` of all having been checked already."""

        def on_checked(done: int, _: int) -> None:
            if time.monotonic() - self._last >= REPORT_SECONDS:
                self._last = time.monotonic()
                self._report(CheckProgress(before + done, self._total, self._problems))
                self._problems = {}

        return on_checked

    def collector(self, pairs: PairSet) -> OnFound:
        """Collects the problems of some of the pairs."""

        def on_found(place: int, findings: tuple[Finding, ...]) -> None:
            self._problems[pairs.pairs[place].name] = tuple(map(_problem, findings))

        return on_found


def _problems_of(pairs: PairSet, report: DatasetReport) -> dict[str, tuple[Problem, ...]]:
    return {
        pairs.pairs[place].name: tuple(map(_problem, findings)) for place, findings in report.findings.items()
    }


def _problem(finding: Finding) -> Problem:
    return Problem(str(finding.kind), finding.detail, str(finding.consequence))
