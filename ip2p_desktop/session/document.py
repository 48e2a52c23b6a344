"""The observable state of the window: the photo and result on screen, the model and the settings."""

from __future__ import annotations

import random
from dataclasses import fields, replace

from PySide6.QtCore import QObject, Signal

from engine.edit_settings import EditSettings
from engine.editing.costs import Estimate
from engine.errors import InvalidRequest
from engine.images.edit_record import EditRecord
from engine.instructions import InstructionReading
from engine.library import ModelCard
from engine.model_options import WeightSet
from engine.request import EditRequest
from ip2p_desktop.base.observed import Observed
from ip2p_desktop.session.edit_nodes import EditedPhoto, EditNode, SourcePhoto
from ip2p_desktop.session.edit_state import STANDARD_SETTINGS, EditState
from ip2p_desktop.widgets.display_images import DisplayImage

RANDOM_SEEDS = 1_000_000
"""Upper limit of random seeds, so that they are short enough to type."""
RECOMMENDED = (
    *("num_inference_steps", "text_guidance_scale", "image_guidance_scale"),
    *("scheduler", "resolution", "fit"),
)
"""The settings that a model card recommends."""


class EditDocument(QObject):
    """The values that the controls show and change. Uses no widgets, threads or jobs."""

    source_changed = Signal(object)
    """`SourcePhoto | None`."""
    result_changed = Signal(object)
    """`EditedPhoto | None`."""
    shown_changed = Signal(object)
    """The `EditNode` on screen, or None; emitted after `source_changed` and `result_changed`."""
    model_changed = Signal(object)
    """`ModelCard | None`; also emitted when the card of the same model has changed."""
    state_changed = Signal(object, object)
    """The new `EditState` and the one before."""
    state_replaced = Signal(object)
    """The `EditState` before, when the user replaces all settings; emitted before `state_changed`."""
    reading_changed = Signal(object)
    estimate_changed = Signal(object)
    preview_changed = Signal(object)
    live_preview_changed = Signal(object)

    reading = Observed[InstructionReading | None](None)
    """How the model reads the instruction; None until it has been read."""
    estimate = Observed[Estimate | None](None)
    """Time and memory of the next edit; None if they are not known."""
    preview = Observed[DisplayImage | None](None)
    """The preview of the running edit, shown instead of the result."""
    live_preview = Observed[DisplayImage | None](None)
    """What the current settings would make of the photo, shown instead of the result."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: SourcePhoto | None = None
        self._masked: SourcePhoto | None = None
        """The photo whose mask is in the state."""
        self._result: EditedPhoto | None = None
        self._model: ModelCard | None = None
        self._state = EditState()
        self._is_restoring = False

    @property
    def source(self) -> SourcePhoto | None:
        """The photo on screen, or the photo of the result on screen."""
        return self._source

    @property
    def result(self) -> EditedPhoto | None:
        """The result on screen; None if only a photo is."""
        return self._result

    @property
    def shown(self) -> EditNode | None:
        """The node on screen: the result, else the photo."""
        return self._result or self._source

    @property
    def model(self) -> ModelCard | None:
        """The model that edits; None if none is installed."""
        return self._model

    @model.setter
    def model(self, card: ModelCard | None) -> None:
        """Another model, or more that is known of the same; the settings stay."""
        self._set(self._state, card)

    @property
    def is_restoring(self) -> bool:
        """Whether the state is being changed by `restore`, and not by the user."""
        return self._is_restoring

    @property
    def state(self) -> EditState:
        """All settings. Setting it replaces all of them except the model."""
        return self._state

    @state.setter
    def state(self, state: EditState) -> None:
        self._set(state, self._model)

    def change(self, **values: object) -> None:
        """Set values of the state by name, all at once."""
        self.state = self._state.with_values(**values)

    def request(self) -> EditRequest:
        """The request of the next edit, without its mask, which `EditJob.request` reads.

        Raises `InvalidRequest` if the photo or the model is missing.
        """
        if self._source is None:
            raise InvalidRequest("request.no-photo", "There is no photo yet.", "Open one, or drop it here.")
        return self._state.request(self._source.image, self.required_model().path)

    def required_model(self) -> ModelCard:
        """The model that edits. Raises `InvalidRequest` if none is installed."""
        if self._model is None:
            raise InvalidRequest("request.no-model", "No model is installed.", "Install the app again.")
        return self._model

    @property
    def instruction_as_read(self) -> str:
        """The corrected instruction if it has been read, else the typed one."""
        typed = self._state.instruction.strip()
        reading = self.reading
        return reading.instruction if reading is not None and reading.typed == typed else typed

    def set_mask(self, mask_id: str) -> None:
        """Limit the next edit to another mask of the photo, as one step of undo; empty for none."""
        self._replace(replace(self._state, mask_id=mask_id, uses_mask=True), self._model)

    def draw_seed(self) -> None:
        """Set a random seed."""
        self.change(seed=random.randrange(RANDOM_SEEDS))

    def show(self, node: EditNode) -> None:
        """Show a photo, or a result beside its photo."""
        if isinstance(node, EditedPhoto):
            self._show(node.source, node)
        elif isinstance(node, SourcePhoto):
            self._show(node, None)

    def show_nothing(self) -> None:
        """Show neither a photo nor a result."""
        self._show(None, None)

    def _show(self, source: SourcePhoto | None, result: EditedPhoto | None) -> None:
        source_before, result_before, shown_before = self._source, self._result, self.shown
        self._source, self._result = source, result
        if self._source is not source_before:
            self.source_changed.emit(self._source)
        if self._result is not result_before:
            self.result_changed.emit(self._result)
        if self.shown is not shown_before:
            self.shown_changed.emit(self.shown)
        if self._masked is not self._source:
            # afterwards, as those who note the settings of the photo before want its own mask
            self._masked = self._source
            self._set(_with_mask_of(self._state, self._source), self._model)

    def choose_model(self, card: ModelCard) -> None:
        """Use another model with its recommended settings; all other settings stay."""
        state = replace(self._state, settings=_recommended(self._state.settings, card))
        self._replace(_with_weights(state, card, card.weight_set), card)

    def choose_first_model(self, card: ModelCard) -> None:
        """Use a model where none was known yet; settings that were changed meanwhile stay."""
        changed = {
            each.name: getattr(self._state.settings, each.name)
            for each in fields(EditSettings)
            if getattr(self._state.settings, each.name) != getattr(STANDARD_SETTINGS, each.name)
        }
        settings = replace(_recommended(STANDARD_SETTINGS, card), **changed)
        self._set(_with_weights(replace(self._state, settings=settings), card, card.weight_set), card)

    def update_model(self, card: ModelCard) -> None:
        """Replace the card of the model by a newer one; the settings stay."""
        self._set(_with_weights(self._state, card, self._state.model_options.weight_set), card)

    @property
    def recommended(self) -> EditState:
        """The recommended settings of the model, the defaults of the window for the rest, the instruction."""
        card = self._model
        state = EditState(
            instruction=self._state.instruction,
            model=self._state.model,
            settings=_recommended(STANDARD_SETTINGS, card),
            mask_id=self._state.mask_id,
            uses_mask=self._state.uses_mask,
            unknown_fields=self._state.unknown_fields,
        )
        return _with_weights(state, card, card.weight_set) if card else state

    def reset_settings(self) -> None:
        """Set the recommended settings."""
        self._replace(self.recommended, self._model)

    def matches(self, result: EditedPhoto) -> bool:
        """Whether the current settings, including the seed, are those of a result."""
        state = self._state.normalized()
        return replace(state, instruction=self.instruction_as_read, variations=1) == result.state

    def use_settings_of(self, result: EditedPhoto, model: ModelCard | None) -> None:
        """Set all settings of a result. If its model is None, the current model stays."""
        card, state = model or self._model, result.state
        if not state.mask_id and self._state.mask_id:
            state = replace(state, mask_id=self._state.mask_id, uses_mask=False)
        self._replace(_with_weights(state, card, state.model_options.weight_set), card)

    def apply_record(self, record: EditRecord, model: ModelCard | None) -> None:
        """Set all settings of a saved result. If its model is None, the current model stays."""
        state = self._state.with_record(record)
        self._replace(
            _with_weights(state, model, record.weight_set) if model else state, model or self._model
        )

    def restore(self, state: EditState, model: ModelCard | None) -> None:
        """Set an earlier state. If its model is None, the current model stays."""
        self._masked = self._source
        self._is_restoring = True
        try:
            self._set(state, model or self._model)
        finally:
            self._is_restoring = False

    def _replace(self, state: EditState, card: ModelCard | None) -> None:
        before = self._state
        if replace(state, model=before.model) != before or card is not self._model:
            self.state_replaced.emit(before)
        self._set(state, card)

    def _set(self, state: EditState, card: ModelCard | None) -> None:
        """Set state and model before a signal is emitted for either."""
        state = replace(state, model=card.path if card else None)
        photo = self._source
        if state.mask_id and (photo is None or state.mask_id not in photo.masks):
            state = _with_mask_of(state, photo)
        if photo is not None and photo is self._masked:
            photo.mask_id, photo.uses_mask = state.mask_id, state.uses_mask
        state_before, card_before = self._state, self._model
        self._state, self._model = state, card
        if state != state_before:
            self.state_changed.emit(state, state_before)
        if card != card_before:
            self.model_changed.emit(self._model)


def _with_mask_of(state: EditState, source: SourcePhoto | None) -> EditState:
    """The state with the mask that belongs to a photo."""
    if source is None or source.mask_id not in source.masks:
        return replace(state, mask_id="", uses_mask=True)
    return replace(state, mask_id=source.mask_id, uses_mask=source.uses_mask)


def _recommended(settings: EditSettings, card: ModelCard | None) -> EditSettings:
    """The settings with the recommended values of a model."""
    recommended = card.recommended if card else STANDARD_SETTINGS
    return replace(settings, **{name: getattr(recommended, name) for name in RECOMMENDED})


def _with_weights(state: EditState, card: ModelCard | None, weight_set: WeightSet) -> EditState:
    """The state with a set of weights; without effect if the model is known to have only one."""
    known = card.known_weight_sets if card else ()
    weight_set = weight_set if weight_set in known or not known else WeightSet.EMA
    return replace(state, model_options=replace(state.model_options, weight_set=weight_set))
