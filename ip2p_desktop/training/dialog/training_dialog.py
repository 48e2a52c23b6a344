"""The dialog for teaching a model: examples, plan, progress. Closing it leaves the run going on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QStackedWidget, QVBoxLayout, QWidget

from engine.library import ModelCard
from ip2p_desktop.training.dialog.examples_page import ExamplesPage
from ip2p_desktop.training.dialog.plan_page import PlanPage
from ip2p_desktop.training.dialog.progress_page import ProgressPage
from ip2p_desktop.training.trainer_process import STOP_PATIENCE_MS
from ip2p_desktop.training.training_runs import TrainingPlan, TrainingRun
from ip2p_desktop.training.training_session import TrainingPhase, TrainingSession

PROBE_DELAY_MS = 300
"""Whoever starts at once, or leafs through the models, needs no forecast."""


class TrainingDialog(QDialog):
    """Binds the pages to a `TrainingSession`, which outlives every showing of the dialog."""

    model_trained = Signal(Path)
    """The user wants to use the new model, in this folder."""
    model_installed = Signal(Path)
    """A new model lies in this folder, whether or not the dialog is open."""

    def __init__(
        self,
        models: Sequence[ModelCard],
        parent: QWidget | None = None,
        *,
        teaching: TrainingSession | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("teach_dialog")
        self.setWindowTitle(self.tr("Teach a new edit"))
        self.setModal(False)
        self.resize(720, 640)
        self.setMinimumSize(500, 380)
        self.teaching = teaching or TrainingSession(self)
        self._models = list(models)
        self.examples_page = ExamplesPage(self.teaching.dataset)
        self.plan_page = PlanPage(models, self.teaching.probing)
        self.progress_page = ProgressPage(self.teaching)
        self.pages = QStackedWidget()
        for page in (self.examples_page, self.plan_page, self.progress_page):
            self.pages.addWidget(page)
        self._probe_soon = QTimer(self, singleShot=True, interval=PROBE_DELAY_MS)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        self._connect()
        self._follow_page()
        self._list_runs()

    def _connect(self) -> None:
        examples, plan, progress = self.examples_page, self.plan_page, self.progress_page
        examples.dataset_chosen.connect(self.teaching.choose)
        examples.runs.resume_requested.connect(self._resume)
        examples.runs.removal_requested.connect(self.teaching.forget)
        examples.next_button.clicked.connect(self._show_plan)
        plan.back_button.clicked.connect(self._show_examples)
        plan.start_requested.connect(self._start)
        plan.base_model_changed.connect(self._probe_soon.start)
        plan.settings_changed.connect(self._probe_soon.start)
        self.pages.currentChanged.connect(self._probe_soon.start)
        self._probe_soon.timeout.connect(self._probe)
        progress.stop_button.clicked.connect(self.teaching.stop)
        progress.resume_button.clicked.connect(self._resume_ended)
        progress.use_button.clicked.connect(self._use)
        progress.again_button.clicked.connect(self._begin_anew)
        progress.back_button.clicked.connect(self._go_back)
        for button in (examples.close_button, progress.close_button):
            button.clicked.connect(self.close)
        self.pages.currentChanged.connect(self._follow_page)
        self.teaching.dataset.changed.connect(self._offer_next)
        self.teaching.phase_changed.connect(self._follow_phase)
        self.teaching.runs_changed.connect(self._list_runs)
        self.teaching.model_installed.connect(self.model_installed)

    def show_models(self, models: Sequence[ModelCard]) -> None:
        """The models to start from have changed."""
        self._models = list(models)
        self.plan_page.show_models(models)

    def choose_folder(self, folder: Path) -> None:
        """As if the user had chosen it."""
        if not self.teaching.is_running():
            self._begin_anew()
            self.teaching.choose(folder)

    def shutdown(self, patience_ms: int = STOP_PATIENCE_MS) -> None:
        """For quitting the app: stops the run, keeps what was learned, and waits for it."""
        self.teaching.shutdown(patience_ms)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._probe_soon.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self.teaching.probing.stop()
        super().hideEvent(event)

    def reject(self) -> None:
        """Closing only hides: the dialog is never finished, its run may be going on."""
        self.hide()

    def _show_examples(self) -> None:
        self.pages.setCurrentWidget(self.examples_page)

    def _show_plan(self) -> None:
        if findings := self.teaching.dataset.findings:
            self.pages.setCurrentWidget(self.plan_page)
            self.plan_page.show_dataset(findings)

    def _probe(self) -> None:
        """Finds out what the plan takes while the page that asks for it is looked at."""
        plan = self.plan_page.plan()
        if self.plan_page.isVisible() and plan is not None:
            self.teaching.probe(plan, self.plan_page.length.cards)

    def _start(self, plan: TrainingPlan) -> None:
        self.teaching.start(plan)

    def _resume(self, run: TrainingRun) -> None:
        self.teaching.resume(run, self._models)

    def _resume_ended(self) -> None:
        if self.teaching.run is not None:
            self._resume(self.teaching.run)

    def _use(self) -> None:
        model = self.teaching.model
        self.close()
        self._begin_anew()
        if model is not None:
            self.model_trained.emit(model.path)

    def _begin_anew(self) -> None:
        self.teaching.begin_anew()
        self._show_examples()

    def _go_back(self) -> None:
        self.teaching.leave_run()
        self._show_examples()
        self._show_plan()

    def _follow_phase(self, phase: TrainingPhase) -> None:
        if phase not in (TrainingPhase.CHOOSE, TrainingPhase.CHECKED):
            self.pages.setCurrentWidget(self.progress_page)

    def _follow_page(self) -> None:
        """Return presses the main button of the page that is shown."""
        buttons = (self.examples_page.next_button, self.plan_page.start_button, self.progress_page.use_button)
        buttons[self.pages.currentIndex()].setDefault(True)

    def _offer_next(self) -> None:
        if self.teaching.dataset.findings is not None:
            self.examples_page.next_button.setFocus()

    def _list_runs(self) -> None:
        self.examples_page.runs.show_runs(self.teaching.resumable_runs())
        self.examples_page.refresh()
