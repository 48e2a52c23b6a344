"""Finds the columns of a dataset without known pairs or words, and uses an earlier choice for them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.training.pictures.column_choices import ColumnChoices
from ip2p_desktop.training.pictures.dataset_choice import DatasetChoice
from trainer.datasets import ColumnNames
from trainer.datasets.column_samples import SampledColumns, sampled_columns
from trainer.datasets.finding import NO_INSTRUCTION

UNRECOGNISED = (
    "dataset.columns-unknown",
    "dataset.incomplete-pairs",
    "dataset.no-layout",
    "dataset.no-pairs",
    "dataset.sides-unknown",
)
"""Codes of the errors that other columns may mend."""


class ColumnSearch(QObject):
    """Watches a `DatasetChoice`; `found` are the columns to choose from. Observable."""

    changed = Signal()

    def __init__(self, dataset: DatasetChoice, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._dataset = dataset
        self._background = Background(self, workers=1)
        self._cancel = CancelToken()
        self._searched: Path | None = None
        self.found: SampledColumns | None = None
        """None if the columns are recognised, or the dataset has none."""
        self.choices = ColumnChoices()
        dataset.changed.connect(self._follow)

    def use(self, chosen: ColumnNames) -> None:
        """Search the dataset again with these columns, and remember them for datasets with the same ones."""
        path, found = self._dataset.path, self.found
        if path is not None and found is not None:
            self._background.submit(
                partial(self.choices.remember, found.names, chosen), lambda _: None, lambda _: None
            )
            self._dataset.choose(path, self._dataset.instruction, chosen)

    def shut_down(self) -> None:
        """Cancel and wait."""
        self._cancel.cancel()
        self._background.close()

    def _follow(self) -> None:
        dataset = self._dataset
        if dataset.path != self._searched or dataset.findings is not None:
            self._cancel.cancel()
            self._searched = dataset.path
            self._show(None)
        code = dataset.failure.code if dataset.failure is not None else ""
        if code not in (*UNRECOGNISED, NO_INSTRUCTION) or self.found is not None:
            return
        path = dataset.path
        assert path is not None
        token = self._cancel = CancelToken()
        self._background.submit(
            partial(self._look, path, code), partial(self._on_found, path), self._on_failed, cancel=token
        )

    def _look(self, path: Path, code: str) -> tuple[SampledColumns | None, ColumnNames | None]:
        found = sampled_columns(path)
        if found is not None and code == NO_INSTRUCTION and found.are_recognised and found.wordiest is None:
            found = None  # other columns would give neither other pairs nor words
        return found, self.choices.of(found.names) if found is not None else None

    def _on_found(self, path: Path, found: tuple[SampledColumns | None, ColumnNames | None]) -> None:
        columns, remembered = found
        self._show(columns)
        is_untried = self._dataset.columns == ColumnNames()
        if remembered is not None and is_untried and self._dataset.path == path:
            self._dataset.choose(path, self._dataset.instruction, remembered)

    def _on_failed(self, report: ErrorReport) -> None:
        self._show(None)

    def _show(self, found: SampledColumns | None) -> None:
        if found != self.found:
            self.found = found
            self.changed.emit()
