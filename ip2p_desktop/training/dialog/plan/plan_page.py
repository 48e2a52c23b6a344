"""Second page: the plan of the training run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.library import ModelCard
from ip2p_desktop.training.dialog.pictures.column_settings import column_settings
from ip2p_desktop.training.dialog.plan.length_choice import LengthChoice
from ip2p_desktop.training.pictures.dataset_check import Findings
from ip2p_desktop.training.plans.default_settings import default_settings
from ip2p_desktop.training.runs.training_probe import TrainingProbe
from ip2p_desktop.training.runs.training_runs import TrainingPlan, quoted
from ip2p_desktop.widgets.dialog_page import DialogPage
from ip2p_desktop.widgets.surfaces import body_label
from trainer.datasets import ColumnNames

LONGEST_NAME = 60


class PlanPage(DialogPage):
    """Fields for the name, the base model, replay and the number of steps; emits a `TrainingPlan`."""

    base_model_changed = Signal()
    settings_changed = Signal()

    start_requested = Signal(object)
    """The `TrainingPlan`."""

    def __init__(
        self, models: Sequence[ModelCard], probe: TrainingProbe, parent: QWidget | None = None
    ) -> None:
        super().__init__("plan_page", "", parent)
        self.title.setText(self.tr("Name it and choose how long"))
        self._dataset: Path | None = None
        self._instruction = ""
        self._columns = ColumnNames()
        self._models: list[ModelCard] = []
        self.name_box = QLineEdit(maxLength=LONGEST_NAME)
        self.name_box.setObjectName("name_box")
        self.name_hint = body_label("", role="hint")
        self.name_hint.setObjectName("name_hint")
        self.model_box = QComboBox()
        self.model_box.setObjectName("base_model_box")
        self.keep_box = QCheckBox(self.tr("&Keep what the model knows"))
        self.keep_box.setObjectName("keep_box")
        self.keep_box.setAccessibleName(self.tr("Keep what the model knows"))
        self.keep_box.setChecked(True)
        self.keep_hint = body_label("", role="hint")
        self.keep_hint.setObjectName("keep_hint")
        self.length = LengthChoice(probe)
        self._lay_out()
        self.buttons.addStretch(1)
        self.back_button = self.add_button("back", self.tr("&Back"))
        self.start_button = self.add_button("start", self.tr("&Start training"), role="primary")
        self.name_box.textChanged.connect(self._refresh)
        self.model_box.currentIndexChanged.connect(self.base_model_changed)
        self.keep_box.toggled.connect(self._on_keep_toggled)
        self.start_button.clicked.connect(self._start)
        self._show_keep_hint()
        self.show_models(models)

    def _lay_out(self) -> None:
        self._add_field(self.tr("N&ame of the new model"), self.name_box, self.name_hint)
        self._add_field(self.tr("Start &from"), self.model_box, self.keep_box, self.keep_hint)
        self.column.addSpacing(4)
        self.column.addWidget(body_label(self.tr("How long"), role="section"))
        self.column.addWidget(self.length)
        self.column.addStretch(1)

    def _add_field(self, text: str, field: QWidget, *below: QWidget) -> None:
        label = QLabel(text)
        label.setProperty("role", "section")
        label.setBuddy(field)
        field.setAccessibleName(text.replace("&", ""))
        group = QVBoxLayout()
        group.setSpacing(6)
        for part in (label, field, *below):
            group.addWidget(part)
        self.column.addLayout(group)

    def _on_keep_toggled(self) -> None:
        self._show_keep_hint()
        self.settings_changed.emit()

    def _show_keep_hint(self) -> None:
        if self.keep_box.isChecked():
            text = self.tr("The new model keeps what this one can do, and adds your edit.")
        else:
            text = self.tr("Your edit needs fewer steps, but the new model may forget what this one can do.")
        self.keep_hint.setText(text)

    def show_models(self, models: Sequence[ModelCard]) -> None:
        """Offer these base models; the chosen one stays if it is among them."""
        chosen = self.base_model()
        self._models = list(models)
        self.model_box.clear()
        self.model_box.addItems([card.name for card in models])
        paths = [card.path for card in models]
        if chosen is not None and chosen.path in paths:
            self.model_box.setCurrentIndex(paths.index(chosen.path))
        self._refresh()

    def base_model(self) -> ModelCard | None:
        """The chosen base model; None if there is none."""
        index = self.model_box.currentIndex()
        return self._models[index] if 0 <= index < len(self._models) else None

    def show_dataset(self, findings: Findings) -> None:
        """Suggest a name if the dataset is another one than before; a typed name stays."""
        self._instruction, self._columns = findings.instruction, findings.columns
        if self._dataset != findings.listing.folder:
            self._dataset = findings.listing.folder
            self.name_box.setText(suggested_name(findings))
        self.name_box.setFocus()
        self.name_box.selectAll()

    def _refresh(self) -> None:
        name = self.name_box.text().strip()
        is_taken = name.casefold() in {card.name.casefold() for card in self._models}
        if is_taken:
            self.name_hint.setText(
                self.tr("There is a model of this name already. The new one is added beside it.")
            )
        else:
            self.name_hint.setText(self.tr("The list of models shows it under this name."))
        self.start_button.setEnabled(bool(name) and self.base_model() is not None)

    def plan(self) -> TrainingPlan | None:
        """The plan in the fields; None without a dataset or a base model."""
        base = self.base_model()
        if base is None or self._dataset is None:
            return None
        return TrainingPlan(
            dataset=self._dataset,
            base_model=base.path,
            base_model_name=base.name,
            name=self.name_box.text().strip(),
            steps=self.length.steps,
            settings=(
                *([f"data.instruction={quoted(self._instruction)}"] if self._instruction else []),
                *column_settings(self._columns),
                *default_settings(base, keeps_edits=self.keep_box.isChecked()),
            ),
        )

    def _start(self) -> None:
        if plan := self.plan():
            self.start_requested.emit(plan)


def suggested_name(findings: Findings) -> str:
    """The instruction if there is only one and it is short, else the name of the folder or zip."""
    instructions, dataset = findings.instructions, findings.listing.folder
    name = dataset.name if dataset.is_dir() else dataset.stem
    folder = name.replace("_", " ").replace("-", " ").strip()
    is_short = len(instructions) == 1 and len(instructions[0]) <= LONGEST_NAME // 2 + 10
    text = instructions[0].rstrip(".!") if is_short else folder
    return (text[:1].upper() + text[1:])[:LONGEST_NAME]
