"""Restores the settings of a saved result."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from engine.images.edit_record import EditRecord
from engine.library import ModelCard
from engine.model_options import WeightSet
from ip2p_desktop.base.error_texts import error_text
from ip2p_desktop.models.installed_models import InstalledModels
from ip2p_desktop.session.document import EditDocument
from ip2p_desktop.session.edit_nodes import SourcePhoto
from ip2p_desktop.window.controls.notice_bar import NoticeBar

LONGEST_QUOTE = 80


class RestoreController(QObject):
    """Offers the settings in the metadata of an opened photo, and sets them on request."""

    def __init__(
        self,
        document: EditDocument,
        notice_bar: NoticeBar,
        models: InstalledModels,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._notice_bar = notice_bar
        self._models = models

    def offer(self, source: SourcePhoto) -> None:
        """Show a notice with the settings of the photo, or why they cannot be read; none if it has none."""
        problem, record = source.record_problem, source.record
        if problem is not None:
            self._notice_bar.show_advice(*error_text(problem), causes=("source",))
        if record is None:
            return
        text = self.tr("This picture was made with “{instruction}”.")
        text = text.format(instruction=_shortened(record.instruction))
        self._notice_bar.show_offer(
            text,
            self.tr("Use these settings"),
            partial(self._restore, record),
            advice=self._summary(record),
            causes=("source",),
        )

    def _restore(self, record: EditRecord) -> None:
        model = find_model(record, self._models.cards)
        self._document.apply_record(record, model)
        remarks = self._remarks(record, model)
        advice = " ".join(remarks) or self.tr("Open the photo it was made from to make it again.")
        self._notice_bar.show_message(self.tr("Settings applied."), advice=advice, causes=("source",))

    def _summary(self, record: EditRecord) -> str:
        settings = record.settings
        name = record.model_name or record.model
        words = [
            *([name] if name else []),
            self.tr("text guidance {number}").format(number=f"{settings.text_guidance_scale:g}"),
            self.tr("image guidance {number}").format(number=f"{settings.image_guidance_scale:g}"),
            self.tr("steps {number}").format(number=settings.num_inference_steps),
            self.tr("seed {number}").format(number=settings.seed),
            *([self.tr("live weights")] if record.weight_set is WeightSet.LIVE else []),
        ]
        return " · ".join(words)

    def _remarks(self, record: EditRecord, model: ModelCard | None) -> list[str]:
        """Sentences on how a new edit would differ from the saved one."""
        remarks = []
        name = record.model_name or record.model
        if model is None and name:
            sentence = self.tr("Its model, “{name}”, is not on this computer; the one chosen now stays.")
            remarks.append(sentence.format(name=name))
        elif model is None:
            remarks.append(self.tr("It does not name its model; the one chosen now stays."))
        others = [*([record.vae] if record.vae else []), *(lora.name for lora in record.loras)]
        if others:
            sentence = self.tr("It was also made with {names}, which this window leaves out.")
            remarks.append(sentence.format(names=", ".join(others)))
        if record.weight_set is WeightSet.LIVE is not self._document.state.model_options.weight_set:
            remarks.append(self.tr("It was made with the model's live weights, not the averaged ones."))
        if record.is_masked:
            remarks.append(self.tr("Only a part of it was edited; now all of the photo will be."))
        return remarks


def find_model(record: EditRecord, models: Sequence[ModelCard]) -> ModelCard | None:
    """The model of a saved result: the one with the same weights, else the one with the same name."""
    weights = record.model_sha256
    for card in models:
        if weights and weights in (file.sha256 for file in card.weights):
            return card
    uncertain = [card for card in models if not (weights and card.weights)]
    named = [card for card in uncertain if card.path.name == record.model]
    return next(iter(named or [card for card in uncertain if card.name == record.model_name]), None)


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 1].rstrip()}…"
