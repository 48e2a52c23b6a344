"""What is being edited, observable: the photo, the wish, the settings, and how far the edit has come."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QObject, Signal

from engine.editing.costs import Estimate
from engine.errors import ErrorReport, InvalidRequest
from engine.images.edit_record import EditRecord
from engine.instructions import InstructionReading
from engine.library import ModelCard
from engine.progress import Progress
from engine.request import EditRequest, EditSettings, Fit, ModelOptions, OutputSize, SchedulerName, WeightSet
from ip2p_desktop.base.observed import Observed
from ip2p_desktop.widgets.display_images import DisplayImage, to_pillow

RANDOM_SEEDS = 1_000_000
"""Seeds drawn at random are below this, so that they can be read out and typed again."""
STANDARD = EditSettings()


@dataclass(frozen=True, eq=False, slots=True)
class SourcePhoto:
    """A photo to edit."""

    image: Image.Image
    picture: DisplayImage
    name: str
    """What people call it: a file name, or "Pasted photo"."""
    record: EditRecord | None = None
    """The edit it came from, if the file tells."""
    record_problem: ErrorReport | None = None
    """Why the edit it came from is not known, though the file tells."""


@dataclass(frozen=True, eq=False, slots=True)
class EditedPhoto:
    """A finished edit beside the photo it was made from."""

    source: SourcePhoto
    model: ModelCard
    request: EditRequest
    """What asked for this very picture, of several variations too."""
    picture: DisplayImage
    is_unchanged: bool = False
    """Whether it shows hardly any change against the photo."""

    def image(self) -> Image.Image:
        """The picture for Pillow. A large one is kept only once, as it is painted."""
        return to_pillow(self.picture.levels[0])

    def as_source(self) -> SourcePhoto:
        """The edited photo as the start of a next edit, with what the camera noted in the first."""
        image = self.image()
        image.info = dict(self.source.image.info)
        return SourcePhoto(image, self.picture, suggested_name(self))


class EditDocument(QObject):
    """Everything the controls show and change. Knows no widget and no thread."""

    source_changed = Signal(object)
    edited_changed = Signal(object)
    instruction_changed = Signal(object)
    reading_changed = Signal(object)
    model_changed = Signal(object)
    weight_set_changed = Signal(object)
    num_inference_steps_changed = Signal(object)
    text_guidance_scale_changed = Signal(object)
    image_guidance_scale_changed = Signal(object)
    seed_changed = Signal(object)
    randomises_seed_changed = Signal(object)
    scheduler_changed = Signal(object)
    resolution_changed = Signal(object)
    fit_changed = Signal(object)
    output_size_changed = Signal(object)
    detail_changed = Signal(object)
    turbo_changed = Signal(object)
    negative_instruction_changed = Signal(object)
    variations_changed = Signal(object)
    estimate_changed = Signal(object)
    is_editing_changed = Signal(object)
    is_following_edit_changed = Signal(object)
    progress_changed = Signal(object)
    preview_changed = Signal(object)

    source = Observed[SourcePhoto | None](None)
    edited = Observed[EditedPhoto | None](None)
    """The result on screen; None while only the photo is."""
    instruction = Observed("")
    reading = Observed[InstructionReading | None](None)
    """What the model makes of the instruction; None until that is known."""
    model = Observed[ModelCard | None](None)
    weight_set = Observed(WeightSet.EMA)
    """Which of the model's weights edit, where its file has two sets."""
    num_inference_steps = Observed(STANDARD.num_inference_steps)
    text_guidance_scale = Observed(STANDARD.text_guidance_scale)
    image_guidance_scale = Observed(STANDARD.image_guidance_scale)
    seed = Observed(STANDARD.seed)
    randomises_seed = Observed(True)
    """Whether every edit draws a new seed."""
    scheduler = Observed(STANDARD.scheduler)
    resolution = Observed(STANDARD.resolution)
    fit = Observed(STANDARD.fit)
    output_size = Observed(OutputSize.SOURCE)
    detail = Observed(STANDARD.detail)
    turbo = Observed(STANDARD.turbo)
    negative_instruction = Observed("")
    variations = Observed(1)
    estimate = Observed[Estimate | None](None)
    """What the next edit will cost; None while that is not known."""
    is_editing = Observed(False)
    is_following_edit = Observed(True)
    """Whether the screen follows the edit that is running, rather than show an entry chosen meanwhile."""
    progress = Observed[Progress | None](None)
    preview = Observed[DisplayImage | None](None)
    """A rough picture of the edit under way."""

    def settings(self) -> EditSettings:
        """Raises `InvalidRequest` for values no edit can be made with."""
        return EditSettings(
            num_inference_steps=self.num_inference_steps,
            text_guidance_scale=self.text_guidance_scale,
            image_guidance_scale=self.image_guidance_scale,
            seed=self.seed,
            scheduler=self.scheduler,
            resolution=self.resolution,
            fit=self.fit,
            output_size=self.output_size,
            detail=self.detail,
            turbo=self.turbo,
        )

    def model_options(self) -> ModelOptions:
        return ModelOptions(weight_set=self.weight_set)

    def request(self) -> EditRequest:
        """What pressing Edit asks for. Raises `InvalidRequest` if something is missing."""
        if self.source is None:
            raise InvalidRequest(self.tr("There is no photo yet."), self.tr("Open one, or drop it here."))
        if self.model is None:
            raise InvalidRequest(self.tr("No model is installed."), self.tr("Install the app again."))
        return EditRequest(
            source_image=self.source.image,
            instruction=self.instruction.strip(),
            model=self.model.path,
            settings=self.settings(),
            negative_instruction=self.negative_instruction.strip(),
            variations=self.variations,
            model_options=self.model_options(),
        )

    @property
    def instruction_as_read(self) -> str:
        """The instruction with its slips corrected, as far as it has been read."""
        typed = self.instruction.strip()
        reading = self.reading
        return reading.instruction if reading is not None and reading.typed == typed else typed

    def draw_seed(self) -> None:
        self.seed = random.randrange(RANDOM_SEEDS)

    def choose_model(self, card: ModelCard) -> None:
        """Use another model, with the settings its makers recommend; what they do not speak of stays."""
        self.model = card
        self._use_weights(card.weight_set)
        self._apply_recommended()

    def learn_about_model(self, card: ModelCard) -> None:
        """More is known of the model than before; the settings stay."""
        self.model = card
        self._use_weights(self.weight_set)

    def reset_settings(self) -> None:
        """The recommended settings of the model, and the window's own for the rest."""
        self._apply_recommended()
        if self.model is not None:
            self._use_weights(self.model.weight_set)
        self.output_size = OutputSize.SOURCE
        self.detail = STANDARD.detail
        self.turbo = STANDARD.turbo
        self.negative_instruction = ""
        self.variations = 1
        self.seed = STANDARD.seed
        self.randomises_seed = True

    def show_source(self, source: SourcePhoto) -> None:
        self.edited = None
        self.source = source

    def show_edited(self, edited: EditedPhoto) -> None:
        self.source = edited.source
        self.edited = edited

    def repeats(self, edited: EditedPhoto) -> bool:
        """Whether the current settings, with the current seed, are those that made a result."""
        request = edited.request
        return (
            (self.model is not None and self.model.path == request.model)
            and self.instruction_as_read == request.instruction
            and self.negative_instruction.strip() == request.negative_instruction
            and self.model_options() == request.model_options
            and self.settings() == request.settings
        )

    def use_settings_of(self, edited: EditedPhoto, model: ModelCard | None) -> None:
        """Set everything so that Edit makes a result again; without its model, the chosen one stays."""
        request = edited.request
        if model is not None:
            self.model = model
        self._use_weights(request.model_options.weight_set)
        self.instruction = request.instruction
        self.negative_instruction = request.negative_instruction
        self._apply_all(request.settings)

    def follow(self, record: EditRecord, model: ModelCard | None) -> None:
        """Set everything as it was for a saved picture; without its model, the chosen one stays."""
        if model is not None:
            self.model = model
            self._use_weights(record.weight_set)
        self.instruction = record.instruction
        self.negative_instruction = record.negative_instruction
        self._apply_all(record.settings)

    def _apply_all(self, settings: EditSettings) -> None:
        """Settings that made one picture: with these, Edit makes it again."""
        self._apply(settings)
        self.output_size = settings.output_size
        self.detail = settings.detail
        self.turbo = settings.turbo
        self.seed = settings.seed
        self.randomises_seed = False
        self.variations = 1

    def _use_weights(self, wanted: WeightSet) -> None:
        """The wanted set, unless the model is known to have only one."""
        known = self.model.known_weight_sets if self.model else ()
        self.weight_set = wanted if wanted in known or not known else WeightSet.EMA

    def _apply_recommended(self) -> None:
        self._apply(self.model.recommended if self.model else STANDARD)

    def _apply(self, settings: EditSettings) -> None:
        self.num_inference_steps = settings.num_inference_steps
        self.text_guidance_scale = settings.text_guidance_scale
        self.image_guidance_scale = settings.image_guidance_scale
        self.scheduler = SchedulerName(settings.scheduler)
        self.resolution = settings.resolution
        self.fit = Fit(settings.fit)


def suggested_name(edited: EditedPhoto) -> str:
    """A file name made of the photo's and the instruction, for example "dog - make it snowy.png"."""
    stem = Path(edited.source.name).stem
    wish = re.sub(r"[^\w ]+", "", edited.request.instruction)
    wish = " ".join(wish.split())[:48].strip()
    return f"{stem[:64]} - {wish}.png" if wish else f"{stem[:64]} - edited.png"
