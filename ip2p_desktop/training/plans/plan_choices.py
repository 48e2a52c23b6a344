"""What the user chose on the plan page, and the settings that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ip2p_desktop.training.plans.base_models import BaseModel
from ip2p_desktop.training.plans.held_back import held_back_settings
from ip2p_desktop.training.plans.presets import Preset, preset_plan
from ip2p_desktop.training.plans.setting_words import merged, quoted, quoted_list

WINDOW_SETTINGS = ("validation.every_minutes=2", "validation.edits=2", "exp_manager.snapshots=6")
"""What the window shows of a run: previews every two minutes, and up to six kept states to choose from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanChoices:
    """The choices, except the name and the number of steps."""

    base: BaseModel
    pairs: int
    """The number of pairs of the dataset."""
    keeps_edits: bool = True
    given_instruction: str = ""
    """The instruction of pairs without a text, which the user typed."""
    columns: tuple[str, ...] = ()
    """The chosen columns of the dataset, as arguments of the trainer."""
    instruction: str = ""
    """The first instruction of the dataset."""
    wordings: tuple[str, ...] = ()
    held_back: int = 0
    """The number of pairs that are not trained on."""
    photos: tuple[Path, ...] = ()
    """The user's photos that are edited during training."""
    changes: tuple[str, ...] = ()
    """Single settings that the user changed, as arguments of the trainer."""

    def steps(self, preset: Preset) -> int:
        """The number of steps of a preset."""
        return self._preset(preset)[0]

    def settings(self, preset: Preset) -> tuple[str, ...]:
        """The arguments of the trainer for a preset, each key once."""
        return merged(self.unchanged_settings(preset), self.changes)

    def unchanged_settings(self, preset: Preset) -> tuple[str, ...]:
        """The arguments without the settings that the user changed."""
        given = [f"data.instruction={quoted(self.given_instruction)}"] if self.given_instruction else []
        wordings = [f"data.wordings={quoted_list(self.wordings)}"] if self.wordings else []
        photos = [
            f"validation.photos={quoted_list(self.photos)}",
            f"validation.instructions={quoted_list([self.instruction] * len(self.photos))}",
        ]
        return merged(
            given,
            self.columns,
            wordings,
            self._preset(preset)[1],
            held_back_settings(self.held_back),
            WINDOW_SETTINGS,
            photos if self.photos else [],
        )

    def _preset(self, preset: Preset) -> tuple[int, tuple[str, ...]]:
        plan = preset_plan(
            preset,
            self.base.card,
            pairs=self.pairs - self.held_back,
            keeps_edits=self.keeps_edits,
            is_editor=self.base.is_editor,
        )
        return plan.steps, plan.settings
