"""Edits many photos on the command line; called by `edit_command`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from engine.batch.journal import BatchJournal, ItemState
from engine.batch.plan import find_batch_photos, plan_batch
from engine.batch.runner import BatchEdit, ItemOutcome, run_item
from engine.batch.time_left import BatchClock
from engine.console import DONE, FAILED, INTERRUPTED, print_line
from engine.errors import EngineError
from engine.images.image_saving import SaveOptions, keeps_transparency
from engine.instructions import InstructionReading
from engine.progress import Cancelled, CancelToken, Progress, Stage
from ip2p_desktop.cli.batch_arguments import read_batch_edit, read_batch_output, read_save_options
from ip2p_desktop.cli.command_frame import BEFORE_FIRST_STEP
from ip2p_desktop.cli.instruction_lines import describe_reading, reading_line
from ip2p_desktop.cli.result_lines import describe_result
from ip2p_desktop.editing.editor_options import EditorOptions, open_editor

NAME_LENGTH = 40
"""Characters of a file name beside the progress bar."""


def run_batch(
    options: argparse.Namespace, inputs: Sequence[Path], editor_options: EditorOptions, cancel: CancelToken
) -> int:
    """Edit the photos one after the other and return the exit code; a photo that fails does not stop it.

    Raises an `EngineError` if the arguments are invalid or nothing can be edited.
    """
    output, save_options = read_batch_output(options), read_save_options(options)
    edit, card, readings = read_batch_edit(options)
    photos = find_batch_photos(inputs, is_recursive=options.recursive, left_out=[output.folder])
    items = plan_batch(photos, output, instruction=edit.instruction, seed=edit.settings.seed, model=card.name)
    for reading in readings:
        if line := reading_line(reading, card):
            print_line(line)
    report = BatchReport(BatchJournal.create(None, items), edit, readings, is_json=options.json)
    report.skipped()
    return _run(edit, report, save_options, editor_options, cancel)


def _run(
    edit: BatchEdit,
    report: BatchReport,
    save_options: SaveOptions,
    editor_options: EditorOptions,
    cancel: CancelToken,
) -> int:
    journal = report.journal
    if journal.is_finished:
        print_line(report.summary())
        return DONE
    try:
        with report.bar:
            report.show(Progress(Stage.LOADING_LIBRARIES))
            cancel.raise_if_cancelled()
            editor = open_editor(editor_options)
            while (index := journal.next_waiting()) is not None:
                cancel.raise_if_cancelled()
                report.begin(index)
                outcome = run_item(
                    editor,
                    edit,
                    journal,
                    index,
                    options=save_options,
                    cancel=cancel,
                    on_progress=report.show,
                )
                report.end(outcome)
    except Cancelled:
        report.stopped()
        print_line(f"Cancelled. {report.summary()}")
        return INTERRUPTED
    except EngineError as error:
        report.stopped()
        print_line(error)
        print_line(report.summary())
        return FAILED
    print_line(report.summary())
    return FAILED if journal.counts.failed else DONE


class BatchReport:
    """What is printed about a batch: progress and errors on standard error, JSON on standard output."""

    def __init__(
        self,
        journal: BatchJournal,
        edit: BatchEdit,
        readings: Sequence[InstructionReading],
        *,
        is_json: bool,
    ) -> None:
        self.journal = journal
        self._instruction = edit.recorded_instruction
        self._readings = readings
        self._is_json = is_json
        self._clock = BatchClock()
        self._is_terminal = sys.stderr.isatty()
        self._name = ""
        self._notes: set[str] = set()
        self.bar = tqdm(
            total=journal.counts.waiting,
            unit="photo",
            leave=False,
            delay=0 if self._is_terminal else BEFORE_FIRST_STEP,
            bar_format="{desc}{n_fmt}/{total_fmt} |{bar}| {elapsed}{postfix}",
        )

    def skipped(self) -> None:
        """Print the photos that are not edited because their results exist."""
        for index, state in enumerate(self.journal.states):
            if state is ItemState.SKIPPED:
                self._print_json(index, ItemState.SKIPPED, self.journal.items[index].output, {})

    def stopped(self) -> None:
        """Print the photos that are not edited because the batch was stopped."""
        for index, state in enumerate(self.journal.states):
            if state is ItemState.WAITING:
                self._print_json(index, ItemState.WAITING, None, {})

    def begin(self, index: int) -> None:
        """Show the photo that is edited now."""
        self._clock.begin()
        self._name = _short(self.journal.items[index].photo.name)
        self.bar.set_description(self._name, refresh=self._is_terminal)
        self._show_time_left()

    def show(self, progress: Progress) -> None:
        """Show what is being done to the photo."""
        self.bar.set_description(
            f"{self._name}, {progress.stage}" if self._name else str(progress.stage),
            refresh=self._is_terminal,
        )

    def end(self, outcome: ItemOutcome) -> None:
        """Show that a photo is done, or why it failed."""
        self._clock.end(counts=outcome.result is not None)
        self.bar.update()
        self._show_time_left()
        if outcome.error is not None:
            photo = self.journal.items[outcome.index].photo
            self._line(f"{photo.folder / photo.name}: {outcome.error}")
            self._print_json(outcome.index, ItemState.FAILED, None, {"error": outcome.error.message})
            return
        if outcome.is_skipped:
            self._print_json(outcome.index, ItemState.SKIPPED, outcome.output, {})
            return
        details: dict[str, Any] = {}
        if outcome.details is not None:
            details = describe_result(outcome.details, 0, outcome.output)
            details["instruction"] = self._instruction
            for note in (*outcome.details.fallbacks, *map(str, outcome.details.warnings)):
                if note not in self._notes:
                    self._notes.add(note)
                    self._line(note)
        is_transparent = outcome.result is not None and outcome.result.mode == "RGBA"
        if is_transparent and not keeps_transparency(outcome.output):
            self._line(f"{outcome.output.name} is on white, as its format has no transparency.")
        self._print_json(outcome.index, ItemState.DONE, outcome.output, details)

    def summary(self) -> str:
        """The numbers of photos, as a sentence."""
        counts = self.journal.counts
        parts = [f"{counts.done} of {counts.total} photos edited"]
        parts += [f"{counts.skipped} skipped because their results exist"] if counts.skipped else []
        parts += [f"{counts.failed} failed"] if counts.failed else []
        parts += [f"{counts.waiting} not edited"] if counts.waiting else []
        again = " With --skip-existing, the same command edits only those." if counts.waiting else ""
        return f"{', '.join(parts)}.{again}"

    def _show_time_left(self) -> None:
        seconds = self._clock.seconds_left(self.journal.counts.waiting)
        left = f"{tqdm.format_interval(round(seconds))} left" if seconds is not None else ""
        self.bar.set_postfix_str(left, refresh=self._is_terminal)

    def _line(self, text: str) -> None:
        with self.bar.external_write_mode(file=sys.stderr):
            print_line(text)

    def _print_json(
        self, index: int, state: ItemState, output: Path | None, values: Mapping[str, Any]
    ) -> None:
        if not self._is_json:
            return
        described = {
            "input": str(self.journal.items[index].photo.file),
            "status": state.value,
            **values,
            "output": str(output) if output is not None else None,
        }
        if state is ItemState.DONE:
            described |= {"steps_read": [describe_reading(each)["reading"] for each in self._readings]}
        with self.bar.external_write_mode(file=sys.stdout):
            print(json.dumps(described), flush=True)


def _short(name: str) -> str:
    """A file name for one line of a terminal."""
    line = "".join(letter if letter.isprintable() else "?" for letter in name)
    return line if len(line) <= NAME_LENGTH else f"{line[: NAME_LENGTH - 1]}…"
