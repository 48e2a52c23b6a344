"""Opens the training dialog, adds new models to the list, and finds the runs of earlier windows again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.training.runs.training_phase import TrainingPhase

if TYPE_CHECKING:
    from ip2p_desktop.training.dialog.training_dialog import TrainingDialog
    from ip2p_desktop.training.runs.run_list import RunSummary
    from ip2p_desktop.training.runs.training_session import TrainingSession


class TrainingAction(QObject):
    """Creates session and dialog at their first use. Closing the dialog hides it, as a run may continue."""

    model_trained = Signal(object)
    """`Path` of the model to use."""
    session_created = Signal(object)
    """The `TrainingSession`."""

    def __init__(self, models: InstalledModels, window: QWidget) -> None:
        super().__init__(window)
        self._models = models
        models.changed.connect(self._show_models)
        self._window = window
        self._background = Background(self, workers=1)
        self._session: TrainingSession | None = None
        self._dialog: TrainingDialog | None = None
        self.tree: EditTree | None = None
        """The photos and results that are offered for pairs."""

    @property
    def session(self) -> TrainingSession:
        """The session, which is created here."""
        if self._session is None:
            # imported here, so that the window starts without the modules of training
            from ip2p_desktop.training.runs.training_session import TrainingSession

            self._session = TrainingSession(self)
            self._session.model_installed.connect(self._models.reload)
            self.session_created.emit(self._session)
        return self._session

    @property
    def is_running(self) -> bool:
        """Whether a training run is in progress, and goes on unless it is stopped."""
        if self._session is None:
            return False
        return self._session.is_running() and self._session.phase != TrainingPhase.STOPPING

    @property
    def is_visible(self) -> bool:
        """Whether the user sees the dialog."""
        return self._dialog is not None and self._dialog.isVisible()

    def open(self) -> None:
        """Open the dialog."""
        self._shown_dialog()

    def use_as_pair(self, result: EditedPhoto) -> None:
        """Open the dialog with a result and its photo among the pairs that are collected."""
        self._shown_dialog().use_as_pair(result)

    def _shown_dialog(self) -> TrainingDialog:
        if self._dialog is None:
            self._dialog = self._make_dialog()
            if self.tree is not None:
                self._dialog.show_tree(self.tree)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()
        return self._dialog

    def find_runs(self) -> None:
        """Look for a run that goes on, or that has ended unseen, and show it in the session."""
        self._background.submit(_runs_on_disk, self._on_found, lambda _: None)

    def stop(self) -> None:
        """Stop the run with a checkpoint and a model; the trainer does so even if this program ends."""
        if self._session is not None:
            self._session.stop()

    def resume(self) -> None:
        """Resume the run that has ended."""
        if self._session is not None and self._session.run is not None:
            self._session.resume(self._session.run, self._models.cards)

    def shut_down(self) -> None:
        """Close the dialog and wait for what is done in the background; a run goes on."""
        if self._dialog is not None:
            self._dialog.hide()
            self._dialog.shut_down()
        self._background.close()
        if self._session is not None:
            self._session.shut_down()

    def _show_models(self) -> None:
        if self._dialog is not None:
            self._dialog.show_models(self._models.cards)

    def _on_found(self, summaries: list[RunSummary]) -> None:
        """Show the run that goes on, else the latest that the user should know of."""
        if not summaries or (self._session is not None and self._session.run is not None):
            return
        from ip2p_desktop.training.runs.run_list import ENDED_UNSEEN, WORKING

        working = [summary for summary in summaries if summary.state in WORKING]
        unseen = [each for each in summaries if each.state in ENDED_UNSEEN and not each.run.is_seen]
        for summary in (working or unseen)[:1]:
            self.session.attach(summary.run.folder)

    def _make_dialog(self) -> TrainingDialog:
        from ip2p_desktop.training.dialog.training_dialog import TrainingDialog

        dialog = TrainingDialog(self._models.cards, self._window, session=self.session)
        dialog.model_trained.connect(self.model_trained)
        return dialog


def _runs_on_disk() -> list[RunSummary]:
    """The runs on disk; without any, nothing of training is imported."""
    folder = runs_folder()
    if not folder.is_dir() or not any(child.is_dir() for child in folder.iterdir()):
        return []
    from ip2p_desktop.training.runs.run_list import find_runs

    return find_runs(folder)
