"""The fields of the plan page, and the choices in them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from ip2p_desktop.base.background import Background
from ip2p_desktop.training.dialog.pictures.column_settings import column_settings
from ip2p_desktop.training.dialog.plan.advanced_settings import AdvancedSettings
from ip2p_desktop.training.dialog.plan.base_choice import BaseChoice
from ip2p_desktop.training.dialog.plan.keep_choice import KeepChoice
from ip2p_desktop.training.dialog.plan.length_choice import LengthChoice
from ip2p_desktop.training.dialog.plan.preset_choice import PresetChoice
from ip2p_desktop.training.dialog.plan.preview_photos import PreviewPhotos
from ip2p_desktop.training.dialog.plan.wordings_choice import WordingsChoice
from ip2p_desktop.training.pictures.dataset_check import Findings
from ip2p_desktop.training.plans.base_models import BaseModel
from ip2p_desktop.training.plans.held_back import held_back_by_default, most_held_back
from ip2p_desktop.training.plans.model_names import LONGEST_NAME
from ip2p_desktop.training.plans.plan_choices import PlanChoices
from ip2p_desktop.widgets.controls.stepper import Stepper
from ip2p_desktop.widgets.object_names import named
from ip2p_desktop.widgets.surfaces import body_label

SECTION_SPACING = 18


class PlanForm(QWidget):
    """Sections below each other. Emits what follows from a change, not every change of a field."""

    base_changed = Signal()
    amount_changed = Signal()
    """The base model or the number of training pairs, from which the lengths follow."""
    settings_changed = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings: Findings | None = None
        self.name_box = named(QLineEdit(maxLength=LONGEST_NAME), "name_box")
        self.name_hint = named(body_label("", role="hint"), "name_hint")
        self.base_choice = BaseChoice(background)
        self.presets = PresetChoice()
        self.length = LengthChoice()
        self.keep_choice = KeepChoice()
        self.held_back = Stepper(
            name="held_back",
            label=self.tr("Pairs held back"),
            help_text=self.tr("They are not trained on; with them it is judged how well the edit works."),
            minimum=0,
            maximum=0,
        )
        self.preview_photos = PreviewPhotos(background)
        self.wordings = WordingsChoice()
        self.advanced = AdvancedSettings(background)
        self._lay_out()
        self.base_choice.base_changed.connect(self._on_base_changed)
        self.held_back.value_changed.connect(self.amount_changed)
        for signal in (
            self.keep_choice.keeps_changed,
            self.wordings.wordings_changed,
            self.preview_photos.photos_changed,
            self.advanced.changes_changed,
        ):
            signal.connect(self.settings_changed)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SECTION_SPACING)
        self._add(self.tr("N&ame of the new model"), self.name_box, self.name_hint, buddy=self.name_box)
        self._add(self.tr("Start &from"), self.base_choice, buddy=self.base_choice.menu)
        self._add(self.tr("How"), self.presets, self.length)
        self._add(self.tr("What the model knows"), self.keep_choice)
        self._wordings_label = self._add(self.tr("Other &wordings"), self.wordings, buddy=self.wordings.field)
        self._add(self.tr("See how it goes"), self.preview_photos, self.held_back)
        self._column.addWidget(self.advanced)

    def _add(self, text: str, *parts: QWidget, buddy: QWidget | None = None) -> QLabel:
        label = QLabel(text)
        label.setProperty("role", "section")
        if buddy is not None:
            label.setBuddy(buddy)
            buddy.setAccessibleName(buddy.accessibleName() or text.replace("&", ""))
        group = QVBoxLayout()
        group.setSpacing(8)
        for part in (label, *parts):
            group.addWidget(part)
        self._column.addLayout(group)
        return label

    def show_findings(self, findings: Findings, *, is_new: bool) -> None:
        """Show what follows from the pairs; `is_new` if they are other ones than before."""
        self.findings = findings
        pairs = len(findings.listing.pairs)
        self.held_back.field.setMaximum(most_held_back(pairs))
        if is_new:
            self.held_back.value = held_back_by_default(pairs)
        self.wordings.show_instruction(self.instruction)
        for part in (self._wordings_label, self.wordings):
            part.setVisible(bool(self.instruction))
        self.preview_photos.offer_recent()

    @property
    def instruction(self) -> str:
        """The only instruction of the pairs; empty if they have several."""
        instructions = self.findings.instructions if self.findings else ()
        return instructions[0] if len(instructions) == 1 else ""

    def choices(self, base: BaseModel | None = None) -> PlanChoices | None:
        """The choices with the chosen base model, or another one; None without pairs or a model."""
        base = base or self.base_choice.base
        if base is None or self.findings is None:
            return None
        return PlanChoices(
            base=base,
            pairs=len(self.findings.listing.pairs),
            keeps_edits=self.keep_choice.keeps_edits,
            given_instruction=self.findings.instruction,
            columns=column_settings(self.findings.columns),
            instruction=next(iter(self.findings.instructions), ""),
            wordings=self.wordings.wordings if self.instruction else (),
            held_back=self.held_back.value,
            photos=self.preview_photos.photos,
            changes=self.advanced.words(),
        )

    def _on_base_changed(self) -> None:
        base = self.base_choice.base
        is_editor = base is None or base.is_editor
        reason = "" if is_editor else self.tr("It cannot edit yet, so there is nothing to keep.")
        self.keep_choice.show_reason(reason)
        self.base_changed.emit()
        self.amount_changed.emit()
