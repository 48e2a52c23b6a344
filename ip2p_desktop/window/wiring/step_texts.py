"""What the menu calls a step of undo."""

from __future__ import annotations

from engine.settings_table import QT_TRANSLATE_NOOP
from ip2p_desktop.base.languages import translate_marked
from ip2p_desktop.session.undo_step import StepKind, UndoStep
from ip2p_desktop.window.controls.declared_controls import SETTINGS_BY_NAME, translated

CONTEXT = "UndoStep"
KINDS = {
    StepKind.RESULT: QT_TRANSLATE_NOOP("UndoStep", "Edit"),
    StepKind.SOURCE: QT_TRANSLATE_NOOP("UndoStep", "Use as source"),
    StepKind.SHOW: QT_TRANSLATE_NOOP("UndoStep", "Show"),
    StepKind.SETTINGS: QT_TRANSLATE_NOOP("UndoStep", "Settings"),
    StepKind.REMOVE: QT_TRANSLATE_NOOP("UndoStep", "Remove"),
    StepKind.RENAME: QT_TRANSLATE_NOOP("UndoStep", "Rename"),
    StepKind.STAR: QT_TRANSLATE_NOOP("UndoStep", "Star"),
    StepKind.OPACITY: QT_TRANSLATE_NOOP("UndoStep", "Opacity"),
}
OTHER_SETTINGS = {
    "instruction": QT_TRANSLATE_NOOP("UndoStep", "Instruction"),
    "model": QT_TRANSLATE_NOOP("UndoStep", "Model"),
    "randomises_seed": QT_TRANSLATE_NOOP("UndoStep", "New seed for every edit"),
    "loras": QT_TRANSLATE_NOOP("UndoStep", "LoRA"),
    "mask_id": QT_TRANSLATE_NOOP("UndoStep", "Mask"),
    "uses_mask": QT_TRANSLATE_NOOP("UndoStep", "Painted area"),
}
"""Settings that are declared without a label."""
BOTH_SCALES = QT_TRANSLATE_NOOP("UndoStep", "Guidance")
GUIDANCE = frozenset({"text_guidance_scale", "image_guidance_scale"})
"""What the guidance pad sets."""


def step_text(step: UndoStep) -> str:
    """The name of a step: of the setting if it changes a single one."""
    names = step.settings if step.kind is StepKind.SETTINGS else frozenset()
    if "model" in names and "instruction" not in names:  # with the settings that the model recommends
        names = frozenset({"model"})
    if "mask_id" in names:  # painting uses a mask again that was set aside
        names = names - {"uses_mask"}
    if names == GUIDANCE:
        return translate_marked(CONTEXT, BOTH_SCALES)
    name = next(iter(names)) if len(names) == 1 else ""
    if name in SETTINGS_BY_NAME:
        return translated(SETTINGS_BY_NAME[name].label)
    return translate_marked(CONTEXT, OTHER_SETTINGS.get(name, KINDS[step.kind]))
