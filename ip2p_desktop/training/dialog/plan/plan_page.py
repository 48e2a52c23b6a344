"""Second page: how the model is trained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.devices.free_memory import DeviceMemory
from engine.errors import ErrorReport
from engine.library import ModelCard
from engine.progress import CancelToken
from ip2p_desktop.base.background import Background
from ip2p_desktop.base.paths import runs_folder
from ip2p_desktop.training.dialog.plan.copy_command import CopyCommandButton
from ip2p_desktop.training.dialog.plan.plan_fitness import PlanFitness
from ip2p_desktop.training.dialog.plan.plan_form import PlanForm
from ip2p_desktop.training.dialog.plan.plan_texts import PlanTexts
from ip2p_desktop.training.pictures.dataset_check import Findings
from ip2p_desktop.training.plans.base_models import BaseModel, training_memory
from ip2p_desktop.training.plans.model_names import LONGEST_NAME, free_name, shortened
from ip2p_desktop.training.plans.plan_choices import PlanChoices
from ip2p_desktop.training.plans.presets import Preset
from ip2p_desktop.training.plans.settings_sheet import SettingProblem, check_words
from ip2p_desktop.training.runs.plan_measurements import MeasuredPlan, PlanMeasurements
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingPlan, TrainingRun, slug_of
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

CHECK_DELAY_MS = 250
"""Delay after which changed settings are checked, so that typing checks only the last value."""


class PlanPage(DialogPage):
    """A form for everything a run depends on besides its pairs; emits a `TrainingPlan`."""

    base_model_changed = Signal()
    settings_changed = Signal()

    start_requested = Signal(object)
    """The `TrainingPlan`."""

    def __init__(
        self, models: Sequence[ModelCard], probe: TrainingProbe, parent: QWidget | None = None
    ) -> None:
        super().__init__("plan_page", "", parent)
        self.title.setText(self.tr("Choose how it is trained"))
        self._dataset: Path | None = None
        self._models: list[ModelCard] = []
        self._problem: SettingProblem | None = None
        self._has_chosen = False
        self._texts = PlanTexts(self)
        self._background = Background(self)
        self._checks = Background(self, workers=1, is_latest_only=True)
        self._cancel = CancelToken()
        self.measurements = PlanMeasurements(probe, self)
        self.fitness = PlanFitness(self.measurements, self._texts)
        self.form = PlanForm(self._background)
        self.length = self.form.length
        self.column.addWidget(self.form)
        self.column.addStretch(1)
        self.copy_button = CopyCommandButton(self._run_settings)
        self.start_hint = named(body_label("", role="hint"), "start_hint")
        self.buttons.addWidget(self.copy_button)
        self.buttons.addWidget(self.start_hint, 1)
        self.back_button = self.add_button("back", self.tr("&Back"))
        self.start_button = self.add_button("start", self.tr("&Start training"), role="primary")
        self._check_delay = QTimer(self, singleShot=True, interval=CHECK_DELAY_MS)
        self._connect()
        self.show_models(models)

    def _connect(self) -> None:
        form = self.form
        form.name_box.textChanged.connect(self._show_name)
        form.base_choice.bases_changed.connect(self._show_fitness)
        form.base_changed.connect(self.base_model_changed)
        form.amount_changed.connect(self._on_amount_changed)
        form.settings_changed.connect(self._on_changed)
        form.presets.chosen.connect(self._on_preset_chosen)
        form.length.steps_changed.connect(self._show_fitness)
        form.length.measurement_requested.connect(self.measurements.again)
        form.base_choice.describe_by(self._description_of)
        self.measurements.changed.connect(self._show_fitness)
        self._check_delay.timeout.connect(self._check_settings)
        self.start_button.clicked.connect(self._start)

    def show_models(self, models: Sequence[ModelCard]) -> None:
        """Offer these base models; the chosen one stays if it is among them."""
        self._models = list(models)
        self.form.base_choice.show_models(models)
        self._show_name()

    def show_dataset(self, findings: Findings) -> None:
        """Suggest a name and lengths for a dataset; what the user typed for the same one stays."""
        is_new = self._dataset != findings.listing.folder
        self._dataset = findings.listing.folder
        self.form.show_findings(findings, is_new=is_new)
        if is_new:
            self.form.name_box.setText(free_name(suggested_name(findings), self._taken_names()))
            self._on_amount_changed()
        self.measurements.stop()
        self._on_changed()
        if self.fitness.memory is None:
            read = partial(training_memory, self._cancel)
            self._background.submit(read, self._on_memory, lambda report: None, cancel=self._cancel)
        self.form.name_box.setFocus()
        self.form.name_box.selectAll()

    def base_model(self) -> ModelCard | None:
        """The chosen base model; None if there is none."""
        base = self.form.base_choice.base
        return base.card if base is not None else None

    def choose_preset(self, preset: Preset) -> None:
        """Choose a preset with its length, as if the user had done so."""
        self.form.presets.preset = preset
        self._on_preset_chosen(preset)

    def plan(self) -> TrainingPlan | None:
        """The plan in the fields; None without a dataset or a base model."""
        choices = self.form.choices()
        return self._plan_of(choices, self.form.presets.preset, self.length.steps) if choices else None

    def measure(self) -> None:
        """Measure the presets of the chosen model that may fit, the chosen preset first."""
        choices, chosen = self.form.choices(), self.form.presets.preset
        wanted: dict[str, MeasuredPlan] = {}
        for preset in (chosen, *(each for each in Preset if each is not chosen)) if choices else ():
            assert choices is not None
            plan = self._plan_of(choices, preset, choices.steps(preset))
            if plan is not None and self.fitness.estimated(choices, preset).is_possible:
                wanted[preset] = MeasuredPlan(plan, choices.base.card, choices.pairs)
        self.measurements.measure(wanted)

    def close_work(self) -> None:
        """Cancel what is read, and wait for what is written."""
        self._cancel.cancel()
        for background in (self._background, self._checks):
            background.cancel()
            background.close()
        self.measurements.close()

    def _taken_names(self) -> list[str]:
        return [card.name for card in self._models]

    def _plan_of(self, choices: PlanChoices, preset: Preset, steps: int) -> TrainingPlan | None:
        if self._dataset is None:
            return None
        return TrainingPlan(
            dataset=self._dataset,
            base_model=choices.base.card.path,
            base_model_name=choices.base.card.name,
            name=free_name(self.form.name_box.text().strip(), self._taken_names()),
            steps=steps,
            settings=choices.settings(preset),
        )

    def _run_settings(self) -> list[str]:
        """The arguments of the run that would be started now; empty without a plan."""
        plan = self.plan()
        if plan is None:
            return []
        folder = runs_folder() / slug_of(plan.name, datetime.now())
        return TrainingRun(folder=folder, plan=plan).settings()

    def _on_amount_changed(self) -> None:
        """The lengths of the presets follow from the model and the number of pairs."""
        if (choices := self.form.choices()) is not None:
            if not self._has_chosen:
                self.form.presets.preset = self.fitness.first_possible(choices)
            self.length.steps = choices.steps(self.form.presets.preset)
        self._on_changed()

    def _on_preset_chosen(self, preset: Preset) -> None:
        self._has_chosen = True
        if (choices := self.form.choices()) is not None:
            self.length.steps = choices.steps(preset)
        self._on_changed()

    def _on_changed(self) -> None:
        if (choices := self.form.choices()) is not None:
            self.form.advanced.show_plan(choices.unchanged_settings(self.form.presets.preset))
        self._show_fitness()
        if self.form.advanced.changes or self._problem:
            self._check_delay.start()
        self.settings_changed.emit()

    def _on_memory(self, memory: DeviceMemory) -> None:
        self.fitness.memory = memory
        choices = self.form.choices()
        if choices is not None and not self._has_chosen:
            possible = self.fitness.first_possible(choices)
            if possible is not self.form.presets.preset:
                self._on_amount_changed()
        self._show_fitness()

    def _description_of(self, base: BaseModel) -> tuple[str, bool]:
        """What is known of a base model in a line, and whether it can be chosen."""
        line, is_possible = "", True
        if (choices := self.form.choices(base)) is not None:
            is_chosen = base == self.form.base_choice.base
            line, is_possible = self.fitness.description(
                choices, self.form.presets.preset if is_chosen else None
            )
        return self._texts.base_line(base, line), is_possible

    def _show_fitness(self) -> None:
        """Show what the presets take, and whether they fit."""
        choices = self.form.choices()
        for part in (self.form.presets, self.length, self.form.keep_choice):
            part.setEnabled(choices is not None)
        if choices is None:
            self._show_start()
            return
        preset, steps = self.form.presets.preset, self.length.steps
        for each, card in self.form.presets.cards.items():
            length = steps if each is preset else choices.steps(each)
            card.show_state(self.fitness.card_state(choices, each, length))
        measured, estimate = self.measurements, self.measurements.estimate(preset)
        is_measuring, is_short = measured.is_measuring(preset), measured.is_short_of_memory(preset)
        has_failed = measured.has_failed(preset)
        text = self._texts.estimate(
            estimate, steps, is_measuring=is_measuring, is_short=is_short, has_failed=has_failed
        )
        is_over = estimate is not None or is_short or has_failed
        self.length.show_estimate(text, can_measure=is_over and not is_measuring)
        self.form.keep_choice.show_cost(self._texts.keep_cost(estimate, steps))
        self.form.base_choice.refresh()
        self._show_start()

    def _check_settings(self) -> None:
        check = partial(check_words, self._run_settings())
        self._checks.submit(check, self._on_checked, self._on_not_checked)

    def _on_checked(self, problem: SettingProblem | None) -> None:
        self._problem = problem
        self.form.advanced.show_problem(problem)
        self._show_start()

    def _on_not_checked(self, report: ErrorReport) -> None:
        self._on_checked(SettingProblem("", report))

    def _show_name(self) -> None:
        name = self.form.name_box.text().strip()
        free = free_name(name, self._taken_names())
        hint = self.tr("The list of models shows it under this name.")
        if free != name:
            taken = self.tr("There is a model of this name already. The new one is called “{name}”.")
            hint = taken.format(name=free)
        self.form.name_hint.setText(hint)
        self._show_start()

    def _show_start(self) -> None:
        """Offer to start if everything is there, else say what is missing."""
        hint = self._missing()
        self.start_hint.setText(hint)
        self.start_button.setEnabled(not hint)
        self.copy_button.setEnabled(self.form.choices() is not None)

    def _missing(self) -> str:
        if not self.form.name_box.text().strip():
            return self.tr("The new model needs a name.")
        if self.form.base_choice.base is None:
            return self.tr("There is no model to start from.")
        if self._problem is not None:
            return self.tr("A setting under Advanced is not valid.")
        cards = self.form.presets.cards
        if cards[self.form.presets.preset].isEnabled():
            return ""
        if cards[Preset.LITTLE_MEMORY].isEnabled():
            return self.tr("This does not fit. Choose Little memory or another model.")
        return self.tr("This model does not fit. Choose another one to start from.")

    def _start(self) -> None:
        if plan := self.plan():
            self.measurements.stop()
            self.start_requested.emit(plan)


def suggested_name(findings: Findings) -> str:
    """The instruction if there is only one and it is short, else the name of the folder or zip."""
    instructions, dataset = findings.instructions, findings.listing.folder
    name = dataset.name if dataset.is_dir() else dataset.stem
    folder = name.replace("_", " ").replace("-", " ").strip()
    is_short = len(instructions) == 1 and len(instructions[0]) <= LONGEST_NAME // 2 + 10
    text = instructions[0].rstrip(".!") if is_short else folder
    return shortened(text[:1].upper() + text[1:])
