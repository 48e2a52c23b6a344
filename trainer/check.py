"""`python -m trainer.check DIR…`: checks every pair of a dataset before a model is trained on it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.console import run_program
from engine.errors import EngineError
from engine.progress import CancelToken
from trainer.datasets import ColumnNames, DatasetNotUsable, PairSet, SkippedEntry, Source, find_pairs
from trainer.datasets.checking.fingerprints import group_near
from trainer.datasets.checking.inspection import (
    PairInspection,
    inspect_instructions,
    inspect_pair,
    read_pair,
)
from trainer.datasets.checking.pair_record import PairRecord
from trainer.datasets.checking.repetitions import Thumbnail, find_repetitions
from trainer.datasets.checking.report import (
    KINDS,
    NAMES_SHOWN,
    ONE_INSTRUCTION,
    Concern,
    Consequence,
    DatasetReport,
    Finding,
)
from trainer.datasets.checking.shared_inspection import inspections_of
from trainer.datasets.finding import GONE
from trainer.datasets.pairs import NOTES, PairFacts
from trainer.datasets.repairs.repaired_pairs import repaired_pairs
from trainer.datasets.repairs.repairs_file import read_repairs
from trainer.protocol.events import EventStream, PreparationProgressed, TrainingFailed

if TYPE_CHECKING:
    from trainer.distributed.parallel import Processes

CLEAN, FOUND, NOT_USABLE, INTERRUPTED = 0, 1, 2, 130
STAGE = "checking pairs"
REPAIRS = "data.repairs="
"""Beginning of an argument that names a file of repairs, as in the settings of a run."""
MOST_COMPARED = 20_000
"""Number of photos that are compared with each other, at most; the time grows with its square."""

OnChecked = Callable[[int, int], None]
"""Called with the number of checked pairs and the number of all pairs."""
OnFound = Callable[[int, tuple[Finding, ...]], None]
"""Called with the index of a pair and its findings."""


def check_pairs(
    found: PairSet,
    *,
    on_checked: OnChecked = lambda done, total: None,
    cancel: CancelToken | None = None,
    workers: int | None = None,
    folder: Path | None = None,
    processes: Processes | None = None,
    on_found: OnFound = lambda place, findings: None,
    is_aside: bool = False,
) -> DatasetReport:
    """Opens and compares the images of every pair; returns the report.

    With the `folder` of a run, pairs whose files have not changed since its last check are not opened again.
    With several `processes`, all must call this: each opens its share, and all return the same report.
    `workers` are threads; None takes the cores of this machine. `on_found` gets the findings of each pair
    that has some, as soon as it is checked; repeated pairs are found at the end. With `is_aside`, the check
    takes one core and leaves this process responsive. No image stays in memory. Raises `Cancelled`, or
    `DatasetNotUsable` with the code GONE if a dataset is no longer there.
    """
    record = PairRecord(folder)
    findings = _Findings(found, record)
    try:
        inspections = inspections_of(
            found.pairs,
            record,
            cancel=cancel or CancelToken(),
            workers=workers,
            processes=processes,
            is_aside=is_aside,
        )
        for place, (key, inspection) in enumerate(inspections):
            own = findings.add(place, key, inspection)
            if inspection.facts is None and (processes is None or processes.count == 1):
                _raise_if_gone(found.sources[found.pairs[place].source].path)
            if own:
                on_found(place, own)
            on_checked(place + 1, len(found.pairs))
        if processes is None:
            return findings.report()
        return processes.from_first(findings.report() if processes.is_first else None)
    finally:
        record.close()


def _raise_if_gone(dataset: Path) -> None:
    """Raises `DatasetNotUsable` for a missing dataset, or an empty folder: a drive may have been there."""
    try:
        is_gone = not any(dataset.iterdir()) if dataset.is_dir() else not dataset.exists()
    except OSError:
        is_gone = True
    if is_gone:
        raise DatasetNotUsable(
            GONE,
            "{folder} was removed or disconnected while its pairs were checked.",
            "Put it back or connect its drive, then try again.",
            folder=dataset,
        )


def digested_pairs(
    found: PairSet,
    *,
    on_checked: OnChecked = lambda done, total: None,
    cancel: CancelToken | None = None,
    folder: Path | None = None,
    processes: Processes | None = None,
) -> PairSet:
    """Returns the pairs with digests of their files and sizes, for a run that does not check them.

    The arguments are those of `check_pairs`. Raises `Cancelled`.
    """
    record = PairRecord(folder, "read")
    facts: list[PairFacts | None] = []
    try:
        inspections = inspections_of(
            found.pairs, record, inspect=read_pair, cancel=cancel or CancelToken(), processes=processes
        )
        for _, inspection in inspections:
            facts.append(inspection.facts)
            on_checked(len(facts), len(found.pairs))
        if processes is not None:
            facts = processes.from_first(facts)
    finally:
        record.close()
    return found.with_pairs([replace(pair, facts=own) for pair, own in zip(found.pairs, facts, strict=True)])


def usable_pairs(found: PairSet, report: DatasetReport) -> PairSet:
    """Returns the pairs without those that the report leaves out, each with its facts.

    Those that are left out are listed as skipped.
    """
    left_out = [
        SkippedEntry(kind, found.pairs[place].name, f"{found.pairs[place].name}: {KINDS[kind].title}.")
        for place, kind in report.left_out.items()
    ]
    kept = [
        replace(pair, facts=facts)
        for place, (pair, facts) in enumerate(zip(found.pairs, report.facts, strict=True))
        if place not in report.left_out
    ]
    return replace(found, pairs=tuple(kept), skipped=(*found.skipped, *left_out))


class _Findings:
    """Collects the findings of all pairs, by kind."""

    def __init__(self, found: PairSet, record: PairRecord) -> None:
        self._found, self._record = found, record
        self._counts = dict.fromkeys(KINDS, 0)
        self._names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self._left_out: dict[int, str] = {}
        self._by_place: dict[int, tuple[Finding, ...]] = {}
        self._keys: list[bytes] = []
        self._facts: list[PairFacts | None] = []
        self._hashes: list[tuple[int, int] | None] = []
        for skipped in found.skipped:
            is_note = skipped.reason in NOTES
            self._count(skipped.reason, skipped.name if is_note else skipped.sentence.rstrip("."))

    def _count(self, kind: str, name: str) -> None:
        self._counts[kind] += 1
        if name and len(self._names[kind]) < NAMES_SHOWN:
            self._names[kind].append(name)

    def add(self, place: int, key: bytes, inspection: PairInspection) -> tuple[Finding, ...]:
        """Adds the findings of the next pair, and returns them."""
        pair = self._found.pairs[place]
        for finding in (*inspect_instructions(pair), *inspection.findings):
            name = pair.name if not finding.detail else f"{pair.name}: {finding.detail.rstrip('.')}"
            self._add_finding(place, Finding(finding.fault, finding.detail), name)
        self._keys.append(key)
        self._facts.append(inspection.facts)
        self._hashes.append(inspection.hashes)
        return self._by_place.get(place, ())

    def _add_finding(self, place: int, finding: Finding, name: str) -> None:
        self._count(finding.kind, name)
        self._by_place[place] = (*self._by_place.get(place, ()), finding)
        if finding.consequence is Consequence.LEFT_OUT:
            self._left_out.setdefault(place, str(finding.kind))

    def _add_repetitions(self) -> None:
        pairs = self._found.pairs
        repeated = find_repetitions((pair.instructions for pair in pairs), self._hashes, self._thumbnails)
        for place, earlier in repeated.items():
            name = pairs[earlier].name
            self._add_finding(place, Finding("duplicate", name), f"{pairs[place].name}, as {name}")

    def _thumbnails(self, place: int) -> tuple[Thumbnail, Thumbnail] | None:
        remembered = self._record.thumbnails(self._keys[place])
        return remembered or inspect_pair(self._found.pairs[place]).thumbnails

    def report(self) -> DatasetReport:
        """Returns the report; called once, after all inspections."""
        found = self._found
        self._add_repetitions()
        if len(found.pairs) > 1 and len(found.instructions) == 1:
            self._counts[ONE_INSTRUCTION] = len(found.pairs)
            self._names[ONE_INSTRUCTION] = [f"“{found.instructions[0]}”"]
        concerns = [
            Concern(kind, count, tuple(self._names[kind])) for kind, count in self._counts.items() if count
        ]
        return DatasetReport(
            dataset=", ".join(str(source.path) for source in found.sources),
            layout=", ".join(dict.fromkeys(layout.value for layout in found.layouts)),
            pairs=len(found.pairs),
            left_out=dict(sorted(self._left_out.items())),
            concerns=tuple(concerns),
            facts=tuple(self._facts),
            findings=dict(self._by_place),
            photos=self._photos(),
        )

    def _photos(self) -> int:
        """Returns the number of different photos among the usable pairs; 0 if there are too many to tell."""
        hashes = [
            facts.original_hash
            for place, facts in enumerate(self._facts)
            if place not in self._left_out and facts is not None and facts.original_hash is not None
        ]
        return (
            len(set(group_near(np.array(hashes, dtype=np.uint64)))) if 0 < len(hashes) <= MOST_COMPARED else 0
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the check; returns 0 without findings, 1 with some, 2 if the folder is not a dataset."""
    options = _parser().parse_args(arguments)
    columns = ColumnNames(options.original, options.edited, options.instruction_column)
    events = EventStream()
    try:
        folders, repairs = _sorted_out(options.folders)
        found = find_pairs(list(map(Source, folders)), columns, instruction=options.instruction)
        if repairs:
            found = repaired_pairs(found, [read_repairs(file) for file in repairs])
        report = check_pairs(found, on_checked=_progress(events) if options.json else _progress_for_people)
    except EngineError as error:
        failed = TrainingFailed.of(error.report())
        stream, text = (sys.stdout, failed.to_line()) if options.json else (sys.stderr, str(error))
        stream.write(f"{text}\n")
        return NOT_USABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    text = json.dumps(report.to_json()) if options.json else report.text
    sys.stdout.write(f"{text}\n")
    return CLEAN if report.is_clean else FOUND


