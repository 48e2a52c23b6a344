"""Which settings have no effect on an edit, and why, as the engine computes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.denoising.branches import guidance_branches
from engine.denoising.turbo_interval import depth_interval
from engine.edit_settings import EditSettings, OutputSize
from engine.library.cards import ModelCard
from engine.settings_table import QT_TRANSLATE_NOOP

CONTEXT = "SettingRemark"
"""The Qt translation context of the sentences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingRemark:
    """What a user should know of a setting, with the other settings as they are."""

    code: str
    sentence: str
    """English, marked for translation, with placeholders for `values`."""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    has_effect: bool = False
    """Whether the setting changes the result."""


def setting_effects(
    card: ModelCard | None, settings: EditSettings, families: Collection[str] = ()
) -> dict[str, SettingRemark]:
    """Remarks on settings, by the names of settings; those without a remark work as usual.

    `families` are the families of edits of the instruction, in the words of the model's knowledge; empty if
    they are not known.
    """
    remarks = dict(_remarks_on_guidance(settings))
    if depth_interval(settings.num_inference_steps) == 1:
        remarks["turbo"] = _TURBO_NEEDS_STEPS
    if settings.output_size is OutputSize.WORKING:
        remarks["detail"] = _DETAIL_NEEDS_SIZE
    if card is not None:
        remarks |= _remarks_of_model(card, settings, families)
    return remarks


def _remarks_on_guidance(settings: EditSettings) -> dict[str, SettingRemark]:
    branches = guidance_branches(settings.text_guidance_scale, settings.image_guidance_scale)
    remarks = {}
    if all(branch.with_instruction for branch in branches):
        remarks["negative_instruction"] = _AVOID_NEEDS_GUIDANCE
    if not any(branch.with_instruction for branch in branches):
        remarks["text_guidance_scale"] = _INSTRUCTION_IGNORED
    return remarks


def _remarks_of_model(
    card: ModelCard, settings: EditSettings, families: Collection[str]
) -> dict[str, SettingRemark]:
    remarks = {}
    useful = card.useful_ranges.num_inference_steps
    steps = settings.num_inference_steps
    if useful is not None and steps > useful.maximum:
        most = round(useful.maximum)
        remarks["num_inference_steps"] = SettingRemark(
            code="steps.more-bring-nothing",
            sentence=_ONE_STEP_SUFFICES if most == 1 else _STEPS_SUFFICE,
            values={"steps": str(most)},
            has_effect=True,
        )
    seeded = card.seeded_edits
    if steps == 1 and seeded is not None and families and not set(families) & set(seeded):
        remarks["seed"] = _SEED_WITHOUT_EFFECT
        remarks["variations"] = _VARIATIONS_ARE_EQUAL
    return remarks


_AVOID_NEEDS_GUIDANCE = SettingRemark(
    code="avoid.no-guidance",
    sentence=QT_TRANSLATE_NOOP(
        "SettingRemark", "No effect while both guidance values are 1. Raise one of them to use it."
    ),
)
_INSTRUCTION_IGNORED = SettingRemark(
    code="text-guidance.instruction-ignored",
    sentence=QT_TRANSLATE_NOOP("SettingRemark", "At 0 the instruction has no effect."),
    has_effect=True,
)
_TURBO_NEEDS_STEPS = SettingRemark(
    code="turbo.few-steps", sentence=QT_TRANSLATE_NOOP("SettingRemark", "No effect below 8 steps.")
)
_DETAIL_NEEDS_SIZE = SettingRemark(
    code="detail.working-size",
    sentence=QT_TRANSLATE_NOOP("SettingRemark", "Only for results as large as the photo."),
)
_SEED_WITHOUT_EFFECT = SettingRemark(
    code="seed.deterministic",
    sentence=QT_TRANSLATE_NOOP(
        "SettingRemark", "With this model and one step, this edit looks the same with every seed."
    ),
)
_VARIATIONS_ARE_EQUAL = SettingRemark(
    code="variations.deterministic",
    sentence=QT_TRANSLATE_NOOP(
        "SettingRemark", "With this model and one step, variations of this edit look the same."
    ),
)
_ONE_STEP_SUFFICES = QT_TRANSLATE_NOOP("SettingRemark", "More than 1 step brings nothing with this model.")
_STEPS_SUFFICE = QT_TRANSLATE_NOOP("SettingRemark", "More than {steps} steps bring nothing with this model.")
