"""Runs a grid of edits through the queue and shows its results."""

from __future__ import annotations

import time
from functools import partial

from PySide6.QtCore import QObject

from engine.editing.cost_history import CostHistory
from engine.errors import ErrorReport, ImageUnreadable
from ip2p_desktop.base.background import Background
from ip2p_desktop.editing.edit_queue import EditQueue
from ip2p_desktop.editing.jobs import EditJob, JobState
from ip2p_desktop.editing.results import EditSummary
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.window.guidance.edit_submission import EditSubmission
from ip2p_desktop.window.guidance.guidance_controller import GuidanceController
from ip2p_desktop.window.guidance.sweep_dialog import SweepDialog
from ip2p_desktop.window.guidance.sweep_grid import CellState, cell_image
from ip2p_desktop.window.guidance.sweep_plan import SweepKind, SweepPlan, guidance_plan, seed_plan
from ip2p_desktop.window.guidance.sweep_texts import SweepTexts
from ip2p_desktop.window.main_window import MainWindow
from ip2p_desktop.window.wiring.history_controller import HistoryController


class SweepController(QObject):
    """One grid at a time. Its edits are ordinary ones, all with the settings at the start."""

    def __init__(
        self,
        window: MainWindow,
        document: EditDocument,
        queue: EditQueue,
        tree: EditTree,
        submission: EditSubmission,
        guidance: GuidanceController,
        history: HistoryController,
        models: InstalledModels,
        costs: CostHistory,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._queue, self._tree = window, document, queue, tree
        self._submission, self._guidance, self._history = submission, guidance, history
        self._models, self._costs = models, costs
        self._texts = SweepTexts(self)
        self._background = Background(self, workers=1, is_latest_only=True)
        self._dialog: SweepDialog | None = None
        self._jobs: tuple[EditJob, ...] = ()
        self._started = 0.0
        guidance.section.grid_requested.connect(self.open)
        window.actions_.grid.triggered.connect(self.open)
        queue.started.connect(self._on_started)
        queue.finished.connect(self._on_finished)
        queue.failed.connect(self._on_failed)
        queue.cancelled.connect(self._on_cancelled)
        for signal in (tree.added, tree.removed, tree.replaced):
            signal.connect(self._show_removed)

    @property
    def dialog(self) -> SweepDialog:
        """The dialog, created at its first use."""
        if self._dialog is None:
            dialog = self._dialog = SweepDialog(self._window)
            dialog.plan_changed.connect(self._show_plan)
            dialog.start_requested.connect(self.start)
            dialog.cancel_requested.connect(self.cancel)
            dialog.keep_requested.connect(self._keep)
            dialog.removal_requested.connect(self._remove_others)
            dialog.grid.chosen.connect(self._on_chosen)
        return self._dialog

    @property
    def is_running(self) -> bool:
        """Whether edits of the grid run or wait."""
        return any(not job.state.is_end for job in self._jobs)

    def open(self) -> None:
        """Open the dialog; a grid that was made stays until another one starts."""
        dialog = self.dialog
        if not self.is_running:
            self._show_plan()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()

    def start(self) -> None:
        """Submit the edits of the grid."""
        plan = self._plan()
        jobs = self._submission.submit(plan.states) if not self.is_running else ()
        if not jobs:
            return
        self._jobs, self._started = jobs, time.monotonic()
        self._show_cells(plan, CellState.WAITING)
        if self._queue.running is not None:  # it may have started while the others were submitted
            self._on_started(self._queue.running)
        self._show_progress()

    def cancel(self) -> None:
        """Cancel the edits of the grid that have not ended."""
        for job in reversed(self._queue.jobs):
            if self._place(job) is not None:
                self._queue.cancel(job)

    def shut_down(self) -> None:
        """Wait for the estimate that is being computed."""
        self._background.cancel()
        self._background.close()

    def _plan(self) -> SweepPlan:
        side = self.dialog.side.value
        assert isinstance(side, int)
        if self.dialog.kind.value is SweepKind.SEEDS:
            return seed_plan(self._document.state, side)
        return guidance_plan(self._document.state, self._guidance.ranges, side)

    def _show_cells(self, plan: SweepPlan, state: CellState) -> None:
        values = [self._texts.cell(plan.kind, each) for each in plan.states]
        self.dialog.grid.show_cells(values, plan.side, state)

    def _show_plan(self) -> None:
        """Show the number of edits, and their time as soon as it is known."""
        plan, document = self._plan(), self._document
        if not self._jobs:
            self._show_cells(plan, CellState.PLANNED)
        self.dialog.show_plan(self._texts.plan(plan, None))
        source, model = document.source, document.model
        if source is None or model is None:
            return
        size = (source.pixels.size.width(), source.pixels.size.height())

        def seconds() -> float | None:
            estimates = [self._costs.forecast(model, size, state.settings) for state in plan.states]
            known = [each.seconds for each in estimates if each is not None]
            return sum(known) if len(known) == len(estimates) else None

        self._background.submit(seconds, partial(self._show_time, plan), self._ignore)

    def _show_time(self, plan: SweepPlan, seconds: float | None) -> None:
        self.dialog.estimate.setText(self._texts.plan(plan, seconds))

    def _ignore(self, report: ErrorReport) -> None:
        """Without an estimate the number of edits is shown alone."""

    def _place(self, job: EditJob) -> int | None:
        """The cell to which a job contributes; None if it is not of the grid."""
        for place, own in enumerate(self._jobs):
            if job is own or (job.sequence is not None and job.sequence is own.sequence):
                return place
        return None

    def _on_started(self, job: EditJob) -> None:
        place = self._place(job)
        if place is not None:
            self.dialog.grid.cells[place].show_state(CellState.RUNNING)

    def _on_finished(self, job: EditJob, summary: EditSummary, results: tuple[EditedPhoto, ...]) -> None:
        if job not in self._jobs:
            return
        cell = self.dialog.grid.cells[self._jobs.index(job)]
        try:
            cell.show_result(results[0], cell_image(results[0]))
        except ImageUnreadable:
            cell.show_state(CellState.FAILED)
        self._show_progress()

    def _on_failed(self, job: EditJob, report: ErrorReport) -> None:
        self._on_ended(job, CellState.FAILED)

    def _on_cancelled(self, job: EditJob) -> None:
        self._on_ended(job, CellState.CANCELLED)

    def _on_ended(self, job: EditJob, state: CellState) -> None:
        place = self._place(job)
        if place is not None:
            self.dialog.grid.cells[place].show_state(state)
            self._show_progress()

    def _show_progress(self) -> None:
        done = sum(job.state.is_end for job in self._jobs)
        made = sum(job.state is JobState.DONE for job in self._jobs)
        seconds = (time.monotonic() - self._started) / done * (len(self._jobs) - done) if done else None
        text = self._texts.progress(done, made, len(self._jobs), seconds)
        self.dialog.show_progress(done, len(self._jobs), text)

    def _on_chosen(self, result: EditedPhoto) -> None:
        self.dialog.show_choice(True)
        self._history.show_node(result)

    def _show_removed(self) -> None:
        """Show which results are no longer in the history, or are in it again."""
        if self._dialog is None:
            return
        for cell in self._dialog.grid.cells:
            if cell.result is not None:
                is_listed = self._tree.is_listed(cell.result)
                cell.show_state(CellState.DONE if is_listed else CellState.REMOVED)
        self._dialog.keep.setEnabled(self._dialog.grid.chosen_result is not None)

    def _keep(self) -> None:
        """Show the chosen result, set its settings, and offer to remove the others."""
        result = self.dialog.grid.chosen_result
        if result is None:
            return
        self._history.show_node(result)
        self._document.use_settings_of(result, self._models.find(result.model.path))
        others = len(self._others())
        self.dialog.show_kept(self._texts.kept(others), can_remove=others > 0)

    def _others(self) -> list[EditedPhoto]:
        """The results of the grid in the history, without the chosen one."""
        chosen, listed = self.dialog.grid.chosen_result, self._tree.listed
        results = [cell.result for cell in self.dialog.grid.cells if cell.result is not None]
        return [result for result in results if result is not chosen and result in listed]

    def _remove_others(self) -> None:
        others = self._others()
        self._history.remove_together(others)
        self.dialog.show_kept(self._texts.removed(len(others)), can_remove=False)
        self._jobs = ()
        self.dialog.accept()
