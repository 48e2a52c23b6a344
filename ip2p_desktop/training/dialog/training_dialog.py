"""The dialog of training: pictures, plan, progress, result, runs. A run continues after it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from engine.library import ModelCard
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.session.edit_tree import EditTree
from ip2p_desktop.training.dialog.added_pair_bar import AddedPairBar
from ip2p_desktop.training.dialog.pictures.examples_page import ExamplesPage
from ip2p_desktop.training.dialog.plan.plan_page import PlanPage
from ip2p_desktop.training.dialog.progress.progress_page import ProgressPage
from ip2p_desktop.training.dialog.result.result_page import ResultPage
from ip2p_desktop.training.dialog.runs.run_texts import RunTexts
from ip2p_desktop.training.dialog.runs.runs_page import RunsPage
from ip2p_desktop.training.runs.training_phase import TrainingPhase
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun
from ip2p_desktop.training.runs.training_session import TrainingSession
from ip2p_desktop.widgets.screen_fit import fit_to_screen

SIZE, SMALLEST_SIZE = QSize(720, 640), QSize(500, 380)
PROBE_DELAY_MS = 300
"""Delay before a plan is measured, so that going through the models measures only the last one."""


class TrainingDialog(QDialog):
    """Connects the pages with a `TrainingSession`."""

    model_trained = Signal(Path, str)
    """The folder of a new model that the user chose to use, and its instruction; "" if it has none."""

    def __init__(
        self,
        models: Sequence[ModelCard],
        parent: QWidget | None = None,
        *,
        session: TrainingSession | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("training_dialog")
        self.setWindowTitle(self.tr("Teach a new edit"))
        self.setModal(False)
        fit_to_screen(self, SIZE, SMALLEST_SIZE)
        self.session = session or TrainingSession(self)
        self._models = list(models)
        self.examples_page = ExamplesPage(self.session.dataset)
        self.plan_page = PlanPage(models, self.session.probe)
        self.progress_page = ProgressPage(self.session)
        self.result_page = ResultPage(self.session)
        self.result_page.show_models(models)
        self.runs_page = RunsPage(self.session)
        self.added_pair = AddedPairBar(self.examples_page.sources.editor)
        self.pages = QStackedWidget()
        for page in (
            *(self.examples_page, self.plan_page, self.progress_page),
            *(self.result_page, self.runs_page),
        ):
            self.pages.addWidget(page)
        self._probe_delay = QTimer(self, singleShot=True, interval=PROBE_DELAY_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.added_pair)
        layout.addWidget(self.pages)
        self._connect()
        self._on_page_changed()
        self._on_phase_changed(self.session.phase)
        self._list_runs()
        self.session.run_list.reload()

    def _connect(self) -> None:
        self._connect_pages()
        self._connect_runs()
        self.pages.currentChanged.connect(self._on_page_changed)
        self.pages.currentChanged.connect(self._probe_delay.start)
        self._probe_delay.timeout.connect(self._start_probe)
        self.session.dataset.changed.connect(self._focus_next)
        self.session.phase_changed.connect(self._on_phase_changed)
        self.session.runs_changed.connect(self._list_runs)

    def _connect_pages(self) -> None:
        examples, plan, progress = self.examples_page, self.plan_page, self.progress_page
        examples.dataset_chosen.connect(self._choose)
        examples.instruction_given.connect(self._use_instruction)
        examples.runs_button.clicked.connect(self.show_runs)
        examples.next_button.clicked.connect(self._show_plan)
        plan.back_button.clicked.connect(self._show_examples)
        plan.start_requested.connect(self._start)
        plan.base_model_changed.connect(self._probe_delay.start)
        plan.settings_changed.connect(self._probe_delay.start)
        progress.stop_button.clicked.connect(self.session.stop)
        progress.resume_button.clicked.connect(self._resume_ended)
        progress.use_button.clicked.connect(self._use)
        progress.again_button.clicked.connect(self._start_over)
        progress.back_button.clicked.connect(self._return_to_plan)
        progress.result_button.clicked.connect(self._show_result)
        for page in (examples, progress, self.result_page, self.runs_page):
            page.close_button.clicked.connect(self.close)

    def _connect_runs(self) -> None:
        result, runs = self.result_page, self.runs_page
        result.back_button.clicked.connect(self._show_progress)
        self.session.model_installed.connect(self._show_progress)
        runs.back_button.clicked.connect(self._leave_runs)
        runs.open_requested.connect(self._open_run)
        runs.resume_requested.connect(self._resume)
        self.added_pair.pairs_requested.connect(self._show_added_pair)
        self.added_pair.run_requested.connect(self._show_run)

    def show_models(self, models: Sequence[ModelCard]) -> None:
        """Offer these base models."""
        self._models = list(models)
        self.plan_page.show_models(models)
        self.result_page.show_models(models)

    def choose_folder(self, folder: Path) -> None:
        """Choose a dataset, as if the user had done so."""
        if not self.session.is_running():
            self._start_over()
            self.session.choose(folder)

    def show_tree(self, tree: EditTree) -> None:
        """Offer the photos and results of a session for pairs."""
        self.examples_page.sources.show_tree(tree)

    def use_as_pair(self, result: EditedPhoto) -> None:
        """Add a result with its photo to the pairs that are collected; a run on screen stays there."""
        if self.session.run is None:
            self._start_over()
        elif self.pages.currentWidget() is not self.examples_page:
            self.added_pair.begin()
        self.examples_page.sources.use_as_pair(result)

    def shut_down(self) -> None:
        """Wait for what is done in the background; a run goes on without the window."""
        self.plan_page.measurements.stop()
        self.result_page.shut_down()
        self.session.shut_down()
        self.examples_page.shut_down()
        self.plan_page.close_work()

    def show_runs(self) -> None:
        """Show the list of all runs."""
        self.runs_page.show_failure(None)
        self.session.run_list.reload()
        self.pages.setCurrentWidget(self.runs_page)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._probe_delay.start()
        self._mark_seen()

    def hideEvent(self, event: QHideEvent) -> None:
        self.plan_page.measurements.stop()
        super().hideEvent(event)

    def reject(self) -> None:
        """Hide the dialog; a run continues."""
        self.hide()

    def _use_instruction(self, instruction: str) -> None:
        if path := self.session.dataset.path:
            self.session.choose(path, instruction, self.session.dataset.columns)

    def _choose(self, dataset: Path) -> None:
        if self.session.is_running():
            self.added_pair.say_later()
            self._show_progress()
        else:
            self.session.choose(dataset)

    def _show_added_pair(self) -> None:
        """Show the pairs that are collected. A run goes on; one that has ended stays in the list of runs."""
        if self.session.is_running():
            self.session.dataset.clear()
            self._show_examples()
        else:
            self._start_over()

    def _show_run(self) -> None:
        self._show_progress()
        self._mark_seen()

    def _show_examples(self) -> None:
        self.pages.setCurrentWidget(self.examples_page)

    def _show_plan(self) -> None:
        if findings := self.session.dataset.findings:
            self.pages.setCurrentWidget(self.plan_page)
            self.plan_page.show_dataset(findings)

    def _start_probe(self) -> None:
        """Measure the plans while their page is visible."""
        if self.plan_page.isVisible() and not self.session.is_running():
            self.plan_page.measure()
        else:
            self.plan_page.measurements.stop()

    def _start(self, plan: TrainingPlan) -> None:
        self.session.start(plan)

    def _resume(self, run: TrainingRun) -> None:
        self.session.resume(run, self._models)

    def _resume_ended(self) -> None:
        if self.session.run is not None:
            self._resume(self.session.run)

    def _use(self) -> None:
        model = self.session.model
        self.close()
        self._start_over()
        if model is not None:
            self.model_trained.emit(model.path, next(iter(model.suggestions), ""))

    def _start_over(self) -> None:
        self.session.start_over()
        self._show_examples()

    def _return_to_plan(self) -> None:
        self.session.clear_run()
        self._show_examples()
        self._show_plan()

    def _show_progress(self) -> None:
        self.pages.setCurrentWidget(self.progress_page)

    def _show_result(self) -> None:
        self.result_page.refresh()
        self.pages.setCurrentWidget(self.result_page)

    def _leave_runs(self) -> None:
        is_shown = self.session.phase in (TrainingPhase.CHOOSE, TrainingPhase.CHECKED)
        self.pages.setCurrentWidget(self.examples_page if is_shown else self.progress_page)

    def _open_run(self, folder: Path) -> None:
        """Show a run: that of the session at once, another as soon as it is read."""
        self.runs_page.show_failure(None)
        if self.session.run is not None and self.session.run.folder == folder and self.session.is_open:
            self._on_phase_changed(self.session.phase)
        else:
            self.session.attach(folder)

    def _on_phase_changed(self, phase: TrainingPhase) -> None:
        """Show the page of the run that is in progress or has ended."""
        if phase in (TrainingPhase.CHOOSE, TrainingPhase.CHECKED):
            self.added_pair.hide()
            if self.pages.currentWidget() in (self.progress_page, self.result_page):
                self._show_examples()
        elif self.added_pair.isHidden() or self.pages.currentWidget() is not self.examples_page:
            self.plan_page.measurements.stop()
            self._show_progress()
            self._mark_seen()

    def _mark_seen(self) -> None:
        if self.isVisible() and self.session.phase in (TrainingPhase.DONE, TrainingPhase.FAILED):
            self.session.mark_seen()

    def _on_page_changed(self) -> None:
        """Return presses the main button of the current page."""
        buttons: dict[QWidget | None, QPushButton] = {
            self.examples_page: self.examples_page.next_button,
            self.plan_page: self.plan_page.start_button,
            self.progress_page: self.progress_page.row.main_button,
            self.result_page: self.result_page.keep_button,
            self.runs_page: self.runs_page.back_button,
        }
        buttons[self.pages.currentWidget()].setDefault(True)
        self.added_pair.show_page(has_pairs=self.pages.currentWidget() is self.examples_page)

    def _focus_next(self) -> None:
        if self.session.dataset.findings is not None:
            self.examples_page.next_button.setFocus()

    def _list_runs(self) -> None:
        button, count = self.examples_page.runs_button, len(self.session.run_list.summaries)
        button.setText(RunTexts().link(count))
        button.setAccessibleName(button.text().replace("&", ""))
        button.setVisible(count > 0)
