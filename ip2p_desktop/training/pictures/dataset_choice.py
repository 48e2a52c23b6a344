"""The chosen dataset and what was found in it, read off the GUI thread."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.dataset_check import (
    CheckProgress,
    CheckResult,
    Findings,
    check_dataset,
    inspect_folder,
)
from ip2p_desktop.training.pictures.dataset_memory import DatasetMemory
from ip2p_desktop.training.pictures.gallery import Gallery
from trainer.datasets import ColumnNames, SkipReason
from trainer.datasets.finding import GONE, NO_INSTRUCTION
from trainer.datasets.repairs.repairs_file import Repairs

if TYPE_CHECKING:
    from trainer.datasets.checking.report import DatasetReport

CHECK_DELAY_MS = 400
"""After a repair, so that several of them are checked at once."""


class DatasetChoice(QObject):
    """The path of a dataset, then its findings or an error, then a report of its check; observable."""

    changed = Signal()
    report_changed = Signal()
    check_progressed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._cancel = CancelToken()
        self._check = CancelToken()
        self._writing = threading.Lock()
        self._written = self._changes = 0
        self.path: Path | None = None
        self.instruction = ""
        """What was changed in the pairs without a text, as the user has typed it."""
        self.columns = ColumnNames()
        """The columns that the user has chosen; usual ones if they are empty."""
        self.findings: Findings | None = None
        self.failure: ErrorReport | None = None
        self.gallery = Gallery(self)
        self.report: DatasetReport | None = None
        """The result of checking every image of the pairs in use; None until it has finished."""
        self.check_failure: ErrorReport | None = None
        """Why the check has ended early; the dataset is no longer there."""
        self.progress: CheckProgress | None = None
        """How far the check is; None while there is none."""
        self.save_failure: ErrorReport | None = None
        """Why the repairs could not be kept."""
        self._check_delay = QTimer(self, singleShot=True, interval=CHECK_DELAY_MS)
        self._check_delay.timeout.connect(self.check)
        self.gallery.repairs_changed.connect(self._on_repaired)

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

    def usable(self) -> int:
        """Number of pairs to train on, as far as they are checked."""
        counts = self.gallery.counts()
        return counts.all - counts.left_out

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

    def end_check(self) -> None:
        """End the check of the images; what it has found stays, and is kept for the trainer."""
        self._check_delay.stop()
        self._check.cancel()
        self.progress = None
        self.check_progressed.emit()

    def _set(self, path: Path | None, instruction: str = "", columns: ColumnNames | None = None) -> None:
        self._cancel.cancel()
        self._check.cancel()
        self._check_delay.stop()
        self.path, self.instruction, self.columns = path, instruction, columns or ColumnNames()
        self.findings, self.failure, self.report, self.progress = None, None, None, None
        self.save_failure = self.check_failure = None
        self.gallery.show(None)
        self.changed.emit()
        self.report_changed.emit()

    def _on_found(self, findings: Findings) -> None:
        self.findings = findings
        self.gallery.show(findings.listing, findings.repairs)
        self._check_delay.stop()
        self.changed.emit()
        self.check()

    def _on_failed(self, report: ErrorReport) -> None:
        self.failure = report
        self.changed.emit()

    def check(self) -> None:
        """Check the images of all pairs; those that are known and have not changed are not opened again."""
        self._check.cancel()
        self._check_delay.stop()
        if self.findings is None or self.path is None:
            return
        self.check_failure = None
        check = self._check = CancelToken()
        self.progress = CheckProgress(0, len(self.findings.listing.pairs), {})
        work = partial(
            check_dataset,
            self.findings.listing,
            self.gallery.repairs(),
            self.gallery.excluded(),
            DatasetMemory(self.path).folder,
            check,
            self._background.relayed(self._on_progress, check),
        )
        self._background.submit(work, self._on_checked, self._on_check_failed, cancel=check)
        self.check_progressed.emit()

    def _on_progress(self, progress: CheckProgress) -> None:
        self.progress = progress
        self.gallery.add_problems(progress.problems)
        self.check_progressed.emit()

    def _on_checked(self, result: CheckResult) -> None:
        self.progress = None
        self.report = result.report
        if self.findings is not None:
            self.findings = replace(self.findings, instructions=result.instructions)
        self.gallery.set_problems(result.problems)
        self.check_progressed.emit()
        self.report_changed.emit()

    def _on_check_failed(self, report: ErrorReport) -> None:
        self.progress = self.report = None
        if report.code == GONE:
            self.check_failure = report
            self.gallery.set_problems({})  # that each image is missing would say nothing more
        # any other error is met by the trainer too, which reports it
        self.check_progressed.emit()
        self.report_changed.emit()

    def _on_repaired(self) -> None:
        """Keep the repairs, and check the pairs again."""
        findings, path = self.findings, self.path
        if findings is None or path is None:
            return
        self._check_delay.start()
        if findings.repairs_file is None:
            return
        self._changes += 1
        write = partial(self._write, DatasetMemory(path), self.gallery.repairs(), self._changes)
        self._background.submit(write, self._on_saved, self._on_not_saved)

    def _write(self, memory: DatasetMemory, repairs: Repairs, number: int) -> None:
        """Writes repairs unless later ones have been written. Raises `OutputNotWritable`."""
        with self._writing:
            if number > self._written:
                memory.write_repairs(repairs)
                self._written = number

    def _on_saved(self, _: None) -> None:
        if self.save_failure is not None:
            self.save_failure = None
            self.changed.emit()

    def _on_not_saved(self, report: ErrorReport) -> None:
        self.save_failure = report
        self.changed.emit()
