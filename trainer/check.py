"""`python -m trainer.check DIR…`: checks every pair of a dataset before a model is trained on it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.errors import EngineError
from engine.progress import CancelToken
from trainer.datasets import ColumnNames, PairSet, SkippedEntry, Source, find_pairs
from trainer.datasets.checking.inspection import PairInspection, inspect_pair
from trainer.datasets.checking.repetitions import Repetitions
from trainer.datasets.checking.report import (
    KINDS,
    NAMES_SHOWN,
    ONE_INSTRUCTION,
    Concern,
    Consequence,
    DatasetReport,
)
from trainer.datasets.lookahead import worked_ahead
from trainer.protocol.events import EventStream, PreparationProgressed, TrainingFailed

CLEAN, FOUND, NOT_USABLE, INTERRUPTED = 0, 1, 2, 130
STAGE = "checking pairs"

OnChecked = Callable[[int, int], None]
"""Called with the number of checked pairs and the number of all pairs."""


def check_pairs(
    found: PairSet,
    *,
    on_checked: OnChecked = lambda done, total: None,
    cancel: CancelToken | None = None,
    workers: int | None = None,
) -> DatasetReport:
    """Opens and compares the images of every pair, on several threads; returns the report.

    No image stays in memory. Raises `Cancelled`.
    """
    findings = _Findings(found)
    inspections = worked_ahead(inspect_pair, found.pairs, cancel=cancel or CancelToken(), workers=workers)
    for place, inspection in enumerate(inspections):
        findings.add(place, inspection)
        on_checked(place + 1, len(found.pairs))
    return findings.report()


def usable_pairs(found: PairSet, report: DatasetReport) -> PairSet:
    """Returns the pairs without those that the report leaves out, which are listed as skipped."""
    left_out = [
        SkippedEntry(kind, found.pairs[place].name, f"{found.pairs[place].name}: {KINDS[kind].title}.")
        for place, kind in report.left_out.items()
    ]
    kept = [pair for place, pair in enumerate(found.pairs) if place not in report.left_out]
    return replace(found, pairs=tuple(kept), skipped=(*found.skipped, *left_out))


class _Findings:
    """Collects the findings of all pairs, by kind."""

    def __init__(self, found: PairSet) -> None:
        self._found = found
        self._counts = dict.fromkeys(KINDS, 0)
        self._names: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self._left_out: dict[int, str] = {}
        self._repetitions = Repetitions()
        for skipped in found.skipped:
            self._count(skipped.reason, skipped.sentence.rstrip("."))

    def _count(self, kind: str, name: str) -> None:
        self._counts[kind] += 1
        if name and len(self._names[kind]) < NAMES_SHOWN:
            self._names[kind].append(name)

    def add(self, place: int, inspection: PairInspection) -> None:
        pair = self._found.pairs[place]
        for finding in inspection.findings:
            name = pair.name if not finding.detail else f"{pair.name}: {finding.detail.rstrip('.')}"
            self._record(place, finding.fault, name)
        hashes, thumbnails = inspection.hashes, inspection.thumbnails
        if hashes is not None and thumbnails is not None:
            earlier = self._repetitions.earlier(place, pair.instructions, hashes, thumbnails)
            if earlier is not None:
                self._record(place, "duplicate", f"{pair.name}, as {self._found.pairs[earlier].name}")

    def _record(self, place: int, kind: str, name: str) -> None:
        self._count(kind, name)
        if KINDS[kind].consequence is Consequence.LEFT_OUT:
            self._left_out.setdefault(place, kind)

    def report(self) -> DatasetReport:
        found = self._found
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
            left_out=self._left_out,
            concerns=tuple(concerns),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the check; returns 0 without findings, 1 with some, 2 if the folder is not a dataset."""
    options = _parser().parse_args(arguments)
    columns = ColumnNames(options.original, options.edited, options.instruction_column)
    events = EventStream()
    try:
        sources = [Source(Path(folder)) for folder in options.folders]
        found = find_pairs(sources, columns, instruction=options.instruction)
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainer.check", description=__doc__)
    parser.add_argument("folders", nargs="+", metavar="DIR", help="folder or zip of image pairs")
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
    sys.exit(main())