def _sorted_out(arguments: Sequence[str]) -> tuple[list[Path], list[Path]]:
    """Returns the datasets, and the files of repairs in their order. Raises `DatasetNotUsable`."""
    folders = [Path(each) for each in arguments if not each.startswith(REPAIRS)]
    repairs = [Path(each.removeprefix(REPAIRS)) for each in arguments if each.startswith(REPAIRS)]
    if not folders or len(repairs) not in (0, len(folders)):
        raise DatasetNotUsable(
            "dataset.repairs-count", "There must be one file of data.repairs for each folder of pairs."
        )
    return folders, repairs


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer.check", description=__doc__)
    parser.add_argument(
        "folders",
        nargs="+",
        metavar="DIR",
        help=f"folder or zip of image pairs; {REPAIRS}FILE after each one applies its repairs",
    )
    parser.add_argument("--json", action="store_true", help="progress and report as JSON lines")
    parser.add_argument("--instruction", default="", help="instruction of images without texts")
    parser.add_argument("--original", default="", help="column of the original images")
    parser.add_argument("--edited", default="", help="column of the edited images")
    parser.add_argument("--instruction-column", default="", help="column of the instructions")
    return parser


def _progress(events: EventStream) -> OnChecked:
    def send(done: int, total: int) -> None:
        if done == total or done % max(1, total // 100) == 0:
            events.send(PreparationProgressed(stage=STAGE, done=done, total=total))

    return send


def _progress_for_people(done: int, total: int) -> None:
    if sys.stderr.isatty() and (done == total or done % max(1, total // 100) == 0):
        sys.stderr.write(f"\r{done} of {total} pairs checked" + ("\n" if done == total else ""))


if __name__ == "__main__":
    sys.exit(run_program(main))
