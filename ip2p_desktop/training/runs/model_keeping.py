"""Installs the models of runs in the background, and reads them again later."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, Signal

from engine.errors import ErrorReport
from engine.library import ModelCard, read_model_card
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.models.model_list import library
from ip2p_desktop.training.runs.run_removal import keep_model
from ip2p_desktop.training.runs.training_outcome import TrainingResult
from ip2p_desktop.training.runs.training_runs import TrainingRun, write_description

log = logging.getLogger(__name__)


class ModelKeeping(QObject):
    """Keeps one model at a time."""

    kept = Signal(object, bool)
    """The `ModelCard` of the installed model, and whether its run is kept too."""
    found = Signal(object)
    """The `ModelCard` of a model that was kept earlier."""
    failed = Signal(object)
    """An `ErrorReport`; the model stays with its run."""

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        """`background` is that of all work on the folder of the run."""
        super().__init__(parent)
        self._background, self._quit_token = background, CancelToken()
        self.is_busy = False
        """Whether a model is being installed."""

    def keep(self, run: TrainingRun, result: TrainingResult, *, keeps_run: bool) -> None:
        """Install the model of a run, and delete the run unless `keeps_run`."""
        self.is_busy = True
        keep = partial(
            keep_model, run, result.folder, library(), keeps_run=keeps_run, cancel=self._quit_token
        )
        self._background.submit(keep, partial(self._on_kept, keeps_run), self._on_failed)

    def find(self, run: TrainingRun) -> None:
        """Read the card of the model that was kept of a run, if it is still there."""
        if run.kept is not None:
            self._background.submit(partial(read_model_card, run.kept), self.found.emit, _ignore)

    def note(self, run: TrainingRun) -> None:
        """Write the description of a run."""
        self._background.submit(partial(_note, run), _ignore, _ignore)

    def cancel(self) -> None:
        """Wait no longer for a library that another program changes; the model stays with its run."""
        self._quit_token.cancel()

    def _on_kept(self, keeps_run: bool, model: ModelCard) -> None:
        self.is_busy = False
        self.kept.emit(model, keeps_run)

    def _on_failed(self, report: ErrorReport) -> None:
        self.is_busy = False
        self.failed.emit(report)


def _note(run: TrainingRun) -> None:
    try:
        write_description(run)
    except OSError as error:
        log.warning("The description of %s is not written: %s", run.folder, error)


def _ignore(_: object) -> None:
    """There is nothing to show."""
