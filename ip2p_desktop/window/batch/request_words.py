"""The current edit in words, for dialogs that apply it to other photos."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engine.edit_settings import EditArea
from engine.library import ModelCard
from ip2p_desktop.session.edit_state import EditState


class RequestWords(QObject):
    """A class of Qt, for its translations."""

    def sentence(self, state: EditState, model: ModelCard) -> str:
        """Model, steps, area and seed, for example "Starter · 4 steps · only the background · seed 5"."""
        settings = state.settings
        parts = [
            model.name,
            self.tr("%n step(s)", "", settings.num_inference_steps),
            self._area(settings.area),
        ]
        parts.append(
            self.tr("one random seed for all")
            if state.randomises_seed
            else self.tr("seed {seed}").format(seed=settings.seed)
        )
        if state.variations > 1:
            parts.append(self.tr("one result for each photo"))
        return " · ".join(filter(None, parts))

    def left_out(self, state: EditState) -> str:
        """What is set for the edit but cannot apply to other photos; empty if there is nothing."""
        if not state.mask_in_use:
            return ""
        return self.tr(
            "The painted area is not used here, as it belongs to one photo. To edit a part of each photo, "
            "choose “Subject only” or “Background only” beside the instruction."
        )

    def _area(self, area: EditArea) -> str:
        match area:
            case EditArea.SUBJECT:
                return self.tr("only the subject of each photo")
            case EditArea.BACKGROUND:
                return self.tr("only the background of each photo")
            case EditArea.EVERYTHING:
                return self.tr("everything")
        return ""
