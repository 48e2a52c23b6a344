"""Advice for an edit that changed hardly anything."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.edit_settings import EditSettings
from engine.library import ModelCard
from ip2p_desktop.session.edit_nodes import EditedPhoto
from ip2p_desktop.window.controls.settings_panel import SettingsPanel


class UnchangedAdvice(QObject):
    """The advice of the original InstructPix2Pix, as far as it applies to the settings of a result."""

    def __init__(self, panel: SettingsPanel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panel = panel

    def text(self, result: EditedPhoto) -> str:
        """Sentences with what to try, the most promising first."""
        guidance = self._guidance(result.state.settings)
        instruction = [self._instruction(result.model)]
        is_first = is_made_for_one_step(result.model)
        return " ".join([*instruction, *guidance] if is_first else [*guidance, *instruction])

    def _guidance(self, settings: EditSettings) -> list[str]:
        """The advice on the guidance scales, within the range of the sliders."""
        sentences = []
        text, image = settings.text_guidance_scale, settings.image_guidance_scale
        if text < self._panel.text_guidance.maximum:
            sentences.append(self.tr("Raise text guidance above {number}.").format(number=f"{text:g}"))
        if image > self._panel.image_guidance.minimum:
            sentences.append(self.tr("Lower image guidance below {number}.").format(number=f"{image:g}"))
        return sentences

    def _instruction(self, model: ModelCard) -> str:
        if model.suggestions:
            return self.tr("Phrase the instruction differently, or choose one of the suggestions.")
        return self.tr("Phrase the instruction differently.")


def is_made_for_one_step(model: ModelCard) -> bool:
    """Whether one step without guidance is recommended, so that the guidance scales have little effect."""
    recommended = model.recommended
    return recommended.num_inference_steps == 1 and recommended.text_guidance_scale <= 1
